//! How a row ended.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a row ended. The four are never merged: an error is not a failure, and neither is a row
/// that nobody could grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The output is good: see [`Evaluation::pass_threshold`](super::Evaluation::pass_threshold).
    Pass,
    /// A scorer looked at the output and found it wanting.
    Fail,
    /// The task, a scorer or the row itself is broken: a panic, an error, a missed deadline, a row
    /// that does not fit the type. Says nothing about quality.
    Error,
    /// No scorer failed the output, but at least one could give no score.
    Unscored,
}

impl Outcome {
    /// All four, in the order in which reports name them.
    pub const ALL: [Self; 4] = [Self::Pass, Self::Fail, Self::Error, Self::Unscored];

    /// The word for it in reports and journals.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Error => "error",
            Self::Unscored => "unscored",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
