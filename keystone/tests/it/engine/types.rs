//! The types that inputs, expected values, outputs and errors may have.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use keystone::eval::data::Dataset;
use keystone::eval::{Data, Eval, Outcome, RowErrorKind};
use keystone::{Case, Output};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fixtures::{equal, over_numbers, row, scorer};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Question {
    text: String,
    #[serde(default)]
    level: u8,
}

fn question() -> Question {
    Question { text: "2 + 2".into(), level: 3 }
}

#[test]
fn inputs_of_any_type_come_from_code_and_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, row: Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("{row}\n")).unwrap();
        Dataset::file(path)
    };
    macro_rules! both {
        ($name:literal, $input:ty, $expected:ty, $case:expr) => {{
            let case: Case<$input, $expected> = $case;
            let json = json!({"input": case.input, "expected": case.expected});
            let data = [
                Data::<$input, $expected>::values([case.clone()]),
                Data::<$input, $expected>::function({
                    let case = case.clone();
                    move || [case.clone()]
                }),
                Data::<$input, $expected>::file(file(concat!($name, ".jsonl"), json.clone())),
            ];
            for data in data {
                let wanted = case.clone();
                let report = Eval::new($name)
                    .data(data)
                    .try_case_task(move |case: &Case<$input, $expected>| {
                        assert_eq!((&case.input, &case.expected), (&wanted.input, &wanted.expected));
                        Ok::<_, String>(case.expected.clone())
                    })
                    .scorer(equal())
                    .scorer(scorer("typed", |subject| {
                        subject.input_as::<$input>().is_ok()
                            && subject.expected_as::<$expected>().is_ok()
                            && subject.case_as::<$input, $expected>().is_ok()
                    }))
                    .run()
                    .unwrap();
                assert_eq!(report.summary.counts.pass, 1, "{}: {:?}", $name, report.rows);
                assert_eq!(report.rows[0].input.as_ref().unwrap().value(), json["input"]);
                assert_eq!(report.rows[0].expected.as_ref().unwrap().value(), json["expected"]);
            }
        }};
    }
    both!("text", String, String, Case::new("a \"text\"\n").expected("é"));
    both!("number", u64, i64, Case::new(u64::MAX).expected(-7_i64));
    both!("float", f64, f64, Case::new(0.1).expected(1e-7));
    both!("struct", Question, Question, Case::new(question()).expected(question()));
    both!("json", Value, Value, Case::new(json!({"b": 1, "a": [1, 2]})).expected(json!([])));
    both!("list", Vec<String>, bool, Case::new(vec!["a".to_owned()]).expected(true));
    both!(
        "map",
        BTreeMap<String, u8>,
        Option<u8>,
        Case::new(BTreeMap::from([("k".to_owned(), 1)])).expected(Some(2))
    );
}

#[test]
fn pairs_of_anything_that_turns_into_the_types_are_rows() {
    let report = Eval::new("pairs")
        .data(Data::<String, String>::values([("hello", "HELLO"), ("world", "WORLD")]))
        .task(|word: &String| word.to_uppercase())
        .scorer(equal())
        .run()
        .unwrap();
    assert_eq!(report.summary.counts.pass, 2);
    let report = Eval::new("pairs")
        .data(Data::<u64, u64>::function(|| [(3_u32, 9_u8)]))
        .task(|n: &u64| n * n)
        .scorer(equal())
        .run()
        .unwrap();
    assert_eq!(report.summary.counts.pass, 1);
}

#[test]
fn outputs_of_any_type_are_scored_as_their_json() {
    macro_rules! output {
        ($value:expr, $json:expr) => {{
            let report = over_numbers(1, |_| $value).scorer(scorer("any", |_| 1.0)).run().unwrap();
            assert_eq!(report.rows[0].output, Some($json));
        }};
    }
    output!("text".to_owned(), json!("text"));
    output!("text", json!("text"));
    output!(7_u8, json!(7));
    output!(0.5, json!(0.5));
    output!(true, json!(true));
    output!(question(), json!({"text": "2 + 2", "level": 3}));
    output!(vec![1, 2], json!([1, 2]));
    output!(Some("x"), json!("x"));
    output!(json!({"a": 1}), json!({"a": 1}));
    output!(Output::text("rich").context("c"), json!("rich"));
}

#[test]
fn an_output_that_has_no_json_is_an_error_of_its_own_kind() {
    let report = over_numbers(2, |n| {
        let mut map = HashMap::new();
        if n == 1 {
            map.insert(vec![1_u8], 1);
        }
        map
    })
    .scorer(scorer("any", |_| 1.0))
    .run()
    .unwrap();
    let broken = row(&report, "c1");
    assert_eq!(broken.outcome, Outcome::Error);
    let error = broken.error.as_ref().unwrap();
    assert_eq!(error.kind, RowErrorKind::Output);
    assert!(error.message.contains("key must be a string"), "{}", error.message);
    assert_eq!(row(&report, "c0").outcome, Outcome::Pass);
}

#[test]
fn an_output_that_is_nested_too_deep_is_an_error() {
    for (levels, outcome) in [(99, Outcome::Pass), (100, Outcome::Pass), (101, Outcome::Error)] {
        let report = over_numbers(1, move |_| {
            let mut value = json!("core");
            for _ in 0..levels {
                value = json!({ "in": value });
            }
            value
        })
        .scorer(scorer("any", |_| 1.0))
        .run()
        .unwrap();
        assert_eq!(report.rows[0].outcome, outcome, "{levels}");
        if let Some(error) = &report.rows[0].error {
            assert_eq!(error.kind, RowErrorKind::Output);
        }
    }
}

/// An error that shows its causes in the alternate form, as those of anyhow and eyre do.
struct Chained;

impl fmt::Display for Chained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot ask the model")?;
        if f.alternate() { f.write_str(": no route to host") } else { Ok(()) }
    }
}

#[test]
fn the_whole_chain_of_an_error_is_kept() {
    let report = Eval::new("chained")
        .data(Data::values(super::fixtures::numbers(1)))
        .try_task(|_: &u64| Err::<u64, _>(Chained))
        .scorer(scorer("chained", |_| Err::<f64, _>(Chained)))
        .run()
        .unwrap();
    let error = report.rows[0].error.as_ref().unwrap();
    assert_eq!(error.message, "cannot ask the model: no route to host");
    assert_eq!(error.kind, RowErrorKind::Task);
    assert!(report.rows[0].scores.is_empty(), "there was nothing to score");
    let report =
        over_numbers(1, |n| n).scorer(scorer("chained", |_| Err::<f64, _>(Chained))).run().unwrap();
    let reason = report.rows[0].scores[0].unscored.as_deref();
    assert_eq!(reason, Some("cannot ask the model: no route to host"));
    assert_eq!(report.rows[0].outcome, Outcome::Unscored);
}

#[test]
fn async_tasks_run_without_a_runtime_of_the_users() {
    let report = Eval::new("async")
        .data(Data::values(super::fixtures::numbers(20)))
        .async_task(|n: u64| async move {
            std::future::ready(()).await;
            n
        })
        .scorer(equal())
        .run()
        .unwrap();
    assert_eq!(report.summary.counts.pass, 20);
    let report = Eval::new("async")
        .data(Data::values(super::fixtures::numbers(2)))
        .try_async_task(|n: u64| async move {
            assert!(n != 0, "a future that panics");
            Err::<u64, _>("refused")
        })
        .scorer(equal())
        .run()
        .unwrap();
    let kinds: Vec<_> = report.rows.iter().map(|row| row.error.clone().unwrap().kind).collect();
    assert_eq!(kinds, [RowErrorKind::TaskPanic, RowErrorKind::Task]);
}

/// A number that no JSON holds is not the null that stands for it.
#[test]
fn a_number_that_json_cannot_hold_is_an_error() {
    let report = over_numbers(1, |_| f64::NAN).scorer(scorer("any", |_| 1.0)).run().unwrap();
    assert_eq!(report.rows[0].outcome, Outcome::Error, "{:?}", report.rows[0].output);
    assert_eq!(report.rows[0].error.as_ref().unwrap().kind, RowErrorKind::Output);
}

#[test]
fn what_a_file_says_is_what_the_journal_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    let line =
        "{\"input\": {\"z\": 1.0, \"a\": 12345678901234567890123456789}, \"expected\": 1.50}";
    std::fs::write(&path, line).unwrap();
    let report = Eval::new("exact")
        .data(Data::<Value, Value>::file(Dataset::file(&path)))
        .task(|_: &Value| "x")
        .scorer(scorer("any", |_| 1.0))
        .run()
        .unwrap();
    let row = &report.rows[0];
    let input = row.input.as_ref().unwrap();
    assert_eq!(input.as_str(), "{\"z\":1.0,\"a\":12345678901234567890123456789}");
    assert_eq!(row.expected.as_ref().unwrap().as_str(), "1.50");
}
