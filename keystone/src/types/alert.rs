//! Alerts.

use serde::{Deserialize, Serialize};

use super::lenient::{is_default, objects, read};

/// A condition on the results of experiments, and whom to tell when it holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AlertRule {
    /// The id.
    #[serde(deserialize_with = "read")]
    pub id: String,
    /// The name.
    #[serde(deserialize_with = "read")]
    pub name: String,
    /// The spec that the rule is limited to; empty for all.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub eval_id: String,
    /// The condition, such as `pass_rate < 0.8`.
    #[serde(deserialize_with = "read")]
    pub condition: String,
    /// Over which runs it is looked at, such as `last_5_runs` or `last_24h`; empty for the last.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub window: String,
    /// How to tell: `slack`, `webhook` or `email`.
    #[serde(deserialize_with = "read")]
    pub notify: String,
    /// Where a webhook goes; empty unless that was asked for.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub webhook_url: String,
    /// The Slack channel, with its `#`; empty unless that was asked for.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub slack_channel: String,
}

/// A rule to be made.
///
/// ```
/// use keystone::types::NewAlert;
///
/// let alert = NewAlert::new("pass-rate-drop", "pass_rate < 0.8")
///     .notify("slack")
///     .slack_channel("#agent-alerts");
/// # assert_eq!(
/// #     serde_json::to_value(&alert)?,
/// #     serde_json::json!({"name": "pass-rate-drop", "condition": "pass_rate < 0.8",
/// #         "notify": "slack", "slack_channel": "#agent-alerts"}),
/// # );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[must_use]
pub struct NewAlert {
    #[serde(deserialize_with = "read")]
    name: String,
    #[serde(deserialize_with = "read")]
    condition: String,
    #[serde(deserialize_with = "read")]
    notify: String,
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    id: String,
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    eval_id: String,
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    window: String,
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    webhook_url: String,
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    slack_channel: String,
}

impl NewAlert {
    /// A rule that notifies a webhook unless told otherwise.
    ///
    /// The condition is a metric, one of `<`, `<=`, `>`, `>=`, `==` and `!=`, and a number. Metrics
    /// are `pass_rate`, `mean_wall_ms`, `p95_wall_ms`, `total_cost_usd`, `mean_cost_per_run_usd`,
    /// `tool_success_rate`, `side_effect_violations` and `mean_tool_calls`. The server checks it.
    pub fn new(name: impl Into<String>, condition: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            condition: condition.into(),
            notify: "webhook".to_owned(),
            ..Self::default()
        }
    }

    /// How to tell: `slack`, `webhook` or `email`.
    pub fn notify(mut self, notify: impl Into<String>) -> Self {
        self.notify = notify.into();
        self
    }

    /// The id, which the server chooses otherwise.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Limits the rule to one spec.
    pub fn eval_id(mut self, spec_id: impl Into<String>) -> Self {
        self.eval_id = spec_id.into();
        self
    }

    /// Over which runs the condition is looked at, such as `last_5_runs` or `last_24h`.
    pub fn window(mut self, window: impl Into<String>) -> Self {
        self.window = window.into();
        self
    }

    /// Where a webhook goes.
    pub fn webhook_url(mut self, url: impl Into<String>) -> Self {
        self.webhook_url = url.into();
        self
    }

    /// The Slack channel, with its `#`.
    pub fn slack_channel(mut self, channel: impl Into<String>) -> Self {
        self.slack_channel = channel.into();
        self
    }
}

/// What a rule says once its condition holds; the body of its webhook.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FiredAlert {
    /// The rule.
    #[serde(deserialize_with = "read")]
    pub rule_id: String,
    /// The name of the rule.
    #[serde(deserialize_with = "read")]
    pub rule_name: String,
    /// Which value met the condition.
    #[serde(deserialize_with = "read")]
    pub reason: String,
    /// The experiment that did it.
    #[serde(deserialize_with = "read")]
    pub experiment_id: String,
    /// When, as RFC 3339.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub fired_at: String,
}

objects!(AlertRule, NewAlert, FiredAlert);
