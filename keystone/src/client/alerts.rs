//! Alerts.

use super::Keystone;
use super::address::Address;
use super::call::Call;
use crate::types::{AlertRule, NewAlert};

const ALL: &str = "/v1/alerts";

/// Alerts: [`Keystone::alerts`].
#[derive(Debug, Clone, Copy)]
pub struct Alerts<'a> {
    client: &'a Keystone,
}

impl<'a> Alerts<'a> {
    pub(crate) fn new(client: &'a Keystone) -> Self {
        Self { client }
    }

    /// Makes a rule that is looked at whenever an experiment has ended.
    ///
    /// ```no_run
    /// use keystone::{Keystone, types::NewAlert};
    ///
    /// let ks = Keystone::new()?;
    /// let alert = NewAlert::new("pass-rate-drop", "pass_rate < 0.8")
    ///     .notify("slack")
    ///     .slack_channel("#agent-alerts");
    /// let rule = ks.alerts().create(alert).send()?;
    /// println!("{}", rule.id);
    /// # Ok::<(), keystone::Error>(())
    /// ```
    ///
    /// `POST /v1/alerts`
    pub fn create(&self, alert: NewAlert) -> Call<AlertRule> {
        Call::new(self.client, move |line| {
            line.post(Address::new(ALL)).json(&alert)?.read(line, &["id"])
        })
    }

    /// All rules.
    ///
    /// `GET /v1/alerts`
    pub fn list(&self) -> Call<Vec<AlertRule>> {
        Call::new(self.client, |line| line.get(Address::new(ALL))?.list())
    }

    /// Deletes a rule.
    ///
    /// `DELETE /v1/alerts/{id}`
    pub fn delete(&self, id: impl Into<String>) -> Call<()> {
        let id = id.into();
        Call::new(self.client, move |line| line.delete(Address::new(ALL).segment(&id)))
    }
}
