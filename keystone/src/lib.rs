//! Evaluations as tests: score the outputs of LLM features and agents, and fail the build when
//! quality drops.

mod case;
#[cfg(feature = "eval")]
pub mod eval;
mod output;
mod runtime;
pub mod scorers;

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
pub use output::{IntoOutput, Output, ToolCall};
pub use scorers::{IntoScore, Score, Scorer};
