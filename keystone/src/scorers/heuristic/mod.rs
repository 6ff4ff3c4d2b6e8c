//! Scorers that compute, and need no model.

mod contains;
mod exact_match;
mod expected;
mod fold;
mod json;
mod json_diff;
mod json_validity;
mod levenshtein;
mod number;
mod numeric_diff;
mod quote;
mod semantic_list_contains;

pub use contains::Contains;
pub use exact_match::ExactMatch;
pub use json_diff::JsonDiff;
pub use json_validity::JsonValidity;
pub use levenshtein::Levenshtein;
pub use numeric_diff::NumericDiff;
pub use semantic_list_contains::SemanticListContains;

use super::settings;

#[cfg(test)]
mod testing {
    use serde_json::Value;

    use crate::scorers::{Score, Scorer, Subject};
    use crate::{Case, Output};

    /// The score of an output where the row expects this value; null stands for no value.
    pub(super) fn grade(
        scorer: &dyn Scorer,
        output: impl Into<Value>,
        expected: impl Into<Value>,
    ) -> Score {
        let mut case: Case = Case::new("the input");
        case.expected = Some(expected.into());
        let output = Output::from_value(output.into());
        scorer.score(&Subject::new(&case, &output))
    }
}
