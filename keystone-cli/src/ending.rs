//! How a command ended.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It did all that it was asked to.
    Complete,
    /// Something is missing from what it wrote.
    Incomplete,
    /// What it was given is at fault; it wrote nothing.
    Refused,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(match ending {
            Ending::Complete => 0,
            Ending::Incomplete => 1,
            Ending::Refused => 2,
        })
    }
}
