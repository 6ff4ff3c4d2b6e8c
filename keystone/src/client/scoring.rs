//! Scoring on the server.

use serde::Serialize;
use serde_json::Value;

use super::Keystone;
use super::address::Address;
use super::call::Call;
use crate::types::{Queued, ScoreRow, ScoreRule};

const RULES: &str = "/v1/score-rules";

/// Scoring on the server: [`Keystone::scoring`].
#[derive(Debug, Clone, Copy)]
pub struct Scoring<'a> {
    client: &'a Keystone,
}

impl<'a> Scoring<'a> {
    pub(crate) fn new(client: &'a Keystone) -> Self {
        Self { client }
    }

    /// Makes a rule of a kind, such as `llm_as_judge`, `regex` or `contains`, with its parameters.
    /// A scorer of this crate gives all three as its [`rule`](crate::Scorer::rule).
    ///
    /// ```no_run
    /// use keystone::Keystone;
    /// use serde_json::json;
    ///
    /// let ks = Keystone::new()?;
    /// let rule = ks
    ///     .scoring()
    ///     .create_rule("polite", "llm_as_judge", json!({"model": "paragon-fast", "criteria": "Is it polite?"}))
    ///     .send()?;
    /// ks.scoring().score_experiment("exp-old", [&rule.id]).send()?;
    /// # Ok::<(), keystone::Error>(())
    /// ```
    ///
    /// `POST /v1/score-rules`
    pub fn create_rule(
        &self,
        name: impl Into<String>,
        kind: impl Into<String>,
        config: impl Into<Value>,
    ) -> Call<ScoreRule> {
        #[derive(Serialize)]
        struct Body {
            name: String,
            #[serde(rename = "type")]
            kind: String,
            config: Value,
        }
        let body = Body { name: name.into(), kind: kind.into(), config: config.into() };
        Call::new(self.client, move |line| {
            line.post(Address::new(RULES)).json(&body)?.read(line, &["id"])
        })
    }

    /// All rules.
    ///
    /// `GET /v1/score-rules`
    pub fn list_rules(&self) -> Call<Vec<ScoreRule>> {
        Call::new(self.client, |line| line.get(Address::new(RULES))?.list())
    }

    /// Deletes a rule.
    ///
    /// `DELETE /v1/score-rules/{id}`
    pub fn delete_rule(&self, id: impl Into<String>) -> Call<()> {
        let id = id.into();
        Call::new(self.client, move |line| line.delete(Address::new(RULES).segment(&id)))
    }

    /// Has the server score what an experiment recorded, and does not wait for it.
    ///
    /// `POST /v1/experiments/{id}/score`
    pub fn score_experiment(
        &self,
        experiment_id: impl Into<String>,
        rule_ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Call<Queued> {
        #[derive(Serialize)]
        struct Body {
            rule_ids: Vec<String>,
        }
        let id = experiment_id.into();
        let body = Body { rule_ids: rule_ids.into_iter().map(Into::into).collect() };
        Call::new(self.client, move |line| {
            let address = Address::new("/v1/experiments").segment(&id).then("score");
            line.post(address).json(&body)?.send(line)?.json_or_default()
        })
    }

    /// The scores that an experiment has so far.
    ///
    /// `GET /v1/experiments/{id}/scores`
    pub fn get_scores(&self, experiment_id: impl Into<String>) -> Call<Vec<ScoreRow>> {
        let id = experiment_id.into();
        Call::new(self.client, move |line| {
            line.get(Address::new("/v1/experiments").segment(&id).then("scores"))?.list()
        })
    }
}
