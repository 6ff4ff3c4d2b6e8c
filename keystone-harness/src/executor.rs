//! Runs the chosen evaluations, on threads of their own.
//!
//! Not within libtest-mimic: it ends with a panic when nobody reads its output any more, and an
//! evaluation that was paid for must not end with it.

use std::any::Any;
use std::collections::HashSet;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use keystone::eval::journal::{JOURNAL_FILE, SUMMARY_FILE};
use keystone::eval::{EvalError, EvalReport, Evaluation, Journal, RunOptions, Selection, Stop};

use crate::ExitCode;
use crate::earlier::{self, Earlier, Left};
use crate::flags::{Flags, Timeout};
use crate::paths::Source;
use crate::progress::Line;
use crate::report::{Ending, Finished, Ran, junit, summary, terminal, text};
use crate::select::{self, Named};
use crate::site::Site;

/// What all evaluations of a run have in common.
pub(crate) struct Plan {
    pub(crate) flags: Flags,
    pub(crate) site: Site,
    pub(crate) run_id: String,
    /// The folder of the run.
    pub(crate) folder: PathBuf,
    pub(crate) earlier: Earlier,
    /// The evaluations of the run that is gone on with, where that is known.
    pub(crate) chosen: Option<HashSet<String>>,
    /// Whether an evaluation may meet results of an earlier attempt in the same run, as under
    /// nextest with retries.
    pub(crate) attempts: bool,
    pub(crate) stop: Stop,
    pub(crate) line: Arc<Line>,
}

/// An evaluation to run, and who waits for it.
pub(crate) struct Job {
    pub(crate) eval: Named,
    pub(crate) done: Sender<Verdict>,
}

/// What the list of evaluations says of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Passed,
    Idle(String),
    Failed(String),
}

/// The threads that run evaluations, and what they have finished.
pub(crate) struct Executor {
    threads: Vec<JoinHandle<()>>,
    results: Arc<Mutex<Vec<Option<Finished>>>>,
}

impl Executor {
    /// Starts running, so many evaluations at a time, in their order.
    ///
    /// # Errors
    /// Where the system gives no threads.
    pub(crate) fn start(plan: &Arc<Plan>, jobs: Vec<Job>, threads: usize) -> io::Result<Self> {
        let results = Arc::new(Mutex::new(vec![None; jobs.len()]));
        let next = Arc::new(AtomicUsize::new(0));
        let threads = threads.min(jobs.len());
        let jobs: Arc<Vec<Job>> = Arc::new(jobs);
        let mut handles = Vec::with_capacity(threads);
        for n in 0..threads {
            let (plan, jobs) = (Arc::clone(plan), Arc::clone(&jobs));
            let (next, results) = (Arc::clone(&next), Arc::clone(&results));
            let work = move || {
                while let Some(at) = claim(&next, jobs.len()) {
                    let job = &jobs[at];
                    let finished = carry_out(&plan, &job.eval);
                    let verdict = verdict(&finished);
                    locked(&results)[at] = Some(finished);
                    // Nobody listens any more where the list cannot be printed.
                    let _ = job.done.send(verdict);
                }
            };
            let spawned = thread::Builder::new().name(format!("keystone-eval-{n}")).spawn(work);
            match spawned {
                Ok(handle) => handles.push(handle),
                // Fewer threads do as well, as long as there is one.
                Err(error) if handles.is_empty() => return Err(error),
                Err(_) => break,
            }
        }
        Ok(Self { threads: handles, results })
    }

    /// Waits for all of them.
    pub(crate) fn join(self) -> Vec<Finished> {
        for thread in self.threads {
            // What may panic is caught where it does.
            let _ = thread.join();
        }
        std::mem::take(&mut *locked(&self.results)).into_iter().flatten().collect()
    }
}

fn claim(next: &AtomicUsize, jobs: usize) -> Option<usize> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    (at < jobs).then_some(at)
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn verdict(finished: &Finished) -> Verdict {
    match &finished.ending {
        Ending::Empty { why, .. } => Verdict::Idle(text::one_line(why, 200)),
        Ending::Spared(why) => Verdict::Idle(why.clone()),
        _ if finished.code() == ExitCode::Passed => Verdict::Passed,
        _ => Verdict::Failed(terminal::reason(finished)),
    }
}

/// Runs one evaluation, and writes down what came of it.
fn carry_out(plan: &Plan, eval: &Named) -> Finished {
    let source = source(&plan.site, eval);
    let mut finished = Finished {
        name: eval.name.clone(),
        file: eval.entry.file.to_owned(),
        line: eval.entry.line,
        again: again(&plan.site, eval),
        folder: None,
        ending: Ending::NotRun,
        notes: Vec::new(),
    };
    let selection = match selection(plan, eval, &source) {
        Ok(Ok(selection)) => selection,
        Ok(Err(ending)) => {
            finished.ending = ending;
            return finished;
        }
        Err(why) => {
            finished.ending = Ending::Refused(why);
            return finished;
        }
    };
    let folder =
        match source.claim(&plan.folder).and_then(|folder| prepare(plan, &folder).map(|()| folder))
        {
            Ok(folder) => folder,
            Err(error) => {
                finished.ending = Ending::Refused(cannot_write(&plan.folder, &error));
                return finished;
            }
        };
    finished.folder = Some(folder.clone());
    if !plan.stop.requested() {
        // Building an evaluation calls code of the user's, which may panic. What a row does is
        // caught closer to it.
        let ran = catch_unwind(AssertUnwindSafe(|| run(plan, eval, &source, &folder, selection)));
        finished.ending = ran.unwrap_or_else(|panic| {
            Ending::Refused(format!("making the evaluation panicked: {}", message(&*panic)))
        });
    }
    if finished.is_idle() {
        discard(plan, &folder);
        finished.folder = None;
        return finished;
    }
    record(&folder, &mut finished);
    finished
}

/// Where an evaluation comes from.
pub(crate) fn source(site: &Site, eval: &Named) -> Source {
    Source {
        eval: eval.name.clone(),
        package: site.package.unwrap_or_default().to_owned(),
        target: site.target().to_owned(),
        file: eval.entry.file.to_owned(),
        line: eval.entry.line,
    }
}

/// Which rows are to run, or why none are.
fn selection(
    plan: &Plan,
    eval: &Named,
    source: &Source,
) -> Result<Result<Selection, Ending>, String> {
    let flags = &plan.flags;
    let mut selection = Selection::default();
    selection.ids.clone_from(&flags.case);
    // An evaluation that carries the tag itself runs whole.
    if !select::tagged(eval, &flags.tag) {
        selection.tags.clone_from(&flags.tag);
    }
    selection.not_tags.clone_from(&flags.not_tag);
    selection.first = flags.first;
    selection.sample = flags.sample.map(|rows| (rows, flags.seed()));
    match &plan.earlier {
        Earlier::Failed(run) => match earlier::failed(&source.folder_in(run))? {
            Left::Whole => {}
            Left::Rows(ids) => selection.only = Some(ids),
            Left::Nothing(why) => return Ok(Err(Ending::Spared(why))),
        },
        Earlier::Rescore(run) if !source.folder_in(run).join(JOURNAL_FILE).is_file() => {
            let run = run.display();
            let why = format!("the run in {run} has no results of it");
            return Ok(Err(Ending::Empty { why, close: Vec::new() }));
        }
        Earlier::Resume(_)
            if plan.chosen.as_ref().is_some_and(|chosen| !chosen.contains(&source.key())) =>
        {
            return Ok(Err(Ending::Spared("it was not part of that run".into())));
        }
        _ => {}
    }
    Ok(Ok(selection))
}

/// Makes room in an evaluation's folder for a new journal.
fn prepare(plan: &Plan, folder: &Path) -> io::Result<()> {
    if matches!(plan.earlier, Earlier::Resume(_)) || !folder.join(JOURNAL_FILE).exists() {
        return Ok(());
    }
    if !plan.attempts {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!(
                "the run `{0}` has results of this evaluation; go on with it by --resume={0}, or choose another --run-id",
                plan.run_id
            ),
        ));
    }
    // Rows of an earlier attempt were paid for as well.
    let attempt = (1..).map(|n| folder.join(format!("attempt-{n}"))).find(|path| !path.exists());
    if let Some(attempt) = attempt {
        fs::create_dir(&attempt)?;
        for file in [JOURNAL_FILE, SUMMARY_FILE, junit::FILE] {
            if folder.join(file).exists() {
                fs::rename(folder.join(file), attempt.join(file))?;
            }
        }
    }
    Ok(())
}

fn run(plan: &Plan, eval: &Named, source: &Source, folder: &Path, selection: Selection) -> Ending {
    let evaluation = eval.entry.build().named(eval.name.as_str());
    let options = options(plan, folder, selection);
    let result = match &plan.earlier {
        Earlier::Rescore(run) => match rescore(&evaluation, &source.folder_in(run), &options) {
            Ok(result) => result,
            Err(why) => return Ending::Refused(why),
        },
        _ => evaluation.run_with(&options),
    };
    match result {
        Ok(report) => {
            let EvalReport { summary, failures, rescued, missing, .. } = report;
            Ending::Ran(Box::new(Ran { summary, failures, rescued, missing }))
        }
        Err(error @ EvalError::NothingSelected { .. }) => {
            let why = error.to_string();
            let close = match error {
                EvalError::NothingSelected { close, .. } => close,
                _ => Vec::new(),
            };
            Ending::Empty { why, close }
        }
        Err(error) => Ending::Refused(error.to_string()),
    }
}

fn rescore(
    evaluation: &Evaluation,
    folder: &Path,
    options: &RunOptions,
) -> Result<Result<EvalReport, EvalError>, String> {
    let journal = Journal::open(folder).map_err(|error| error.to_string())?;
    Ok(evaluation.rescore(&journal, options))
}

fn options(plan: &Plan, folder: &Path, selection: Selection) -> RunOptions {
    let flags = &plan.flags;
    let mut options = RunOptions::new()
        .run_id(plan.run_id.as_str())
        .journal(folder)
        .failures(flags.failures.unwrap_or(10))
        .select(selection)
        .stop(plan.stop.clone())
        .observer(Arc::clone(&plan.line) as Arc<dyn keystone::eval::Observer>);
    if let Some(rows) = flags.concurrency {
        options = options.max_concurrency(rows);
    }
    if let Some(trials) = flags.trials {
        options = options.trials(trials);
    }
    if let Some(Timeout(timeout)) = flags.timeout {
        options = options.timeout(timeout);
    }
    if flags.check {
        options = options.check_all();
    }
    if matches!(plan.earlier, Earlier::Resume(_)) {
        options = options.resume();
    }
    options
}

/// Writes what the engine does not: the JUnit report, and that an evaluation did not run. What
/// goes wrong here is said, and changes nothing about the verdict.
fn record(folder: &Path, finished: &mut Finished) {
    let mut notes = Vec::new();
    if let Err(error) = summary::note_ending(folder, finished) {
        notes.push(format!("cannot write to {}: {error}", folder.display()));
    }
    let saved = match finished.ran() {
        None => junit::save(folder, finished, std::iter::empty::<Result<_, io::Error>>()),
        Some(_) => Journal::open(folder)
            .and_then(|journal| journal.rows())
            .map_err(|error| io::Error::other(error.to_string()))
            .and_then(|rows| junit::save(folder, finished, rows)),
    };
    if let Err(error) = saved {
        notes.push(format!("cannot write {}: {error}", folder.join(junit::FILE).display()));
    }
    finished.notes.append(&mut notes);
}

/// Takes back the folder of an evaluation of which no row was to run.
fn discard(plan: &Plan, folder: &Path) {
    if matches!(plan.earlier, Earlier::Resume(_)) {
        return;
    }
    // The journal is empty but for its header. The folder goes only where nothing else is in it.
    let empty = Journal::open(folder).map_or(true, |journal| journal.is_empty());
    if empty {
        let _ = fs::remove_file(folder.join(JOURNAL_FILE));
        let _ = fs::remove_file(folder.join(crate::paths::SOURCE));
        let _ = fs::remove_dir(folder);
    }
}

/// The command that runs the evaluations of this target, up to its own flags.
pub(crate) fn command(site: &Site) -> String {
    let mut command = String::from("cargo test");
    if let Some(package) = site.package {
        command.push_str(&format!(" -p {}", text::shell(package)));
    }
    let target = text::shell(site.target());
    command.push_str(&format!(" {} {target} --", site.target_flag()));
    command
}

/// The command that runs an evaluation alone.
fn again(site: &Site, eval: &Named) -> String {
    let mut command = command(site);
    if eval.entry.ignore.is_some() {
        command.push_str(" --include-ignored");
    }
    command.push_str(&format!(" --exact {}", text::shell(&eval.name)));
    command
}

/// What to say where results cannot be written.
pub(crate) fn cannot_write(folder: &Path, error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return error.to_string();
    }
    format!(
        "cannot write results to {}: {error}\n  name another folder with --output DIR or KEYSTONE_OUTPUT",
        folder.display()
    )
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}

#[cfg(test)]
mod tests;
