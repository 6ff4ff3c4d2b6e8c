//! How much of the expected structure the output has.

use serde_json::{Number, Value, json};

use super::expected::{Expected, Found, Spelled};
use super::json;
use super::settings::{Settings, check_fraction, settings_methods, settings_of_scorer};
use crate::scorers::{Rule, Score, Scorer, Subject};

/// Scores how much of the expected structure the output has, as JSON, and passes from the
/// [`threshold`](JsonDiff::threshold) on, 1 unless set.
///
/// - Two objects: the mean over all keys of either; a key that one of them lacks counts 0.
/// - Two lists: the sum of what lies at the same place, divided by the longer length.
/// - Two numbers: 1 where they have the same value, so that `1` and `1.0` are equal. Numbers with
///   a fraction or exponent may differ by 1e-9 of the larger one.
/// - Anything else: 1 where equal, else 0. Two empty objects or lists are equal.
///
/// An output that is text is read as JSON by the letter of RFC 8259. An expected value that is
/// text is read as JSON too, unless the output turns out to be a text itself. Rule type
/// `json_diff` with `expected`, `expected_key` and `threshold`.
///
/// ```
/// use keystone::scorers::{JsonDiff, Scorer, Subject};
/// use keystone::{Case, Output};
/// use serde_json::json;
///
/// let case: Case = Case::new("Who?").expected(json!({"name": "Ada", "born": 1815}));
/// let output = Output::text(r#"{"name": "Ada", "born": 1816}"#);
/// let score = JsonDiff::new().score(&Subject::new(&case, &output));
/// assert_eq!(score.message_text(), "structural_similarity=0.500");
/// assert!(!score.passed());
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct JsonDiff {
    expected: Expected<Spelled>,
    threshold: f64,
    settings: Settings,
}

impl JsonDiff {
    /// A scorer that compares with the expected value of the row.
    pub fn new() -> Self {
        Self { expected: Expected::default(), threshold: 1.0, settings: Settings::new("json_diff") }
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

    fn compare(&self, output: &Value, expected: &Value) -> Score {
        let read;
        let expected = match (expected, output) {
            (Value::String(text), other) if !other.is_string() => match json::parse(text) {
                Ok(value) => {
                    read = value;
                    &read
                }
                Err(_) => expected,
            },
            _ => expected,
        };
        let Ok(similarity) = similarity(output, expected, 0) else {
            return Score::unscored(format!(
                "output and expected value are nested more than {DEEPEST} levels deep"
            ));
        };
        Score::new(similarity)
            .passed_if(similarity >= self.threshold)
            .message(format!("structural_similarity={similarity:.3}"))
    }
}

impl Default for JsonDiff {
    fn default() -> Self {
        Self::new()
    }
}

settings_methods!(JsonDiff);

impl Scorer for JsonDiff {
    settings_of_scorer!();

    fn score(&self, subject: &Subject<'_>) -> Score {
        let expected = match self.expected.find(subject) {
            Ok(Found::Given(given)) => &given.value,
            Ok(Found::OfRow(value)) => value,
            Err(unscored) => return unscored,
        };
        let Value::String(text) = subject.output().value() else {
            return self.compare(subject.output().value(), expected);
        };
        match json::parse(text) {
            Ok(output) => self.compare(&output, expected),
            // A number that is too large for its type, say, is JSON all the same.
            Err(error) if json::check(text).is_ok() => Score::unscored(format!(
                "the output is valid JSON, but holds what cannot be compared: {error}"
            )),
            Err(error) => {
                Score::fail("output is not valid JSON").metadata("error", error.to_string())
            }
        }
    }

    fn rule(&self) -> Option<Rule> {
        let config = json!({
            "expected": self.expected.to_json(),
            "expected_key": self.expected.key,
            "threshold": self.threshold,
        });
        Some(Rule::new(self.name(), "json_diff", config))
    }

    fn check(&self) -> Result<(), String> {
        check_fraction("threshold", self.threshold)
    }
}

/// How deep the walk goes. Text is never read deeper than a quarter of it; values that a task
/// built may be.
const DEEPEST: usize = 512;

/// By how much numbers may differ that are not both whole, relative to the larger one.
const ROUNDING: f64 = 1e-9;

struct TooDeep;

fn similarity(a: &Value, b: &Value, depth: usize) -> Result<f64, TooDeep> {
    if depth > DEEPEST {
        return Err(TooDeep);
    }
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let (mut sum, mut shared) = (0.0, 0);
            for (key, value) in a {
                if let Some(other) = b.get(key) {
                    sum += similarity(value, other, depth + 1)?;
                    shared += 1;
                }
            }
            Ok(mean(sum, a.len() + b.len() - shared))
        }
        (Value::Array(a), Value::Array(b)) => {
            let mut sum = 0.0;
            for (value, other) in a.iter().zip(b) {
                sum += similarity(value, other, depth + 1)?;
            }
            Ok(mean(sum, a.len().max(b.len())))
        }
        (Value::Number(a), Value::Number(b)) => Ok(f64::from(u8::from(same_number(a, b)))),
        (Value::String(a), Value::String(b)) => Ok(f64::from(u8::from(a == b))),
        (Value::Bool(a), Value::Bool(b)) => Ok(f64::from(u8::from(a == b))),
        (Value::Null, Value::Null) => Ok(1.0),
        _ => Ok(0.0),
    }
}

#[expect(clippy::cast_precision_loss, reason = "no list has 2^53 elements")]
fn mean(sum: f64, count: usize) -> f64 {
    if count == 0 { 1.0 } else { sum / count as f64 }
}

fn same_number(a: &Number, b: &Number) -> bool {
    // Whole numbers of 64 bits are compared exactly: as floating-point numbers, two long
    // identifiers that differ in their last digit would be equal.
    if a == b {
        return true;
    }
    if !a.is_f64() && !b.is_f64() {
        return false;
    }
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= ROUNDING * a.abs().max(b.abs()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::testing::grade;
    use super::*;

    #[track_caller]
    fn assert_score(output: impl Into<Value>, expected: Value, score: f64) {
        let graded = grade(&JsonDiff::new(), output, expected);
        assert_eq!(graded.value(), Some(score), "{graded:?}");
        assert_eq!(graded.message_text(), format!("structural_similarity={score:.3}"));
        assert_eq!(graded.passed(), score >= 1.0);
    }

    #[test]
    fn objects_count_by_the_union_of_their_keys() {
        assert_score(r#"{"a":1,"b":2}"#, json!({"b": 2, "a": 1}), 1.0);
        assert_score(r#"{"a":1,"b":3}"#, json!({"a": 1, "b": 2}), 0.5);
        assert_score(r#"{"a":1,"c":3}"#, json!({"a": 1, "b": 2}), 1.0 / 3.0);
        assert_score(r#"{"a":{"x":1,"y":0}}"#, json!({"a": {"x": 1, "y": 1}}), 0.5);
        assert_score("{}", json!({}), 1.0);
        assert_score("{}", json!({"a": 1}), 0.0);
    }

    #[test]
    fn a_missing_key_is_not_a_null() {
        assert_score(r#"{"a":1}"#, json!({"a": 1, "b": null}), 0.5);
        assert_score(r#"{"a":1,"b":null}"#, json!({"a": 1, "b": null}), 1.0);
    }

    #[test]
    fn lists_count_by_place_and_longer_length() {
        assert_score("[1,2,3]", json!([1, 2, 3]), 1.0);
        assert_score("[1,2]", json!([1, 2, 3, 4]), 0.5);
        assert_score("[2,1]", json!([1, 2]), 0.0);
        assert_score("[]", json!([]), 1.0);
        assert_score("[]", json!({}), 0.0);
    }

    #[test]
    fn numbers_are_compared_by_value() {
        assert_score("1.0", json!(1), 1.0);
        assert_score("1", json!(1.0), 1.0);
        assert_score("1e2", json!(100), 1.0);
        assert_score("0.1", json!(0.1 + 1e-12), 1.0);
        assert_score("0.1", json!(0.1001), 0.0);
        assert_score("-0.0", json!(0), 1.0);
        assert_score("9007199254740993", json!(9_007_199_254_740_992_i64), 0.0);
        assert_score("18446744073709551615", json!(u64::MAX), 1.0);
        assert_score("true", json!(1), 0.0);
        assert_score(r#""1""#, json!(1), 0.0);
    }

    #[test]
    fn a_null_output_is_json() {
        assert_score("null", json!({"a": 1}), 0.0);
        assert_score("[null]", json!([null]), 1.0);
    }

    #[test]
    fn an_expected_text_is_read_unless_the_output_is_a_text() {
        assert_score(r#"{"a":1}"#, json!(r#"{ "a": 1.0 }"#), 1.0);
        assert_score("4", json!("4"), 1.0);
        assert_score(r#""4""#, json!("4"), 1.0);
        assert_score(r#""[1]""#, json!("[1]"), 1.0);
        assert_score("[1]", json!("no json"), 0.0);
        assert_score(json!({"a": 1}), json!(r#"{"a":1}"#), 1.0);
        let score = grade(&JsonDiff::new().expected("[1, 2]"), "[1]", Value::Null);
        assert_eq!(score.value(), Some(0.5));
    }

    #[test]
    fn what_is_no_json_fails_and_what_cannot_be_compared_is_unscored() {
        for output in ["", "hello", "NaN", "[NaN]", "{\"a\":Infinity}", "{'a':1}"] {
            let score = grade(&JsonDiff::new(), output, json!({"a": 1}));
            assert_eq!(score.value(), Some(0.0), "{output}");
            assert_eq!(score.message_text(), "output is not valid JSON");
            assert!(score.metadata_map().is_some_and(|map| map.contains_key("error")));
        }
        let score = grade(&JsonDiff::new(), "[1e999]", json!([1]));
        assert!(score.unscored_reason().unwrap().contains("number out of range"));
        let score = grade(&JsonDiff::new(), "[".repeat(10_000_000), json!([1]));
        assert_eq!(score.message_text(), "output is not valid JSON");
    }

    #[test]
    fn values_nested_too_deep_are_unscored() {
        let nested = |depth| (0..depth).fold(json!(1), |value, _| json!([value]));
        assert_eq!(grade(&JsonDiff::new(), nested(512), nested(512)).value(), Some(1.0));
        let score = grade(&JsonDiff::new(), nested(600), nested(600));
        assert!(score.unscored_reason().unwrap().contains("nested more than 512"));
    }

    #[test]
    fn the_threshold_decides() {
        let scorer = JsonDiff::new().threshold(0.5);
        assert!(grade(&scorer, "[1,2]", json!([1, 3])).passed());
        assert!(!grade(&scorer, "[1]", json!([1, 3, 4])).passed());
        assert!(JsonDiff::new().threshold(-0.5).check().is_err());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-3_i64..3).prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[ab\"é]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-d]", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_similarity_is_symmetric_in_range_and_one_with_itself(a in any_json(), b in any_json()) {
            let of = |a: &Value, b: &Value| similarity(a, b, 0).unwrap_or(f64::NAN);
            prop_assert!((0.0..=1.0).contains(&of(&a, &b)));
            prop_assert!((of(&a, &b) - of(&b, &a)).abs() < 1e-12);
            prop_assert_eq!(of(&a, &a), 1.0);
        }

        #[test]
        fn writing_a_value_and_reading_it_back_changes_nothing(a in any_json()) {
            prop_assume!(!a.is_null() && !a.is_string());
            let score = grade(&JsonDiff::new(), a.to_string(), a);
            prop_assert_eq!(score.value(), Some(1.0));
        }
    }
}
