//! Running the command.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

/// A folder to run in, removed at the end.
pub(crate) struct Scratch(TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder for the test"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(&path, content).expect("a file of the test");
        path
    }

    /// `keystone score` with these arguments, in this folder, whatever the environment says.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.keystone(&["score"]);
        command.args(arguments);
        command
    }

    /// `keystone` with these arguments, in this folder, whatever the environment says.
    pub(crate) fn keystone(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keystone"));
        command.args(arguments).current_dir(self.path());
        for variable in
            ["KEYSTONE_OUTPUT", "CARGO_TARGET_DIR", "CLICOLOR_FORCE", "FORCE_COLOR", "COLUMNS"]
        {
            command.env_remove(variable);
        }
        command
    }

    pub(crate) fn score(&self, arguments: &[&str]) -> Scored {
        Scored::of(self.command(arguments).stdin(Stdio::null()).output().expect("it starts"))
    }

    /// Scores these rows, from the standard input, by these rules.
    pub(crate) fn score_rows(&self, rules: &str, rows: impl Into<Vec<u8>>) -> Scored {
        self.write("rules.json", rules);
        fed(self.command(&["--rules", "rules.json", "--rows", "-"]), rows)
    }

    /// Runs `keystone` with these arguments and an empty standard input.
    pub(crate) fn run(&self, arguments: &[&str]) -> Scored {
        self.run_with(arguments, "")
    }

    /// Runs `keystone` with these arguments and this standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: impl Into<Vec<u8>>) -> Scored {
        fed(self.keystone(arguments), input)
    }
}

/// Runs a command with this standard input.
fn fed(mut command: Command, text: impl Into<Vec<u8>>) -> Scored {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("a pipe");
    let text = text.into();
    // What it says it may say before it reads, or without reading.
    let feeder = thread::spawn(move || drop(input.write_all(&text)));
    let output = child.wait_with_output().expect("it ends");
    feeder.join().expect("the input is written");
    Scored::of(output)
}

/// What the command said.
#[derive(Debug)]
pub(crate) struct Scored {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Scored {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// The answers, a line each.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).expect("every line is JSON");
        self.out.lines().map(parse).collect()
    }

    /// What was told to be wrong, without the word in front.
    pub(crate) fn errors(&self) -> Vec<&str> {
        self.err.lines().map(|line| line.strip_prefix("error: ").unwrap_or(line)).collect()
    }
}
