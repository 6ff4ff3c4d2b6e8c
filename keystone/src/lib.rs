//! Evaluations as tests: score the outputs of LLM features and agents, and fail the build when
//! quality drops.
//!
//! - [`macro@eval`] turns a function into an evaluation, [`macro@scorer`] one into a scorer. The crate
//!   `keystone-harness` runs them under `cargo test`.
//! - [`scorers`] holds the built-in scorers and what every scorer is.
//! - [`mod@eval`] holds the engine: evaluations as a library call, data sets, journals, gates.
//! - [`Keystone`] is the client of a server that keeps results, traces, data sets and prompts;
//!   [`types`] holds what it answers.
//! - [`prompts`] fills templates, [`pricing`] says what a call costs.
//!
//! ```
//! use keystone::eval::{Data, Eval};
//! use keystone::scorers::ExactMatch;
//!
//! let report = Eval::new("shout")
//!     .data(Data::<String, String>::values([("hello", "HELLO"), ("world", "WORLD")]))
//!     .task(|word: &String| word.to_uppercase())
//!     .scorer(ExactMatch::new())
//!     .run()?;
//! assert_eq!(report.summary.counts.pass, 2);
//! # Ok::<(), keystone::eval::EvalError>(())
//! ```
//!
//! # Features
//!
//! | feature | default | |
//! |---|---|---|
//! | `client` | yes | [`Keystone`], the client; TLS by rustls |
//! | `eval` | yes | the engine: data sets, parallel runs, journal, summary, gates |
//! | `macros` | yes | `#[eval]` and `#[scorer]` |
//! | `async` | | every call of the client is a future too, for any executor |
//! | `upload` | | agents are packed and uploaded |
//! | `yaml` | | the secrets that a spec declares are collected and forwarded |
//! | `tokio` | | async tasks and scorers run on one shared tokio runtime, so that tokio timers and reqwest work |
//!
//! Without any, there are cases, outputs, scorers, types, templates and prices, and few
//! dependencies. With `client` alone there is neither rayon nor a YAML parser among them.

mod case;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
mod error;
#[cfg(feature = "eval")]
pub mod eval;
mod output;
pub mod pricing;
pub mod prompts;
#[cfg(feature = "eval")]
mod runtime;
pub mod scorers;
#[cfg(feature = "yaml")]
pub mod secrets;
pub mod types;

#[cfg(feature = "macros")]
#[doc = include_str!("macros/eval.md")]
pub use keystone_macros::eval;

#[cfg(feature = "macros")]
#[doc = include_str!("macros/scorer.md")]
pub use keystone_macros::scorer;

#[cfg(feature = "macros")]
#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;

pub use case::Case;
#[cfg(feature = "client")]
pub use client::Keystone;
#[cfg(feature = "client")]
pub use error::{Error, ErrorKind};
pub use output::{IntoOutput, Output, ToolCall};
pub use scorers::{IntoScore, Score, Scorer};

/// The examples of the README compile.
#[cfg(all(doctest, feature = "eval", feature = "client"))]
#[doc = include_str!("../../README.md")]
pub struct Readme;
