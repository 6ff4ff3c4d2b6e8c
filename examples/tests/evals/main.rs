//! The example evaluations. From the root of the repository:
//!
//! ```text
//! cargo test --test evals                         all of them
//! cargo test --test evals -- triage               those whose name contains "triage"
//! cargo test --test evals -- --tag smoke          only the rows tagged "smoke"
//! cargo test --test evals -- --ignored gsm8k      the recorded solutions, where they are
//! ```

mod amounts;
mod dates;
mod gsm8k;
mod handbook;
mod invoices;
mod triage;

keystone_harness::main!();
