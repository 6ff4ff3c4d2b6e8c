//! Scorers of a list that are no values of their own.

use std::borrow::Cow;

use super::policy;
use crate::scorers::{Invariant, Policy, Rule, Subject, Unscorable};
use crate::{Score, Scorer};

/// A closure of a list of scorers, its parameters bound.
#[derive(Clone)]
pub struct FnScorer<F> {
    name: Cow<'static, str>,
    function: F,
    weight: f64,
    gate: bool,
    threshold: Option<f64>,
}

impl<F: Fn(&Subject<'_>) -> Result<Score, Unscorable>> FnScorer<F> {
    /// A scorer of this name.
    #[must_use]
    pub fn new(name: &'static str, function: F) -> Self {
        Self { name: Cow::Borrowed(name), function, weight: 1.0, gate: false, threshold: None }
    }

    /// Sets the share in the composite.
    #[must_use]
    pub fn weight(mut self, weight: f64) -> Self {
        self.weight = weight;
        self
    }

    /// Fails a row wherever the scorer does.
    #[must_use]
    pub fn gate(mut self) -> Self {
        self.gate = true;
        self
    }

    /// Sets the name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Cow::Owned(name.into());
        self
    }

    /// Sets the number from which on a score passes.
    #[must_use]
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.threshold = Some(threshold);
        self
    }
}

impl<F> Scorer for FnScorer<F>
where
    F: Fn(&Subject<'_>) -> Result<Score, Unscorable> + Send + Sync,
{
    fn name(&self) -> &str {
        &self.name
    }

    fn score(&self, subject: &Subject<'_>) -> Score {
        super::scored(self.threshold, || (self.function)(subject))
    }

    fn policy(&self) -> Policy {
        policy(self.weight, self.gate)
    }

    fn check(&self) -> Result<(), String> {
        match self.threshold {
            Some(threshold) if !(0.0..=1.0).contains(&threshold) => {
                Err(format!("a threshold is a number from 0 to 1, not {threshold}"))
            }
            _ => Ok(()),
        }
    }
}

/// A scorer under another name.
#[derive(Debug, Clone)]
pub struct Named<S> {
    name: &'static str,
    scorer: S,
}

impl<S: Scorer> Named<S> {
    /// The scorer under this name.
    #[must_use]
    pub fn new(name: &'static str, scorer: S) -> Self {
        Self { name, scorer }
    }
}

impl<S: Scorer> Scorer for Named<S> {
    fn name(&self) -> &str {
        self.name
    }

    fn score(&self, subject: &Subject<'_>) -> Score {
        self.scorer.score(subject)
    }

    fn policy(&self) -> Policy {
        self.scorer.policy()
    }

    fn rule(&self) -> Option<Rule> {
        self.scorer.rule().map(|rule| Rule { name: self.name.to_owned(), ..rule })
    }

    fn invariant(&self) -> Option<Invariant> {
        self.scorer.invariant()
    }

    fn runs_in_sandbox(&self) -> bool {
        self.scorer.runs_in_sandbox()
    }

    fn check(&self) -> Result<(), String> {
        self.scorer.check()
    }
}
