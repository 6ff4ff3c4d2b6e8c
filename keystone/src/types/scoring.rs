//! Score rules and the scores they give.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lenient::{is_default, objects, read};

/// A rule by which a server scores traces.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ScoreRule {
    /// The id.
    #[serde(deserialize_with = "read")]
    pub id: String,
    /// The owner.
    #[serde(deserialize_with = "read")]
    pub user_id: String,
    /// The name.
    #[serde(deserialize_with = "read")]
    pub name: String,
    /// What kind of rule it is, `type` on the wire: `llm_as_judge`, `regex`, `contains`, `custom`, or
    /// that of a scorer.
    #[serde(rename = "type")]
    #[serde(deserialize_with = "read")]
    pub kind: String,
    /// The settings of that kind.
    #[serde(deserialize_with = "read")]
    pub config: Map<String, Value>,
    /// When it was made, as RFC 3339.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub created_at: String,
}

/// A score that a rule gave.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ScoreRow {
    /// The id of the row, where it has one.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub id: Option<u64>,
    /// The rule.
    #[serde(deserialize_with = "read")]
    pub rule_id: String,
    /// The id of the row of the trace that was scored, see [`TraceRow::id`](super::TraceRow::id).
    #[serde(deserialize_with = "read")]
    pub trace_id: u64,
    /// The experiment; empty for a trace outside of one.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub experiment_id: String,
    /// The score, from 0 to 1.
    #[serde(deserialize_with = "read")]
    pub score: f64,
    /// Whether that is enough.
    #[serde(deserialize_with = "read")]
    pub passed: bool,
    /// What the rule says.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub message: String,
}

/// The answer to work that a server does later.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Queued {
    /// `queued`.
    #[serde(deserialize_with = "read")]
    pub status: String,
}

objects!(ScoreRule, ScoreRow, Queued);
