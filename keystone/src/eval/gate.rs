//! The bars that a run must reach, and the verdict.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Summary;

/// The bars that a run must reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Gates {
    /// The least share of rows that must pass, from 0 to 1. Errors and unscored rows count as
    /// rows that did not pass. 1 unless set.
    pub pass_rate: f64,
    /// The least mean of scorers by name, each from 0 to 1.
    pub min_mean: Vec<(String, f64)>,
    /// The most rows that may end in an error. 0 unless this or `max_error_rate` is set.
    pub max_errors: Option<u64>,
    /// The greatest share of rows that may end in an error, from 0 to 1.
    pub max_error_rate: Option<f64>,
}

impl Default for Gates {
    fn default() -> Self {
        Self { pass_rate: 1.0, min_mean: Vec::new(), max_errors: None, max_error_rate: None }
    }
}

/// One bar, and what was reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GateResult {
    /// What is measured: `pass_rate`, `mean(levenshtein)`, `errors`, `error_rate`.
    pub gate: String,
    /// Whether what was reached must be at least or at most the bound.
    pub direction: Direction,
    /// The bar.
    pub bound: f64,
    /// What the run reached; absent where nothing could be measured, which does not pass.
    pub reached: Option<f64>,
    /// Whether the bar was reached.
    pub passed: bool,
}

/// On which side of a bar a number must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The number must be the bound or more.
    AtLeast,
    /// The number must be the bound or less.
    AtMost,
}

/// What a run says: may this be merged?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[must_use]
pub enum Verdict {
    /// Every gate was reached.
    Pass,
    /// A gate was missed, and would have been missed even if every error had been a pass.
    Fail,
    /// Too many rows broke, or the run did not reach its end: it says nothing about quality.
    Error,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Error => "error",
        })
    }
}

impl Gates {
    /// Holds a summary against the bars, in a fixed order: pass rate, means, errors.
    #[must_use]
    pub fn check(&self, summary: &Summary) -> Vec<GateResult> {
        let mut results = vec![at_least("pass_rate".into(), self.pass_rate, summary.pass_rate())];
        for (name, bound) in &self.min_mean {
            let mean = summary.scorer(name).and_then(|scorer| scorer.stats.mean);
            results.push(at_least(format!("mean({name})"), *bound, mean));
        }
        let errors = summary.counts.error;
        if self.max_errors.is_some() || self.max_error_rate.is_none() {
            results.push(at_most("errors", self.max_errors.unwrap_or(0) as f64, errors as f64));
        }
        if let Some(bound) = self.max_error_rate {
            let rate = errors as f64 / (summary.counts.total().max(1)) as f64;
            results.push(at_most("error_rate", bound, rate));
        }
        results
    }
}

impl Verdict {
    /// The verdict on a summary: a pure function of its numbers, its gates and whether the run
    /// reached its end.
    ///
    /// A pass rate that was missed only because rows broke is an error, not a failure: had those
    /// rows run, they might have passed.
    pub fn of(summary: &Summary) -> Self {
        let missed = |error_gates: bool| {
            summary.gates.iter().any(|result| {
                !result.passed
                    && error_gates == matches!(result.gate.as_str(), "errors" | "error_rate")
            })
        };
        let too_many_errors = missed(true);
        if !missed(false) {
            return if too_many_errors || summary.interrupted.is_some() {
                Self::Error
            } else {
                Self::Pass
            };
        }
        let certain = summary.interrupted.is_none()
            && summary.gates.iter().any(|result| {
                !result.passed
                    && match result.gate.as_str() {
                        "errors" | "error_rate" => false,
                        "pass_rate" => summary
                            .best_pass_rate()
                            .is_some_and(|best| best < result.bound - ROUNDING),
                        // A mean is taken over the rows that have a score, so that errors do not
                        // lower it; where nothing at all was scored because all broke, it says
                        // nothing.
                        _ => result.reached.is_some() || !too_many_errors,
                    }
            });
        if certain || !(too_many_errors || summary.interrupted.is_some()) {
            Self::Fail
        } else {
            Self::Error
        }
    }
}

/// What rounding may take from a share that is exact on paper, such as 0.7 of ten rows.
const ROUNDING: f64 = 1e-12;

fn at_least(gate: String, bound: f64, reached: Option<f64>) -> GateResult {
    let passed = reached.is_some_and(|reached| reached >= bound - ROUNDING);
    GateResult { gate, direction: Direction::AtLeast, bound, reached, passed }
}

fn at_most(gate: &str, bound: f64, reached: f64) -> GateResult {
    let passed = reached <= bound + ROUNDING;
    GateResult {
        gate: gate.into(),
        direction: Direction::AtMost,
        bound,
        reached: Some(reached),
        passed,
    }
}
