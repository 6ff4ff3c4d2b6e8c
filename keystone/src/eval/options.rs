//! How an evaluation is run, as opposed to what it is.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use super::Observer;

/// How an evaluation is run, as opposed to what it is.
#[derive(Clone)]
#[must_use]
pub struct RunOptions {
    pub(super) run_id: String,
    pub(super) journal: Option<PathBuf>,
    pub(super) resume: bool,
    pub(super) keep: bool,
    pub(super) failures: usize,
    pub(super) max_concurrency: Option<usize>,
    pub(super) trials: Option<u32>,
    pub(super) timeout: Option<Option<Duration>>,
    pub(super) selection: Selection,
    pub(super) check_all: bool,
    pub(super) stop: Stop,
    pub(super) observer: Option<Arc<dyn Observer>>,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl RunOptions {
    /// Runs the whole data set, writes nothing and keeps only the summary and the first ten rows
    /// that did not pass.
    pub fn new() -> Self {
        Self {
            run_id: String::new(),
            journal: None,
            resume: false,
            keep: false,
            failures: 10,
            max_concurrency: None,
            trials: None,
            timeout: None,
            selection: Selection::default(),
            check_all: false,
            stop: Stop::default(),
            observer: None,
        }
    }

    /// Names the run in journal and summary.
    pub fn run_id(mut self, id: impl Into<String>) -> Self {
        self.run_id = id.into();
        self
    }

    /// Writes journal and summary into this folder, which is made where it is missing.
    pub fn journal(mut self, folder: impl Into<PathBuf>) -> Self {
        self.journal = Some(folder.into());
        self
    }

    /// Goes on with the run whose journal lies in the folder: rows that ended in anything but an
    /// error are taken over, the rest is run, and the journal is continued.
    pub fn resume(mut self) -> Self {
        self.resume = true;
        self
    }

    /// Keeps every row in memory and returns them all.
    pub fn keep_all(mut self) -> Self {
        self.keep = true;
        self
    }

    /// Keeps the first so many rows that did not pass, for reports.
    pub fn failures(mut self, rows: usize) -> Self {
        self.failures = rows;
        self
    }

    /// Overrides how many rows run at the same time.
    pub fn max_concurrency(mut self, rows: usize) -> Self {
        self.max_concurrency = Some(rows);
        self
    }

    /// Overrides how often the task runs on each case.
    pub fn trials(mut self, trials: u32) -> Self {
        self.trials = Some(trials);
        self
    }

    /// Overrides how long a row may take; `None` is for ever.
    pub fn timeout(mut self, timeout: Option<Duration>) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Runs only a part of the data set.
    pub fn select(mut self, selection: Selection) -> Self {
        self.selection = selection;
        self
    }

    /// Checks the whole data set before the first task runs, however large it is. Without this
    /// only the first 64 MiB of a file are.
    pub fn check_all(mut self) -> Self {
        self.check_all = true;
        self
    }

    /// Sets the handle by which the run can be stopped.
    pub fn stop(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// Sets who is told how the run goes.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }
}

/// A part of a data set. The default is the whole of it.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Selection {
    /// Only the cases of these names; empty for all.
    pub ids: Vec<String>,
    /// Only the cases in this set, which an earlier run chose.
    pub only: Option<Arc<HashSet<String>>>,
    /// Only cases that carry one of these labels, or whose evaluation does; empty for all.
    pub tags: Vec<String>,
    /// No cases that carry one of these labels.
    pub not_tags: Vec<String>,
    /// Only the first so many of the cases that are left.
    pub first: Option<u64>,
    /// Only so many of the cases that are left, chosen by chance from this seed. The choice
    /// depends on the names of the cases, not on their order.
    pub sample: Option<(u64, u64)>,
}

impl Selection {
    /// Whether this is the whole data set.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.first.is_none() && self.sample.is_none() && self.is_whole_but_first()
    }

    /// Whether nothing but the count is limited.
    pub(super) fn is_whole_but_first(&self) -> bool {
        self.ids.is_empty()
            && self.only.is_none()
            && self.tags.is_empty()
            && self.not_tags.is_empty()
            && self.sample.is_none()
    }
}

/// A handle that stops a run from another thread or a signal handler.
///
/// The first request lets the rows in flight finish for a while; the second ends the run at once.
/// What was finished is kept either way.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicU8>);

impl Stop {
    /// Asks the run to stop; asked again, to stop at once.
    pub fn request(&self) {
        // Saturates: a third request changes nothing.
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| Some((n + 1).min(2)));
    }

    /// Whether a stop was asked for.
    #[must_use]
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }

    /// Whether a stop at once was asked for.
    #[must_use]
    pub fn at_once(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 1
    }
}
