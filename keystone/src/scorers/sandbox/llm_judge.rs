//! What a model says of the agent's work.

use std::collections::BTreeMap;

use serde_json::json;

use super::Invariant;
use super::place::{check_text, runs_in_sandbox, start_of};
use super::settings::{Settings, settings_methods, settings_of_scorer};
use crate::scorers::{Rule, Scorer};

/// How much of the criteria is in the description, in characters.
const DESCRIBED: usize = 80;

/// Has a model judge in the sandbox what the agent did. The platform calls it `LLMJudge`.
///
/// The name is `llm_judge`, unless [`named`](LlmJudge::named) otherwise. Rule type and type of the
/// check are `llm_as_judge`, with `criteria`, `model`, `input_from`, `rubric` and `temperature`.
///
/// ```
/// use keystone::scorers::{LlmJudge, Scorer};
///
/// let scorer = LlmJudge::new("The mail thanks the customer and names a date.")
///     .input_from("smtp.last_request.body")
///     .rubric([("pass", "thanks, and a date"), ("fail", "either is missing")]);
/// let invariant = scorer.invariant();
/// assert_eq!(
///     invariant.map(|invariant| invariant.description).as_deref(),
///     Some("The mail thanks the customer and names a date."),
/// );
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct LlmJudge {
    criteria: String,
    model: String,
    input_from: String,
    rubric: Option<BTreeMap<String, String>>,
    temperature: f64,
    settings: Settings,
}

impl LlmJudge {
    /// Judges the workspace by these criteria. Empty ones are an error of [`Scorer::check`].
    pub fn new(criteria: impl Into<String>) -> Self {
        Self {
            criteria: criteria.into(),
            model: "paragon-fast".to_owned(),
            input_from: "workspace".to_owned(),
            rubric: None,
            temperature: 0.0,
            settings: Settings::new("llm_judge"),
        }
    }

    /// Sets the model that judges, `paragon-fast` unless set.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = model.into();
        self
    }

    /// Sets what the model is shown: `workspace` unless set, `agent_output`, or what a recorded
    /// mock got, such as `smtp.last_request.body`.
    pub fn input_from(mut self, input_from: impl Into<String>) -> Self {
        self.input_from = input_from.into();
        self
    }

    /// Says what a verdict means, such as `pass` and `fail`.
    pub fn rubric<K: Into<String>, V: Into<String>>(
        mut self,
        rubric: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.rubric =
            Some(rubric.into_iter().map(|(key, text)| (key.into(), text.into())).collect());
        self
    }

    /// Sets the temperature of the model, 0 unless set. One that is negative or not finite is an
    /// error of [`Scorer::check`].
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = temperature;
        self
    }
}

settings_methods!(LlmJudge);

impl Scorer for LlmJudge {
    settings_of_scorer!();
    runs_in_sandbox!();

    fn rule(&self) -> Option<Rule> {
        let config = json!({
            "criteria": self.criteria,
            "model": self.model,
            "input_from": self.input_from,
            "rubric": self.rubric,
            "temperature": self.temperature,
        });
        Some(Rule::new(self.name(), "llm_as_judge", config))
    }

    fn invariant(&self) -> Option<Invariant> {
        let mut check = json!({
            "type": "llm_as_judge",
            "model": self.model,
            "criteria": self.criteria,
            "input_from": self.input_from,
            "temperature": self.temperature,
        });
        if let Some(rubric) = self.rubric.as_ref().filter(|rubric| !rubric.is_empty()) {
            check["rubric"] = json!(rubric);
        }
        let description = start_of(&self.criteria, DESCRIBED);
        Some(Invariant::new(description, check).counted(self.policy()))
    }

    fn check(&self) -> Result<(), String> {
        check_text("criteria", &self.criteria)?;
        check_text("model", &self.model)?;
        check_text("input_from", &self.input_from)?;
        if !(self.temperature >= 0.0 && self.temperature.is_finite()) {
            return Err(format!(
                "the temperature is {:?}, but it has to be a number from 0 up",
                self.temperature
            ));
        }
        Ok(())
    }
}
