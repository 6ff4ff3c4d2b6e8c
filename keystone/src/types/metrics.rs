//! Metrics of experiments and of traces.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::lenient::{is_default, objects, read, rounded};

/// The metrics of an experiment over all its runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ExperimentMetrics {
    /// The experiment.
    #[serde(deserialize_with = "read")]
    pub experiment_id: String,
    /// All runs together.
    #[serde(deserialize_with = "read")]
    pub summary: MetricsSummary,
    /// What each tool did, under its name.
    #[serde(deserialize_with = "read")]
    pub tool_breakdown: BTreeMap<String, ToolStats>,
    /// What each run cost, the oldest first.
    #[serde(deserialize_with = "read")]
    pub cost_trend: Vec<CostDataPoint>,
    /// How many scenarios of each run passed, the oldest first.
    #[serde(deserialize_with = "read")]
    pub pass_rate_trend: Vec<PassRateDataPoint>,
    /// Metrics under their names, which some servers send in place of the summary.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub metrics: BTreeMap<String, f64>,
}

/// The metrics of all runs of an experiment together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct MetricsSummary {
    /// How many scenarios were run.
    #[serde(deserialize_with = "read")]
    pub total_runs: u64,
    /// The share of them that passed, from 0 to 1.
    #[serde(deserialize_with = "read")]
    pub pass_rate: f64,
    /// What they cost in US dollars.
    #[serde(deserialize_with = "read")]
    pub total_cost_usd: f64,
    /// What one cost on average, in US dollars.
    #[serde(deserialize_with = "read")]
    pub mean_cost_per_run_usd: f64,
    /// How long one took on average, in milliseconds.
    #[serde(deserialize_with = "rounded")]
    pub mean_wall_ms: u64,
    /// How long the slowest twentieth took at least, in milliseconds.
    #[serde(deserialize_with = "rounded")]
    pub p95_wall_ms: u64,
    /// How many tools were called.
    #[serde(deserialize_with = "read")]
    pub total_tool_calls: u64,
    /// The share of tool calls without an error, from 0 to 1.
    #[serde(deserialize_with = "read")]
    pub tool_success_rate: f64,
}

/// What one tool did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ToolStats {
    /// How often it was called.
    #[serde(deserialize_with = "read")]
    pub count: u64,
    /// How long a call took on average, in milliseconds.
    #[serde(deserialize_with = "rounded")]
    pub mean_ms: u64,
    /// The share of calls with an error, from 0 to 1.
    #[serde(deserialize_with = "read")]
    pub error_rate: f64,
}

/// What one run cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CostDataPoint {
    /// The run.
    #[serde(deserialize_with = "read")]
    pub run_id: String,
    /// Its cost in US dollars.
    #[serde(deserialize_with = "read")]
    pub cost_usd: f64,
    /// When, as RFC 3339.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub ts: String,
}

/// How many scenarios of one run passed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PassRateDataPoint {
    /// The run.
    #[serde(deserialize_with = "read")]
    pub run_id: String,
    /// The share of its scenarios that passed, from 0 to 1.
    #[serde(deserialize_with = "read")]
    pub pass_rate: f64,
    /// When, as RFC 3339.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub ts: String,
}

/// The metrics of a sandbox's trace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TraceMetrics {
    /// How many tools were called.
    #[serde(deserialize_with = "read")]
    pub total_tool_calls: u64,
    /// The share of tool calls without an error, from 0 to 1.
    #[serde(deserialize_with = "read")]
    pub tool_success_rate: f64,
    /// How long a call took on average, in milliseconds.
    #[serde(deserialize_with = "rounded")]
    pub mean_duration_ms: u64,
    /// How long the slowest twentieth of calls took at least, in milliseconds.
    #[serde(deserialize_with = "rounded")]
    pub p95_duration_ms: u64,
    /// What each tool did, under its name.
    #[serde(deserialize_with = "read")]
    pub tool_breakdown: BTreeMap<String, ToolStats>,
}

objects!(
    ExperimentMetrics,
    MetricsSummary,
    ToolStats,
    CostDataPoint,
    PassRateDataPoint,
    TraceMetrics,
);
