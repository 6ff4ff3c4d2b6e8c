//! Any scorer under another name, weight or gate.

use super::{Invariant, Policy, Rule, Score, Scorer, Subject};

/// Gives every scorer the settings that the built-in ones have as methods of their own.
///
/// ```
/// use keystone::scorers::{Scorer, ScorerExt, Subject, from_fn};
///
/// let short = from_fn("short", |subject: &Subject<'_>| subject.output_text().len() < 80)
///     .named("at_most_a_line")
///     .weight(2.0)
///     .gate();
/// assert_eq!(short.name(), "at_most_a_line");
/// assert_eq!(short.policy().weight, 2.0);
/// assert!(short.policy().gate);
/// ```
pub trait ScorerExt: Scorer + Sized {
    /// Sets the share of the scorer in the composite, 1 unless set. A weight that is negative or
    /// not finite is an error when the run starts.
    #[must_use]
    fn weight(self, weight: f64) -> Adjusted<Self> {
        Adjusted::new(self).weight(weight)
    }

    /// Makes a row fail when this scorer does, whatever the composite says.
    #[must_use]
    fn gate(self) -> Adjusted<Self> {
        Adjusted::new(self).gate()
    }

    /// Sets the name under which the scores appear.
    #[must_use]
    fn named(self, name: impl Into<String>) -> Adjusted<Self> {
        Adjusted::new(self).named(name)
    }
}

impl<S: Scorer> ScorerExt for S {}

/// A scorer under another name, weight or gate; see [`ScorerExt`].
#[derive(Debug, Clone)]
pub struct Adjusted<S> {
    inner: S,
    name: Option<String>,
    policy: Policy,
}

impl<S: Scorer> Adjusted<S> {
    fn new(inner: S) -> Self {
        Self { policy: inner.policy(), name: None, inner }
    }

    /// As [`ScorerExt::weight`].
    #[must_use]
    pub fn weight(mut self, weight: f64) -> Self {
        self.policy.weight = weight;
        self
    }

    /// As [`ScorerExt::gate`].
    #[must_use]
    pub fn gate(mut self) -> Self {
        self.policy.gate = true;
        self
    }

    /// As [`ScorerExt::named`].
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

impl<S: Scorer> Scorer for Adjusted<S> {
    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.inner.name())
    }

    fn score(&self, subject: &Subject<'_>) -> Score {
        self.inner.score(subject)
    }

    fn policy(&self) -> Policy {
        self.policy
    }

    fn rule(&self) -> Option<Rule> {
        let mut rule = self.inner.rule()?;
        if let Some(name) = &self.name {
            rule.name.clone_from(name);
        }
        Some(rule)
    }

    fn invariant(&self) -> Option<Invariant> {
        let mut invariant = self.inner.invariant()?;
        invariant.weight = self.policy.weight;
        invariant.gate = self.policy.gate;
        Some(invariant)
    }

    fn runs_in_sandbox(&self) -> bool {
        self.inner.runs_in_sandbox()
    }

    fn check(&self) -> Result<(), String> {
        // The weight is looked at by the run, for every scorer alike.
        self.inner.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scorers::{FileExists, Levenshtein};

    #[test]
    fn a_name_reaches_the_rule_and_settings_can_be_chained_in_any_order() {
        let boxed: Box<dyn Scorer> = Box::new(Levenshtein::new().weight(3.0));
        let scorer = boxed.gate().named("near").weight(0.5);
        assert_eq!(scorer.rule().map(|rule| rule.name).as_deref(), Some("near"));
        assert_eq!((scorer.policy().weight, scorer.policy().gate), (0.5, true));
        assert_eq!(scorer.check(), Ok(()));
    }

    #[test]
    fn what_is_not_set_stays_as_it_was() {
        let boxed: Box<dyn Scorer> = Box::new(Levenshtein::new().weight(3.0).gate());
        let scorer = ScorerExt::named(boxed, "near");
        assert_eq!((scorer.policy().weight, scorer.policy().gate), (3.0, true));
    }

    #[test]
    fn a_senseless_scorer_inside_is_an_error() {
        let boxed: Box<dyn Scorer> = Box::new(Levenshtein::new().threshold(1.5));
        assert!(boxed.gate().check().unwrap_err().contains("threshold"));
    }

    #[test]
    fn weight_and_gate_reach_the_invariant() {
        let boxed: Box<dyn Scorer> = Box::new(FileExists::new("a").weight(3.0));
        let scorer = boxed.gate();
        let invariant = scorer.invariant().unwrap();
        assert_eq!((invariant.weight, invariant.gate), (3.0, true));
        let invariant = scorer.weight(0.5).invariant().unwrap();
        assert_eq!((invariant.weight, invariant.gate), (0.5, true));
        assert!(FileExists::new("a").gate().named("b").runs_in_sandbox());
        assert!(!Levenshtein::new().named("b").runs_in_sandbox());
    }
}
