//! The same numbers and the same bytes, whatever the number of threads.

use keystone::eval::data::Dataset;
use keystone::eval::{Data, Eval, Evaluation, RunOptions};
use keystone::{Case, Output, Score, ToolCall};
use serde_json::{Value, json};

use super::fixtures::{lines, must_end, scorer};

/// Rows of every kind: with and without ids, repeated, with tags, metadata and context, with all
/// four outcomes, several trials and scores of many digits.
fn cases() -> Vec<Case<Value, Value>> {
    (0..120_u64)
        .map(|n| {
            let mut case: Case<Value, Value> = Case::new(json!({"n": n % 50, "text": "é\n"}));
            if n % 2 == 0 {
                case = case.expected(json!(n as f64 / 7.0));
            }
            if n % 3 == 0 {
                case = case.id(format!("own-{n}"));
            }
            if n % 5 == 0 {
                case = case.tag("fifth").metadata("source", n).context("what the atlas says");
            }
            case
        })
        .collect()
}

fn evaluation(data: Data<Value, Value>) -> Evaluation {
    Eval::new("mixed")
        .data(data)
        .task_with(|context| {
            let n = context.case.input["n"].as_u64().unwrap();
            assert!(n % 17 != 4, "row {n} breaks");
            if n % 19 == 5 {
                return Err(keystone::eval::RowError::new(
                    keystone::eval::RowErrorKind::Task,
                    "no answer",
                ));
            }
            let mut output = Output::json(&json!({"answer": n as f64 / 3.0})).unwrap();
            if n % 4 == 0 {
                output = output
                    .context("found")
                    .metadata("model", "m")
                    .tool_call(ToolCall::new("look").arguments(json!({"n": n})).result(n));
            }
            Ok(output)
        })
        .scorer(scorer("share", |subject| {
            let n = subject.input().unwrap()["n"].as_u64().unwrap();
            Score::new((n as f64 * 0.37).fract()).message("a share").metadata("n", n)
        }))
        .scorer(
            scorer("sometimes", |subject| {
                subject.expected().and_then(Value::as_f64).map(|n| (n * 0.77).fract())
            })
            .weight(0.3),
        )
        .pass_threshold(0.4)
        .trials(2)
        .pass_rate(0.1)
        .max_error_rate(0.5)
        .min_mean("share", 0.2)
}

/// Everything that a run wrote, sorted, without what may differ.
fn steady(evaluation: &Evaluation, threads: usize) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let options = RunOptions::new()
        .journal(folder.path())
        .max_concurrency(threads)
        .run_id(format!("run with {threads}"));
    let report = evaluation.run_with(&options).unwrap();
    assert_eq!(report.summary.counts.total(), 240);
    let summary = std::fs::read_to_string(folder.path().join("summary.json")).unwrap();
    let mut all: Vec<String> = lines(folder.path()).into_iter().map(|line| cut(&line)).collect();
    all.sort();
    all.push(serde_json::to_string_pretty(&without_run(&summary)).unwrap());
    all
}

/// The text of a line up to its last key, which is `run`.
fn cut(line: &str) -> String {
    let at = line.rfind(",\"run\":{").unwrap_or_else(|| panic!("no key `run` in {line}"));
    line[..at].to_owned()
}

fn without_run(text: &str) -> Value {
    let mut value: Value = serde_json::from_str(text).unwrap();
    value.as_object_mut().unwrap().remove("run").expect("the summary has a key `run`");
    value
}

#[test]
fn one_thread_or_many_write_the_same() {
    for source in ["values", "function", "file"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        std::fs::write(&path, file()).unwrap();
        let data = || match source {
            "values" => Data::values(cases()),
            "function" => Data::function(cases),
            _ => Data::file(Dataset::file(&path)),
        };
        let one = must_end({
            let evaluation = evaluation(data());
            move || steady(&evaluation, 1)
        });
        for threads in [2, 64] {
            let many = must_end({
                let evaluation = evaluation(data());
                move || steady(&evaluation, threads)
            });
            assert_eq!(one, many, "{source} with {threads} threads");
        }
    }
}

fn file() -> String {
    cases()
        .iter()
        .map(|case| {
            let mut row = json!({"input": case.input, "tags": case.tags, "metadata": case.metadata,
                                 "context": case.context});
            if let Some(id) = &case.id {
                row["id"] = json!(id);
            }
            if let Some(expected) = &case.expected {
                row["expected"] = expected.clone();
            }
            format!("{row}\n")
        })
        .collect()
}

/// Where the rows come from makes no difference to their names and outcomes.
#[test]
fn a_file_and_values_of_the_same_content_give_the_same_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    std::fs::write(&path, file()).unwrap();
    let from_code = evaluation(Data::values(cases())).run().unwrap();
    let from_file = evaluation(Data::file(Dataset::file(&path))).run().unwrap();
    let names = |report: &keystone::eval::EvalReport| -> Vec<_> {
        report.rows.iter().map(|row| (row.id.clone(), row.outcome, row.composite)).collect()
    };
    assert_eq!(names(&from_code), names(&from_file));
}

#[test]
fn the_order_of_a_file_changes_no_name_and_no_number() {
    let mut turned: Vec<_> = cases().into_iter().take(50).collect();
    let forward = evaluation(Data::values(turned.clone())).run().unwrap();
    turned.reverse();
    let backward = evaluation(Data::values(turned)).run().unwrap();
    let by_id = |report: &keystone::eval::EvalReport| {
        let mut rows: Vec<_> = report
            .rows
            .iter()
            .map(|row| (row.id.clone(), row.trial, row.outcome, row.composite, row.input.clone()))
            .collect();
        rows.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        format!("{rows:?}")
    };
    assert_eq!(by_id(&forward), by_id(&backward));
    assert_eq!(
        super::fixtures::steady(&forward.summary),
        super::fixtures::steady(&backward.summary)
    );
}
