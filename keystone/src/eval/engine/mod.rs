//! Running an evaluation.
//!
//! ```text
//! source → supply → slots of threads → tally, journal, failures → summary → gates
//! ```
//!
//! Threads of a rayon pool that the run owns take rows from the supply, run the task, ask the
//! scorers and write the row down. The thread that called [`run`] waits, tells the observer, and
//! is the watchdog. Nothing here prints.

mod admission;
mod failures;
mod panel;
mod rescore;
mod restore;
mod slot;
mod supply;
mod tally;
mod threads;
mod validate;
mod watch;
mod worker;

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant, SystemTime};

use super::data::{DataError, Dataset};
use super::journal::{
    EndRun, Event, Header, HeaderRun, JOURNAL_FILE, SCHEMA, SUMMARY_FILE, ScorerHeader, Writer,
};
use super::work::Source;
use super::{
    Counts, EvalError, EvalReport, Evaluation, Observer, Progress, RowRecord, RunFacts, RunOptions,
    Started, Stop, Summary, Verdict, panics,
};
use admission::Admitter;
use failures::Failures;
use panel::Panel;
pub(super) use rescore::rescore;
use restore::Restored;
use slot::{Slot, locked, try_locked};
use supply::{Supply, Unit};
use tally::Tally;

/// How much of a file is checked before the first task runs.
const CHECKED: u64 = 64 * 1024 * 1024;

/// Who is told how the run goes, until it panics.
struct Audience<'a> {
    observer: Option<&'a dyn Observer>,
    left: Option<String>,
}

impl Audience<'_> {
    fn tell(&mut self, what: impl FnOnce(&dyn Observer)) {
        if let Some(observer) = self.observer
            && let Err(caught) = panics::catch(|| what(observer))
        {
            self.observer = None;
            self.left = Some(format!("the observer of the run broke: {caught}"));
        }
    }
}

/// What the threads of a run share.
struct Shared {
    panel: Panel,
    /// Held by a thread for as long as the data set takes to come up with the next rows, so that
    /// the watchdog never waits for it.
    supply: Mutex<Supply>,
    /// Rows whose thread was lost.
    returned: Mutex<Vec<Unit>>,
    /// What rows come to that were taken over from an earlier run.
    taken_over: Arc<Mutex<Tally>>,
    journal: Option<Writer>,
    failures: Failures,
    keep: bool,
    timeout: Option<Duration>,
    begun: Instant,
    stop: Stop,
    /// Set when no further row may start, for a reason other than a stop.
    halt: AtomicBool,
    /// How many threads are at work.
    working: Mutex<usize>,
    left: Condvar,
    slots: Mutex<Vec<Arc<Slot>>>,
}

impl Shared {
    fn halted(&self) -> bool {
        self.halt.load(Ordering::Relaxed) || self.stop.requested()
    }

    /// Nanoseconds since the run began, the form in which all times of rows are kept.
    fn now(&self) -> u64 {
        let since = Instant::now().saturating_duration_since(self.begun);
        // 2^64 nanoseconds are 584 years.
        since.as_secs().wrapping_mul(1_000_000_000).wrapping_add(u64::from(since.subsec_nanos()))
    }

    /// When a row that started then must be done.
    fn deadline(&self, at_ns: u64) -> Option<Instant> {
        self.begun.checked_add(Duration::from_nanos(at_ns))?.checked_add(self.timeout?)
    }

    /// Counts a thread out.
    fn leave(&self) {
        *locked(&self.working) -= 1;
        self.left.notify_all();
    }

    /// Gives lines to the journal. A journal that cannot be written ends the run: rows that cost
    /// money would be lost.
    fn hand_in(&self, lines: &mut Vec<u8>) {
        if lines.is_empty() {
            return;
        }
        if let Some(journal) = &self.journal
            && !journal.lines(lines)
        {
            self.halt.store(true, Ordering::Relaxed);
        }
    }
}

/// Runs an evaluation.
pub(super) fn run(evaluation: &Evaluation, options: &RunOptions) -> Result<EvalReport, EvalError> {
    run_again(evaluation, options, Earlier::default())
}

/// What a run takes over from the earlier one whose outputs it scores.
#[derive(Default)]
struct Earlier {
    trials: Option<u32>,
    partial: Vec<String>,
    /// Why the earlier run says nothing about the whole, where it did not reach its end.
    unfinished: Option<String>,
}

fn run_again(
    evaluation: &Evaluation,
    options: &RunOptions,
    earlier: Earlier,
) -> Result<EvalReport, EvalError> {
    panics::install();
    let run = Run::prepare(evaluation, options, earlier)?;
    run.carry_out()
}

/// A run that has been checked and not been started.
struct Run<'a> {
    evaluation: &'a Evaluation,
    options: &'a RunOptions,
    run: HeaderRun,
    partial: Vec<String>,
    trials: u32,
    threads: usize,
    total: Option<u64>,
    supply: Supply,
    taken_over: Arc<Mutex<Tally>>,
    journal: Option<Writer>,
    earlier: Earlier,
}

impl<'a> Run<'a> {
    fn prepare(
        evaluation: &'a Evaluation,
        options: &'a RunOptions,
        earlier: Earlier,
    ) -> Result<Self, EvalError> {
        validate::check(evaluation, options)?;
        let trials = options.trials.unwrap_or(evaluation.trials);
        // Once, however often the rows are read: what is checked is what runs.
        let copy = evaluation.work.fetch().map_err(|source| data_error(evaluation, source))?;
        let copy = copy.as_ref();
        let (checked, left_out) = check_data(evaluation, options, copy)?;
        let mut admitter = Admitter::new(&options.selection, &evaluation.tags);
        if options.selection.sample.is_some() {
            let mut source = open(evaluation, copy)?;
            admitter.sample(&mut *source, &evaluation.tags);
        }
        let source = open(evaluation, copy)?;
        let cases = checked.or_else(|| {
            let first = options.selection.first.unwrap_or(u64::MAX);
            options
                .selection
                .is_whole_but_first()
                .then(|| source.len().map(|len| len.min(first)))?
        });
        let total = cases.map(|cases| cases.saturating_mul(u64::from(trials)));
        let tagged = options.selection.tags.iter().any(|tag| evaluation.tags.contains(tag));
        let first = options.selection.first.unwrap_or(u64::MAX);
        let whole = left_out == Some(false)
            || options.selection.is_whole_but_first()
                && source.len().is_some_and(|len| len <= first);
        let partial = if whole { Vec::new() } else { options.selection.describe(tagged) };
        let started = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
        let id = if options.run_id.is_empty() { &started } else { &options.run_id };
        let run = HeaderRun {
            id: id.clone(),
            started: started.clone(),
            keystone: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let shown = [&earlier.partial[..], &partial[..]].concat();
        let header = header(evaluation, earlier.trials.unwrap_or(trials), &shown, run.clone());
        let (journal, restored) = open_journal(options, &header)?;
        let wanted = options.max_concurrency.unwrap_or(evaluation.max_concurrency).max(1);
        let threads = total.map_or(wanted, |total| {
            wanted.min(usize::try_from(total).unwrap_or(usize::MAX)).max(1)
        });
        let taken_over = Arc::default();
        let supply = Supply::new(source, admitter, trials, restored, Arc::clone(&taken_over));
        Ok(Self {
            evaluation,
            options,
            run,
            partial,
            trials,
            threads,
            total,
            supply,
            taken_over,
            journal,
            earlier,
        })
    }

    fn carry_out(self) -> Result<EvalReport, EvalError> {
        let Self {
            evaluation,
            options,
            run,
            partial,
            trials,
            threads,
            total,
            supply,
            taken_over,
            journal,
            earlier,
        } = self;
        let shared = Arc::new(Shared {
            panel: Panel::new(evaluation),
            supply: Mutex::new(supply),
            returned: Mutex::default(),
            taken_over,
            journal,
            failures: Failures::new(options.failures),
            keep: options.keep,
            timeout: options.timeout.unwrap_or(evaluation.timeout),
            begun: Instant::now(),
            stop: options.stop.clone(),
            halt: AtomicBool::new(false),
            working: Mutex::new(0),
            left: Condvar::new(),
            slots: Mutex::default(),
        });
        let mut audience = Audience { observer: options.observer.as_deref(), left: None };
        let started = Started { eval: evaluation.name.clone(), total, max_concurrency: threads };
        audience.tell(|observer| observer.started(&started));
        let mut interrupted =
            watch::run_threads(&shared, threads, evaluation, &mut audience, total)?;
        // A thread that still waits for the data keeps what only the supply knows; then the run was
        // given up, and is reported with what was finished.
        let mut supply = try_locked(&shared.supply);
        let (tally, rows) = gather(&shared, supply.as_deref_mut());
        let mut missing = Vec::new();
        let mut warnings: Vec<String> = audience.left.into_iter().collect();
        let mut part = partial;
        if let Some(supply) = &mut supply {
            let (seen, admitted) = supply.admitter.counts();
            if interrupted.is_none() && tally.counts.total() == 0 {
                return Err(nothing_to_run(evaluation, options, &supply.admitter, seen));
            }
            let whole = !supply.admitter.left_out() && options.selection.first != Some(admitted);
            if whole {
                part.clear();
            }
            warnings.extend(repeats(supply));
            if let Some(restored) = &mut supply.restored {
                warnings.extend(restored.finish(interrupted.is_none(), shared.journal.as_ref()));
            }
            // Where enough was found, the rest of the data set was not looked at.
            if options.selection.first != Some(admitted) {
                missing.clone_from(&options.selection.ids);
                missing.retain(|id| !supply.admitter.matched().contains(id));
            }
        }
        drop(supply);
        let partial = [earlier.partial, part].concat();
        interrupted = interrupted.or(earlier.unfinished);
        let mut rescued = None;
        if let Some(journal) = &shared.journal {
            let end = Event::End {
                rows: tally.counts.total(),
                interrupted: interrupted.clone(),
                run: EndRun { duration_ms: millis(shared.begun.elapsed()) },
            };
            if journal.failure().is_none() {
                journal.event(&end);
            }
            if let Some(trouble) = finish_journal(journal) {
                interrupted.get_or_insert(trouble.why);
                rescued = trouble.rescued;
            }
        }
        let mut summary = summarise(Facts {
            evaluation,
            panel: &shared.panel,
            tally,
            trials: earlier.trials.unwrap_or(trials),
            partial,
            interrupted,
            warnings,
            run: &run,
            elapsed: shared.begun.elapsed(),
        });
        let folder = options.journal.clone();
        if let Some(folder) = &folder
            && let Err(error) = write_summary(folder, &summary)
        {
            // What was found out is at hand all the same, and may have cost money.
            summary.interrupted.get_or_insert(error);
            summary.verdict = Verdict::of(&summary);
        }
        let failures = shared.failures.rows();
        Ok(EvalReport { summary, rows, failures, folder, rescued, missing })
    }
}

fn open(evaluation: &Evaluation, copy: Option<&Dataset>) -> Result<Box<dyn Source>, EvalError> {
    evaluation.work.open(&evaluation.root, copy).map_err(|source| data_error(evaluation, source))
}

fn data_error(evaluation: &Evaluation, source: DataError) -> EvalError {
    EvalError::Data { eval: evaluation.name.clone(), source }
}

/// Reads the data set before anything runs. Returns how many cases will run, where the end was
/// reached, and whether any were left out.
fn check_data(
    evaluation: &Evaluation,
    options: &RunOptions,
    copy: Option<&Dataset>,
) -> Result<(Option<u64>, Option<bool>), EvalError> {
    if !evaluation.work.is_file() {
        return Ok((None, None));
    }
    let mut source = open(evaluation, copy)?;
    let mut admitter = Admitter::new(&options.selection, &evaluation.tags);
    let mut problems = DataError::default();
    let limit = if options.check_all { u64::MAX } else { CHECKED };
    let ended = source.check(limit, &mut admitter, &mut problems);
    if !problems.is_empty() {
        return Err(data_error(evaluation, problems));
    }
    if !ended {
        return Ok((None, None));
    }
    let (seen, admitted) = admitter.counts();
    if admitted == 0 {
        return Err(nothing_to_run(evaluation, options, &admitter, seen));
    }
    let sampled = options.selection.sample.map_or(u64::MAX, |(size, _)| size);
    let first = options.selection.first.unwrap_or(u64::MAX);
    Ok((Some(admitted.min(sampled).min(first)), Some(admitter.left_out() || sampled < admitted)))
}

fn nothing_to_run(
    evaluation: &Evaluation,
    options: &RunOptions,
    admitter: &Admitter,
    seen: u64,
) -> EvalError {
    let eval = evaluation.name.clone();
    if seen == 0 && options.selection.first != Some(0) {
        return EvalError::NoRows { eval, place: evaluation.work.place(&evaluation.root) };
    }
    let tagged = options.selection.tags.iter().any(|tag| evaluation.tags.contains(tag));
    EvalError::NothingSelected {
        eval,
        selection: options.selection.describe(tagged).join(" "),
        close: admitter.close(),
    }
}

fn header(evaluation: &Evaluation, trials: u32, partial: &[String], run: HeaderRun) -> Header {
    Header {
        schema: SCHEMA,
        eval: evaluation.name.clone(),
        tags: evaluation.tags.clone(),
        data: evaluation.work.data(),
        trials,
        pass_threshold: evaluation.pass_threshold,
        gates: evaluation.gates.clone(),
        scorers: evaluation
            .scorers
            .iter()
            .map(|scorer| ScorerHeader {
                name: scorer.name().to_owned(),
                policy: scorer.policy(),
                rule: scorer.rule(),
            })
            .collect(),
        partial: partial.to_vec(),
        run,
    }
}

fn open_journal(
    options: &RunOptions,
    header: &Header,
) -> Result<(Option<Writer>, Option<Restored>), EvalError> {
    let Some(folder) = &options.journal else {
        return Ok((None, None));
    };
    let failed = |source| EvalError::Journal { path: folder.clone(), source };
    if options.resume
        && folder.join(JOURNAL_FILE).is_file()
        && let Some(restored) = Restored::open(folder, header)?
    {
        let writer = Writer::append(folder).map_err(failed)?;
        writer.event(&Event::Resumed { run: header.run.clone() });
        return Ok((Some(writer), Some(restored)));
    }
    let writer = Writer::create(folder).map_err(failed)?;
    writer.event(&Event::Header(Box::new(header.clone())));
    if let Some(why) = writer.failure() {
        return Err(failed(std::io::Error::other(why)));
    }
    Ok((Some(writer), None))
}

/// Brings together what the threads have finished, those that were lost included.
fn gather(shared: &Shared, supply: Option<&mut Supply>) -> (Tally, Vec<RowRecord>) {
    let mut rows = Vec::new();
    let mut tally = std::mem::take(&mut *locked(&shared.taken_over));
    for slot in locked(&shared.slots).iter() {
        let mut done = slot.done();
        done.closed = true;
        tally.merge(std::mem::take(&mut done.tally));
        rows.append(&mut done.rows);
        shared.hand_in(&mut done.lines);
    }
    if let Some(restored) = supply.and_then(|supply| supply.restored.as_mut()) {
        restored.deliver(shared, &mut rows);
    }
    rows.sort_by_key(|row| (row.index, row.trial));
    (tally, rows)
}

fn repeats(supply: &Supply) -> Option<String> {
    let repeated = supply.repeated_content();
    let rows = if repeated == 1 { "row repeats" } else { "rows repeat" };
    (repeated > 0).then(|| {
        format!(
            "{repeated} {rows} the content of an earlier one; their ids end in -2, -3 and so on, in the order of the data set. Give rows an `id` to tell them apart for good"
        )
    })
}

/// A journal that could not be written to its end.
struct Trouble {
    why: String,
    rescued: Option<String>,
}

/// Writes what is left of the journal. What cannot be written there goes to a file in the folder
/// for temporary files, because it may have cost money.
fn finish_journal(journal: &Writer) -> Option<Trouble> {
    let failure = journal.failure();
    let path = journal.path().display();
    let (error, unwritten) = match journal.finish() {
        Ok(()) => {
            let why = failure?;
            return Some(Trouble {
                why: format!("the journal {path} could not be written for a while: {why}"),
                rescued: None,
            });
        }
        Err(left) => left,
    };
    let why = format!("the journal {path} could not be written: {error}");
    let rescued = rescue(&unwritten).ok().map(|rescue| {
        format!(
            "the rest of the journal is in {}; append it to {path}, then go on with --resume",
            rescue.display()
        )
    });
    Some(Trouble { why, rescued })
}

/// Writes the rest of a journal to a file of its own.
fn rescue(unwritten: &[u8]) -> std::io::Result<PathBuf> {
    let mut number = 0_u32;
    loop {
        let name = format!("keystone-rescued-{}-{number}.jsonl", std::process::id());
        let path = std::env::temp_dir().join(name);
        match File::create_new(&path) {
            Ok(mut file) => return file.write_all(unwritten).map(|()| path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}

struct Facts<'a> {
    evaluation: &'a Evaluation,
    panel: &'a Panel,
    tally: Tally,
    trials: u32,
    partial: Vec<String>,
    interrupted: Option<String>,
    warnings: Vec<String>,
    run: &'a HeaderRun,
    elapsed: Duration,
}

fn summarise(facts: Facts<'_>) -> Summary {
    let Facts {
        evaluation,
        panel,
        mut tally,
        trials,
        partial,
        interrupted,
        warnings,
        run,
        elapsed,
    } = facts;
    let scorers = tally.scorers(panel);
    let counts: Counts = tally.counts;
    let total = counts.total();
    let mut summary = Summary {
        schema: SCHEMA,
        eval: evaluation.name.clone(),
        trials,
        counts,
        pass_rate: (total > 0).then(|| counts.pass as f64 / total as f64),
        composite: tally.composite.stats(),
        scorers,
        gates: Vec::new(),
        verdict: Verdict::Error,
        partial,
        interrupted,
        warnings,
        run: RunFacts {
            id: run.id.clone(),
            started: run.started.clone(),
            duration_ms: millis(elapsed),
            task_ms: tally.task.stats_ms(),
            resumed: tally.resumed,
        },
    };
    summary.gates = evaluation.gates.check(&summary);
    summary.verdict = Verdict::of(&summary);
    summary
}

fn write_summary(folder: &Path, summary: &Summary) -> Result<(), String> {
    let path = folder.join(SUMMARY_FILE);
    let failed = |error: std::io::Error| {
        format!("the summary {} could not be written: {error}", path.display())
    };
    let mut text = serde_json::to_vec_pretty(summary).map_err(|error| failed(error.into()))?;
    text.push(b'\n');
    // Readers find the old summary or the new one, never a half of it.
    let unfinished = folder.join(format!("{SUMMARY_FILE}.{}", std::process::id()));
    let written =
        std::fs::write(&unfinished, text).and_then(|()| std::fs::rename(&unfinished, &path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&unfinished);
        failed(error)
    })
}

fn millis(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1e3
}

/// How far the run is.
fn progress(shared: &Shared, eval: &str, total: Option<u64>) -> Progress {
    let mut counts = locked(&shared.taken_over).counts;
    for slot in locked(&shared.slots).iter() {
        let theirs = slot.done().tally.counts;
        for outcome in super::Outcome::ALL {
            counts.add(outcome, theirs.of(outcome));
        }
    }
    Progress {
        eval: eval.to_owned(),
        done: counts.total(),
        passed: counts.pass,
        errors: counts.error,
        total,
        elapsed: shared.begun.elapsed(),
        stopping: shared.halted(),
    }
}
