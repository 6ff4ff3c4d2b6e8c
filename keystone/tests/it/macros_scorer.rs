//! `#[scorer]`: what the value is, how parameters are bound, what comes out.

use std::fmt::Display;

use keystone::scorers::Subject;
use keystone::{Case, Output, Score, Scorer, ToolCall, scorer};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// At most three words.
#[scorer]
pub fn concise(output: &str) -> bool {
    output.split_whitespace().count() <= 3
}

#[scorer(name = "share of words", weight = 2.0, gate, threshold = 0.7)]
fn share(output: String, expected: &[String]) -> f64 {
    let found = expected.iter().filter(|word| output.contains(word.as_str())).count();
    #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
    let share = found as f64 / expected.len() as f64;
    share
}

#[scorer]
async fn asked(input: &str, output: &str) -> Result<bool, String> {
    std::future::ready(()).await;
    if output.is_empty() { Err("no output".to_owned()) } else { Ok(output.contains(input)) }
}

#[scorer]
async fn owned(output: String, _subject: &Subject<'_>) -> bool {
    std::future::ready(output.len() == 1).await
}

#[scorer]
async fn owns_all(output: String, tags: Vec<String>) -> Option<bool> {
    std::future::ready(tags.is_empty().then_some(output.is_empty())).await
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Question {
    text: String,
    limit: usize,
}

/// Neither `Clone` nor anything else.
#[derive(Deserialize)]
struct Plain {
    text: String,
}

#[scorer]
fn by_reference(input: &Question, output: &Value) -> bool {
    output[0] == input.text.as_str() && input.limit == 3
}

#[scorer]
fn by_value(input: Question, mut output: Vec<String>) -> bool {
    output.retain(|word| *word == input.text);
    !output.is_empty()
}

#[scorer]
fn not_clone(input: Plain, _output: &str) -> bool {
    !input.text.is_empty()
}

#[scorer]
fn optional(expected: Option<&str>) -> Score {
    Score::fail(format!("{expected:?}"))
}

#[scorer]
fn optional_number(output: f64, expected: Option<f64>) -> Option<f64> {
    expected.map(|expected| f64::from(u8::from((output - expected).abs() < 1e-9)))
}

#[scorer]
fn optional_list(expected: Option<&[i64]>) -> bool {
    expected.is_none_or(|list| list == [1, 2])
}

#[scorer]
fn optional_struct(expected: Option<&Question>) -> bool {
    expected.is_none_or(|question| question.limit == 1)
}

#[scorer]
fn everything(
    output: &Output,
    case: &Case,
    context: &[String],
    tags: Vec<String>,
    metadata: &Map<String, Value>,
    subject: &Subject<'_>,
) -> bool {
    output.tool_calls().len() == 1
        && case.input == json!("question")
        && context == ["retrieved"]
        && tags == ["smoke"]
        && metadata["level"] == 3
        && subject.id() == Some("one")
}

#[derive(Deserialize)]
struct Level {
    level: u32,
}

#[scorer]
fn typed_metadata(metadata: Level, case: &Case<String, u32>) -> bool {
    metadata.level == 3 && case.input == "question" && case.expected == Some(42)
}

#[scorer]
fn outside(output: f64) -> f64 {
    output
}

fn case() -> Case {
    Case::new("question").id("one").expected(42).tag("smoke").metadata("level", 3)
}

fn score(scorer: &impl Scorer, case: &Case, output: impl Into<Value>) -> Score {
    scorer.score(&Subject::new(case, &Output::from_value(output.into())))
}

#[test]
fn the_value_is_a_scorer_and_still_the_function() {
    assert_eq!(concise.name(), "concise");
    assert!(score(&concise, &case(), "a b c").passed());
    assert!(!score(&concise, &case(), "a b c d").passed());

    assert!(concise("a b"));
    let texts = ["a", "a b c d"];
    assert_eq!(texts.map(*concise), [true, false]);
    let copy = concise;
    assert_eq!(format!("{copy:?} {concise:?}"), "concise concise");
    assert!(!pollster(asked("why", "because")).expect("there is an output"));
}

fn pollster<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

#[test]
fn options_set_name_weight_gate_and_threshold() {
    assert_eq!(share.name(), "share of words");
    assert_eq!(share.policy().weight, 2.0);
    assert!(share.policy().gate);
    assert!(!concise.policy().gate);

    let case: Case = Case::new("").expected(json!(["a", "b", "c"]));
    let two_thirds = score(&share, &case, "a b");
    assert!(!two_thirds.passed(), "0.67 is below the threshold of 0.7");
    assert!(two_thirds.value().is_some_and(|value| value > 0.66));
    assert!(score(&share, &case, "a b c").passed());
}

#[test]
fn async_functions_are_waited_for() {
    let case: Case = Case::new("why");
    assert!(score(&asked, &case, "why not").passed());
    assert_eq!(score(&asked, &case, "").unscored_reason(), Some("no output"));
    assert!(score(&owned, &case, "a").passed());
    assert!(score(&owns_all, &case, "").passed());
    assert_eq!(pollster(owns_all(String::new(), vec![String::new()])), None);
}

#[test]
fn parameters_have_the_types_that_the_function_asks_for() {
    let case: Case = Case::new(json!({"text": "a", "limit": 3}));
    assert!(score(&by_reference, &case, json!(["a"])).passed());
    assert!(score(&by_value, &case, json!(["b", "a"])).passed());
    // Models answer in text.
    assert!(score(&by_value, &case, r#" ["b", "a"] "#).passed());
    assert!(score(&not_clone, &case, "x").passed());
}

#[test]
fn an_expected_value_may_be_optional() {
    let without: Case = Case::new("");
    assert_eq!(score(&optional, &case(), "").message_text(), "Some(\"42\")");
    assert_eq!(score(&optional, &without, "").message_text(), "None");
    assert!(score(&optional_number, &case(), 42).passed());
    assert_eq!(
        score(&optional_number, &without, 42).unscored_reason(),
        Some("the scorer returned None")
    );
    assert!(score(&optional_list, &Case::new("").expected(json!([1, 2])), "").passed());
    assert!(!score(&optional_list, &Case::new("").expected(json!([2])), "").passed());
    assert!(score(&optional_list, &without, "").passed());
    let question: Case = Case::new("").expected(json!({"text": "t", "limit": 1}));
    assert!(score(&optional_struct, &question, "").passed());
}

#[test]
fn everything_that_is_known_can_be_asked_for() {
    let output = Output::text("x").context("retrieved").tool_call(ToolCall::new("atlas"));
    let case = case();
    assert!(everything.score(&Subject::new(&case, &output)).passed());
    assert!(score(&typed_metadata, &case, "x").passed());
}

#[test]
fn what_cannot_be_bound_is_unscored_with_the_reason() {
    for (scored, reason) in [
        (score(&optional_number, &case(), "many"), "the output does not fit the scorer's type"),
        (score(&share, &Case::new(""), "a"), "the row has no expected value"),
        (score(&share, &case(), "a"), "the expected value does not fit the scorer's type"),
        (score(&by_reference, &case(), "a"), "the input does not fit the scorer's type"),
        (score(&typed_metadata, &Case::new(""), "a"), "the metadata does not fit"),
        (score(&outside, &case(), 85), "the scorer gave 85"),
    ] {
        let given = scored.unscored_reason().unwrap_or_else(|| panic!("{reason}: scored"));
        assert!(given.starts_with(reason), "{given:?} does not start with {reason:?}");
    }
}

fn shown(value: impl Display) -> String {
    value.to_string()
}

mod elsewhere {
    use keystone::scorer;

    /// Uses what is outside, attributes and all.
    #[scorer]
    #[inline]
    #[cfg(test)]
    pub(super) fn uses_the_module(mut output: &str) -> bool {
        output = output.trim();
        super::shown(output.len()) == limit()
    }

    #[scorer]
    #[cfg(any())]
    fn not_compiled(nonsense: Nothing) {}

    fn limit() -> String {
        "3".to_owned()
    }
}

#[test]
fn scorers_work_in_modules_and_with_attributes() {
    assert!(score(&elsewhere::uses_the_module, &case(), "abc").passed());
    assert!(elsewhere::uses_the_module("abc"));
}

#[scorer]
fn with_lifetimes<'a>(output: &'a str, _input: &'a str) -> Result<bool, std::num::ParseIntError> {
    output.parse::<i32>().map(|number| number > 3)
}

#[test]
fn errors_are_unscored_and_lifetimes_may_be_named() {
    assert!(score(&with_lifetimes, &case(), "4").passed());
    assert_eq!(
        score(&with_lifetimes, &case(), "four").unscored_reason(),
        Some("invalid digit found in string")
    );
    assert_eq!(with_lifetimes("5", ""), Ok(true));
}
