//! Reports: functions of results to text. They print and compute nothing.

use std::path::PathBuf;

use keystone::eval::{RowRecord, Summary};

use crate::ExitCode;

pub(crate) mod diff;
pub(crate) mod github;
pub(crate) mod junit;
pub(crate) mod row;
pub(crate) mod summary;
pub(crate) mod terminal;
pub(crate) mod text;

/// What became of one evaluation.
#[derive(Debug, Clone)]
pub(crate) struct Finished {
    /// The name under which reports know it.
    pub(crate) name: String,
    /// The source file, as the compiler was told it.
    pub(crate) file: String,
    /// The line of the attribute.
    pub(crate) line: u32,
    /// The command that runs this evaluation alone.
    pub(crate) again: String,
    /// The folder of its results, where there is one.
    pub(crate) folder: Option<PathBuf>,
    /// How it ended.
    pub(crate) ending: Ending,
    /// What went wrong beside the evaluation, such as a report that could not be written.
    pub(crate) notes: Vec<String>,
}

/// How an evaluation ended.
#[derive(Debug, Clone)]
pub(crate) enum Ending {
    /// It ran, whatever came of it.
    Ran(Box<Ran>),
    /// It could not run, for this reason.
    Refused(String),
    /// None of its rows is among those that were asked for.
    Empty {
        /// What was asked for, in words.
        why: String,
        /// Names of rows that are like those that were asked for.
        close: Vec<String>,
    },
    /// The earlier run that was asked for leaves nothing to do.
    Spared(String),
    /// The run was stopped before it started.
    NotRun,
}

/// What a run came to.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    /// The numbers, the gates and the verdict.
    pub(crate) summary: Summary,
    /// The first rows that did not pass.
    pub(crate) failures: Vec<RowRecord>,
    /// Rows that could not be written to the journal, and where they are instead.
    pub(crate) rescued: Option<String>,
    /// Names of rows that were asked for and are not there.
    pub(crate) missing: Vec<String>,
}

impl Finished {
    /// What the evaluation says about the exit code.
    pub(crate) fn code(&self) -> ExitCode {
        match &self.ending {
            Ending::Ran(ran) => ran.summary.verdict.into(),
            Ending::Refused(_) => ExitCode::BadInput,
            Ending::Empty { .. } | Ending::Spared(_) => ExitCode::Passed,
            Ending::NotRun => ExitCode::Errored,
        }
    }

    /// Whether there was nothing to do, so that reports leave it out.
    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.ending, Ending::Empty { .. } | Ending::Spared(_))
    }

    /// The run, where there was one.
    pub(crate) fn ran(&self) -> Option<&Ran> {
        match &self.ending {
            Ending::Ran(ran) => Some(ran),
            _ => None,
        }
    }
}

#[cfg(test)]
pub(crate) mod samples;
