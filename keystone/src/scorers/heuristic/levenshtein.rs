//! How near the output is to the expected text.

use serde_json::{Value, json};

use super::expected::{Expected, Spelled};
use super::settings::{Settings, check_fraction, settings_methods, settings_of_scorer};
use crate::scorers::{Rule, Score, Scorer, Subject, edit_distance};

/// Scores the share of the expected text that the output got right, character by character:
/// `1 − edit distance / length of the longer text` ([`edit_distance::similarity`]).
///
/// Passes from the [`threshold`](Levenshtein::threshold) on, 0.8 unless set. Texts are compared as
/// they are, with their case and white space. Rule type `levenshtein` with `expected`,
/// `expected_key` and `threshold`.
///
/// ```
/// use keystone::scorers::{Levenshtein, Scorer, Subject};
/// use keystone::{Case, Output};
///
/// let case: Case = Case::new("How do you spell it?").expected("sitting");
/// let output = Output::text("kitten");
/// let score = Levenshtein::new().threshold(0.9).score(&Subject::new(&case, &output));
/// assert_eq!(score.message_text(), "similarity=0.571 threshold=0.9");
/// assert!(!score.passed());
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Levenshtein {
    expected: Expected<Spelled>,
    threshold: f64,
    settings: Settings,
}

impl Levenshtein {
    /// A scorer that compares with the expected value of the row.
    pub fn new() -> Self {
        Self {
            expected: Expected::default(),
            threshold: 0.8,
            settings: Settings::new("levenshtein"),
        }
    }

    /// Compares every row with this value instead. Null is none.
    pub fn expected(mut self, expected: impl Into<Value>) -> Self {
        self.expected.give(expected.into());
        self
    }

    /// Compares with the value of this name instead; see [`Subject::parameter`].
    pub fn expected_key(mut self, key: impl Into<String>) -> Self {
        self.expected.key = Some(key.into());
        self
    }

    /// Sets the similarity from which on an output passes, from 0 to 1. Any other number is an
    /// error when the run starts.
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self
    }
}

impl Default for Levenshtein {
    fn default() -> Self {
        Self::new()
    }
}

settings_methods!(Levenshtein);

impl Scorer for Levenshtein {
    settings_of_scorer!();

    fn score(&self, subject: &Subject<'_>) -> Score {
        let expected = match self.expected.find_text(subject) {
            Ok(expected) => expected,
            Err(unscored) => return unscored,
        };
        let similarity = edit_distance::similarity(&expected, &subject.output_text());
        Score::new(similarity)
            .passed_if(similarity >= self.threshold)
            .message(format!("similarity={similarity:.3} threshold={:?}", self.threshold))
    }

    fn rule(&self) -> Option<Rule> {
        let config = json!({
            "expected": self.expected.to_json(),
            "expected_key": self.expected.key,
            "threshold": self.threshold,
        });
        Some(Rule::new(self.name(), "levenshtein", config))
    }

    fn check(&self) -> Result<(), String> {
        check_fraction("threshold", self.threshold)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::grade;
    use super::*;

    #[test]
    fn the_score_is_edit_distance_over_the_longer_text() {
        for (expected, output, score, message) in [
            (json!("kitten"), json!("sitting"), 4.0 / 7.0, "similarity=0.571 threshold=0.8"),
            (json!("sitting"), json!("kitten"), 4.0 / 7.0, "similarity=0.571 threshold=0.8"),
            (json!(""), json!(""), 1.0, "similarity=1.000 threshold=0.8"),
            (json!(""), json!("abc"), 0.0, "similarity=0.000 threshold=0.8"),
            (json!("abc"), json!(""), 0.0, "similarity=0.000 threshold=0.8"),
            (json!("über"), json!("uber"), 0.75, "similarity=0.750 threshold=0.8"),
            (json!("👍👍👍👍👍"), json!("👍👍👍👍"), 0.8, "similarity=0.800 threshold=0.8"),
            (json!(1234), json!("1235"), 0.75, "similarity=0.750 threshold=0.8"),
        ] {
            let graded = grade(&Levenshtein::new(), output, expected);
            assert_eq!(graded.value(), Some(score));
            assert_eq!(graded.message_text(), message);
            assert_eq!(graded.passed(), score >= 0.8);
        }
    }

    #[test]
    fn long_texts_that_are_nearly_equal_score_near_one() {
        let expected = "the quick brown fox jumps over the lazy dog. ".repeat(20);
        let score = grade(&Levenshtein::new(), expected.replacen("quick", "quiet", 1), expected);
        assert_eq!(score.message_text(), "similarity=0.998 threshold=0.8");
    }

    #[test]
    fn a_threshold_that_is_reached_exactly_passes() {
        for tenths in 0_u8..=10 {
            let output = "a".repeat(tenths.into()) + &"b".repeat(usize::from(10 - tenths));
            let threshold: f64 = format!("{}.{}", tenths / 10, tenths % 10).parse().unwrap();
            let score = grade(&Levenshtein::new().threshold(threshold), output, "a".repeat(10));
            assert!(score.passed(), "{score:?}");
        }
        assert_eq!(
            grade(&Levenshtein::new().threshold(1.0), "a", "a").message_text(),
            "similarity=1.000 threshold=1.0"
        );
    }

    #[test]
    fn a_threshold_outside_its_range_is_an_error() {
        for threshold in [-0.1, 1.1, 80.0, f64::NAN, f64::INFINITY] {
            let why = Levenshtein::new().threshold(threshold).check().unwrap_err();
            assert_eq!(
                why,
                format!("the threshold is {threshold:?}, but it has to be a number from 0 to 1")
            );
        }
        assert_eq!(Levenshtein::new().threshold(0.0).check(), Ok(()));
    }
}
