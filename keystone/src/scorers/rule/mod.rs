//! Scorers from rules, their form as data.

mod error;
mod fields;
mod heuristic;
mod kinds;
mod sandbox;

pub use error::RuleError;
pub use kinds::from_rule;

#[cfg(test)]
mod tests;
