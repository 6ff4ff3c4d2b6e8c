//! Experiments.

use serde::{Deserialize, Serialize};

use super::lenient::{is_default, objects, read, rounded};

/// A batch of runs of a spec's scenarios, without its results.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Experiment {
    /// The id, `exp-…`.
    #[serde(deserialize_with = "read")]
    pub id: String,
    /// The name.
    #[serde(deserialize_with = "read")]
    pub name: String,
    /// The spec that is run.
    #[serde(deserialize_with = "read")]
    pub spec_id: String,
    /// Where it stands, `created` at first. Whether a run has ended is read from its results, see
    /// [`RunResults::is_complete`](super::RunResults::is_complete).
    #[serde(deserialize_with = "read")]
    pub status: String,
    /// When it was made, as RFC 3339.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub created_at: String,
}

/// One experiment in the history of a spec.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct EvalHistoryPoint {
    /// The experiment.
    #[serde(deserialize_with = "read")]
    pub experiment_id: String,
    /// The share of scenarios that passed, from 0 to 1.
    #[serde(deserialize_with = "read")]
    pub pass_rate: f64,
    /// The mean time of a scenario in milliseconds.
    #[serde(deserialize_with = "rounded")]
    pub mean_wall_ms: u64,
    /// The cost of all scenarios in US dollars.
    #[serde(deserialize_with = "read")]
    pub total_cost_usd: f64,
    /// When, as RFC 3339.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub ts: String,
}

objects!(Experiment, EvalHistoryPoint);
