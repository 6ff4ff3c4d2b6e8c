//! Who is told how a run goes.

use std::time::Duration;

/// Is told how a run goes. The engine prints nothing itself.
///
/// Called from the thread that waits for the run, a few times a second, never from the threads
/// that run rows: a slow observer slows nothing down.
pub trait Observer: Send + Sync {
    /// The run starts: its data set was checked, and the first row is about to run.
    fn started(&self, _run: &Started) {}

    /// The run goes on.
    fn progress(&self, _progress: &Progress) {}

    /// The run is over, whichever way it ended.
    fn finished(&self, _progress: &Progress) {}
}

/// What is known of a run when it starts.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Started {
    /// The name of the evaluation.
    pub eval: String,
    /// How many rows there will be, trials counted, where that is known.
    pub total: Option<u64>,
    /// How many rows run at the same time.
    pub max_concurrency: usize,
}

/// How far a run is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Progress {
    /// The name of the evaluation.
    pub eval: String,
    /// Rows that are done.
    pub done: u64,
    /// Rows that passed.
    pub passed: u64,
    /// Rows that broke.
    pub errors: u64,
    /// How many rows there will be, trials counted, where that is known.
    pub total: Option<u64>,
    /// Time since the run started.
    pub elapsed: Duration,
    /// Whether a stop was asked for and the rows in flight are being waited for.
    pub stopping: bool,
}
