//! Answers come as rows do, and the end of either pipe is no accident.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::command::Scratch;

const ARGUMENTS: [&str; 4] = ["--rules", "rules.json", "--rows", "-"];
const RULES: &str = r#"[{"type": "json_validity"}]"#;

/// Long enough for any machine; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_row_is_answered_before_the_next_is_written() {
    let scratch = Scratch::new();
    scratch.write("rules.json", RULES);
    let mut child = scratch
        .command(&ARGUMENTS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("a pipe");
    let output = child.stdout.take().expect("a pipe");
    let (sender, answers) = channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            if sender.send(line.expect("UTF-8")).is_err() {
                break;
            }
        }
    });
    // The first row is shorter than the marks by which files are told apart.
    for (row, id) in [("{}", "null"), (r#"{"id":1}"#, "1"), (r#"{"id":2}"#, "2")] {
        writeln!(input, "{row}").expect("it reads");
        let answer = answers.recv_timeout(PATIENCE);
        if answer.is_err() {
            child.kill().expect("it can be ended");
        }
        let answer = answer.expect("an answer while the standard input is open");
        assert!(answer.starts_with(&format!("{{\"id\":{id},")), "{answer}");
    }
    drop(input);
    assert!(child.wait().expect("it ends").success());
    reader.join().expect("all was read");
}

#[test]
fn it_ends_quietly_when_nobody_reads_on() {
    let scratch = Scratch::new();
    scratch.write("rules.json", RULES);
    let mut child = scratch
        .command(&ARGUMENTS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("a pipe");
    // Rows without end: the command has to end by itself, while its input is still open.
    let feeder =
        thread::spawn(move || while input.write_all(b"{\"agent_output\":\"1\"}\n").is_ok() {});
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    output.read_line(&mut line).expect("an answer");
    drop(output);
    let mut said = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("UTF-8");
    assert_eq!(said, "");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    feeder.join().expect("it stops");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let scratch = Scratch::new();
    scratch.write("rules.json", RULES);
    scratch.write("rows.jsonl", "{\"agent_output\":\"1\"}\n");
    let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    let output = scratch
        .command(&["--rules", "rules.json", "--rows", "rows.jsonl"])
        .stdout(full)
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("error: standard output: cannot be written: "), "{said}");
}

#[test]
fn colours_are_for_terminals() {
    let scratch = Scratch::new();
    scratch.write("rules.json", "[]");
    let said = |forced: bool, refused: bool| {
        let mut command = scratch.command(&ARGUMENTS);
        command.stdin(Stdio::null()).env_remove("NO_COLOR");
        if forced {
            command.env("CLICOLOR_FORCE", "1");
        }
        if refused {
            command.env("NO_COLOR", "1");
        }
        String::from_utf8(command.output().expect("it starts").stderr).expect("UTF-8")
    };
    assert!(!said(false, false).contains('\u{1b}'));
    assert!(said(true, false).starts_with("\u{1b}["));
    assert!(!said(false, true).contains('\u{1b}'));
}
