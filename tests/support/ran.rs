//! What a command came to.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// What a command came to.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Ran {
    /// Runs a command to its end.
    ///
    /// # Panics
    /// Where it cannot be started.
    #[must_use]
    pub fn of(mut command: Command) -> Self {
        match command.stdin(Stdio::null()).output() {
            Ok(output) => output.into(),
            Err(error) => panic!("cannot run {command:?}: {error}"),
        }
    }

    /// Starts a command whose output [`of_child`](Self::of_child) reads.
    ///
    /// # Panics
    /// Where it cannot be started.
    #[must_use]
    pub fn start(mut command: Command) -> Child {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        match command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("cannot run {command:?}: {error}"),
        }
    }

    /// Waits for a command that was started.
    ///
    /// # Panics
    /// Where it cannot be waited for.
    #[must_use]
    pub fn of_child(child: Child) -> Self {
        match child.wait_with_output() {
            Ok(output) => output.into(),
            Err(error) => panic!("cannot wait: {error}"),
        }
    }

    /// Checks the exit code, and shows everything where it is another one.
    ///
    /// # Panics
    /// Where it is another one.
    pub fn expect_code(&self, code: i32) -> &Self {
        assert!(self.code == Some(code), "expected exit code {code}, but {self}");
        self
    }

    /// Checks that a text stands in the output.
    ///
    /// # Panics
    /// Where it does not.
    pub fn says(&self, text: &str) -> &Self {
        assert!(
            self.stdout.contains(text) || self.stderr.contains(text),
            "{text:?} is not said; {self}"
        );
        self
    }

    /// Checks that a text does not stand in the output.
    ///
    /// # Panics
    /// Where it does.
    pub fn does_not_say(&self, text: &str) -> &Self {
        assert!(
            !self.stdout.contains(text) && !self.stderr.contains(text),
            "{text:?} is said; {self}"
        );
        self
    }

    /// What the compiler has to say, where the output is cargo's JSON messages.
    #[must_use]
    pub fn rendered(&self) -> String {
        self.stdout
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter_map(|message| message["message"]["rendered"].as_str().map(str::to_owned))
            .collect()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "it ended with {:?}\n---- stdout\n{}\n---- stderr\n{}",
            self.code, self.stdout, self.stderr
        )
    }
}

/// A file of JSON.
///
/// # Panics
/// Where there is no such file, or it is not JSON.
#[must_use]
pub fn read_json(path: &Path) -> Value {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => panic!("{}: {error}", path.display()),
    };
    match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(error) => panic!("{}: {error}: {text}", path.display()),
    }
}

/// The rows of a journal, as JSON, sorted by index and trial.
///
/// # Panics
/// Where there is no journal, or a line of it is not JSON.
#[must_use]
pub fn journal(folder: &Path) -> Vec<Value> {
    let path = folder.join("journal.jsonl");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => panic!("{}: {error}", path.display()),
    };
    let mut rows: Vec<Value> = text
        .lines()
        .map(|line| match serde_json::from_str::<Value>(line) {
            Ok(line) => line,
            Err(error) => panic!("{error}: {line}"),
        })
        .filter(|line| line.get("index").is_some())
        .collect();
    rows.sort_by_key(|row| (row["index"].as_u64(), row["trial"].as_u64()));
    rows
}
