//! Results to test reports with.

use std::path::PathBuf;

use keystone::eval::{RowRecord, Summary, Verdict};
use serde_json::{Value, json};

use super::{Ending, Finished, Ran};

/// A row as a journal holds it; `more` adds to it or replaces parts of it. What it says is null is
/// left out, as in a journal: a null there is a value.
pub(crate) fn row(index: u64, id: &str, outcome: &str, more: Value) -> RowRecord {
    let mut row = json!({
        "index": index, "trial": 0, "id": id,
        "input": "What is the capital of France?", "expected": "Paris", "output": "Paris",
        "outcome": outcome, "composite": 1.0,
        "scores": [{"name": "exact_match", "score": 1.0, "passed": true}],
        "run": {"at_us": 1000, "task_us": 120000, "score_us": 500},
    });
    merge(&mut row, more);
    if let Value::Object(fields) = &mut row {
        fields.retain(|_, value| !value.is_null());
    }
    serde_json::from_str(&row.to_string()).expect("a row")
}

fn merge(onto: &mut Value, more: Value) {
    if let (Value::Object(onto), Value::Object(more)) = (onto, more) {
        onto.extend(more);
    }
}

/// A row that came out wrong.
pub(crate) fn failing(index: u64, id: &str, output: &str) -> RowRecord {
    row(
        index,
        id,
        "fail",
        json!({
            "output": output, "composite": 0.1,
            "scores": [
                {"name": "exact_match", "score": 0.0, "passed": false,
                 "message": format!("expected \"Paris\", got {output:?}")},
                {"name": "levenshtein", "score": 0.2, "passed": false,
                 "message": "similarity=0.200 threshold=0.900"},
            ],
        }),
    )
}

/// The summary of 40 rows that ended so, gates and verdict worked out for a bar of 0.9.
pub(crate) fn summary(eval: &str, counts: [u64; 4], more: Value) -> Summary {
    let [pass, fail, error, unscored] = counts;
    let total: u64 = counts.iter().sum();
    let rate = pass as f64 / total as f64;
    let mut summary = json!({
        "schema": 1, "eval": eval, "trials": 1,
        "counts": {"pass": pass, "fail": fail, "error": error, "unscored": unscored},
        "pass_rate": rate,
        "composite": {"mean": 0.95, "p50": 1.0, "p95": 1.0, "count": total},
        "scorers": [
            {"name": "exact_match", "weight": 1.0, "gate": false, "mean": rate, "p50": 1.0,
             "p95": 1.0, "count": total, "passed": pass, "failed": fail, "unscored": unscored},
            {"name": "levenshtein", "weight": 2.0, "gate": true, "mean": 0.975, "p50": 1.0,
             "p95": 1.0, "count": total, "passed": pass, "failed": fail, "unscored": unscored},
        ],
        "gates": [
            {"gate": "pass_rate", "direction": "at_least", "bound": 0.9, "reached": rate,
             "passed": rate >= 0.9},
            {"gate": "errors", "direction": "at_most", "bound": 0.0, "reached": error as f64,
             "passed": error == 0},
        ],
        "verdict": "pass",
        "run": {"id": "r1", "started": "2026-11-23T19:45:01Z", "duration_ms": 830.0,
                "task_ms": {"mean": 120.0, "p50": 118.0, "p95": 140.0, "count": total},
                "resumed": 0},
    });
    merge(&mut summary, more);
    let mut summary: Summary = serde_json::from_str(&summary.to_string()).expect("a summary");
    summary.verdict = Verdict::of(&summary);
    summary
}

/// An evaluation that ran.
pub(crate) fn ran(name: &str, summary: Summary, failures: Vec<RowRecord>) -> Finished {
    finished(
        name,
        Ending::Ran(Box::new(Ran { summary, failures, rescued: None, missing: Vec::new() })),
    )
}

/// An evaluation that ended so.
pub(crate) fn finished(name: &str, ending: Ending) -> Finished {
    Finished {
        name: name.into(),
        file: "tests/evals.rs".into(),
        line: 12,
        again: format!("cargo test -p app --test evals -- --exact {name}"),
        folder: Some(PathBuf::from(format!("/out/r1/{}", name.replace("::", ".")))),
        ending,
        notes: Vec::new(),
    }
}
