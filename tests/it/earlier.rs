//! Runs that go on with, repeat or regrade an earlier one.

use std::collections::HashMap;

use keystone_e2e::{Bench, Ran, read_json};
use serde_json::{Value, json};

use crate::projects;
use crate::same::without_run;

const EVAL: &str = "scripts::script";
const FOLDER: &str = "scripts.script";

/// Rows that work for a moment; from `hold` on they wait for the gate.
fn rows(bench: &Bench<'_>, count: usize, hold: usize) {
    let content: String = (0..count)
        .map(|n| {
            let input = match (n >= hold, n % 5) {
                (true, _) => "wait yes",
                (_, 3) => "work no",
                _ => "work yes",
            };
            let row = json!({"id": format!("r{n:03}"), "input": input, "expected": "yes"});
            format!("{row}\n")
        })
        .collect();
    bench.data("script.jsonl", content);
}

/// Which rows stand whole in the journal of a run that was killed.
fn journalled(bench: &Bench<'_>) -> Vec<String> {
    let path = bench.eval_folder(FOLDER).join("journal.jsonl");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|line| line["id"].as_str().map(str::to_owned))
        .collect()
}

fn started(marks: &[String]) -> Vec<String> {
    marks.iter().filter(|mark| !mark.starts_with('.')).cloned().collect()
}

fn done(marks: &[String]) -> Vec<String> {
    marks.iter().filter_map(|mark| mark.strip_prefix('.')).map(str::to_owned).collect()
}

fn counted(names: &[String]) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for name in names {
        *counts.entry(name.as_str()).or_default() += 1;
    }
    counts
}

fn uninterrupted(count: usize, hold: usize) -> String {
    let bench = projects::sink();
    rows(&bench, count, hold);
    bench.open_gate();
    let ran = bench.run(&["--exact", EVAL]);
    ran.expect_code(101);
    without_run(&bench.eval_folder(FOLDER))
}

/// `kill -9` at many points, then `--resume` until the end.
#[cfg(unix)]
#[test]
fn a_killed_run_goes_on_where_it_was() {
    const ROWS: usize = 160;
    const AT_ONCE: usize = 4;
    let whole = uninterrupted(ROWS, ROWS);
    // From nothing at all to all but a few.
    for kills in [&[1][..], &[2], &[17], &[60, 130], &[155], &[5, 6, 7, 150]] {
        let bench = projects::sink();
        rows(&bench, ROWS, ROWS);
        let mut args = vec!["--exact", EVAL, "--concurrency", "4"];
        let mut finished: Vec<String> = Vec::new();
        for (n, kill) in kills.iter().enumerate() {
            if n > 0 {
                args = vec!["--exact", EVAL, "--concurrency", "4", "--resume"];
            }
            bench.forget_marks();
            let before = finished.len();
            let mut child = Ran::start(bench.binary(&args));
            bench.wait_for_marks(|marks| before + started(marks).len() >= *kill);
            child.kill().unwrap_or_else(|error| panic!("{error}"));
            let ran = Ran::of_child(child);
            assert!(ran.code.is_none(), "it was over before it was killed: {ran}");
            let marks = bench.marks();
            let journalled = journalled(&bench);
            for name in done(&marks) {
                if !journalled.contains(&name) {
                    finished.retain(|other| *other != name);
                }
            }
            let lost = done(&marks).iter().filter(|name| !journalled.contains(name)).count();
            assert!(lost <= AT_ONCE, "{lost} finished rows are lost, of {AT_ONCE} in flight");
            let again: Vec<_> =
                started(&marks).into_iter().filter(|name| finished.contains(name)).collect();
            assert_eq!(again, [""; 0], "finished rows were run again");
            finished = journalled;
        }
        bench.forget_marks();
        let ran = bench.run(&["--exact", EVAL, "--resume"]);
        ran.expect_code(101);
        match finished.len() {
            0 => ran.does_not_say("taken over"),
            rows => ran.says(&format!("{rows} taken over")),
        };
        let marks = bench.marks();
        let again: Vec<_> =
            started(&marks).into_iter().filter(|name| finished.contains(name)).collect();
        assert_eq!(again, [""; 0], "finished rows were run again");
        assert_eq!(started(&marks).len() + finished.len(), ROWS, "each row was run or taken over");
        assert_eq!(without_run(&bench.eval_folder(FOLDER)), whole, "killed at {kills:?}");
        let all: Vec<String> = bench
            .rows(FOLDER)
            .iter()
            .map(|row| row["id"].as_str().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(all.len(), ROWS);
        assert!(counted(&all).values().all(|count| *count == 1), "a row is there twice");
        let run = bench.run_summary();
        assert_eq!((&run["exit_code"], &run["counts"]["pass"]), (&json!(101), &json!(128)));
    }
}

/// Rows that are known to be in flight are the only ones that a kill loses.
#[cfg(unix)]
#[test]
fn a_kill_loses_the_rows_in_flight_and_nothing_else() {
    let bench = projects::sink();
    rows(&bench, 40, 25);
    let mut child = Ran::start(bench.binary(&["--exact", EVAL, "--concurrency", "4"]));
    // Four rows wait for the gate, so that everything before them is over.
    bench.wait_for_marks(|marks| started(marks).iter().filter(|id| ***id >= *"r025").count() == 4);
    child.kill().unwrap_or_else(|error| panic!("{error}"));
    let _ = Ran::of_child(child);
    let mut kept = journalled(&bench);
    kept.sort();
    let expected: Vec<String> = (0..25).map(|n| format!("r{n:03}")).collect();
    assert_eq!(kept, expected);
    // Nobody has written a summary, and the report of another target says so.
    assert!(!bench.eval_folder(FOLDER).join("summary.json").exists());
    bench.open_gate();
    bench.run(&["--exact", EVAL, "--resume"]).expect_code(101).says("25 taken over");
    assert_eq!(without_run(&bench.eval_folder(FOLDER)), uninterrupted(40, 25));
}

/// The last line of a journal may be cut anywhere: in its middle, within a character, before the
/// line feed.
#[test]
fn a_torn_last_line_is_run_again() {
    let whole = uninterrupted(30, 30);
    let bench = projects::sink();
    rows(&bench, 30, 30);
    bench.run(&["--exact", EVAL, "--concurrency", "1"]).expect_code(101);
    let path = bench.eval_folder(FOLDER).join("journal.jsonl");
    let journal = std::fs::read(&path).unwrap_or_default();
    let header = journal.iter().position(|byte| *byte == b'\n').unwrap_or_default();
    for keep in [
        0,
        header / 2,
        header,
        header + 1,
        header + 20,
        journal.len() / 2,
        journal.len() - 1,
        journal.len(),
    ] {
        std::fs::write(&path, &journal[..keep]).unwrap_or_else(|error| panic!("{error}"));
        let _ = std::fs::remove_file(bench.eval_folder(FOLDER).join("summary.json"));
        bench.forget_marks();
        let ran = bench.run(&["--exact", EVAL, "--resume"]);
        ran.expect_code(101);
        assert_eq!(without_run(&bench.eval_folder(FOLDER)), whole, "cut at {keep}: {ran}");
        assert_eq!(bench.rows(FOLDER).len(), 30);
    }
}

#[test]
fn errors_are_run_again_by_resume_and_passes_are_not() {
    let bench = projects::sink();
    bench.data(
        "script.jsonl",
        "{\"id\": \"a\", \"input\": \"fine\", \"expected\": \"fine\"}\n{\"id\": \"b\", \"input\": \"fail-once\", \"expected\": \"fine\"}\n{\"id\": \"c\", \"input\": \"no\", \"expected\": \"fine\"}\n",
    );
    let ran = bench.run(&["--exact", EVAL]);
    ran.says("not yet").says("1 error");
    let first = bench.latest();
    bench.open_gate();
    bench.forget_marks();
    let ran = bench.run(&["--exact", EVAL, "--resume", &first]);
    ran.expect_code(101).says("2 pass  1 fail  0 error");
    assert_eq!(started(&bench.marks()), ["b"]);
    assert_eq!(bench.latest(), first, "it goes on with the same run");
    let xml = keystone_e2e::Element::read(&bench.run_folder().join("junit.xml"));
    let suite = xml.all("testsuite").next().unwrap_or_else(|| panic!("no suite"));
    assert_eq!(
        (suite.number("tests"), suite.number("failures"), suite.number("errors")),
        (3, 1, 0)
    );
    // Once everything is done there is nothing left to run.
    bench.forget_marks();
    bench.run(&["--exact", EVAL, "--resume"]).expect_code(101).says("3 taken over");
    assert_eq!(started(&bench.marks()), [""; 0]);
}

#[test]
fn a_resumed_run_takes_the_data_as_it_is_now() {
    let bench = projects::sink();
    let row = |id: &str, input: &str| {
        format!("{}\n", json!({"id": id, "input": input, "expected": "yes"}))
    };
    bench.data("script.jsonl", [row("a", "yes"), row("b", "yes"), row("c", "no")].concat());
    bench.run(&["--exact", EVAL]).expect_code(101);
    // `c` is gone, `d` is new, the others stand elsewhere.
    bench.data("script.jsonl", [row("d", "yes"), row("b", "yes"), row("a", "yes")].concat());
    bench.forget_marks();
    let ran = bench.run(&["--exact", EVAL, "--resume"]);
    ran.expect_code(0).says("1 row of the resumed run are no longer").says("3 rows  3 pass");
    assert_eq!(started(&bench.marks()), ["d"]);
    let ids: Vec<Value> = bench.summary(FOLDER)["counts"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, n)| n.clone())
        .collect();
    assert_eq!(ids.len(), 4);
}

#[test]
fn resume_refuses_what_does_not_fit() {
    let bench = projects::sink();
    rows(&bench, 5, 5);
    bench.run(&["--resume"]).expect_code(103).says("--resume: there is no earlier run in");
    bench.run(&["--exact", EVAL, "--run-id", "first"]).expect_code(101);
    bench.run(&["--resume", "firts"]).expect_code(103).says("did you mean `first`?");
    bench
        .run(&["--exact", EVAL, "--resume", "first", "--first", "2"])
        .expect_code(103)
        .says("it was started with no filters");
    bench.run(&["--exact", EVAL, "--run-id", "first"]).expect_code(103).says("--resume=first");
    assert_eq!(bench.rows(FOLDER).len(), 5, "nothing was lost");
}

#[test]
fn failed_runs_what_did_not_pass() {
    let bench = projects::sink();
    bench.run(&["--exact", "selection::flaky", "selection::rowwise"]).expect_code(101);
    let first = bench.latest();
    bench.forget_marks();
    let ran = bench.run(&["--failed"]);
    ran.expect_code(101).says("this is not the whole data set").says("2 rows  0 pass  2 fail");
    let ran_rows: Vec<String> =
        bench.marks().into_iter().filter(|mark| mark.starts_with("row-")).collect();
    assert_eq!(ran_rows.len(), 2, "{ran_rows:?}");
    assert_ne!(bench.latest(), first);
    // An evaluation in which every row passed has nothing to do, nor have those that did not run.
    let second = bench.latest();
    bench
        .run(&["--exact", "selection::rowwise", "--failed", &first])
        .expect_code(0)
        .says("nothing to run: no row failed");
    // What came to nothing is not what the next `--failed` goes by.
    bench.run(&["--case", "row-x", "selection::"]).expect_code(103);
    assert_eq!(bench.latest(), second);
    bench.run(&["--failed", "nonsense"]).expect_code(103).says("there is no run `nonsense`");
    // The name of an evaluation instead of a run is taken for what it is.
    bench.run(&["--failed", "selection::flaky"]).expect_code(101).says("2 rows");
}

#[test]
fn rescore_runs_no_task_and_grades_by_todays_scorers() {
    let bench = projects::sink();
    let eval = "grades::regraded";
    bench.run(&["--exact", eval, "--run-id", "before"]).expect_code(0);
    bench.forget_marks();
    let strict = [("E2E_STRICT", "1")];
    let ran = bench.run_with(&strict, &["--exact", eval, "--rescore", "before"]);
    ran.expect_code(101).says("2 pass  1 fail").says("strict");
    assert_eq!(bench.marks(), [""; 0], "a task was run");
    assert_ne!(bench.latest(), "before", "the earlier run stays as it is");
    let before = bench.results().join("before/grades.regraded");
    assert_eq!(read_json(&before.join("summary.json"))["counts"]["pass"], 3);
    // Grading as before comes to what it was before.
    bench.run(&["--exact", eval, "--rescore", "before"]).expect_code(0);
    assert_eq!(without_run(&bench.eval_folder("grades.regraded")), without_run(&before));
    assert_eq!(
        crate::same::sorted_lines(&bench.eval_folder("grades.regraded")),
        crate::same::sorted_lines(&before)
    );
    bench.run(&["--exact", "endings::green", "--rescore", "before"]).expect_code(103);
}
