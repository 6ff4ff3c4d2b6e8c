//! Signals and closed pipes.

use std::io::Read;
use std::process::{Child, Command, Stdio};

use keystone_e2e::{Bench, Ran};
use serde_json::{Value, json};

use crate::projects;

const FOLDER: &str = "scripts.script";

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "cannot send {name}");
}

/// Ten rows, of which all from the fifth on wait for the gate.
fn rows(bench: &Bench<'_>) {
    let content: String = (0..10)
        .map(|n| {
            let input = if n < 4 { "yes" } else { "wait yes" };
            format!("{}\n", json!({"id": format!("r{n}"), "input": input, "expected": "yes"}))
        })
        .collect();
    bench.data("script.jsonl", content);
}

fn waiting(marks: &[String]) -> usize {
    marks.iter().filter(|mark| ("r4".."r9~").contains(&mark.as_str())).count()
}

/// Two rows are in flight when Ctrl-C comes; they end, and are kept.
#[test]
fn ctrl_c_lets_rows_in_flight_end_and_keeps_everything() {
    for name in ["-INT", "-TERM"] {
        let bench = projects::sink();
        rows(&bench);
        let args = ["--concurrency", "2", "--exact", "scripts::script", "scripts::script_again"];
        let mut child = Ran::start(bench.binary(&args));
        bench.wait_for_marks(|marks| waiting(marks) == 2);
        signal(&child, name);
        let mut said = String::new();
        let stderr = child.stderr.as_mut().unwrap_or_else(|| panic!("no stderr"));
        read_line(stderr, &mut said);
        assert!(said.contains("stopping: waiting for the rows in flight"), "{said}");
        bench.open_gate();
        let ran = Ran::of_child(child);
        ran.expect_code(102)
            .says("interrupted")
            .says("6 rows  6 pass")
            .says("it was stopped before its end")
            .says("NOT RUN  1 evaluation: scripts::script_again")
            .says("--resume");
        assert_eq!(bench.rows(FOLDER).len(), 6);
        let summary = bench.summary(FOLDER);
        assert_eq!(summary["verdict"], "error");
        assert!(summary["interrupted"].is_string(), "{summary}");
        assert_eq!(bench.run_summary()["exit_code"], 102);
        // The whole comes out once it goes on, the evaluation that had not started included.
        bench.forget_marks();
        bench.run(&["--resume"]).expect_code(0).says("6 taken over");
        assert_eq!(bench.summary(FOLDER)["counts"]["pass"], 10);
        assert_eq!(bench.summary(FOLDER)["interrupted"], Value::Null);
        assert_eq!(bench.summary("scripts.script_again")["counts"]["pass"], 10);
        assert_eq!(bench.run_summary()["exit_code"], 0);
        assert_eq!(bench.run_summary()["counts"]["pass"], 20);
    }
}

fn read_line(from: &mut impl Read, line: &mut String) {
    let mut byte = [0];
    while from.read(&mut byte).is_ok_and(|read| read == 1) && byte[0] != b'\n' {
        line.push(char::from(byte[0]));
    }
}

/// The gate stays closed: the second Ctrl-C does not wait.
#[test]
fn a_second_ctrl_c_waits_for_nobody() {
    let bench = projects::sink();
    rows(&bench);
    let args = ["--concurrency", "3", "--exact", "scripts::script"];
    let mut child = Ran::start(bench.binary(&args));
    bench.wait_for_marks(|marks| waiting(marks) == 3);
    let mut said = String::new();
    signal(&child, "-INT");
    read_line(child.stderr.as_mut().unwrap_or_else(|| panic!("no stderr")), &mut said);
    signal(&child, "-INT");
    let ran = Ran::of_child(child);
    ran.expect_code(102).says("with 3 rows in flight").says("4 rows  4 pass");
    assert_eq!(bench.rows(FOLDER).len(), 4);
    bench.open_gate();
    bench.run(&["--resume"]).expect_code(0).says("4 taken over");
}

#[test]
fn a_closed_pipe_changes_neither_results_nor_code() {
    let bench = projects::sink();
    for (eval, code) in [("endings::red", 101), ("endings::green", 0), ("endings::d", 103)] {
        for args in [&[][..], &["--format", "json"], &["--quiet"]] {
            let mut command = bench.binary(&[args, &[eval]].concat());
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().unwrap_or_else(|error| panic!("{error}"));
            drop(child.stdout.take());
            let ran = Ran::of_child(child);
            ran.expect_code(code).does_not_say("panicked");
            assert_eq!(bench.run_summary()["exit_code"], code);
            assert!(bench.run_folder().join("junit.xml").is_file());
        }
    }
    // Both pipes.
    let mut command = bench.binary(&["endings::"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{error}"));
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(Ran::of_child(child).code, Some(103));
    assert_eq!(bench.run_summary()["exit_code"], 103);
}

#[test]
fn a_full_device_for_stdout_changes_nothing_either() {
    let bench = projects::sink();
    let full = std::fs::File::options().write(true).open("/dev/full");
    let Ok(full) = full else {
        eprintln!("SKIPPED: there is no /dev/full");
        return;
    };
    let mut command = bench.binary(&["endings::red"]);
    command.stdin(Stdio::null()).stdout(full).stderr(Stdio::piped());
    let child = command.spawn().unwrap_or_else(|error| panic!("{error}"));
    let ran = Ran::of_child(child);
    ran.expect_code(101);
    assert_eq!(bench.run_summary()["exit_code"], 101);
}
