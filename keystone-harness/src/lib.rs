//! The `cargo test` front end of Keystone: an evaluation is a test.
//!
//! A test target without the standard harness hands its `main` to this crate:
//!
//! ```toml
//! [[test]]
//! name = "evals"
//! harness = false
//! test = false     # a plain `cargo test` spends no money; `--test evals` runs it
//! ```
//!
//! ```ignore
//! // tests/evals.rs
//! #[keystone::eval(data = "data/capitals.jsonl", scores = [ExactMatch::new()], pass_rate = 0.9)]
//! fn capitals(question: String) -> anyhow::Result<String> {
//!     my_agent::answer(&question)
//! }
//!
//! keystone_harness::main!();
//! ```
//!
//! `cargo test --test evals` then runs every row, prints a report, and ends with an
//! [exit code](ExitCode) that says whether quality holds. `cargo test --test evals -- --help`
//! lists the flags. It works under `cargo nextest run` as well, where each evaluation is a process
//! of its own and all of them share one run.
//!
//! # What a run leaves behind
//! ```text
//! target/keystone/latest                  the id of the last run
//! target/keystone/<run>/summary.json      all evaluations of the run
//! target/keystone/<run>/junit.xml         a test case for each row
//! target/keystone/<run>/<evaluation>/     journal.jsonl, summary.json, junit.xml, source.json
//! ```
//! The journal has every row, so that `--resume` goes on with a run that was cut short, `--failed`
//! repeats what did not pass, and `--rescore` grades the recorded outputs again.

mod earlier;
mod executor;
mod exit;
mod flags;
mod front;
mod main_macro;
mod paths;
mod progress;
mod report;
mod select;
mod session;
mod signals;
mod site;

pub use exit::ExitCode;
pub use main_macro::run;
pub use site::Site;
