//! The loop that each thread of a run goes through.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::journal::RowLine;
use super::super::nesting::{DEEPEST, too_deep};
use super::super::panics;
use super::super::secrets::masked;
use super::super::task::TaskResult;
use super::super::work::{Batch, TaskCase};
use super::super::{Outcome, RowError, RowErrorKind, RowRecord, Timing};
use super::Shared;
use super::panel::Judgement;
use super::slot::{Done, Slot, Ticket, locked};
use super::supply::Unit;
use super::tally::Mark;
use super::watch;
use crate::Output;
use crate::scorers::{Score, Subject};

/// How long a thread may keep to itself before it asks for more work. Rows that take longer are
/// handed out one by one, so that none waits behind a slow one.
const SHIFT: Duration = Duration::from_micros(50);

/// The most rows that a thread takes on at once.
const MOST_AT_ONCE: usize = 256;

/// A task that is quicker than a system call has paid for nothing: its line may wait for those of
/// its neighbours, and its output need not be kept in reach of the watchdog. In nanoseconds.
const NOTHING_LOST: u64 = 500;

/// Runs rows until none is left, the run is stopped, or the watchdog has given the thread up.
pub(super) fn work(shared: &Arc<Shared>, slot: &Arc<Slot>) {
    let mut worker =
        Worker { shared, slot, number: 0, ended: None, claimed: false, scores: Vec::new() };
    let mut at_once = 1;
    while !shared.halted() {
        let Some(unit) = next(shared, at_once) else {
            break;
        };
        slot.take_on(&unit);
        let before = shared.now();
        worker.ended = Some(before);
        if !worker.unit(&unit) {
            // The watchdog has counted this thread out, and replaced it.
            return;
        }
        let took = Duration::from_nanos(shared.now().saturating_sub(before));
        at_once = suited(at_once, took, unit.rows.len());
    }
    shared.leave();
}

/// The next rows to run; where all are handed out, those that wait behind a slow row of another
/// thread, one by one.
fn next(shared: &Shared, at_once: usize) -> Option<Unit> {
    if let Some(unit) = locked(&shared.returned).pop() {
        return Some(unit);
    }
    let mut supply = locked(&shared.supply);
    if let Some(unit) = supply.next(at_once) {
        return Some(unit);
    }
    for slot in locked(&shared.slots).iter() {
        if let Some(rest) = slot.take_rest() {
            for row in rest.rows.clone() {
                supply.give_back(Unit { rows: row..row + 1, ..rest.clone() });
            }
        }
    }
    supply.next(1)
}

/// How many rows to take on next, from how long the last ones took.
fn suited(at_once: usize, took: Duration, rows: usize) -> usize {
    let each = (took / u32::try_from(rows.max(1)).unwrap_or(u32::MAX)).max(Duration::from_nanos(1));
    let fitting = usize::try_from(SHIFT.as_nanos() / each.as_nanos()).unwrap_or(MOST_AT_ONCE);
    fitting.clamp(1, (at_once * 2).min(MOST_AT_ONCE))
}

struct Worker<'a> {
    shared: &'a Arc<Shared>,
    slot: &'a Slot,
    /// How many rows this thread has started, which numbers them.
    number: u64,
    /// When the last row ended, in nanoseconds, where nothing was written since.
    ended: Option<u64>,
    /// Whether the row at hand was claimed, so that the watchdog leaves it alone.
    claimed: bool,
    scores: Vec<Score>,
}

impl Worker<'_> {
    /// Runs the rows of a unit; `false` once the watchdog has taken one away.
    fn unit(&mut self, unit: &Unit) -> bool {
        loop {
            if self.shared.halted() {
                if let Some(rest) = self.slot.take_rest() {
                    locked(&self.shared.returned).push(rest);
                }
                break;
            }
            let Some(row) = self.slot.next_of(unit) else { break };
            if !self.row(&*unit.batch, row, unit.trial) {
                return false;
            }
        }
        self.hand_in();
        true
    }

    fn row(&mut self, batch: &dyn Batch, at: usize, trial: u32) -> bool {
        let shared = self.shared;
        // Without a journal the next row starts where this one ended, which saves a third of the
        // looks at the clock; with one the writing lies between them.
        let at_ns = self.ended.take().unwrap_or_else(|| shared.now());
        self.number += 1;
        let trial = batch.trial(at).unwrap_or(trial);
        let ticket = self.slot.start(self.number, at, at_ns);
        let row = Row { batch, at, trial, at_ns, ticket };
        let mut kept = None;
        self.claimed = false;
        // What goes wrong outside the task and the scorers is a panic of the user's types: of
        // `Deserialize`, `Serialize` or `Drop`.
        let outside = panics::catch(|| {
            batch.with_case(at, &mut |case| {
                let result = run_task(case, trial, shared.deadline(at_ns));
                let result = match (result, shared.timeout) {
                    (Err(error), Some(timeout)) if error.kind == RowErrorKind::Deadline => {
                        Err(watch::missed(timeout, false))
                    }
                    (result, _) => result,
                };
                kept = Some(self.graded(case, &row, result));
            })
        });
        match (outside, kept) {
            (_, Some(kept)) => kept,
            (Ok(Ok(())), None) => true,
            (Ok(Err(problem)), None) => {
                self.broken(&row, RowError::new(RowErrorKind::Data, problem.to_string()))
            }
            (Err(caught), None) => {
                let error =
                    RowError::new(RowErrorKind::Data, format!("a panic: {}", caught.message));
                let error = match caught.place {
                    Some(place) => error.at(place),
                    None => error,
                };
                // The output was paid for, if it came to one.
                let output = self.slot.take_output();
                let judgement = broken(error);
                let times = (0, 0);
                if self.claimed {
                    // The row was this thread's already when its line could not be written.
                    let mut done = self.slot.done();
                    self.write_down(&row, None, output.as_ref(), &judgement, &[], times, &mut done);
                    return true;
                }
                self.keep(&row, None, output.as_ref(), &judgement, &[], times)
            }
        }
    }

    /// Scores what a task came to, and writes the row down.
    fn graded(&mut self, case: &dyn TaskCase, row: &Row<'_>, result: TaskResult) -> bool {
        self.slot.task_returned();
        let task_ns = self.shared.now().saturating_sub(row.at_ns);
        let mut scores = std::mem::take(&mut self.scores);
        let kept = match result {
            Ok(output) => {
                let slot = self.slot;
                let mut grade = |output: &Output| {
                    let judgement =
                        self.shared.panel.judge(&Subject::over(case, output), &mut scores);
                    let ended = self.shared.now();
                    if self.shared.journal.is_none() {
                        self.ended = Some(ended);
                    }
                    let score_ns = ended.saturating_sub(row.at_ns).saturating_sub(task_ns);
                    let times = (task_ns, score_ns);
                    self.keep(row, Some(case), Some(output), &judgement, &scores, times)
                };
                if task_ns > NOTHING_LOST {
                    slot.with_output(output, grade).unwrap_or(true)
                } else {
                    grade(&output)
                }
            }
            Err(error) => {
                scores.clear();
                let judgement = broken(error);
                self.keep(row, Some(case), None, &judgement, &scores, (task_ns, 0))
            }
        };
        self.scores = scores;
        kept
    }

    /// Writes down a row that could not even be read.
    fn broken(&mut self, row: &Row<'_>, error: RowError) -> bool {
        self.keep(row, None, None, &broken(error), &[], (0, 0))
    }

    /// Writes the row down, unless the watchdog has done so.
    fn keep(
        &mut self,
        row: &Row<'_>,
        case: Option<&dyn TaskCase>,
        output: Option<&Output>,
        judgement: &Judgement,
        scores: &[Score],
        (task_ns, score_ns): (u64, u64),
    ) -> bool {
        // Claimed under the lock, so that a run that was given up takes the row whole or not at
        // all.
        let mut done = self.slot.done();
        if done.closed || !self.slot.claim(row.ticket) {
            return false;
        }
        self.claimed = true;
        let times = (task_ns, score_ns);
        self.write_down(row, case, output, judgement, scores, times, &mut done);
        if case.is_some() {
            done.tally.task.push(task_ns);
        }
        let hand_in = !done.lines.is_empty() && task_ns + score_ns > NOTHING_LOST;
        drop(done);
        if hand_in {
            self.hand_in();
        }
        true
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one line")]
    fn write_down(
        &self,
        row: &Row<'_>,
        case: Option<&dyn TaskCase>,
        output: Option<&Output>,
        judgement: &Judgement,
        scores: &[Score],
        (task_ns, score_ns): (u64, u64),
        done: &mut Done,
    ) {
        if !self.shared.writes(judgement.outcome) {
            let marks = scores.iter().map(Mark::from);
            return done.tally.add(judgement.outcome, judgement.composite, marks);
        }
        let line = RowLine {
            index: row.batch.index(row.at),
            trial: row.trial,
            id: row.batch.id(row.at),
            case,
            output,
            outcome: judgement.outcome,
            composite: judgement.composite,
            names: &self.shared.panel.names,
            scores,
            error: judgement.error.as_ref(),
            timing: Timing {
                at_us: row.at_ns / 1_000,
                task_us: task_ns / 1_000,
                score_us: score_ns / 1_000,
            },
        };
        self.shared.note(&line, done);
    }

    fn hand_in(&self) {
        self.shared.hand_in(&mut self.slot.done().lines);
    }
}

/// A row that is being run.
struct Row<'a> {
    batch: &'a dyn Batch,
    at: usize,
    trial: u32,
    at_ns: u64,
    ticket: Ticket,
}

fn run_task(case: &dyn TaskCase, trial: u32, deadline: Option<Instant>) -> TaskResult {
    match panics::catch(|| case.run(trial, deadline)) {
        Ok(Ok(output)) if output_is_too_deep(&output) => Err(RowError::new(
            RowErrorKind::Output,
            format!("it is nested more than {DEEPEST} levels deep"),
        )),
        Ok(Ok(output)) => Ok(output),
        Ok(Err(mut error)) => {
            if let Cow::Owned(masked) = masked(&error.message) {
                error.message = masked;
            }
            Err(error)
        }
        Err(caught) => {
            let message = masked(&caught.message).into_owned();
            let error = RowError::new(RowErrorKind::TaskPanic, message);
            Err(match caught.place {
                Some(place) => error.at(place),
                None => error,
            })
        }
    }
}

fn output_is_too_deep(output: &Output) -> bool {
    too_deep(output.value())
        || output.metadata_map().values().any(too_deep)
        || output
            .tool_calls()
            .iter()
            .any(|call| too_deep(&call.arguments) || too_deep(&call.result))
}

pub(super) fn broken(error: RowError) -> Judgement {
    Judgement { outcome: Outcome::Error, composite: None, error: Some(error) }
}

impl Shared {
    /// Whether a row that ended so may have to be written down at all.
    fn writes(&self, outcome: Outcome) -> bool {
        self.journal.is_some() || self.keep || outcome != Outcome::Pass
    }

    /// Adds a row to tally and journal, and keeps it where it is wanted later.
    pub(super) fn note(&self, line: &RowLine<'_>, done: &mut Done) {
        let wanted = self.keep || self.failures.wants(line.outcome, line.index);
        if self.journal.is_some() || wanted {
            self.note_line(line, done, wanted);
        }
        // Counted only now, because a type of the user's may panic while it is written.
        done.tally.add(line.outcome, line.composite, line.scores.iter().map(Mark::from));
    }

    fn note_line(&self, line: &RowLine<'_>, done: &mut Done, wanted: bool) {
        // What a panic left of the line before goes.
        if done.lines.last().is_some_and(|byte| *byte != b'\n') {
            let whole = done.lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            done.lines.truncate(whole);
        }
        let from = done.lines.len();
        line.write(&mut done.lines);
        if wanted {
            // Records are read back from the line, so that there is one account of a row, not
            // two that may differ.
            if let Ok(record) = serde_json::from_slice::<RowRecord>(&done.lines[from..]) {
                self.failures.keep(&record);
                if self.keep {
                    done.rows.push(record);
                }
            }
        }
        if self.journal.is_none() {
            done.lines.truncate(from);
        }
    }
}
