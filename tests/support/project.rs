//! A package as users have one, that depends on the crates of this workspace.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Bench, Ran};

/// A package as users have one, that depends on the crates of this workspace.
///
/// Its sources are in `projects/<name>` of this package, and `manifest.toml` there is its manifest.
/// They are laid out in the target folder, always at the same place: what has not changed is
/// compiled once and not at every test run, and all projects share what they depend on.
#[derive(Debug)]
pub struct Project {
    folder: PathBuf,
    binaries: BTreeMap<String, PathBuf>,
}

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

impl Project {
    /// Lays a project out and compiles these test targets of it.
    ///
    /// # Panics
    /// Where it cannot be written, or does not compile; with what the compiler says.
    #[must_use]
    pub fn build(name: &str, targets: &[&str]) -> Self {
        let mut project =
            Self { folder: target().join("projects").join(name), binaries: BTreeMap::new() };
        let laid_out = project.lay_out(name);
        // Held until it is compiled, so that nobody changes a file meanwhile.
        let _lock =
            laid_out.unwrap_or_else(|error| panic!("{}: {error}", project.folder.display()));
        let mut command = project.command("cargo");
        command.args(["test", "--offline", "--no-run", "--message-format=json"]);
        for target in targets {
            command.args(["--test", target]);
        }
        let ran = Ran::of(command);
        assert!(
            ran.code == Some(0),
            "{name} does not compile:\n{}\n{}",
            ran.rendered(),
            ran.stderr
        );
        for line in ran.stdout.lines() {
            let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            if let (Some(target), Some(path)) =
                (message["target"]["name"].as_str(), message["executable"].as_str())
            {
                project.binaries.insert(target.to_owned(), path.into());
            }
        }
        for target in targets {
            assert!(project.binaries.contains_key(*target), "cargo names no binary for {target}");
        }
        project
    }

    fn lay_out(&self, name: &str) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        let lock = File::create(self.folder.join(".lock"))?;
        lock.lock()?;
        let sources = Path::new(PACKAGE).join("projects").join(name);
        let mut files = Vec::new();
        files_below(&sources, Path::new(""), &mut files)?;
        for file in &files {
            if file == Path::new("manifest.toml") {
                continue;
            }
            write_changed(&self.folder.join(file), &fs::read(sources.join(file))?)?;
        }
        // What was renamed or removed must not be compiled any more.
        let mut there = Vec::new();
        for folder in ["src", "tests"] {
            files_below(&self.folder, Path::new(folder), &mut there)?;
        }
        for stale in there.iter().filter(|file| !files.contains(file)) {
            fs::remove_file(self.folder.join(stale))?;
        }
        let root = workspace();
        let quoted = |krate: &str| root.join(krate).to_string_lossy().replace('\\', "/");
        let manifest = fs::read_to_string(sources.join("manifest.toml"))?
            .replace("{keystone}", &quoted("keystone"))
            .replace("{harness}", &quoted("keystone-harness"));
        write_changed(&self.folder.join("Cargo.toml"), manifest.as_bytes())?;
        // The versions of the workspace are downloaded already, so that no test needs a network.
        // Cargo drops from the copy what the project does not use, so the original is kept beside
        // it to tell when it changed.
        let lock_file = fs::read(root.join("Cargo.lock"))?;
        if write_changed(&self.folder.join("workspace.lock"), &lock_file)? {
            fs::write(self.folder.join("Cargo.lock"), &lock_file)?;
        }
        Ok(lock)
    }

    /// The folder of the project.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A command in the project's folder, with nothing of this test run's own environment that
    /// would change what is tested.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let foreign = [
                "KEYSTONE_",
                "E2E_",
                "NEXTEST",
                "CARGO_PKG",
                "CARGO_MANIFEST",
                "CARGO_BUILD_",
                "CARGO_PROFILE_",
                "GITHUB_",
                "RUST_",
                "CLICOLOR",
            ];
            if foreign.iter().any(|prefix| text.starts_with(prefix)) {
                command.env_remove(&name);
            }
        }
        command
            .env_remove("CI")
            .env("NO_COLOR", "1")
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", target());
        command
    }

    /// Cargo's target folder for it.
    #[must_use]
    pub fn target(&self) -> PathBuf {
        target()
    }

    /// The program that a test target was compiled to.
    ///
    /// # Panics
    /// Where the target was not compiled.
    #[must_use]
    pub fn binary(&self, target: &str) -> &Path {
        match self.binaries.get(target) {
            Some(path) => path,
            None => panic!("{target} was not compiled"),
        }
    }

    /// A place of a test's own to run a target of the project in.
    #[must_use]
    pub fn bench(&self, target: &str) -> Bench<'_> {
        Bench::new(self, target)
    }
}

fn workspace() -> PathBuf {
    let root = Path::new(PACKAGE).join("..");
    root.canonicalize().unwrap_or(root)
}

/// The target folder of all projects.
fn target() -> PathBuf {
    workspace().join("target/e2e")
}

fn files_below(root: &Path, below: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let folder = root.join(below);
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            files_below(root, &path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Writes a file where it is not what it should be, for cargo goes by the time of a change.
fn write_changed(path: &Path, content: &[u8]) -> io::Result<bool> {
    if fs::read(path).is_ok_and(|before| before == content) {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content).map(|()| true)
}
