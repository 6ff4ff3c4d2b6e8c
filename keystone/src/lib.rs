//! Evaluations as tests: score the outputs of LLM features and agents, and fail the build when
//! quality drops.

mod case;
#[cfg(feature = "eval")]
pub mod eval;
mod output;
mod runtime;
pub mod scorers;

pub use case::Case;
pub use output::{IntoOutput, Output, ToolCall};
pub use scorers::{IntoScore, Score, Scorer};
