//! Handing out work to the threads of a run.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use super::super::work::{Batch, Source};
use super::admission::Admitter;
use super::restore::Restored;
use super::slot::locked;
use super::tally::Tally;

/// Some rows of a batch, each to run once.
#[derive(Clone)]
pub(super) struct Unit {
    pub(super) batch: Arc<dyn Batch>,
    pub(super) rows: Range<usize>,
    pub(super) trial: u32,
}

/// What is left to do. Threads take turns here, so that as little as possible happens inside.
pub(super) struct Supply {
    source: Box<dyn Source>,
    pub(super) admitter: Admitter,
    trials: u32,
    waiting: VecDeque<Unit>,
    pub(super) restored: Option<Restored>,
    /// Rows that were taken over from an earlier run.
    taken_over: Arc<Mutex<Tally>>,
}

impl Supply {
    pub(super) fn new(
        source: Box<dyn Source>,
        admitter: Admitter,
        trials: u32,
        restored: Option<Restored>,
        taken_over: Arc<Mutex<Tally>>,
    ) -> Self {
        Self { source, admitter, trials, waiting: VecDeque::new(), restored, taken_over }
    }

    /// The next rows to run, at most `max` of them; `None` when everything is handed out.
    pub(super) fn next(&mut self, max: usize) -> Option<Unit> {
        loop {
            if let Some(unit) = self.waiting.pop_front() {
                return Some(unit);
            }
            let batch = self.source.next(max, &mut self.admitter)?;
            match &mut self.restored {
                None => self.waiting.extend((0..self.trials).map(|trial| Unit {
                    batch: Arc::clone(&batch),
                    rows: 0..batch.len(),
                    trial,
                })),
                Some(restored) => {
                    let mut taken_over = locked(&self.taken_over);
                    for at in 0..batch.len() {
                        for trial in 0..self.trials {
                            let (id, index) = (batch.id(at), batch.index(at));
                            if !restored.take(id, trial, index, &mut taken_over) {
                                let batch = Arc::clone(&batch);
                                self.waiting.push_back(Unit { batch, rows: at..at + 1, trial });
                            }
                        }
                    }
                }
            }
        }
    }

    /// Takes back rows whose thread was lost.
    pub(super) fn give_back(&mut self, unit: Unit) {
        if !unit.rows.is_empty() {
            self.waiting.push_front(unit);
        }
    }

    /// Why there are no further cases, where the data set did not reach its end.
    pub(super) fn broken(&self) -> Option<&str> {
        self.source.broken()
    }

    /// How many cases are known to repeat the content of an earlier one.
    pub(super) fn repeated_content(&self) -> u64 {
        self.source.repeated_content().max(self.admitter.repeated_content())
    }
}
