//! Whether the output is JSON.

use serde_json::{Value, json};

use super::json;
use super::settings::{Settings, settings_methods, settings_of_scorer};
use crate::scorers::{Rule, Score, Scorer, Subject};

/// Passes where the output is a JSON text by the letter of [RFC 8259], nested at most 127 levels
/// deep.
///
/// Scores 1 or 0. White space as JSON knows it may stand around the value; `NaN`, `Infinity`,
/// trailing commas, comments and a byte order mark are not JSON. An output that is a value rather
/// than text passes. Rule type `json_validity` without parameters.
///
/// ```
/// use keystone::scorers::{JsonValidity, Scorer, Subject};
/// use keystone::{Case, Output};
///
/// let (case, output): (Case, _) = (Case::new("Answer in JSON."), Output::text("[1, 2,]"));
/// let score = JsonValidity::new().score(&Subject::new(&case, &output));
/// assert_eq!(score.message_text(), "invalid JSON: trailing comma at line 1 column 7");
/// ```
///
/// [RFC 8259]: https://www.rfc-editor.org/rfc/rfc8259
#[derive(Debug, Clone)]
#[must_use]
pub struct JsonValidity {
    settings: Settings,
}

impl JsonValidity {
    /// The scorer.
    pub fn new() -> Self {
        Self { settings: Settings::new("json_validity") }
    }
}

impl Default for JsonValidity {
    fn default() -> Self {
        Self::new()
    }
}

settings_methods!(JsonValidity);

impl Scorer for JsonValidity {
    settings_of_scorer!();

    fn score(&self, subject: &Subject<'_>) -> Score {
        let Value::String(text) = subject.output().value() else {
            return Score::pass();
        };
        match json::check(text) {
            Ok(()) => Score::pass(),
            Err(why) => Score::fail(format!("invalid JSON: {why}")),
        }
    }

    fn rule(&self) -> Option<Rule> {
        Some(Rule::new(self.name(), "json_validity", json!({})))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::grade;
    use super::*;

    fn valid(output: impl Into<Value>) -> bool {
        let score = grade(&JsonValidity::new(), output, Value::Null);
        assert_eq!(score.value(), Some(f64::from(u8::from(score.passed()))));
        assert_eq!(score.message_text().is_empty(), score.passed());
        score.passed()
    }

    #[test]
    fn json_is_what_the_standard_says() {
        for text in [
            "null",
            "true",
            "0",
            "-0.5e+10",
            r#""text""#,
            "[]",
            "{}",
            " \t\r\n[1, {\"a\": []}]\n",
            "1e999",
            r#""\ud834\udd1e""#,
            r#"{"a":1,"a":2}"#,
        ] {
            assert!(valid(text), "{text}");
        }
        assert!(valid("9".repeat(100_000)), "integers may be of any length");
        for text in [
            "",
            " ",
            "NaN",
            "Infinity",
            "-Infinity",
            "[NaN]",
            "'a'",
            "{a: 1}",
            "[1,]",
            "01",
            "1.",
            ".5",
            "+1",
            "[1] x",
            "// c\n1",
            "\u{a0}1",
            "1\u{3000}",
            "\u{feff}1",
            "\"\n\"",
            "```json\n{}\n```",
            "tru",
            "{\"a\" 1}",
            r#""\x""#,
            "[",
        ] {
            assert!(!valid(text), "{text:?}");
        }
    }

    #[test]
    fn deep_nesting_fails_cleanly() {
        assert!(valid("[".repeat(127) + &"]".repeat(127)));
        let score = grade(&JsonValidity::new(), "[".repeat(10_000_000), Value::Null);
        assert_eq!(score.message_text(), "invalid JSON: nested more than 127 levels deep");
        assert!(!valid(r#"{"a":"#.repeat(100_000)));
    }

    #[test]
    fn a_value_is_json() {
        for value in [json!(null), json!(1.5), json!({"a": []})] {
            assert!(valid(value));
        }
    }
}
