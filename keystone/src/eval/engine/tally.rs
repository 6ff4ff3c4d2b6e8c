//! What rows come to, gathered while they end.

use super::super::statistics::{Durations, Numbers};
use super::super::{Counts, Outcome, ScorerSummary};
use super::panel::Panel;
use crate::scorers::Score;

/// Counts and numbers of some rows. Merging tallies in any order gives the same summary.
#[derive(Default)]
pub(in crate::eval) struct Tally {
    pub(in crate::eval) counts: Counts,
    pub(in crate::eval) composite: Numbers,
    pub(in crate::eval) task: Durations,
    pub(in crate::eval) resumed: u64,
    scorers: Vec<ScorerTally>,
}

#[derive(Default)]
struct ScorerTally {
    numbers: Numbers,
    passed: u64,
    failed: u64,
    unscored: u64,
}

/// A score without its words.
#[derive(Debug, Clone, Copy)]
pub(in crate::eval) struct Mark {
    pub(in crate::eval) value: Option<f64>,
    pub(in crate::eval) passed: bool,
}

impl From<&Score> for Mark {
    fn from(score: &Score) -> Self {
        Self { value: score.value(), passed: score.passed() }
    }
}

impl Tally {
    /// Adds a row. A row without marks was never scored.
    pub(in crate::eval) fn add(
        &mut self,
        outcome: Outcome,
        composite: Option<f64>,
        marks: impl ExactSizeIterator<Item = Mark>,
    ) {
        self.counts.add(outcome, 1);
        if let Some(composite) = composite {
            self.composite.push(composite);
        }
        if self.scorers.len() < marks.len() {
            self.scorers.resize_with(marks.len(), ScorerTally::default);
        }
        for (scorer, mark) in self.scorers.iter_mut().zip(marks) {
            match mark.value {
                None => scorer.unscored += 1,
                Some(value) => {
                    scorer.numbers.push(value);
                    if mark.passed {
                        scorer.passed += 1;
                    } else {
                        scorer.failed += 1;
                    }
                }
            }
        }
    }

    pub(in crate::eval) fn merge(&mut self, other: Self) {
        for outcome in Outcome::ALL {
            self.counts.add(outcome, other.counts.of(outcome));
        }
        self.composite.merge(other.composite);
        self.task.merge(&other.task);
        self.resumed += other.resumed;
        if self.scorers.len() < other.scorers.len() {
            self.scorers.resize_with(other.scorers.len(), ScorerTally::default);
        }
        for (mine, others) in self.scorers.iter_mut().zip(other.scorers) {
            mine.numbers.merge(others.numbers);
            mine.passed += others.passed;
            mine.failed += others.failed;
            mine.unscored += others.unscored;
        }
    }

    /// What each scorer's scores come to.
    pub(in crate::eval) fn scorers(&mut self, panel: &Panel) -> Vec<ScorerSummary> {
        self.scorers.resize_with(panel.names.len(), ScorerTally::default);
        self.scorers
            .drain(..)
            .zip(panel.names.iter().zip(&panel.policies))
            .map(|(tally, (name, policy))| ScorerSummary {
                name: name.clone(),
                policy: *policy,
                stats: tally.numbers.stats(),
                passed: tally.passed,
                failed: tally.failed,
                unscored: tally.unscored,
            })
            .collect()
    }
}
