//! The thread that waits for a run: it starts the threads, tells the observer how far they are,
//! and ends rows that miss their deadline.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::journal::RowLine;
use super::super::work::TaskCase;
use super::super::{EvalError, Evaluation, RowError, RowErrorKind, Timing};
use super::slot::{Slot, Ticket, locked, try_locked};
use super::threads::Threads;
use super::worker::{self, broken};
use super::{Audience, Shared, progress};

/// How often the observer is told.
const TICK: Duration = Duration::from_millis(100);

/// How long rows in flight may go on after a stop was asked for.
const GRACE: Duration = Duration::from_secs(5);

/// Runs everything. Says why the run did not reach its end, where it did not.
pub(super) fn run_threads(
    shared: &Arc<Shared>,
    threads: usize,
    evaluation: &Evaluation,
    audience: &mut Audience<'_>,
    total: Option<u64>,
) -> Result<Option<String>, EvalError> {
    let slots: Vec<Arc<Slot>> = (0..threads).map(|_| Arc::default()).collect();
    locked(&shared.slots).clone_from(&slots);
    *locked(&shared.working) = threads;
    let theirs = Arc::clone(shared);
    let running = Threads::start(threads, move |at| worker::work(&theirs, &slots[at]));
    let _running = running.map_err(|why| EvalError::Threads {
        eval: evaluation.name.clone(),
        threads,
        why,
    })?;
    let mut watch =
        Watch { shared, eval: &evaluation.name, total, audience, replacements: Vec::new() };
    let interrupted = watch.until_done();
    let end = progress(shared, &evaluation.name, total);
    audience.tell(|observer| observer.finished(&end));
    Ok(interrupted)
}

/// The error of a row that missed its deadline. A future on a runtime with timers ends at the
/// deadline by itself, and whether its thread or the watchdog is first to notice is chance: the
/// journal has the same words for both.
pub(super) fn missed(timeout: Duration, returned: bool) -> RowError {
    let time = humantime::format_duration(timeout);
    let late = if returned {
        "the task had returned, but a scorer had not"
    } else {
        "the task had not returned"
    };
    let message =
        format!("it took more than {time}; {late}. What is late may go on in the background");
    RowError::new(RowErrorKind::Deadline, message)
}

struct Watch<'a, 'o> {
    shared: &'a Arc<Shared>,
    eval: &'a str,
    total: Option<u64>,
    audience: &'a mut Audience<'o>,
    replacements: Vec<Threads>,
}

impl Watch<'_, '_> {
    fn until_done(&mut self) -> Option<String> {
        let mut told = Instant::now();
        let mut stopping: Option<Instant> = None;
        let mut abandoned = 0;
        loop {
            let working = locked(&self.shared.working);
            if *working == 0 {
                break;
            }
            let wait = self.tick();
            let (working, _) = self
                .shared
                .left
                .wait_timeout(working, wait)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let done = *working == 0;
            drop(working);
            if done {
                break;
            }
            self.end_overdue();
            if told.elapsed() >= TICK {
                told = Instant::now();
                let now = progress(self.shared, self.eval, self.total);
                self.audience.tell(|observer| observer.progress(&now));
            }
            if self.shared.stop.requested() {
                let since = *stopping.get_or_insert_with(Instant::now);
                if self.shared.stop.at_once() || since.elapsed() >= GRACE {
                    abandoned = self.abandon_all();
                    break;
                }
            }
        }
        self.why_interrupted(abandoned)
    }

    /// How long to sleep: a fraction of the deadline, so that it is kept to within that.
    fn tick(&self) -> Duration {
        match self.shared.timeout {
            Some(timeout) => (timeout / 8).clamp(Duration::from_millis(1), TICK),
            None => TICK,
        }
    }

    fn end_overdue(&mut self) {
        let Some(timeout) = self.shared.timeout else {
            return;
        };
        let now = self.shared.now();
        let timeout_ns = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
        let Some(limit) = now.checked_sub(timeout_ns) else {
            return;
        };
        let slots: Vec<Arc<Slot>> = locked(&self.shared.slots).clone();
        for slot in slots {
            if let Some(ticket) = slot.overdue(limit) {
                self.end(&slot, ticket, timeout);
            }
        }
    }

    /// Ends a row in the place of its thread, and replaces the thread, which may never come back.
    fn end(&mut self, slot: &Slot, ticket: Ticket, timeout: Duration) {
        if !slot.claim(ticket) {
            return;
        }
        let rest = slot.take_rest();
        let Some((unit, at, started_ns)) = slot.position() else {
            return;
        };
        let output = slot.output();
        let judgement = broken(missed(timeout, slot.has_returned()));
        let took = u64::try_from(timeout.as_micros()).unwrap_or(u64::MAX);
        let (task_us, score_us) = if slot.has_returned() { (0, took) } else { (took, 0) };
        {
            let mut done = slot.done();
            let mut note = |case: Option<&dyn TaskCase>| {
                let line = RowLine {
                    index: unit.batch.index(at),
                    trial: unit.batch.trial(at).unwrap_or(unit.trial),
                    id: unit.batch.id(at),
                    case,
                    output: output.as_ref(),
                    outcome: judgement.outcome,
                    composite: None,
                    names: &[],
                    scores: &[],
                    error: judgement.error.as_ref(),
                    timing: Timing { at_us: started_ns / 1_000, task_us, score_us },
                };
                self.shared.note(&line, &mut done);
            };
            let mut noted = false;
            let _ = super::super::panics::catch(|| {
                unit.batch.with_case(at, &mut |case| {
                    note(Some(case));
                    noted = true;
                })
            });
            if !noted {
                note(None);
            }
            self.shared.hand_in(&mut done.lines);
        }
        if let Some(rest) = rest {
            locked(&self.shared.returned).push(rest);
        }
        self.replace();
    }

    fn replace(&mut self) {
        let slot = Arc::new(Slot::default());
        let (theirs, shared) = (Arc::clone(&slot), Arc::clone(self.shared));
        locked(&self.shared.slots).push(slot);
        // The new thread takes the lost one's place in the count.
        match Threads::start(1, move |_| worker::work(&shared, &theirs)) {
            Ok(threads) => self.replacements.push(threads),
            Err(_) => self.shared.leave(),
        }
    }

    /// Takes every row in flight away from its thread, and says how many there were. They were
    /// not finished, and are written nowhere.
    fn abandon_all(&self) -> usize {
        let slots = locked(&self.shared.slots);
        slots
            .iter()
            .filter(|slot| slot.overdue(u64::MAX).is_some_and(|ticket| slot.claim(ticket)))
            .count()
    }

    fn why_interrupted(&self, abandoned: usize) -> Option<String> {
        if let Some(why) = self.shared.journal.as_ref().and_then(super::Writer::failure) {
            return Some(format!("results could not be written: {why}"));
        }
        // Whoever has the supply now waits for the data, so that the end was not reached.
        let rest = !locked(&self.shared.returned).is_empty()
            || match try_locked(&self.shared.supply) {
                None => true,
                Some(mut supply) => {
                    let next = supply.next(1);
                    if let Some(why) = supply.broken() {
                        return Some(format!("the data set broke off: {why}"));
                    }
                    next.map(|unit| supply.give_back(unit)).is_some()
                }
            };
        if !rest && abandoned == 0 {
            return None;
        }
        Some(if self.shared.stop.requested() {
            match abandoned {
                0 => "it was stopped before its end".to_owned(),
                1 => "it was stopped before its end, with 1 row in flight".to_owned(),
                rows => format!("it was stopped before its end, with {rows} rows in flight"),
            }
        } else {
            "threads were lost to tasks that never return, and no new ones could be started"
                .to_owned()
        })
    }
}
