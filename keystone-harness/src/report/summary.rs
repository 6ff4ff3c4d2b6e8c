//! The summary of a run, over all its evaluations.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use keystone::eval::journal::SUMMARY_FILE;
use keystone::eval::{Counts, Summary, Verdict};
use serde::{Deserialize, Serialize};

use super::{Ending, Finished, junit};
use crate::ExitCode;
use crate::paths::{self, Source};

/// Why an evaluation could not run, in its folder.
const REFUSED: &str = "error.json";

/// The summary of a run: `summary.json` in its folder. Evaluations are sorted by folder, and what
/// differs between two runs of the same thing is under `run`, here and in each of them.
#[derive(Debug, Serialize, Deserialize)]
struct RunSummary {
    /// The version of this form.
    schema: u32,
    /// What the run says: that of the gravest evaluation.
    verdict: Verdict,
    /// The exit code that goes with it.
    exit_code: u8,
    /// The rows of all evaluations.
    counts: Counts,
    /// Each evaluation.
    evals: Vec<Part>,
    /// What differs between two runs.
    run: RunId,
}

#[derive(Debug, Serialize, Deserialize)]
struct RunId {
    /// The name of the run.
    id: String,
}

/// An evaluation in the summary of a run.
#[derive(Debug, Serialize, Deserialize)]
struct Part {
    /// The folder of its results, within that of the run.
    folder: String,
    /// Where it comes from.
    #[serde(flatten)]
    source: Source,
    /// Its numbers, where it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    summary: Option<Summary>,
    /// Why it did not run, where it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Refused>,
}

/// Why an evaluation did not run.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Refused {
    /// The exit code that goes with it.
    exit_code: u8,
    /// In words.
    message: String,
}

/// Notes in an evaluation's folder that it did not run, or that it did.
///
/// # Errors
/// Of writing.
pub(crate) fn note_ending(folder: &Path, eval: &Finished) -> io::Result<()> {
    let message = match &eval.ending {
        Ending::Refused(why) => why.clone(),
        Ending::NotRun => super::terminal::reason(eval),
        Ending::Ran(_) | Ending::Empty { .. } | Ending::Spared(_) => {
            return gone(fs::remove_file(folder.join(REFUSED)));
        }
    };
    // What an earlier attempt in the same run came to is no longer what the run says.
    gone(fs::remove_file(folder.join(SUMMARY_FILE)))?;
    let refused = Refused { exit_code: eval.code().code(), message };
    paths::replace(&folder.join(REFUSED), &pretty(&refused)?)
}

fn gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn pretty(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    Ok(text)
}

/// Writes summary and JUnit report of a run anew from what lies in its folder, and the JUnit
/// report to one more place where that is asked for.
///
/// Processes that share a run, as they do under nextest, take turns. One that finds another
/// already waiting leaves the work to it: that one will look at the folder later than now.
///
/// # Errors
/// Of reading and writing.
pub(crate) fn rebuild(run: &Path, id: &str, junit_copy: Option<&Path>) -> io::Result<()> {
    let queue = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(run.join(paths::QUEUE_LOCK))?;
    match queue.try_lock() {
        Err(fs::TryLockError::WouldBlock) => return Ok(()),
        // Without locks there is nobody to take turns with.
        Err(fs::TryLockError::Error(_)) | Ok(()) => {}
    }
    let _turn = paths::lock(&run.join(paths::REBUILD_LOCK))?;
    drop(queue);
    let folders = folders(run)?;
    let mut parts = Vec::with_capacity(folders.len());
    for folder in &folders {
        parts.extend(part(folder));
    }
    paths::replace(&run.join(SUMMARY_FILE), &pretty(&total(parts, id))?)?;
    let files: Vec<PathBuf> = folders.iter().map(|folder| folder.join(junit::FILE)).collect();
    let report = run.join(junit::FILE);
    paths::replace_with(&report, |out| junit::merge(out, &files))?;
    if let Some(copy) = junit_copy {
        if let Some(parent) = copy.parent() {
            fs::create_dir_all(parent)?;
        }
        paths::replace_with(copy, |out| io::copy(&mut fs::File::open(&report)?, out).map(drop))?;
    }
    Ok(())
}

/// The folders of evaluations in a run, sorted.
fn folders(run: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(run)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    folders.sort_unstable();
    Ok(folders)
}

fn part(folder: &Path) -> Option<Part> {
    // A folder that is not ours, or was cut short before it had a name, is left alone.
    let source = Source::read(folder)?;
    let summary = fs::read(folder.join(SUMMARY_FILE)).ok();
    let summary = summary.and_then(|text| serde_json::from_slice(&text).ok());
    let error = fs::read(folder.join(REFUSED)).ok();
    let mut error: Option<Refused> = error.and_then(|text| serde_json::from_slice(&text).ok());
    if summary.is_none() && error.is_none() {
        error = Some(Refused {
            exit_code: ExitCode::Errored.code(),
            message: "it has not finished; `--resume` goes on with it".into(),
        });
    }
    let folder = folder.file_name()?.to_string_lossy().into_owned();
    Some(Part { folder, source, summary, error })
}

fn total(evals: Vec<Part>, id: &str) -> RunSummary {
    let mut counts = Counts::default();
    let mut code = ExitCode::Passed;
    for part in &evals {
        if let Some(refused) = &part.error {
            let known = ExitCode::ALL.into_iter().find(|code| code.code() == refused.exit_code);
            code = code.worse(known.unwrap_or(ExitCode::Errored));
        } else if let Some(summary) = &part.summary {
            counts.pass += summary.counts.pass;
            counts.fail += summary.counts.fail;
            counts.error += summary.counts.error;
            counts.unscored += summary.counts.unscored;
            code = code.worse(summary.verdict.into());
        }
    }
    let verdict = match code {
        ExitCode::Passed => Verdict::Pass,
        ExitCode::GateMissed => Verdict::Fail,
        _ => Verdict::Error,
    };
    let run = RunId { id: id.into() };
    RunSummary { schema: 1, verdict, exit_code: code.code(), counts, evals, run }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{finished, ran, summary};
    use super::*;
    use crate::paths::tests::Scratch;
    use serde_json::{Value, json};

    fn lay_down(run: &Path, eval: &Finished) {
        let source = Source {
            eval: eval.name.clone(),
            package: "app".into(),
            target: "evals".into(),
            file: "tests/evals.rs".into(),
            line: 3,
        };
        let folder = source.claim(run).expect("a folder");
        if let Some(ran) = eval.ran() {
            fs::write(folder.join(SUMMARY_FILE), pretty(&ran.summary).expect("JSON"))
                .expect("file");
        }
        note_ending(&folder, eval).expect("noted");
        junit::save(&folder, eval, std::iter::empty::<Result<_, io::Error>>()).expect("saved");
    }

    fn read(run: &Path) -> Value {
        let text = fs::read(run.join(SUMMARY_FILE)).expect("a summary");
        serde_json::from_slice(&text).expect("JSON")
    }

    #[test]
    fn a_run_adds_up_its_evaluations_and_takes_the_gravest_verdict() {
        let scratch = Scratch::new("run-summary");
        let run = &scratch.0;
        lay_down(run, &ran("b", summary("b", [4, 0, 0, 0], json!({})), vec![]));
        rebuild(run, "r1", None).expect("rebuilt");
        assert_eq!(read(run)["verdict"], "pass");
        lay_down(run, &ran("a", summary("a", [2, 2, 0, 0], json!({})), vec![]));
        let copy = run.join("deep/er/junit.xml");
        rebuild(run, "r1", Some(&copy)).expect("rebuilt");
        let whole = read(run);
        assert_eq!(whole["verdict"], "fail");
        assert_eq!(whole["exit_code"], 101);
        assert_eq!(whole["counts"], json!({"pass": 6, "fail": 2, "error": 0, "unscored": 0}));
        assert_eq!(whole["evals"][0]["folder"], "a");
        assert_eq!(whole["evals"][1]["summary"]["pass_rate"], 1.0);
        assert_eq!(fs::read(copy).expect("copy"), fs::read(run.join(junit::FILE)).expect("report"));
    }

    #[test]
    fn what_could_not_run_and_what_never_finished_are_in_it() {
        let scratch = Scratch::new("run-summary-refused");
        let run = &scratch.0;
        lay_down(run, &finished("a", Ending::Refused("no such file".into())));
        let cut_short = Source { eval: "killed".into(), ..Source::default() };
        cut_short.claim(run).expect("a folder");
        rebuild(run, "r1", None).expect("rebuilt");
        let whole = read(run);
        assert_eq!((&whole["exit_code"], &whole["verdict"]), (&json!(103), &json!("error")));
        assert_eq!(whole["evals"][0]["error"]["message"], "no such file");
        assert_eq!(whole["evals"][1]["error"]["exit_code"], 102);

        // Once it has run, the refusal of an earlier attempt is gone.
        lay_down(run, &ran("a", summary("a", [1, 0, 0, 0], json!({})), vec![]));
        rebuild(run, "r1", None).expect("rebuilt");
        assert_eq!(read(run)["evals"][0].get("error"), None);
    }
}
