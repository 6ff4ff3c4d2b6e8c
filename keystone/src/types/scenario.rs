//! The results of single scenarios.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::CostInfo;
use super::lenient::{is_default, objects, read, rounded};
use super::open::open_enum;

/// The result of one scenario.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ScenarioResult {
    /// The scenario.
    #[serde(deserialize_with = "read")]
    pub scenario_id: String,
    /// The sandbox that it ran in.
    #[serde(deserialize_with = "read")]
    pub sandbox_id: String,
    /// The experiment; empty within the results of one, where it goes without saying.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub experiment_id: String,
    /// How it went.
    #[serde(deserialize_with = "read")]
    pub status: ScenarioStatus,
    /// The values of the matrix that it ran with.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub parameters: Map<String, Value>,
    /// How long it took, in milliseconds.
    #[serde(deserialize_with = "rounded")]
    pub wall_ms: u64,
    /// The exit code of the agent; 0 says that it succeeded.
    #[serde(deserialize_with = "read")]
    pub exit_code: i64,
    /// How many tools the agent called.
    #[serde(deserialize_with = "read")]
    pub tool_calls: u64,
    /// The weighted mean of the invariants' scores, from 0 to 1.
    #[serde(deserialize_with = "read")]
    pub composite_score: f64,
    /// What the agent printed.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub agent_output: String,
    /// What the agent printed as errors.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub agent_stderr: String,
    /// What was checked.
    #[serde(deserialize_with = "read")]
    pub invariants: Vec<InvariantResult>,
    /// Which forbidden things were looked for.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub forbidden_checks: Vec<ForbiddenCheckResult>,
    /// Where the server keeps the trace; empty where it does not say.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub trace_file: String,
    /// How to run it again.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub reproducer: Option<Reproducer>,
    /// Why it could not be run; empty unless the status is [`ScenarioStatus::Error`].
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub error: String,
    /// The tokens it used and what they cost, where models were called.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub cost: Option<CostInfo>,
}

open_enum! {
    /// How a scenario went.
    ///
    /// ```
    /// use keystone::types::ScenarioStatus;
    ///
    /// assert_eq!(ScenarioStatus::from("failed"), ScenarioStatus::Fail);
    /// assert!(ScenarioStatus::Fail == "fail");
    /// assert_eq!(ScenarioStatus::from("skipped").as_str(), "skipped");
    /// ```
    pub enum ScenarioStatus {
        /// It passed. Read from `passed` too.
        Pass = "pass" | "passed",
        /// It failed. Read from `failed` too.
        Fail = "fail" | "failed",
        /// It passed in some replicas and failed in others.
        Flaky = "flaky",
        /// It could not be run to its end.
        Error = "error",
    }
}

/// The result of one check.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct InvariantResult {
    /// The check.
    #[serde(deserialize_with = "read")]
    pub name: String,
    /// Whether it holds.
    #[serde(deserialize_with = "read")]
    pub passed: bool,
    /// Whether the scenario fails with it, whatever the other scores.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub gate: bool,
    /// How much it counts in the composite score.
    #[serde(deserialize_with = "read")]
    pub weight: f64,
    /// Its score, from 0 to 1. Servers leave out a 0.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub score: f64,
    /// What it says.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub message: String,
    /// Why a judge came to that.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub reason: String,
}

/// Whether a forbidden thing was done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ForbiddenCheckResult {
    /// The rule.
    #[serde(deserialize_with = "read")]
    pub rule: String,
    /// Whether it was broken.
    #[serde(deserialize_with = "read")]
    pub violated: bool,
    /// How.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub details: String,
}

/// What is needed to run a scenario again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Reproducer {
    /// The file of the spec.
    #[serde(deserialize_with = "read")]
    pub spec_file: String,
    /// The seed of whatever was chosen at random.
    #[serde(deserialize_with = "read")]
    pub seed: i64,
    /// The scenario.
    #[serde(deserialize_with = "read")]
    pub scenario_id: String,
    /// The values of the matrix that it ran with.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub parameters: Map<String, Value>,
    /// The command that runs it.
    #[serde(deserialize_with = "read")]
    pub command: String,
}

objects!(ScenarioResult, InvariantResult, ForbiddenCheckResult, Reproducer);
