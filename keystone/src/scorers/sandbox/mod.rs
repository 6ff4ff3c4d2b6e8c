//! Scorers that say what is checked in the sandbox, after the agent has run in it.

mod command_exits;
mod file_contains;
mod file_exists;
mod invariant;
mod invariants;
mod llm_judge;
mod place;
mod sql_equals;

pub use command_exits::CommandExits;
pub use file_contains::FileContains;
pub use file_exists::FileExists;
pub use invariant::Invariant;
pub use invariants::{Invariants, scorers_to_invariants};
pub use llm_judge::LlmJudge;
pub use sql_equals::SqlEquals;

use super::settings;

#[cfg(test)]
mod tests;
