//! What a spec says of one check.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::scorers::Policy;

/// One entry of a spec's `invariants`: a check that the sandbox makes after the agent has run.
///
/// ```
/// use keystone::scorers::{FileExists, Scorer};
/// use serde_json::json;
///
/// let invariant = FileExists::new("out.txt").gate().invariant();
/// assert_eq!(
///     json!(invariant),
///     json!({
///         "description": "out.txt exists",
///         "weight": 1.0,
///         "gate": true,
///         "check": {"type": "file_exists", "path": "out.txt"},
///     })
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Invariant {
    /// What is checked, in words for people.
    #[serde(default)]
    pub description: String,
    /// The share of the check in the composite; 1 where a spec does not say.
    #[serde(default = "full_weight")]
    pub weight: f64,
    /// Whether the scenario fails when the check does, whatever the composite says.
    #[serde(default)]
    pub gate: bool,
    /// The check: an object with a `type`, such as `file_exists`, and what that type needs.
    pub check: Value,
}

fn full_weight() -> f64 {
    Policy::default().weight
}

impl Invariant {
    /// A check with this description, of weight 1 and no gate.
    ///
    /// ```
    /// use keystone::scorers::Invariant;
    /// use serde_json::json;
    ///
    /// let mut gone = Invariant::new("tmp is gone", json!({"type": "file_absent", "path": "tmp"}));
    /// gone.gate = true;
    /// assert_eq!(gone.weight, 1.0);
    /// ```
    #[must_use]
    pub fn new(description: impl Into<String>, check: Value) -> Self {
        Self { description: description.into(), weight: full_weight(), gate: false, check }
    }

    /// The same check with the weight and gate of a policy.
    pub(super) fn counted(mut self, policy: Policy) -> Self {
        self.weight = policy.weight;
        self.gate = policy.gate;
        self
    }
}
