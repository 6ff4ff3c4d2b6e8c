//! Scorers of every kind, and numbers that no scorer should give.

use keystone::scorers::{
    Contains, ExactMatch, JsonDiff, JsonValidity, Levenshtein, NumericDiff, SemanticListContains,
    Subject,
};
use keystone::{Case, Output, Score, ToolCall, eval, scorer};
use serde_json::{Map, Value, json};

#[scorer]
fn plain(output: &str) -> bool {
    output == "out"
}

#[scorer(name = "a number", weight = 3.0, threshold = 0.4)]
fn number(output: String, expected: &str) -> f64 {
    if output == expected { 0.5 } else { 0.0 }
}

#[scorer(gate)]
fn gate(input: &str) -> Score {
    Score::new(1.0).message(format!("saw {input:?}")).metadata("seen", input)
}

#[scorer]
fn perhaps(expected: Option<&str>) -> Option<bool> {
    expected.map(|expected| expected == "out")
}

#[scorer]
fn fallible(context: &[String]) -> Result<f32, std::num::ParseFloatError> {
    context[0].parse()
}

#[scorer]
async fn waits(case: &Case<String, String>, tags: &[String], metadata: &Map<String, Value>) -> bool {
    std::future::ready(()).await;
    case.tags == tags && metadata["k"] == 1
}

#[scorer]
fn with_tools(subject: &Subject<'_>) -> bool {
    subject.id() == Some("row") && subject.output().tool_calls().len() == 1
}

fn one() -> Vec<Case<String, String>> {
    vec![
        Case::new("in").id("row").expected("out").context("0.75").tag("t").metadata("k", 1),
    ]
}

const WEIGHT: f64 = 0.5;

#[eval(
    data = one,
    scores = [
        plain, number, gate, perhaps, fallible, waits, with_tools,
        |output: &str, expected: &str| output == expected,
        named("closure", |output: &str| output.len()  as f64 / 4.0).weight(WEIGHT).threshold(0.7),
        async |output: String| output.len() == 3,
        named("twice", plain),
        ExactMatch::new().expected("out"),
    ],
)]
fn all_kinds(_input: &str) -> Output {
    Output::text("out").tool_call(ToolCall::new("lookup").arguments(json!({"a": 1})))
}

#[eval(
    data = [
        Case::new(r#"{"a": 1.0, "b": [1, 2]}"#).id("json").expected(json!({"a": 1, "b": [1, 2]})).metadata("list", json!(["1.0", "b"])).metadata("number", 1.0),
    ],
    scores = [
        JsonDiff::new(), JsonValidity::new(), Contains::new("\"A\""),
        SemanticListContains::new().expected_key("list"), NumericDiff::new().expected_key("number"),
        Levenshtein::new().expected(r#"{"a": 1.0, "b": [1, 2]}"#), ExactMatch::new().expected(r#"{"a": 1.0, "b": [1, 2]}"#),
    ],
)]
fn built_in(text: String) -> String {
    text
}

#[eval(data = [("in", "x")], scores = [plain, number], pass_threshold = 0.2)]
fn composite(_input: &str) -> &'static str {
    "out"
}

#[eval(data = [("in", "x")], scores = [plain, |_output| 0.0, named("gate", |_output| false).gate()], pass_threshold = 0.1)]
fn gate_goes_before_composite(_input: &str) -> &'static str {
    "out"
}

#[eval(
    data = ["nan", "inf", "-inf", "-0.1", "1.5", "85", "0", "1", "0.5"].map(|text| Case::<String>::new(text).id(text)),
    scores = [named("raw", |output: &str| output.parse::<f64>().unwrap_or(0.0))],
    pass_rate = 0.0,
)]
fn odd_numbers(text: String) -> String {
    text
}

#[eval(
    data = [("nan", ()), ("ok", ())].map(|(id, ())| Case::<String>::new(id).id(id)),
    scores = [|output: &str| Score::new(if output == "nan" { f64::NAN } else { 1.0 })],
    pass_rate = 0.0,
)]
fn odd_scores(text: String) -> String {
    text
}

#[eval(
    data = ["a", "bad", "c"].map(|id| Case::<String>::new(id).id(id)),
    scores = [
        named("first", |_output| true),
        named("moody", |output: &str| { assert_ne!(output, "bad", "I do not like it"); true }),
    ],
    pass_rate = 0.5,
)]
fn scorer_panics(text: String) -> String {
    text
}

#[eval(
    data = ["a", "b", "c"].map(|id| Case::<String>::new(id).id(id)),
    scores = [named("shy", |output: &str| if output == "b" { Score::unscored("too shy") } else { Score::pass() })],
)]
fn unscored(text: String) -> String {
    text
}

#[eval(data = [("a", "a"), ("b", "x")], scores = [ExactMatch::new()], min_mean = { exact_match: 0.75 }, pass_rate = 0.5)]
fn low_mean(text: String) -> String {
    text
}

#[eval(data = [("a", "a")], scores = [ExactMatch::new()], min_mean = { levenstein: 0.75 })]
fn bad_config(text: String) -> String {
    text
}

fn changing() -> bool {
    std::env::var_os("E2E_STRICT").is_some()
}

/// Grades by what the environment says, as if the source had changed between two runs.
#[scorer]
fn today(output: &str) -> Score {
    let long = output.len() > 2;
    Score::new(if changing() && long { 0.0 } else { 1.0 }).message(if changing() { "strict" } else { "lax" })
}

#[eval(data = ["a", "bb", "ccc"].map(|id| Case::<String>::new(id).id(id)), scores = [today], tags = ["regraded"])]
fn regraded(text: String) -> String {
    super::scripts::mark(&text);
    text
}
