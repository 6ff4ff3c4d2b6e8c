//! Earlier runs: going on with one, repeating what failed in one, grading one anew.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keystone::eval::journal::JOURNAL_FILE;
use keystone::eval::{Journal, Outcome};

use crate::flags::Flags;
use crate::paths::Source;
use crate::{paths, select};

/// What a run has to do with an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Earlier {
    /// Nothing.
    None,
    /// It goes on with the run in this folder.
    Resume(PathBuf),
    /// It repeats the rows that did not pass in the run in this folder.
    Failed(PathBuf),
    /// It grades the outputs of the run in this folder.
    Rescore(PathBuf),
}

impl Earlier {
    /// The earlier run's folder.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::None => None,
            Self::Resume(folder) | Self::Failed(folder) | Self::Rescore(folder) => Some(folder),
        }
    }

    /// Finds the run that the flags speak of. `own` is the id of a run that other processes may
    /// have begun already, which is not an earlier one.
    ///
    /// The name of a run may be left out, so that `--failed capitals` can mean a run or an
    /// evaluation. Where there is no such run and `is_eval` knows the name, it becomes a filter.
    ///
    /// # Errors
    /// Where there is no such run: says so, and which there are.
    pub(crate) fn find(
        flags: &mut Flags,
        output: &Path,
        own: Option<&str>,
        is_eval: &dyn Fn(&str) -> bool,
    ) -> Result<Self, String> {
        let (make, flag, value): (fn(PathBuf) -> Self, &str, Option<String>) =
            match (&flags.resume, &flags.failed, &flags.rescore) {
                (Some(run), ..) => (Self::Resume, "--resume", run.clone()),
                (_, Some(run), _) => (Self::Failed, "--failed", run.clone()),
                (.., Some(run)) => (Self::Rescore, "--rescore", run.clone()),
                _ => return Ok(Self::None),
            };
        if let Some(name) = value.filter(|name| name != "latest") {
            if let Some(folder) = run_folder(output, &name) {
                return Ok(make(folder));
            }
            if !is_eval(&name) {
                return Err(no_such_run(flag, &name, output));
            }
            flags.filters.push(name);
        }
        paths::latest(output, own)
            .map(|id| make(output.join(id)))
            .ok_or_else(|| format!("{flag}: there is no earlier run in {}", output.display()))
    }
}

fn run_folder(output: &Path, name: &str) -> Option<PathBuf> {
    // A plain name is that of a run before it is a path.
    let plain = !name.contains(['/', '\\']) && name != "." && name != "..";
    let below = output.join(name);
    if plain && below.is_dir() {
        return Some(below);
    }
    let path = std::path::absolute(name).ok()?;
    path.is_dir().then_some(path)
}

fn no_such_run(flag: &str, name: &str, output: &Path) -> String {
    let runs = paths::runs(output);
    let mut text = format!("{flag}: there is no run `{name}` in {}", output.display());
    match select::closest(name, runs.iter().map(String::as_str)) {
        Some(close) => text.push_str(&format!("; did you mean `{close}`?")),
        None if runs.is_empty() => text.push_str(", nor any other"),
        None => {
            let some: Vec<&str> = runs.iter().take(5).map(String::as_str).collect();
            text.push_str(&format!("; the last are {}", some.join(", ")));
        }
    }
    text
}

/// The file in a run's folder that names the evaluations that were chosen for it, a line of JSON
/// each.
pub(crate) const CHOSEN: &str = "evals.jsonl";

/// Notes which evaluations were chosen for a run, before the first of them starts.
///
/// # Errors
/// Of writing.
pub(crate) fn note_chosen(run: &Path, chosen: &[Source]) -> io::Result<()> {
    let mut lines = Vec::new();
    for source in chosen {
        serde_json::to_writer(&mut lines, source)?;
        lines.push(b'\n');
    }
    let _lock = paths::lock(&run.join(paths::CLAIM_LOCK))?;
    OpenOptions::new().create(true).append(true).open(run.join(CHOSEN))?.write_all(&lines)
}

/// The evaluations that were chosen for a run, by their [key](Source::key), where that was noted.
/// Those that had not started when it was cut short have no results there, and still belong to it.
pub(crate) fn chosen(run: &Path) -> Option<HashSet<String>> {
    let text = fs::read_to_string(run.join(CHOSEN)).ok()?;
    let sources = text.lines().filter_map(|line| serde_json::from_str::<Source>(line).ok());
    Some(sources.map(|source| source.key()).collect())
}

/// What an earlier run leaves to do for an evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Left {
    /// All of it: it has no results.
    Whole,
    /// These rows.
    Rows(Arc<HashSet<String>>),
    /// Nothing, for this reason.
    Nothing(String),
}

/// What did not pass in an earlier run, from the folder of the evaluation's results there.
///
/// # Errors
/// Where the journal cannot be read.
pub(crate) fn failed(folder: &Path) -> Result<Left, String> {
    if !folder.is_dir() {
        return Ok(Left::Nothing("it was not part of that run".into()));
    }
    if !folder.join(JOURNAL_FILE).is_file() {
        return Ok(Left::Whole);
    }
    let say = |error: keystone::eval::JournalError| error.to_string();
    let journal = Journal::open(folder).map_err(say)?;
    let mut ids = HashSet::new();
    for row in journal.rows_where(|outcome| outcome != Outcome::Pass).map_err(say)? {
        ids.insert(row.map_err(say)?.id);
    }
    if ids.is_empty() {
        return Ok(Left::Nothing("every row passed".into()));
    }
    Ok(Left::Rows(Arc::new(ids)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::tests::Scratch;

    fn find(flags: Flags, output: &Path) -> (Result<Earlier, String>, Flags) {
        let mut flags = flags;
        let found = Earlier::find(&mut flags, output, None, &|name| name == "capitals");
        (found, flags)
    }

    #[test]
    fn a_run_is_found_by_id_by_folder_and_as_the_latest() {
        let scratch = Scratch::new("earlier");
        let output = &scratch.0;
        for run in ["20260101T000000Z-aaaa", "20260202T000000Z-bbbb"] {
            fs::create_dir(output.join(run)).expect("run");
            paths::set_latest(output, run).expect("noted");
        }
        let old = output.join("20260101T000000Z-aaaa");
        let new = output.join("20260202T000000Z-bbbb");
        let named = |name: &str| Some(Some(name.to_owned()));

        let by_id = Flags { resume: named("20260101T000000Z-aaaa"), ..Flags::default() };
        assert_eq!(find(by_id, output).0, Ok(Earlier::Resume(old.clone())));
        let by_path = Flags { rescore: named(&old.to_string_lossy()), ..Flags::default() };
        assert_eq!(find(by_path, output).0, Ok(Earlier::Rescore(old)));
        let open = Flags { failed: Some(None), ..Flags::default() };
        assert_eq!(find(open, output).0, Ok(Earlier::Failed(new.clone())));
        assert_eq!(find(Flags::default(), output).0, Ok(Earlier::None));

        let eval = Flags { failed: named("capitals"), ..Flags::default() };
        let (found, flags) = find(eval, output);
        assert_eq!(found, Ok(Earlier::Failed(new)));
        assert_eq!(flags.filters, ["capitals"]);

        let wrong = Flags { resume: named("20260202T000000Z-bbbc"), ..Flags::default() };
        let why = find(wrong, output).0.expect_err("no such run");
        assert!(why.ends_with("did you mean `20260202T000000Z-bbbb`?"), "{why}");
    }

    #[test]
    fn without_any_run_that_is_said() {
        let scratch = Scratch::new("earlier-none");
        let open = Flags { resume: Some(None), ..Flags::default() };
        let why = find(open, &scratch.0).0.expect_err("no run");
        assert!(why.starts_with("--resume: there is no earlier run in "), "{why}");
    }

    #[test]
    fn a_run_remembers_what_was_chosen_for_it() {
        let scratch = Scratch::new("earlier-chosen");
        let source = |eval: &str| Source { eval: eval.into(), ..Source::default() };
        assert_eq!(chosen(&scratch.0), None, "without a note nothing is left out");
        note_chosen(&scratch.0, &[source("a"), source("b")]).expect("noted");
        let chosen = chosen(&scratch.0).expect("a note");
        assert!(chosen.contains(&source("b").key()));
        assert!(!chosen.contains(&source("c").key()));
    }

    #[test]
    fn an_evaluation_without_results_is_run_whole_and_one_that_was_not_there_not_at_all() {
        let scratch = Scratch::new("earlier-failed");
        assert_eq!(failed(&scratch.0), Ok(Left::Whole));
        assert!(matches!(failed(&scratch.0.join("new")), Ok(Left::Nothing(_))));
    }
}
