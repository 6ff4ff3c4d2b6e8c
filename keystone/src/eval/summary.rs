//! What a run comes to, in numbers.

use serde::{Deserialize, Serialize};

use super::{GateResult, Outcome, Verdict};
use crate::scorers::Policy;

/// What a run comes to, in numbers. Everything outside `run` is the same for the same rows,
/// whatever the number of threads and the order in which rows ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// The version of this form.
    pub schema: u32,
    /// The name of the evaluation.
    pub eval: String,
    /// How often the task ran on each case.
    pub trials: u32,
    /// How many rows ended how; a case counts once a trial.
    pub counts: Counts,
    /// The share of rows that passed, from 0 to 1; null without rows.
    pub pass_rate: Option<f64>,
    /// The composites of the rows that have one.
    pub composite: Stats,
    /// Each scorer, in the order of the evaluation's list.
    pub scorers: Vec<ScorerSummary>,
    /// The bars, and what was reached.
    pub gates: Vec<GateResult>,
    /// What the run says.
    pub verdict: Verdict,
    /// Why this is not the whole data set, where it is not: the filters that were in force.
    #[serde(default)]
    pub partial: Vec<String>,
    /// Why the run did not reach its end, where it did not.
    #[serde(default)]
    pub interrupted: Option<String>,
    /// What the reader should know beside the numbers, such as rows of equal content.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// All that differs between two runs of the same thing.
    pub run: RunFacts,
}

/// How many rows ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counts {
    /// Rows that passed.
    pub pass: u64,
    /// Rows that failed.
    pub fail: u64,
    /// Rows that broke.
    pub error: u64,
    /// Rows that could not be graded.
    pub unscored: u64,
}

impl Counts {
    /// All rows.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.pass + self.fail + self.error + self.unscored
    }

    /// The rows that ended so.
    #[must_use]
    pub fn of(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Pass => self.pass,
            Outcome::Fail => self.fail,
            Outcome::Error => self.error,
            Outcome::Unscored => self.unscored,
        }
    }

    /// Counts rows that ended so.
    pub(crate) fn add(&mut self, outcome: Outcome, rows: u64) {
        match outcome {
            Outcome::Pass => self.pass += rows,
            Outcome::Fail => self.fail += rows,
            Outcome::Error => self.error += rows,
            Outcome::Unscored => self.unscored += rows,
        }
    }
}

/// The mean and two percentiles of some numbers. Percentiles are interpolated linearly between
/// the two nearest ranks (definition 7 of Hyndman and Fan, 1996).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Stats {
    /// The arithmetic mean.
    pub mean: Option<f64>,
    /// The median.
    pub p50: Option<f64>,
    /// The number that 95 % are not above.
    pub p95: Option<f64>,
    /// How many numbers.
    pub count: u64,
}

/// What one scorer's scores come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScorerSummary {
    /// The name of the scorer.
    pub name: String,
    /// How the scorer counts.
    #[serde(flatten)]
    pub policy: Policy,
    /// Mean and percentiles of the scores, over the rows that have one.
    #[serde(flatten)]
    pub stats: Stats,
    /// How many rows the scorer passed.
    pub passed: u64,
    /// How many rows the scorer did not pass, though it scored them.
    pub failed: u64,
    /// How many rows the scorer could not score.
    pub unscored: u64,
}

/// All that differs between two runs of the same thing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunFacts {
    /// The name of the run.
    pub id: String,
    /// When the run started, as RFC 3339 in UTC.
    pub started: String,
    /// Milliseconds from start to end.
    pub duration_ms: f64,
    /// How long the task took, in milliseconds, over the rows where it ran.
    pub task_ms: Stats,
    /// Rows that were taken over from an earlier run instead of being run.
    pub resumed: u64,
}

impl Summary {
    /// The share of rows that passed; `None` without rows.
    #[must_use]
    pub fn pass_rate(&self) -> Option<f64> {
        self.pass_rate
    }

    /// The summary of the scorer of this name.
    #[must_use]
    pub fn scorer(&self, name: &str) -> Option<&ScorerSummary> {
        self.scorers.iter().find(|scorer| scorer.name == name)
    }

    /// The share of rows that would have passed had every error been a pass.
    pub(crate) fn best_pass_rate(&self) -> Option<f64> {
        let total = self.counts.total();
        (total > 0).then(|| (self.counts.pass + self.counts.error) as f64 / total as f64)
    }
}
