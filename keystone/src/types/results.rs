//! The results of a run.

use serde::{Deserialize, Serialize};

use super::ScenarioResult;
use super::lenient::{is_default, objects, read, rounded};

/// The results of an experiment, in part while it is running.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RunResults {
    /// When it ran, as RFC 3339.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub ran_at: String,
    /// The spec.
    #[serde(deserialize_with = "read")]
    pub spec_id: String,
    /// The experiment.
    #[serde(deserialize_with = "read")]
    pub experiment_id: String,
    /// The seed of whatever the run chose at random.
    #[serde(deserialize_with = "read")]
    pub seed: i64,
    /// How many scenarios there are, replicas and combinations of the matrix counted; 0 before the
    /// run has started.
    #[serde(deserialize_with = "read")]
    pub total_scenarios: u64,
    /// How many passed.
    #[serde(deserialize_with = "read")]
    pub passed: u64,
    /// How many failed.
    #[serde(deserialize_with = "read")]
    pub failed: u64,
    /// How many passed in some replicas and failed in others.
    #[serde(deserialize_with = "read")]
    pub flaky: u64,
    /// How many could not be run to their end.
    #[serde(deserialize_with = "read")]
    pub errors: u64,
    /// All scenarios together.
    #[serde(deserialize_with = "read")]
    pub metrics: RunMetrics,
    /// Each scenario that has ended.
    #[serde(deserialize_with = "read")]
    pub scenarios: Vec<ScenarioResult>,
    /// What the client's own scorers could not score, and why. No part of the wire format.
    #[serde(skip)]
    pub unscored: Vec<UnscoredResult>,
}

/// A scenario that a scorer of the client could not score.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnscoredResult {
    /// The scenario.
    pub scenario_id: String,
    /// The name of the scorer.
    pub scorer: String,
    /// Why there is no score.
    pub reason: String,
}

impl RunResults {
    /// How many scenarios have ended, whichever way.
    pub fn finished(&self) -> u64 {
        [self.failed, self.flaky, self.errors].into_iter().fold(self.passed, u64::saturating_add)
    }

    /// Whether the run is over: there are scenarios, and all of them have ended.
    ///
    /// The status of the experiment has no part in this. A run without scenarios is never over.
    pub fn is_complete(&self) -> bool {
        self.total_scenarios > 0 && self.finished() >= self.total_scenarios
    }
}

/// The metrics of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RunMetrics {
    /// The share of scenarios that passed, from 0 to 1.
    #[serde(deserialize_with = "read")]
    pub pass_rate: f64,
    /// How long a scenario took on average, in milliseconds.
    #[serde(deserialize_with = "rounded")]
    pub mean_wall_ms: u64,
    /// How long the slowest twentieth took at least, in milliseconds.
    #[serde(deserialize_with = "rounded")]
    pub p95_wall_ms: u64,
    /// How many tools a scenario called on average.
    #[serde(deserialize_with = "read")]
    pub mean_tool_calls: f64,
    /// How many tokens a scenario used on average.
    #[serde(deserialize_with = "rounded")]
    pub mean_tokens: u64,
    /// What all scenarios cost in US dollars.
    #[serde(deserialize_with = "read")]
    pub total_cost_usd: f64,
    /// What a scenario cost on average, in US dollars.
    #[serde(deserialize_with = "read")]
    pub mean_cost_per_run_usd: f64,
    /// The share of tool calls without an error, from 0 to 1.
    #[serde(deserialize_with = "read")]
    pub tool_success_rate: f64,
    /// How often a forbidden thing was done.
    #[serde(deserialize_with = "read")]
    pub side_effect_violations: u64,
}

objects!(RunResults, RunMetrics);
