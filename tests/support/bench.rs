//! A place of a test's own to run a project's evaluations in.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::{Project, Ran, journal, read_json};

/// A place of a test's own to run a project's evaluations in: data, results and side files lie in
/// a temporary folder, so that tests that run at the same time do not meet.
#[derive(Debug)]
pub struct Bench<'a> {
    project: &'a Project,
    target: String,
    folder: TempDir,
}

/// How long to wait for something that has to happen before a test is given up.
const PATIENCE: Duration = Duration::from_secs(60);

impl<'a> Bench<'a> {
    pub(crate) fn new(project: &'a Project, target: &str) -> Self {
        let folder = match tempfile::Builder::new().prefix("keystone-e2e-").tempdir() {
            Ok(folder) => folder,
            Err(error) => panic!("cannot make a temporary folder: {error}"),
        };
        Self { project, target: target.to_owned(), folder }
    }

    /// The project whose evaluations are run.
    #[must_use]
    pub fn project(&self) -> &Project {
        self.project
    }

    /// Where a file of this test is.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of this test and says where it is.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        if let Err(error) = std::fs::write(&path, content) {
            panic!("cannot write {}: {error}", path.display());
        }
        path
    }

    /// Writes the data set of evaluations that take theirs from `E2E_DATA`.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn data(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        self.write(name, content);
        self.write("data-is", name);
        self
    }

    /// The folder that results are written to.
    #[must_use]
    pub fn results(&self) -> PathBuf {
        self.path("results")
    }

    /// A command in the project's folder that knows where this test wants its files.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.project.command(program);
        command
            .env("KEYSTONE_OUTPUT", self.results())
            .env("E2E_MARKS", self.path("marks"))
            .env("E2E_GATE", self.path("gate"));
        if let Ok(name) = std::fs::read_to_string(self.path("data-is")) {
            command.env("E2E_DATA", self.path(&name));
        }
        command
    }

    /// A command that runs the compiled test target with these flags.
    #[must_use]
    pub fn binary(&self, args: &[&str]) -> Command {
        let mut command = self.command(self.project.binary(&self.target));
        command.args(args);
        command
    }

    /// Runs the compiled test target with these flags.
    #[must_use]
    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.binary(args))
    }

    /// The same with settings in the environment.
    #[must_use]
    pub fn run_with(&self, env: &[(&str, &str)], args: &[&str]) -> Ran {
        let mut command = self.binary(args);
        command.envs(env.iter().copied());
        Ran::of(command)
    }

    /// `cargo test --offline --test TARGET -- ARGS`.
    #[must_use]
    pub fn cargo_test(&self, args: &[&str]) -> Ran {
        let mut command = self.command("cargo");
        command.args(["test", "--offline", "--test", &self.target, "--"]).args(args);
        Ran::of(command)
    }

    /// The id of the last run.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn latest(&self) -> String {
        let path = self.results().join("latest");
        match std::fs::read_to_string(&path) {
            Ok(id) => id.trim().to_owned(),
            Err(error) => panic!("{}: {error}", path.display()),
        }
    }

    /// The folder of the last run.
    #[must_use]
    pub fn run_folder(&self) -> PathBuf {
        self.results().join(self.latest())
    }

    /// The folder of an evaluation in the last run.
    #[must_use]
    pub fn eval_folder(&self, eval: &str) -> PathBuf {
        self.run_folder().join(eval)
    }

    /// The summary of an evaluation in the last run.
    #[must_use]
    pub fn summary(&self, eval: &str) -> Value {
        read_json(&self.eval_folder(eval).join("summary.json"))
    }

    /// The summary of the last run.
    #[must_use]
    pub fn run_summary(&self) -> Value {
        read_json(&self.run_folder().join("summary.json"))
    }

    /// The rows of an evaluation in the last run, sorted.
    #[must_use]
    pub fn rows(&self, eval: &str) -> Vec<Value> {
        journal(&self.eval_folder(eval))
    }

    /// What rows have marked so far.
    #[must_use]
    pub fn marks(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.path("marks")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Forgets what rows have marked so far.
    pub fn forget_marks(&self) {
        let _ = std::fs::remove_file(self.path("marks"));
    }

    /// Waits until rows have marked what a test waits for.
    ///
    /// # Panics
    /// Where that does not happen for a minute.
    pub fn wait_for_marks(&self, enough: impl Fn(&[String]) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !enough(&self.marks()) {
            assert!(Instant::now() < until, "waited in vain; marks: {:?}", self.marks());
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Lets rows go on that wait for the gate.
    pub fn open_gate(&self) {
        self.write("gate", "");
    }

    /// The folder of this test.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
