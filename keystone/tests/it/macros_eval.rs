//! `#[eval]`: what is registered, and how it behaves when it is run.

use std::path::PathBuf;
use std::time::Duration;

use keystone::eval::registry::{EvalEntry, entries};
use keystone::eval::{EvalError, EvalReport, Outcome, RowErrorKind};
use keystone::{Case, Output, eval, scorer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[scorer]
fn same(output: &Value, expected: &Value) -> bool {
    output == expected
}

#[scorer]
fn text_same(output: &str, expected: &str) -> bool {
    output == expected
}

fn entry(name: &str) -> &'static EvalEntry {
    let all = entries();
    let found: Vec<_> = all
        .iter()
        .filter(|entry| entry.module.starts_with(module_path!()) && entry.name == name)
        .collect();
    assert_eq!(found.len(), 1, "{name} is registered {} times", found.len());
    found[0]
}

fn run(name: &str) -> EvalReport {
    entry(name).build().run().unwrap_or_else(|error| panic!("{error}"))
}

fn all_pass(name: &str, rows: usize) {
    let report = run(name);
    for row in &report.rows {
        assert_eq!(row.outcome, Outcome::Pass, "{name}: {row:?}");
    }
    assert_eq!(report.rows.len(), rows, "{name}");
}

// ---- what is registered ----

const BAR: f64 = 0.25;
const ROWS_AT_ONCE: usize = 2;

#[eval(
    data = [("a", "A"), ("b", "B"), ("c", "x")],
    scores = [text_same, |output: &str| output.len() == 1],
    name = "shouting",
    pass_rate = BAR,
    max_concurrency = ROWS_AT_ONCE,
    trials = 2,
    timeout = "1m 30s",
    min_mean = { text_same: 0.5, "scorer_2" = 1 },
    max_errors = 3,
    max_error_rate = 0.5,
    tags = ["smoke", "quick"],
    ignore = "costs money",
)]
fn shout(word: String) -> String {
    word.to_uppercase()
}

#[test]
fn an_entry_says_all_that_is_known_before_a_run() {
    let entry = entry("shouting");
    assert_eq!(entry.module, module_path!());
    assert!(entry.file.ends_with("macros_eval.rs"), "{}", entry.file);
    assert_eq!(entry.root, env!("CARGO_MANIFEST_DIR"));
    assert_eq!(entry.tags, ["smoke", "quick"]);
    assert_eq!(entry.ignore, Some("costs money"));
    let source = include_str!("macros_eval.rs");
    let line = source.lines().nth(entry.line as usize - 1).expect("the line is in the file");
    assert!(line.starts_with("#[eval(") || line.starts_with("fn shout"), "{line}");
}

#[test]
fn options_reach_the_evaluation() {
    let report = run("shouting");
    let summary = &report.summary;
    assert_eq!(report.rows.len(), 6, "three rows, twice each");
    assert_eq!(summary.scorer("text_same").and_then(|s| s.stats.mean), Some(2.0 / 3.0));
    assert_eq!(summary.scorer("scorer_2").and_then(|s| s.stats.mean), Some(1.0));
    let gates = format!("{:?}", summary.gates);
    for bar in ["0.25", "0.5"] {
        assert!(gates.contains(bar), "{bar} is not in {gates}");
    }
    assert!(summary.verdict == keystone::eval::Verdict::Pass, "{summary:?}");
}

// ---- data ----

#[eval(data = "tests/data/macros.jsonl", scores = [text_same], input = "question", expected = "answer.text", tags_field = "labels")]
fn from_file(question: &str) -> String {
    question.to_uppercase()
}

const PATH: &str = "tests/data/macros.jsonl";

#[eval(data = PATH, scores = [same], expected_type = Answer)]
fn from_constant(case: &Value) -> Value {
    case.clone()
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Answer {
    text: String,
}

fn pairs() -> Vec<(&'static str, &'static str)> {
    vec![("a", "A"), ("b", "B")]
}

fn fallible_pairs() -> Result<impl Iterator<Item = (String, String)>, std::io::Error> {
    Ok(pairs().into_iter().map(|(input, expected)| (input.to_owned(), expected.to_owned())))
}

fn broken() -> Result<Vec<Case<String>>, String> {
    Err("the data base is down".to_owned())
}

fn typed_cases() -> Vec<Case<String, Answer>> {
    vec![Case::new("a").expected(Answer { text: "A".to_owned() })]
}

#[eval(data = typed_cases, scores = [|output: &str, expected: &Answer| output == expected.text])]
fn from_typed_cases(word: String) -> String {
    word.to_uppercase()
}

static SLICE: &[(&str, u8)] = &[("a", 1), ("ab", 2)];

#[eval(data = SLICE, scores = [same], expected_type = u32)]
fn from_slice(word: &str) -> usize {
    word.len()
}

#[eval(data = keystone::eval::data::Dataset::file("tests/data/macros.jsonl").fields(
    keystone::eval::data::Fields::default().input("question").expected("answer"),
), scores = [|expected: &Answer| !expected.text.is_empty()])]
fn from_data_set(question: &str) -> String {
    question.to_uppercase()
}

const ARRAY: [(&str, &str); 2] = [("a", "A"), ("b", "B")];

#[eval(data = pairs, scores = [text_same])]
fn from_function(word: String) -> String {
    word.to_uppercase()
}

#[eval(data = fallible_pairs, scores = [text_same])]
fn from_fallible_function(word: &str) -> String {
    word.to_uppercase()
}

#[eval(data = broken, scores = [text_same])]
fn from_broken_function(word: &str) -> String {
    word.to_uppercase()
}

#[eval(data = ARRAY, scores = [text_same])]
fn from_array(word: &str) -> String {
    word.to_uppercase()
}

#[eval(data = (1..=3u32).map(|n| (n, n * 2)), scores = [same])]
fn from_expression(n: u32) -> u32 {
    n * 2
}

#[eval(data = || vec![Case::<u64, u64>::new(3u64).expected(9u64)], scores = [same], expected_type = u64)]
fn from_closure(n: u64) -> u64 {
    n * n
}

#[eval(data = [(3, 9), (4, 16), (-5, 25)], scores = [same])]
fn numbers(n: i64) -> i64 {
    n * n
}

#[eval(
    data = [Case::new("a").expected("A").tag("x"), ("b", "B"), "c"],
    scores = [|output: &str, expected: Option<&str>| expected.is_none_or(|e| e == output)],
)]
fn mixed_rows(word: &str) -> String {
    word.to_uppercase()
}

#[test]
fn data_comes_from_files_functions_lists_and_expressions() {
    all_pass("from_function", 2);
    all_pass("from_fallible_function", 2);
    all_pass("from_array", 2);
    all_pass("from_slice", 2);
    all_pass("from_typed_cases", 1);
    all_pass("from_data_set", 2);
    all_pass("from_expression", 3);
    all_pass("from_closure", 1);
    all_pass("numbers", 3);
    all_pass("mixed_rows", 3);
    let error = entry("from_broken_function").build().run().expect_err("no data");
    assert!(error.to_string().contains("the data base is down"), "{error}");
}

#[test]
fn files_are_found_from_the_package_and_fields_renamed() {
    all_pass("from_file", 2);
    let error = entry("from_constant").build().run().expect_err("rows have no `input`");
    assert!(matches!(error, EvalError::Data { .. }), "{error}");
    assert!(error.to_string().contains("input"), "{error}");
}

// ---- inputs ----

#[derive(Debug, Deserialize, Serialize)]
struct NotClone {
    text: String,
}

fn not_clone_rows() -> Vec<(NotClone, String)> {
    vec![(NotClone { text: "a".to_owned() }, "A".to_owned())]
}

#[eval(data = not_clone_rows, scores = [text_same])]
fn taken_without_clone(input: NotClone) -> String {
    input.text.to_uppercase()
}

#[eval(data = not_clone_rows, scores = [text_same])]
fn borrowed_without_clone(input: &NotClone) -> String {
    input.text.to_uppercase()
}

#[eval(data = [Case::new(vec![1, 2, 3]).expected(6)], scores = [same])]
fn slice(numbers: &[i64]) -> i64 {
    numbers.iter().sum()
}

#[eval(data = [Case::new("a").expected("a1").tag("t")], scores = [text_same])]
fn whole_case(case: &Case<String, String>) -> String {
    format!("{}{}", case.input, case.tags.len())
}

#[eval(data = [("a", "a")], scores = [text_same])]
fn json_case(case: &keystone::Case) -> Value {
    case.input.clone()
}

#[eval(data = [("a", "a")], scores = [text_same])]
fn owned_case(case: Case<String>) -> String {
    case.input
}

#[eval(data = [(("a", 2, None::<String>), "aa"), (json!({"word": "b", "times": 1}), "b!"), (json!({"times": 1}), "x")], scores = [text_same])]
fn several_parameters(word: &str, times: usize, _mark: Option<String>) -> String {
    word.repeat(times) + if word == "b" { "!" } else { "" }
}

#[eval(data = "tests/data/macros_fields.jsonl", scores = [text_same])]
fn several_fields(word: String, times: usize, parts: &[String], extra: NotClone) -> String {
    word.repeat(times) + &parts.concat() + &extra.text
}

#[test]
fn inputs_are_bound_as_the_task_wants_them() {
    all_pass("taken_without_clone", 1);
    all_pass("borrowed_without_clone", 1);
    all_pass("slice", 1);
    all_pass("whole_case", 1);
    all_pass("json_case", 1);
    all_pass("owned_case", 1);
    all_pass("several_fields", 1);
}

#[test]
fn several_parameters_are_fields_of_the_input() {
    let report = run("several_parameters");
    let [first, second, third] = report.rows.as_slice() else { panic!("{report:?}") };
    assert_eq!(first.outcome, Outcome::Pass, "{first:?}");
    assert_eq!(second.outcome, Outcome::Pass, "{second:?}");
    let error = third.error.as_ref().expect("`word` is missing");
    assert_eq!(error.kind, RowErrorKind::Data);
    assert!(error.message.contains("missing field `word`"), "{}", error.message);
}

// ---- results ----

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[eval(data = [("7", 7), ("x", 0)], scores = [same])]
fn alias(text: &str) -> Fallible<i64> {
    Ok(text.parse()?)
}

#[derive(Debug)]
struct Outer(std::num::ParseIntError);

impl std::fmt::Display for Outer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cannot answer")
    }
}

impl std::error::Error for Outer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[eval(data = [("x", 0)], scores = [same])]
fn chained(text: &str) -> Result<i64, Outer> {
    text.parse().map_err(Outer)
}

#[derive(Debug)]
enum OnlyDebug {
    Nothing,
}

#[eval(data = [("x", 0)], scores = [same])]
fn only_debug(text: &str) -> Result<i64, OnlyDebug> {
    if text.is_empty() { Ok(0) } else { Err(OnlyDebug::Nothing) }
}

#[eval(data = [(" a ", "a")], scores = [text_same])]
fn borrows(text: &str) -> &str {
    text.trim()
}

#[eval(data = [("a b", "[\"a\",\"b\"]")], scores = [text_same])]
fn borrows_in_a_list(text: &str) -> Result<Vec<&str>, String> {
    Ok(text.split(' ').collect())
}

#[eval(
    data = [("a", "a")],
    scores = [text_same, named("documents", |context: &[String]| context == ["doc"])],
)]
async fn rich(text: String) -> Result<Output, String> {
    std::future::ready(()).await;
    Ok(Output::text(text).context("doc"))
}

#[eval(data = [("a", "a")], scores = [text_same])]
async fn async_borrows(text: &str) -> &str {
    std::future::ready(text).await
}

#[eval(data = [("a", true)], scores = [same])]
fn opaque(text: &str) -> impl Serialize + use<> {
    text == "a"
}

fn message(name: &str, row: usize) -> String {
    let report = run(name);
    let error = report.rows[row].error.as_ref().unwrap_or_else(|| panic!("{name} has no error"));
    assert_eq!(error.kind, RowErrorKind::Task);
    error.message.clone()
}

#[test]
fn results_are_told_apart_by_their_types() {
    assert_eq!(message("alias", 1), "invalid digit found in string");
    assert_eq!(run("alias").rows[0].outcome, Outcome::Pass);
    assert_eq!(message("chained", 0), "cannot answer: invalid digit found in string");
    assert_eq!(message("only_debug", 0), "Nothing");
    for name in ["borrows", "borrows_in_a_list", "rich", "async_borrows", "opaque"] {
        all_pass(name, 1);
    }
}

// ---- scorers in the list ----

#[eval(
    data = [Case::new("in").expected("out").context("c").tag("t").metadata("m", 1)],
    scores = [
        |output, input, expected, context, case, tags, metadata| {
            output == "out" && input == "in" && expected == "out" && context == ["c"]
                && case.input == "in" && tags == ["t"] && metadata["m"] == 1
        },
        named("half", |output: String| output.len() as f64 / 6.0).weight(3.0).threshold(0.4),
        named("again", text_same),
        (|_output: &str| async move { 1.0 }).named("later").gate(),
        async |subject: &keystone::scorers::Subject<'_>| subject.id().is_some(),
    ],
    timeout = Duration::from_secs(5),
    pass_threshold = 0.6,
)]
fn closures(_input: &str) -> &'static str {
    "out"
}

#[test]
fn closures_are_bound_by_name_and_have_names_of_their_own() {
    let report = run("closures");
    let names: Vec<_> = report.rows[0].scores.iter().map(|score| score.name.as_str()).collect();
    assert_eq!(names, ["scorer_1", "half", "again", "later", "scorer_5"]);
    assert!(report.rows[0].scores.iter().all(|score| score.passed), "{:?}", report.rows[0]);
    assert_eq!(report.rows[0].composite, Some((4.0 + 3.0 * 0.5) / 7.0));
    assert_eq!(report.rows[0].outcome, Outcome::Pass);
}

#[eval(data = [("a", "a")], scores = [text_same], ignore, timeout = none)]
fn bare_ignore(text: PathBuf) -> String {
    text.display().to_string()
}

mod inner {
    /// A scorer and an evaluation that name the crate by another path.
    mod renamed {
        pub(super) use ::keystone as other;
    }

    #[keystone::scorer(crate = renamed::other)]
    fn fine(output: &str) -> bool {
        output == "a"
    }

    #[keystone::eval(data = [("a", "a")], scores = [fine], crate = renamed::other)]
    fn in_a_module(word: String) -> String {
        word
    }
}

#[test]
fn evaluations_work_in_modules_and_under_another_path() {
    assert_eq!(entry("bare_ignore").ignore, Some(""));
    assert!(entry("in_a_module").module.ends_with("macros_eval::inner"));
    all_pass("in_a_module", 1);
    all_pass("bare_ignore", 1);
}

#[test]
fn the_function_is_untouched() {
    assert_eq!(shout("a".to_owned()), "A");
    assert_eq!(borrows(" x "), "x");
}
