//! The same input comes to the same results.

use std::path::Path;

use keystone_e2e::{Bench, read_json};
use serde_json::{Value, json};

use crate::projects;

/// The lines of a journal, sorted, without what may differ between two runs.
pub(crate) fn sorted_lines(folder: &Path) -> Vec<String> {
    let path = folder.join("journal.jsonl");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{error}"));
    let mut lines: Vec<(u64, u64, String)> = text.lines().map(line).collect();
    lines.sort();
    lines.into_iter().map(|(_, _, line)| line).collect()
}

/// Cuts the bytes of `run` out of a line, so that the others are compared as they stand there.
fn line(line: &str) -> (u64, u64, String) {
    let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let number = |key: &str| value[key].as_u64().map_or(0, |number| number + 1);
    let order = if value["event"] == "end" { u64::MAX } else { number("index") };
    let at = line.rfind("\"run\":{").unwrap_or_else(|| panic!("no `run` in {line}"));
    assert!(line.ends_with("}}"), "`run` is not at the end of {line}");
    (order, number("trial"), line[..at].to_owned())
}

/// A summary without what may differ between two runs.
pub(crate) fn without_run(folder: &Path) -> String {
    let mut summary = read_json(&folder.join("summary.json"));
    let run = summary.as_object_mut().and_then(|summary| summary.remove("run"));
    assert!(run.is_some(), "a summary has its `run`");
    serde_json::to_string_pretty(&summary).unwrap_or_default()
}

fn script(bench: &Bench<'_>, rows: usize) {
    let content: String = (0..rows)
        .map(|n| {
            let input = match n % 7 {
                1 => "panic",
                2 => "error",
                3 => "work yes",
                4 => "no",
                _ => "yes",
            };
            // Half of the rows have no name of their own.
            let mut row = json!({"input": input, "expected": "yes", "metadata": {"n": n}});
            if n % 2 == 0 {
                row["id"] = json!(format!("r{n}"));
            }
            format!("{row}\n")
        })
        .collect();
    bench.data("script.jsonl", content);
}

#[test]
fn one_thread_and_64_write_the_same_bytes() {
    let bench = projects::sink();
    script(&bench, 700);
    let mut seen = Vec::new();
    for concurrency in ["1", "64", "3"] {
        bench
            .run(&["--exact", "scripts::lenient", "--concurrency", concurrency, "--trials", "2"])
            .expect_code(0);
        let folder = bench.eval_folder("scripts.lenient");
        seen.push((sorted_lines(&folder), without_run(&folder)));
    }
    assert_eq!(seen[0].0.len(), 1402, "a header, the rows, an end");
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[test]
fn the_order_of_the_file_is_the_order_of_the_report() {
    let bench = projects::sink();
    script(&bench, 200);
    let shown = |concurrency: &str| {
        let ran = bench.run(&["--exact", "scripts::script", "--concurrency", concurrency]);
        let rows: Vec<String> = ran
            .stdout
            .lines()
            .filter(|line| line.trim().starts_with("again "))
            .map(str::to_owned)
            .collect();
        assert_eq!(rows.len(), 10);
        rows
    };
    assert_eq!(shown("1"), shown("64"));
}
