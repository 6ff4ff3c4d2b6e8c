//! The rows of a finished run.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use keystone::eval::journal::JOURNAL_FILE;
use keystone::eval::{Journal, JournalError, RowRecord};
use serde_json::Value;

use crate::diagnostics::Problem;
use crate::files::shown;

/// The file that names the last run, and the word for it on the command line.
const LATEST: &str = "latest";

/// How many rows are scored together at most, and from how many bytes of them on no more are
/// added.
const BATCH_ROWS: usize = 1024;
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// How many batches may wait to be scored.
const WAITING: usize = 2;

/// How many runs a message names.
const NAMED: usize = 5;

/// The journals that somebody asked for.
#[derive(Debug)]
pub(super) struct Run {
    path: PathBuf,
    evals: Vec<PathBuf>,
    whole: bool,
}

impl Run {
    /// Finds a run by its folder or its id, one evaluation's folder, or a journal.
    pub(super) fn find(asked: &Path) -> Result<Self, Problem> {
        let path = if asked.exists() { followed(asked) } else { by_id(asked)? };
        if !path.is_dir() || path.join(JOURNAL_FILE).is_file() {
            return Ok(Self { evals: vec![path.clone()], path, whole: false });
        }
        let unreadable = |error| Problem::new(shown(&path), format!("cannot be read: {error}"));
        let mut evals = Vec::new();
        for entry in fs::read_dir(&path).map_err(unreadable)? {
            let folder = entry.map_err(unreadable)?.path();
            if folder.join(JOURNAL_FILE).is_file() {
                evals.push(folder);
            }
        }
        if evals.is_empty() {
            let message = match runs(&path).first() {
                Some(run) if has_journals(&path.join(run)) => {
                    format!("holds runs; name one of them, such as {}", shown(&path.join(run)))
                }
                _ => format!("is no run: neither it nor a folder in it has a {JOURNAL_FILE}"),
            };
            return Err(Problem::new(shown(&path), message));
        }
        evals.sort_unstable();
        Ok(Self { path, evals, whole: true })
    }

    /// What was found.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The folders of the evaluations, or the one journal.
    pub(super) fn evals(&self) -> &[PathBuf] {
        &self.evals
    }

    /// Whether it is a run, which may have several evaluations.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }
}

/// The run that a pointer to the latest names; any other path as it is.
fn followed(path: &Path) -> PathBuf {
    let is_pointer = path.is_file() && path.file_name().is_some_and(|name| name == LATEST);
    is_pointer.then(|| latest(path.parent()?)).flatten().unwrap_or_else(|| path.to_owned())
}

/// Finds a run by its id, or the latest.
fn by_id(asked: &Path) -> Result<PathBuf, Problem> {
    let id = asked.to_string_lossy();
    if asked.components().count() > 1 || asked.is_absolute() {
        let whole = std::path::absolute(asked).unwrap_or_else(|_| asked.to_owned());
        return Err(Problem::new(id, format!("there is no such run: {}", whole.display())));
    }
    let Some(folder) = output_folder() else {
        let message = "there is no such run, and no target/keystone in this folder or above it \
                       with runs in it; set KEYSTONE_OUTPUT to where they are";
        return Err(Problem::new(id, message));
    };
    if id == LATEST
        && let Some(run) = latest(&folder)
    {
        return Ok(run);
    }
    let run = folder.join(asked);
    if id != LATEST && run.is_dir() {
        return Ok(run);
    }
    let runs = runs(&folder);
    let near = runs
        .iter()
        .map(|run| (strsim::damerau_levenshtein(&id, run), run))
        .filter(|(distance, _)| *distance <= 3)
        .min_by_key(|(distance, _)| *distance);
    let hint = match near {
        Some((_, run)) => format!("; did you mean {run}?"),
        None if runs.is_empty() => ", which has none".to_owned(),
        None => {
            let named: Vec<&str> = runs.iter().take(NAMED).map(String::as_str).collect();
            format!("; the last are {}", named.join(", "))
        }
    };
    Err(Problem::new(id, format!("there is no such run below {}{hint}", folder.display())))
}

/// The folder with all runs: the one that the environment names, or that of the nearest target
/// folder.
fn output_folder() -> Option<PathBuf> {
    let named = |variable: &str| env::var_os(variable).filter(|value| !value.is_empty());
    if let Some(folder) = named("KEYSTONE_OUTPUT") {
        return Some(folder.into());
    }
    if let Some(target) = named("CARGO_TARGET_DIR") {
        return Some(Path::new(&target).join("keystone"));
    }
    let here = env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join("target/keystone")).find(|folder| folder.is_dir())
}

/// The folder of the run that a pointer beside the runs names.
fn latest(folder: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(folder.join(LATEST)).ok()?;
    let run = folder.join(text.trim());
    (!text.trim().is_empty() && run.is_dir()).then_some(run)
}

/// The names of the runs in a folder, the newest first as far as their names tell.
fn runs(folder: &Path) -> Vec<String> {
    let mut runs: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    runs.sort_unstable_by(|a, b| b.cmp(a));
    runs
}

fn has_journals(run: &Path) -> bool {
    runs(run).iter().any(|eval| run.join(eval).join(JOURNAL_FILE).is_file())
}

/// Opens a journal.
pub(super) fn open(path: &Path) -> Result<Journal, Problem> {
    Journal::open(path).map_err(|error| problem(path, error))
}

/// What is wrong with a journal.
fn problem(path: &Path, error: JournalError) -> Problem {
    match error {
        JournalError::Line { path, line: 0, message } => Problem::new(shown(&path), message),
        JournalError::Line { path, line, message } => {
            Problem::new(shown(&path), message).at_line(line)
        }
        JournalError::Io { path, source } => {
            Problem::new(shown(&path), format!("cannot be read: {source}"))
        }
        other => Problem::new(shown(path), other.to_string()),
    }
}

/// What to say of a run that did not reach its end.
pub(super) fn incompleteness(journal: &Journal) -> Option<Problem> {
    if journal.is_complete() {
        return None;
    }
    let rows = match journal.len() {
        1 => "1 row".to_owned(),
        rows => format!("{rows} rows"),
    };
    let message = format!("the run did not reach its end; scored are the {rows} that it finished");
    Some(Problem::new(shown(journal.path()), message))
}

/// Rows of a journal, or what is wrong with them.
pub(super) type Batch = Vec<Result<RowRecord, Problem>>;

/// The rows of a journal in the order of the data set, read on a thread of their own while others
/// are scored.
pub(super) fn batches(journal: Journal) -> Receiver<Batch> {
    let (sender, receiver) = sync_channel(WAITING);
    let read = move || {
        let mut rows = match journal.rows() {
            Ok(rows) => rows,
            Err(error) => {
                // Nobody listens when nobody wants more answers.
                let _ = sender.send(vec![Err(problem(journal.path(), error))]);
                return;
            }
        };
        loop {
            let mut batch = Vec::new();
            let mut bytes = 0;
            while batch.len() < BATCH_ROWS && bytes < BATCH_BYTES {
                let Some(row) = rows.next() else { break };
                bytes += row.as_ref().map_or(0, weight);
                batch.push(row.map_err(|error| problem(journal.path(), error)));
            }
            if batch.is_empty() || sender.send(batch).is_err() {
                return;
            }
        }
    };
    thread::spawn(read);
    receiver
}

/// About how many bytes a row takes.
fn weight(row: &RowRecord) -> usize {
    fn of(value: &Value) -> usize {
        size_of::<Value>()
            + match value {
                Value::String(text) => text.len(),
                Value::Array(items) => items.iter().map(of).sum(),
                Value::Object(fields) => {
                    fields.iter().map(|(key, item)| key.len() + of(item)).sum()
                }
                _ => 0,
            }
    }
    let texts = row.context.iter().chain(&row.retrieved).map(String::len).sum::<usize>();
    let json =
        |json: &Option<keystone::eval::Json>| json.as_ref().map_or(0, |json| json.as_str().len());
    texts + json(&row.input) + json(&row.expected) + row.output.as_ref().map_or(0, of)
}
