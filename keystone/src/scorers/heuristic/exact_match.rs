//! Whether the output is the expected text.

use serde_json::{Value, json};

use super::expected::{Expected, Spelled};
use super::fold;
use super::quote::quoted;
use super::settings::{Settings, settings_methods, settings_of_scorer};
use crate::scorers::{Rule, Score, Scorer, Subject};

/// Passes where the output is the expected text, but for white space around either.
///
/// Scores 1 or 0. An expected value that is not text is compared by its compact JSON: `true`,
/// `1.0`, `{"a":1}` ([`JsonDiff`](crate::scorers::JsonDiff) compares structures instead). Rule
/// type `exact_match` with `expected`, `expected_key`, `case_sensitive` and `strip`.
///
/// ```
/// use keystone::scorers::{ExactMatch, Scorer, Subject};
/// use keystone::{Case, Output};
///
/// let case: Case = Case::new("What is the capital of France?").expected("Paris");
/// let output = Output::text("PARIS\n");
/// let subject = Subject::new(&case, &output);
/// assert_eq!(
///     ExactMatch::new().score(&subject).message_text(),
///     r#"expected "Paris" got "PARIS""#,
/// );
/// assert!(ExactMatch::new().ignore_case().score(&subject).passed());
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ExactMatch {
    expected: Expected<Spelled>,
    case_sensitive: bool,
    strip: bool,
    settings: Settings,
}

impl ExactMatch {
    /// A scorer that compares with the expected value of the row.
    pub fn new() -> Self {
        Self {
            expected: Expected::default(),
            case_sensitive: true,
            strip: true,
            settings: Settings::new("exact_match"),
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

    /// Makes capitals not matter.
    pub fn ignore_case(mut self) -> Self {
        self.case_sensitive = false;
        self
    }

    /// Makes white space around the texts matter.
    pub fn keep_whitespace(mut self) -> Self {
        self.strip = false;
        self
    }

    #[cold]
    fn mismatch(&self, expected: &str, got: &str) -> Score {
        let shown = |text: &str| {
            if self.case_sensitive { quoted(text) } else { quoted(&fold::fold(text)) }
        };
        Score::fail(format!("expected {} got {}", shown(expected), shown(got)))
    }
}

impl Default for ExactMatch {
    fn default() -> Self {
        Self::new()
    }
}

settings_methods!(ExactMatch);

impl Scorer for ExactMatch {
    settings_of_scorer!();

    fn score(&self, subject: &Subject<'_>) -> Score {
        let expected = match self.expected.find_text(subject) {
            Ok(expected) => expected,
            Err(unscored) => return unscored,
        };
        let got = subject.output_text();
        // Texts that are equal as they are need no further look.
        if expected == got {
            return Score::pass();
        }
        let (expected, got) =
            if self.strip { (expected.trim(), got.trim()) } else { (&*expected, &*got) };
        if expected == got || (!self.case_sensitive && fold::equal(expected, got)) {
            Score::pass()
        } else {
            self.mismatch(expected, got)
        }
    }

    fn rule(&self) -> Option<Rule> {
        let config = json!({
            "expected": self.expected.to_json(),
            "expected_key": self.expected.key,
            "case_sensitive": self.case_sensitive,
            "strip": self.strip,
        });
        Some(Rule::new(self.name(), "exact_match", config))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::grade;
    use super::*;
    use crate::{Case, Output};

    #[test]
    fn white_space_around_the_texts_is_ignored_unless_kept() {
        for (expected, output, stripped, kept) in [
            ("Paris", "Paris", true, true),
            ("Paris", " \u{3000}Paris\n\u{a0}", true, false),
            ("Paris", "paris", false, false),
            ("a b", "a  b", false, false),
            ("", "  ", true, false),
        ] {
            assert_eq!(
                grade(&ExactMatch::new(), output, expected).passed(),
                stripped,
                "{output:?}"
            );
            let scorer = ExactMatch::new().keep_whitespace();
            assert_eq!(grade(&scorer, output, expected).passed(), kept, "{output:?}");
        }
    }

    #[test]
    fn values_that_are_no_text_are_compared_by_their_json() {
        for (expected, output) in [
            (json!(true), json!("true")),
            (json!(1.0), json!("1.0")),
            (json!(4), json!(4)),
            (json!({"b": [1, null], "a": "x"}), json!(r#"{"a":"x","b":[1,null]}"#)),
            (json!("4"), json!(4)),
        ] {
            let score = grade(&ExactMatch::new(), output.clone(), expected.clone());
            assert!(score.passed(), "{expected} {output}: {score:?}");
            let score = grade(&ExactMatch::new().expected(expected), output, "something else");
            assert!(score.passed(), "{score:?}");
        }
        assert_eq!(
            grade(&ExactMatch::new(), "True", json!(true)).message_text(),
            r#"expected "true" got "True""#
        );
    }

    #[test]
    fn a_given_value_wins_even_when_empty_and_a_key_names_the_only_other_source() {
        let mut case: Case = Case::new("in").expected(json!({"answer": "42", "none": null}));
        case.metadata.insert("note".into(), json!("n"));
        let empty = Output::text("");
        let subject = Subject::new(&case, &empty);
        assert!(ExactMatch::new().expected("").score(&subject).passed());
        assert!(ExactMatch::new().expected("").expected_key("answer").score(&subject).passed());

        let output = Output::text("42");
        let subject = Subject::new(&case, &output);
        assert!(ExactMatch::new().expected_key("answer").score(&subject).passed());
        for key in ["none", "absent"] {
            let score = ExactMatch::new().expected_key(key).score(&subject);
            let reason = score.unscored_reason().unwrap();
            assert!(reason.starts_with(&format!("the row has no value named {key:?}")), "{reason}");
        }
        let score = ExactMatch::new().expected(Value::Null).score(&subject);
        assert!(!score.is_unscored(), "null is no value, so that the row's own counts");
    }

    #[test]
    fn a_row_without_an_expected_value_is_unscored() {
        let score = grade(&ExactMatch::new(), "x", Value::Null);
        assert!(score.unscored_reason().unwrap().starts_with("the row has no expected value"));
    }

    #[test]
    fn a_message_shows_what_was_compared() {
        let score = grade(&ExactMatch::new().ignore_case(), " LONDON ", "Paris");
        assert_eq!(score.message_text(), r#"expected "paris" got "london""#);
        assert_eq!(grade(&ExactMatch::new(), "Paris", "Paris").message_text(), "");
        let long = grade(&ExactMatch::new(), "x".repeat(10_000_000), "Paris");
        assert!(long.message_text().len() < 300);
    }
}
