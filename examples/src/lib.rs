//! The agents that the example evaluations test.
//!
//! Each stands where a call of a language model would stand in a real project, and is plain Rust
//! so that the evaluations need neither a key nor a network: [`triage`] sorts support tickets,
//! [`invoice`] extracts the facts of an invoice from a mail, [`handbook`] answers questions from
//! a small set of documents. None of them is perfect, and the evaluations in `tests/evals` say
//! how good is good enough.

pub mod handbook;
pub mod invoice;
pub mod triage;

mod words;
