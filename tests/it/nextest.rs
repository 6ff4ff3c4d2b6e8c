//! `cargo nextest run`: a process for each evaluation, and one run.

use keystone_e2e::{Bench, Element, Ran, tool};
use serde_json::Value;

use crate::projects;

fn nextest(bench: &Bench<'_>, target: &str, args: &[&str]) -> Ran {
    let mut command = bench.command("cargo");
    command.args(["nextest", "run", "--offline", "--test", target, "--no-fail-fast"]).args(args);
    Ran::of(command)
}

fn names(summary: &Value) -> Vec<&str> {
    let evals = summary["evals"].as_array().map(Vec::as_slice).unwrap_or_default();
    evals.iter().map(|part| part["eval"].as_str().unwrap_or_default()).collect()
}

#[test]
fn every_evaluation_is_a_process_and_all_are_one_run() {
    if !tool("nextest") {
        return;
    }
    let bench = projects::capitals();
    let ran = nextest(&bench, "evals", &[]);
    ran.expect_code(100)
        .says("4 tests run: 1 passed, 3 failed")
        .says("FAILED  demanding: pass_rate 50 % < 90 %");
    let runs: Vec<_> = std::fs::read_dir(bench.results())
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .collect();
    assert_eq!(runs.len(), 1, "one run, named by nextest");
    // As nextest prints it.
    let id = bench.latest();
    assert!(ran.stderr.contains(&format!("Nextest run ID {id}")), "{ran}");
    let summary = bench.run_summary();
    assert_eq!(summary["run"]["id"], id.as_str());
    assert_eq!(summary["exit_code"], 103);
    assert_eq!(names(&summary), ["broken", "capitals", "demanding", "without_data"]);
    assert_eq!(summary["counts"]["pass"], 4 + 3 + 1);
    let root = Element::read(&bench.run_folder().join("junit.xml"));
    let tests: u64 = root.all("testsuite").map(|suite| suite.number("tests")).sum();
    assert_eq!(tests, 6 + 6 + 3 + 1);
}

#[test]
fn many_writers_leave_one_whole_summary() {
    if !tool("nextest") {
        return;
    }
    let bench = projects::sink_target("thousand");
    let ran = nextest(&bench, "thousand", &["--test-threads", "16", "m0"]);
    ran.expect_code(0).says("100 tests run: 100 passed");
    let summary = bench.run_summary();
    assert_eq!(summary["counts"]["pass"], 100);
    assert_eq!(names(&summary).len(), 100);
    let root = Element::read(&bench.run_folder().join("junit.xml"));
    assert_eq!(root.all("testsuite").count(), 100);
}

#[test]
fn a_retry_starts_anew_and_keeps_the_first_attempt() {
    if !tool("nextest") {
        return;
    }
    let bench = projects::sink();
    bench.data("script.jsonl", "{\"id\": \"a\", \"input\": \"no\", \"expected\": \"yes\"}\n");
    let ran = nextest(&bench, "evals", &["--retries", "2", "-E", "test(=scripts::script)"]);
    ran.expect_code(100).says("TRY 3");
    let folder = bench.eval_folder("scripts.script");
    for file in ["journal.jsonl", "attempt-1/journal.jsonl", "attempt-2/journal.jsonl"] {
        assert!(folder.join(file).is_file(), "{file}: {ran}");
    }
    assert_eq!(bench.run_summary()["counts"]["fail"], 1, "attempts are not counted");
}

#[test]
fn ignored_evaluations_and_lists_are_as_nextest_wants_them() {
    if !tool("nextest") {
        return;
    }
    let bench = projects::sink();
    let mut command = bench.command("cargo");
    command.args(["nextest", "list", "--offline", "--test", "evals", "--message-format", "json"]);
    let ran = Ran::of(command);
    ran.expect_code(0);
    let list: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}"));
    let suites = list["rust-suites"].as_object().into_iter().flatten();
    let cases: Vec<(String, bool)> = suites
        .flat_map(|(_, suite)| suite["testcases"].as_object().into_iter().flatten())
        .map(|(name, case)| (name.clone(), case["ignored"] == true))
        .collect();
    assert!(cases.contains(&("selection::costly".into(), true)), "{cases:?}");
    assert!(cases.contains(&("selection::rowwise".into(), false)), "{cases:?}");
    assert_eq!(bench.marks(), [""; 0], "listing read a data set");
}
