//! What a journal holds, and reading it back.

use std::path::Path;

use keystone::eval::{
    Data, Eval, Journal, JournalError, Outcome, RowError, RowErrorKind, RowRecord, RunOptions,
};
use keystone::{Case, Output, Score, ToolCall};
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::fixtures::{always, equal, into, journalled, lines, over_numbers, row_lines, scorer};

/// A run over rows that have every optional field, and rows that have none.
fn every_field(folder: &Path) -> keystone::eval::EvalReport {
    let full = Case::<Value, Value>::new(json!({"question": "2 + 2 — \"quoted\"\u{1}\u{2028}"}))
        .expected(json!([1.0, 4, null, "4"]))
        .id("full/é\n")
        .tag("a")
        .tag("b")
        .metadata("level", 3)
        .metadata("deep", json!({"x": [1, 2]}))
        .context("first")
        .context("second");
    let bare = Case::<Value, Value>::new(json!(1));
    let fails = Case::<Value, Value>::new(json!("fails")).id("fails");
    let panics = Case::<Value, Value>::new(json!("panics")).id("panics");
    Eval::new("every field")
        .data(Data::values([full, bare, fails, panics]))
        .task_with(|context| {
            assert!(context.case.input != "panics", "with \"quotes\"");
            if context.case.input == "fails" {
                return Err(RowError::new(RowErrorKind::Task, "it failed"));
            }
            if context.case.input == 1 {
                return Ok(Output::from_value(json!(0.1)));
            }
            Ok(Output::from_value(json!({"z": 1, "a": [0.30000000000000004, 1e300, -7]}))
                .context("retrieved")
                .metadata("model", "m")
                .tool_call(ToolCall::new("bare"))
                .tool_call(ToolCall::new("full").arguments(json!({"q": 1})).result("r")))
        })
        .scorer(always("plain", Score::new(0.125)))
        .scorer(always("wordy", Score::fail("a \"reason\"").metadata("k", json!([1, "two"]))))
        .scorer(always("none", Score::unscored("why not").metadata("k", 1)))
        .run_with(&into(folder))
        .unwrap()
}

#[test]
fn a_row_read_and_written_again_is_the_line_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let report = every_field(folder.path());
    assert_eq!(report.rows.len(), 4);
    for line in row_lines(folder.path()) {
        let record: RowRecord = serde_json::from_str(&line).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), line);
    }
    assert_eq!(journalled(folder.path()), report.rows);
    let full = &report.rows[0];
    assert_eq!(full.context, ["first", "second"]);
    assert_eq!(full.retrieved, ["retrieved"]);
    assert_eq!(full.tool_calls.len(), 2);
    assert_eq!(full.metadata["deep"], json!({"x": [1, 2]}));
    assert_eq!(full.to_output().unwrap().metadata_map()["model"], "m");
}

/// A task that answers null has answered, and so has a row that asks null or expects it.
#[test]
fn null_is_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let report = Eval::new("null")
        .data(Data::values([Case::<Value, Value>::new(Value::Null).expected(Value::Null).id("c")]))
        .task(|_: &Value| None::<String>)
        .scorer(scorer("null", |subject| subject.output().value().is_null()))
        .run_with(&into(folder.path()))
        .unwrap();
    let row = &report.rows[0];
    assert_eq!(row.outcome, Outcome::Pass);
    assert_eq!(row.output, Some(Value::Null), "the task returned null, not nothing");
    assert_eq!(row.input.as_ref().map(keystone::eval::Json::as_str), Some("null"));
    let line = &row_lines(folder.path())[0];
    assert_eq!(&serde_json::to_string(row).unwrap(), line);
    assert!(row.to_output().is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Numbers are read back as they were written, to the last bit: what a run found out and what
    /// is read from its journal must not differ.
    #[test]
    fn numbers_survive_the_journal(values in proptest::collection::vec(0.0_f64..=1.0, 1..50)) {
        let folder = tempfile::tempdir().unwrap();
        let shares = values.clone();
        let outputs = values.clone();
        let report = over_numbers(values.len() as u64, move |n| outputs[n as usize] * 1e6)
            .scorer(scorer("share", move |subject| {
                shares[subject.input().unwrap().as_u64().unwrap() as usize]
            }))
            .run_with(&into(folder.path()))
            .unwrap();
        for (row, value) in report.rows.iter().zip(&values) {
            prop_assert_eq!(row.scores[0].score.unwrap().to_bits(), value.to_bits());
            prop_assert_eq!(row.output.as_ref().unwrap().as_f64(), Some(value * 1e6));
        }
        for line in row_lines(folder.path()) {
            let record: RowRecord = serde_json::from_str(&line).unwrap();
            prop_assert_eq!(serde_json::to_string(&record).unwrap(), line);
        }
    }
}

/// Texts of JSON that are kept as they are may hold line feeds, and a journal's line may not.
#[test]
fn an_input_that_is_written_on_many_lines_stays_on_one() {
    let folder = tempfile::tempdir().unwrap();
    let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
    let case = Case::<Box<RawValue>, Box<RawValue>>::new(raw("{\n  \"a\": 1\r\n}"))
        .expected(raw("[\n1\n]"))
        .id("c");
    let report = Eval::new("raw")
        .data(Data::values([case]))
        .task_with(|context| Ok(Output::text(context.case.input.get())))
        .scorer(scorer("any", |_| 1.0))
        .run_with(&into(folder.path()))
        .unwrap();
    assert_eq!(report.rows.len(), 1, "the row is among the results");
    assert_eq!(journalled(folder.path()), report.rows);
}

/// What is nested deeper than a parser goes could be written and never be read again.
#[test]
fn whatever_is_nested_deep_can_be_read_back_or_is_an_error() {
    let deep = |levels: usize| {
        let mut value = json!(0);
        for _ in 0..levels {
            value = json!([value]);
        }
        value
    };
    for levels in [50, 99, 100, 120, 130, 1_000] {
        for place in ["output", "metadata", "arguments", "score", "case", "input"] {
            let folder = tempfile::tempdir().unwrap();
            let mut case = Case::<Value, Value>::new(json!(1)).id("c");
            match place {
                "case" => case = case.metadata("deep", deep(levels)),
                "input" => case.input = deep(levels),
                _ => {}
            }
            let value = deep(levels);
            let noted = deep(levels);
            let report = Eval::new("deep")
                .data(Data::values([case]))
                .task(move |_: &Value| match place {
                    "output" => Output::from_value(value.clone()),
                    "metadata" => Output::text("o").metadata("deep", value.clone()),
                    "arguments" => {
                        Output::text("o").tool_call(ToolCall::new("t").arguments(value.clone()))
                    }
                    _ => Output::text("o"),
                })
                .scorer(scorer("s", move |_| match place {
                    "score" => Score::pass().metadata("deep", noted.clone()),
                    _ => Score::pass(),
                }))
                .run_with(&into(folder.path()));
            // Data that is nested too deep may be refused as a whole.
            let Ok(report) = report else { continue };
            let counts = report.summary.counts;
            assert_eq!(counts.total(), 1, "{place}, {levels} levels");
            assert_eq!(report.rows.len(), 1, "{place}, {levels} levels: the row is not reported");
            let read: Result<Vec<_>, _> =
                Journal::open(folder.path()).unwrap().rows().unwrap().collect();
            assert_eq!(read.unwrap(), report.rows, "{place}, {levels} levels");
        }
    }
}

#[test]
fn an_output_of_ten_megabytes_is_kept_whole() {
    let folder = tempfile::tempdir().unwrap();
    let report = over_numbers(3, |n| if n == 1 { "y".repeat(10_000_000) } else { "x".into() })
        .scorer(scorer("length", |subject| subject.output_text().len() > 1))
        .pass_rate(0.0)
        .run_with(&into(folder.path()))
        .unwrap();
    assert_eq!(report.summary.counts.pass, 1);
    let rows = journalled(folder.path());
    assert_eq!(rows[1].output_text().unwrap().len(), 10_000_000);
    assert_eq!(rows, report.rows);
}

fn written(count: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let _ = over_numbers(count, |n| if n % 2 == 0 { n } else { n + 1 })
        .scorer(equal())
        .max_concurrency(1)
        .run_with(&into(folder.path()))
        .unwrap();
    folder
}

fn change(folder: &Path, change: impl FnOnce(String) -> String) {
    let path = folder.join("journal.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, change(text)).unwrap();
}

fn problem(folder: &Path) -> (u64, String) {
    match Journal::open(folder) {
        Err(JournalError::Line { line, message, .. }) => (line, message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_torn_last_line_does_not_count() {
    let whole = written(5);
    let text = std::fs::read_to_string(whole.path().join("journal.jsonl")).unwrap();
    let rows_at = |cut: usize| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("journal.jsonl"), &text[..cut]).unwrap();
        Journal::open(folder.path()).map(|journal| (journal.len(), journal.is_complete()))
    };
    for cut in 0..text.len() {
        let finished = text[..cut].matches("\n{\"index\"").count();
        // The line that is counted last is whole only if its line feed is there.
        let whole_lines = text[..cut].matches('\n').count();
        if whole_lines == 0 {
            assert!(rows_at(cut).is_err(), "cut at {cut}");
            continue;
        }
        let (rows, complete) = rows_at(cut).unwrap();
        assert_eq!(rows, (whole_lines - 1).min(5).min(finished), "cut at {cut}");
        assert!(!complete, "cut at {cut}");
    }
    assert_eq!(rows_at(text.len()).unwrap(), (5, true));
}

#[test]
fn an_empty_journal_says_so() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("journal.jsonl"), "").unwrap();
    let error = Journal::open(folder.path()).unwrap_err();
    assert!(error.to_string().contains("journal.jsonl"), "{error}");
    assert!(error.to_string().contains("is empty"), "{error}");
}

#[test]
fn no_journal_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let error = Journal::open(folder.path()).unwrap_err();
    assert!(matches!(error, JournalError::Io { .. }));
    assert!(error.to_string().contains("journal.jsonl"), "{error}");
}

#[test]
fn a_garbage_line_is_named() {
    let folder = written(3);
    change(folder.path(), |text| text.replacen("{\"index\":1", "{\"index\":one", 1));
    let (line, message) = problem(folder.path());
    assert_eq!(line, 3, "{message}");
}

/// A journal of a later version may have any other form; the version is all that can be relied on.
#[test]
fn a_later_schema_is_refused_with_what_to_do() {
    for header in [
        r#"{"event":"header","schema":2,"everything":"is different"}"#.to_owned(),
        lines(written(1).path())[0].replacen("\"schema\":1", "\"schema\":99", 1),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("journal.jsonl"), header + "\n").unwrap();
        let (line, message) = problem(folder.path());
        assert_eq!(line, 1);
        assert!(message.contains("schema") && message.contains("newer"), "{message}");
    }
}

#[test]
fn rows_come_in_the_order_of_the_data_set() {
    let folder = written(20);
    // As many threads would have left them.
    change(folder.path(), |text| {
        let mut all: Vec<_> = text.lines().collect();
        let end = all.len() - 1;
        all[1..end].reverse();
        all[3..9].reverse();
        all.join("\n") + "\n"
    });
    let journal = Journal::open(folder.path()).unwrap();
    let order: Vec<_> = journal.rows().unwrap().map(|row| row.unwrap().index).collect();
    assert_eq!(order, (0..20).collect::<Vec<_>>());
    let failed: Vec<_> = journal
        .rows_where(|outcome| outcome == Outcome::Fail)
        .unwrap()
        .map(|row| row.unwrap())
        .collect();
    assert_eq!(failed.len(), 10);
    assert!(failed.iter().all(|row| row.outcome == Outcome::Fail));
    let listed: Vec<_> = journal.outcomes().collect();
    assert_eq!(listed.len(), 20);
    assert!(listed.iter().step_by(2).all(|outcome| *outcome == Outcome::Pass));
    assert_eq!(journal.rows().unwrap().size_hint(), (20, Some(20)));
    assert!(journal.is_complete());
    let file = Journal::open(folder.path().join("journal.jsonl")).unwrap();
    assert_eq!(file.len(), 20, "the file itself can be named as well");
}

#[test]
fn the_header_says_what_was_evaluated() {
    let folder = tempfile::tempdir().unwrap();
    let rule = keystone::scorers::Rule::new("sure", "always", json!({"threshold": 0.5}));
    let report = over_numbers(1, |n| n)
        .scorer(scorer("sure", |_| 1.0).weight(0.3).gate().rule(rule.clone()))
        .pass_threshold(0.7)
        .min_mean("sure", 0.9)
        .max_errors(3)
        .tag("smoke")
        .trials(2)
        .run_with(&RunOptions::new().journal(folder.path()).run_id("this one"))
        .unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let header = journal.header();
    assert_eq!((header.schema, header.eval.as_str(), header.trials), (1, "numbers", 2));
    assert_eq!(header.tags, ["smoke"]);
    assert_eq!(header.pass_threshold, Some(0.7));
    assert_eq!(header.gates.min_mean, [("sure".to_owned(), 0.9)]);
    assert_eq!(header.scorers[0].policy.weight, 0.3);
    assert!(header.scorers[0].policy.gate);
    assert_eq!(header.scorers[0].rule, Some(rule));
    assert_eq!(header.run.id, "this one");
    assert_eq!(header.run.started, report.summary.run.started);
    assert!(header.partial.is_empty());
    let folder = report.folder.unwrap();
    let summary: keystone::eval::Summary =
        serde_json::from_slice(&std::fs::read(folder.join("summary.json")).unwrap()).unwrap();
    assert_eq!(summary, report.summary);
}

/// A case without a name of its own is named from its JSON.
#[test]
fn a_nameless_input_that_has_no_json_is_bad_data() {
    type Odd = std::collections::HashMap<Vec<u8>, u8>;
    let bad = Case::<Odd, u64>::new(Odd::from([(vec![1], 1)]));
    let error = Eval::new("odd")
        .data(Data::values([bad]))
        .task(|odd: &Odd| odd.len())
        .scorer(scorer("any", |_| 1.0))
        .run()
        .unwrap_err()
        .to_string();
    assert!(error.contains("row 0: the input cannot be turned into JSON"), "{error}");
}
