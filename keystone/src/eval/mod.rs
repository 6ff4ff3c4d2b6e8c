//! Evaluations: data, tasks, runs, journals, summaries and gates.
//!
//! [`Eval`] builds an evaluation without macros; `#[keystone::eval]` does so from a function and
//! leaves it in the [`registry`]. [`Evaluation::run`] runs it and gives back an [`EvalReport`]:
//! rows, a [`Summary`] with its [`Gates`], and a [`Verdict`]. With a folder given, everything that
//! happens is written down in a [journal](Journal) as it happens, and what a run found out can be
//! read back, resumed and scored anew without running a task again.
//!
//! How rows and runs are judged:
//!
//! - A row **errs** when the task, a scorer or the row itself is broken; it **fails** when a scorer
//!   that counts did not pass it; it is **unscored** when no scorer failed it but one gave no
//!   score; else it **passes**. See [`Evaluation::pass_threshold`] for rows that pass by their
//!   composite.
//! - Errors and unscored rows stay in the denominator of the pass rate.
//! - The verdict is [`Verdict::of`] the summary, and of nothing else.

pub mod data;
mod engine;
mod error;
mod evaluation;
mod gate;
mod identity;
pub mod journal;
mod json;
mod nesting;
mod observer;
mod options;
mod outcome;
mod panics;
mod record;
pub mod registry;
mod report;
mod secrets;
mod source;
mod statistics;
mod summary;
mod task;
mod work;

pub use error::EvalError;
pub use evaluation::{DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT, Eval, EvalData, Evaluation};
pub use gate::{Direction, GateResult, Gates, Verdict};
pub use journal::{Journal, JournalError};
pub use json::Json;
pub use observer::{Observer, Progress, Started};
pub use options::{RunOptions, Selection, Stop};
pub use outcome::Outcome;
pub use record::{RowError, RowErrorKind, RowRecord, ScoreRecord, Timing};
pub use report::EvalReport;
pub use source::{Data, IntoCase};
pub use summary::{Counts, RunFacts, ScorerSummary, Stats, Summary};
pub use task::{TaskContext, TaskResult};
