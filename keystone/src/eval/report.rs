//! What a run gives back.

use std::path::PathBuf;

use super::{RowRecord, Summary};

/// What a run gives back.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use]
pub struct EvalReport {
    /// The numbers, the gates and the verdict.
    pub summary: Summary,
    /// Every row, sorted by index and trial, where the run was asked to keep them.
    pub rows: Vec<RowRecord>,
    /// The first rows that did not pass, sorted by index and trial, as many as were asked for.
    pub failures: Vec<RowRecord>,
    /// The folder that holds journal and summary, where they were written.
    pub folder: Option<PathBuf>,
    /// Rows that could not be written to the journal, and where they are instead.
    pub rescued: Option<String>,
    /// Names of cases that were asked for and are not in the data set.
    pub missing: Vec<String>,
}
