//! How near the number in the output is to the expected one.

use serde_json::{Value, json};

use super::expected::{Expected, Found};
use super::number;
use super::quote::quoted;
use super::settings::{Settings, settings_methods, settings_of_scorer};
use crate::scorers::{Rule, Score, Scorer, Subject};

/// Scores how near the number in the output is to the expected one: `1 − |actual − expected| /
/// |expected|`, and 0 from a relative error of 1 on.
///
/// Passes where the relative error is at most the [`tolerance`](NumericDiff::tolerance), 0.01
/// unless set. An expected 0 counts as 1e-9 in the division.
///
/// Numbers may have a sign (also U+2212), groups of thousands, a fraction with or without a digit
/// before the point, and an exponent. Of several numbers in an output, the one counts that is
/// marked as the answer (after `####`, `\boxed{`, `answer is`, `Result:` and the like); else the
/// first, or what it comes to in an equation. Numbers that are part of a name, as in `GPT-4`,
/// only count where there is no other.
///
/// The expected value is a number, or a text that is one; with anything else the row is unscored.
/// Rule type `numeric_diff` with `expected`, `expected_key` and `tolerance`.
///
/// ```
/// use keystone::scorers::{NumericDiff, Scorer, Subject};
/// use keystone::{Case, Output};
///
/// let case: Case = Case::new("How far is it?").expected(1234);
/// let output = Output::text("The answer is 1,230 km.");
/// let score = NumericDiff::new().score(&Subject::new(&case, &output));
/// assert_eq!(score.message_text(), "actual=1230 expected=1234 rel_err=0.0032");
/// assert!(score.passed());
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct NumericDiff {
    expected: Expected<f64>,
    tolerance: f64,
    settings: Settings,
}

/// What an expected value nearer to zero than this counts as in the division.
const SMALLEST: f64 = 1e-9;

impl NumericDiff {
    /// A scorer that compares with the expected value of the row.
    pub fn new() -> Self {
        Self {
            expected: Expected::default(),
            tolerance: 0.01,
            settings: Settings::new("numeric_diff"),
        }
    }

    /// Compares every row with this number instead. One that is not finite is an error when the
    /// run starts.
    pub fn expected(mut self, expected: impl Into<f64>) -> Self {
        self.expected.given = Some(expected.into());
        self
    }

    /// Compares with the value of this name instead; see [`Subject::parameter`].
    pub fn expected_key(mut self, key: impl Into<String>) -> Self {
        self.expected.key = Some(key.into());
        self
    }

    /// Sets the relative error up to which an output passes: 0.01 is one per cent. Zero or more;
    /// any other number is an error when the run starts.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    fn expected_number(&self, subject: &Subject<'_>) -> Result<f64, Score> {
        let value = match self.expected.find(subject)? {
            Found::Given(number) => return Ok(*number),
            Found::OfRow(value) => value,
        };
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => number::whole(text),
            _ => None,
        };
        number.filter(|number| number.is_finite()).ok_or_else(|| {
            let shown = match value {
                Value::String(text) => quoted(text),
                Value::Array(_) => "a list".to_owned(),
                Value::Object(_) => "an object".to_owned(),
                other => other.to_string(),
            };
            Score::unscored(format!("the expected value is {shown}, but a number is needed"))
        })
    }
}

impl Default for NumericDiff {
    fn default() -> Self {
        Self::new()
    }
}

settings_methods!(NumericDiff);

impl Scorer for NumericDiff {
    settings_of_scorer!();

    fn score(&self, subject: &Subject<'_>) -> Score {
        let expected = match self.expected_number(subject) {
            Ok(expected) => expected,
            Err(unscored) => return unscored,
        };
        let actual = match subject.output().value() {
            Value::Number(number) => number.as_f64(),
            _ => number::answer(&subject.output_text()),
        };
        let Some(actual) = actual else {
            return Score::fail("no numeric value in output");
        };
        // A number too large for its type is infinite here, and then so is the error.
        let error = (actual - expected).abs() / expected.abs().max(SMALLEST);
        Score::new((1.0 - error).max(0.0))
            .passed_if(error <= self.tolerance)
            .message(format!("actual={actual} expected={expected} rel_err={error:.4}"))
    }

    fn rule(&self) -> Option<Rule> {
        let config = json!({
            "expected": self.expected.given,
            "expected_key": self.expected.key,
            "tolerance": self.tolerance,
        });
        Some(Rule::new(self.name(), "numeric_diff", config))
    }

    fn check(&self) -> Result<(), String> {
        if !(self.tolerance.is_finite() && self.tolerance >= 0.0) {
            return Err(format!(
                "the tolerance is {:?}, but it has to be a finite number from 0 up",
                self.tolerance
            ));
        }
        match self.expected.given {
            Some(expected) if !expected.is_finite() => {
                Err(format!("the expected number is {expected:?}, but it has to be finite"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::grade;
    use super::*;

    #[test]
    fn the_score_falls_with_the_relative_error() {
        for (expected, output, score, passed, message) in [
            (json!(42), json!("It is 42."), 1.0, true, "actual=42 expected=42 rel_err=0.0000"),
            (json!(100), json!("99"), 0.99, true, "actual=99 expected=100 rel_err=0.0100"),
            (json!(100), json!("98"), 0.98, false, "actual=98 expected=100 rel_err=0.0200"),
            (json!(-4), json!("−4"), 1.0, true, "actual=-4 expected=-4 rel_err=0.0000"),
            (json!(1), json!("5"), 0.0, false, "actual=5 expected=1 rel_err=4.0000"),
            (json!(0), json!("0"), 1.0, true, "actual=0 expected=0 rel_err=0.0000"),
            (json!(1234), json!("1,234"), 1.0, true, "actual=1234 expected=1234 rel_err=0.0000"),
            (json!("1,234"), json!(1234), 1.0, true, "actual=1234 expected=1234 rel_err=0.0000"),
            (json!(0.5), json!(".5"), 1.0, true, "actual=0.5 expected=0.5 rel_err=0.0000"),
            (json!(1000), json!("1e3"), 1.0, true, "actual=1000 expected=1000 rel_err=0.0000"),
        ] {
            let graded = grade(&NumericDiff::new(), output, expected);
            assert_eq!(graded.value(), Some(score), "{message}");
            assert_eq!(graded.passed(), passed, "{message}");
            assert_eq!(graded.message_text(), message);
        }
    }

    #[test]
    fn an_output_without_a_number_fails() {
        for output in [json!(""), json!("none"), json!(null), json!(true), json!("٤٢")] {
            let score = grade(&NumericDiff::new(), output, 42);
            assert_eq!(score.value(), Some(0.0));
            assert_eq!(score.message_text(), "no numeric value in output");
            assert!(!score.passed());
        }
    }

    #[test]
    fn a_number_too_large_fails_without_a_fuss() {
        let score = grade(&NumericDiff::new(), "1e999", 42);
        assert_eq!((score.value(), score.passed()), (Some(0.0), false));
        let score = grade(&NumericDiff::new(), "9".repeat(10_000_000), 42);
        assert_eq!((score.value(), score.passed()), (Some(0.0), false));
    }

    #[test]
    fn an_expected_value_that_is_no_number_is_unscored() {
        for (expected, reason) in [
            (json!("many"), "the expected value is \"many\", but a number is needed"),
            (json!("1e999"), "the expected value is \"1e999\", but a number is needed"),
            (json!(true), "the expected value is true, but a number is needed"),
            (json!([1]), "the expected value is a list, but a number is needed"),
        ] {
            let score = grade(&NumericDiff::new(), "42", expected);
            assert_eq!(score.unscored_reason(), Some(reason));
        }
    }

    #[test]
    fn senseless_settings_are_errors() {
        for scorer in [
            NumericDiff::new().tolerance(-0.1),
            NumericDiff::new().tolerance(f64::NAN),
            NumericDiff::new().tolerance(f64::INFINITY),
            NumericDiff::new().expected(f64::NAN),
        ] {
            assert!(scorer.check().is_err(), "{scorer:?}");
        }
        assert_eq!(NumericDiff::new().tolerance(2.0).expected(3).check(), Ok(()));
    }
}
