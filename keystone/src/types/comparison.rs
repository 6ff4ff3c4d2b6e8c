//! Comparisons of two experiments.

use serde::{Deserialize, Serialize};

use super::lenient::{is_default, objects, read};
use super::open::open_enum;

/// Two experiments side by side.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Comparison {
    /// The experiment that is compared against.
    #[serde(deserialize_with = "read")]
    pub baseline_id: String,
    /// The experiment that is judged.
    #[serde(deserialize_with = "read")]
    pub candidate_id: String,
    /// One entry for each metric.
    #[serde(deserialize_with = "read")]
    pub metrics: Vec<MetricComparison>,
    /// Whether any metric got worse beyond what the server tolerates.
    #[serde(deserialize_with = "read")]
    pub regressed: bool,
    /// What got worse, in words.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub regressions: Vec<String>,
    /// The whole in a sentence; empty where the server writes none.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub summary: String,
}

/// One metric of both experiments, in the metric's own unit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct MetricComparison {
    /// The metric, such as `pass_rate`.
    #[serde(deserialize_with = "read")]
    pub name: String,
    /// Its value in the baseline.
    #[serde(deserialize_with = "read")]
    pub baseline: f64,
    /// Its value in the candidate.
    #[serde(deserialize_with = "read")]
    pub candidate: f64,
    /// The candidate's less the baseline's.
    #[serde(deserialize_with = "read")]
    pub delta: f64,
    /// Whether that is good.
    #[serde(deserialize_with = "read")]
    pub direction: Direction,
}

open_enum! {
    /// Which way a metric went.
    pub enum Direction {
        /// It improved.
        Better = "better",
        /// It got worse.
        Worse = "worse",
        /// It stayed as it was.
        Same = "same",
    }
}

objects!(Comparison, MetricComparison);
