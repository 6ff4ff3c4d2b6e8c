//! The rows that a report will show.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::{Outcome, RowRecord};
use super::slot::locked;

/// The first rows, by index and trial, that did not pass; never more than asked for.
pub(super) struct Failures {
    limit: usize,
    /// No row from this index on is wanted any more.
    cut: AtomicU64,
    rows: Mutex<BTreeMap<(u64, u32), RowRecord>>,
}

impl Failures {
    pub(super) fn new(limit: usize) -> Self {
        let cut = if limit == 0 { 0 } else { u64::MAX };
        Self { limit, cut: AtomicU64::new(cut), rows: Mutex::default() }
    }

    /// Whether such a row may be among the first.
    pub(super) fn wants(&self, outcome: Outcome, index: u64) -> bool {
        outcome != Outcome::Pass && index < self.cut.load(Ordering::Relaxed)
    }

    pub(super) fn keep(&self, record: &RowRecord) {
        if !self.wants(record.outcome, record.index) {
            return;
        }
        let mut rows = locked(&self.rows);
        rows.insert((record.index, record.trial), record.clone());
        if rows.len() > self.limit {
            rows.pop_last();
        }
        if rows.len() == self.limit
            && let Some(((last, _), _)) = rows.last_key_value()
        {
            // Further trials of the last case may still come before it.
            self.cut.store(last + 1, Ordering::Relaxed);
        }
    }

    pub(super) fn rows(&self) -> Vec<RowRecord> {
        locked(&self.rows).values().cloned().collect()
    }
}
