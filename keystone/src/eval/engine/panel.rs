//! The scorers of an evaluation, and what their scores make of a row.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::nesting::{DEEPEST, too_deep};
use super::super::panics::{self, Caught};
use super::super::secrets::masked;
use super::super::{Evaluation, Outcome, RowError, RowErrorKind};
use crate::scorers::{Policy, Score, Scorer, Subject};

/// What rounding may take from a mean that is exact on paper.
const ROUNDING: f64 = 1e-12;

/// The scorers of an evaluation. What they say of themselves is asked once a run.
pub(in crate::eval) struct Panel {
    scorers: Vec<Arc<dyn Scorer>>,
    pub(in crate::eval) names: Vec<String>,
    pub(in crate::eval) policies: Vec<Policy>,
    pass_threshold: Option<f64>,
}

/// What the scorers made of one row.
pub(in crate::eval) struct Judgement {
    pub(in crate::eval) outcome: Outcome,
    pub(in crate::eval) composite: Option<f64>,
    pub(in crate::eval) error: Option<RowError>,
}

impl Panel {
    pub(in crate::eval) fn new(evaluation: &Evaluation) -> Self {
        let scorers = evaluation.scorers.clone();
        Self {
            names: scorers.iter().map(|scorer| scorer.name().to_owned()).collect(),
            policies: scorers.iter().map(|scorer| scorer.policy()).collect(),
            scorers,
            pass_threshold: evaluation.pass_threshold,
        }
    }

    /// Asks every scorer, whatever the others say, and leaves their scores in `scores`.
    pub(in crate::eval) fn judge(
        &self,
        subject: &Subject<'_>,
        scores: &mut Vec<Score>,
    ) -> Judgement {
        scores.clear();
        let mut error = None;
        // A panic costs its scorer the score and no other: the rest are asked afterwards.
        while scores.len() < self.scorers.len() {
            let rest = self.scorers.iter().skip(scores.len());
            let asked =
                panics::catch(|| rest.for_each(|scorer| scores.push(kept(scorer.score(subject)))));
            if let Err(mut caught) = asked {
                caught.message = masked(&caught.message).into_owned();
                let name = &self.names[scores.len()];
                scores.push(Score::unscored(format!("the scorer panicked: {}", caught.message)));
                error.get_or_insert_with(|| panicked(name, caught));
            }
        }
        let composite = self.composite(scores);
        let outcome =
            if error.is_some() { Outcome::Error } else { self.outcome(scores, composite) };
        Judgement { outcome, composite, error }
    }

    /// The mean weighted by the scorers' weights; `None` where one that counts gave no score.
    fn composite(&self, scores: &[Score]) -> Option<f64> {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (score, policy) in scores.iter().zip(&self.policies) {
            if policy.weight > 0.0 {
                sum += policy.weight * score.value()?;
                weights += policy.weight;
            }
        }
        (weights > 0.0).then(|| (sum / weights).clamp(0.0, 1.0))
    }

    fn outcome(&self, scores: &[Score], composite: Option<f64>) -> Outcome {
        let mut unscored = scores.is_empty();
        for (score, policy) in scores.iter().zip(&self.policies) {
            if !policy.gate && self.pass_threshold.is_some() {
                continue;
            }
            if score.is_unscored() {
                unscored = true;
            } else if !score.passed() {
                return Outcome::Fail;
            }
        }
        match (self.pass_threshold, composite) {
            _ if unscored => Outcome::Unscored,
            (None, _) => Outcome::Pass,
            (Some(_), None) => Outcome::Unscored,
            (Some(threshold), Some(composite)) if composite >= threshold - ROUNDING => {
                Outcome::Pass
            }
            (Some(_), Some(_)) => Outcome::Fail,
        }
    }
}

/// The score as it may be kept: without secrets in the reason of an unscored one, and without
/// metadata that could be written but not read back.
fn kept(score: Score) -> Score {
    if let Some(Cow::Owned(masked)) = score.unscored_reason().map(masked) {
        return Score::unscored(masked);
    }
    if score.metadata_map().is_some_and(|map| map.values().any(too_deep)) {
        return Score::unscored(format!(
            "the metadata of the score is nested more than {DEEPEST} levels deep"
        ));
    }
    score
}

fn panicked(scorer: &str, caught: Caught) -> RowError {
    let place = match caught.place {
        Some(place) => format!("scorer `{scorer}`, {place}"),
        None => format!("scorer `{scorer}`"),
    };
    RowError::new(RowErrorKind::ScorerPanic, caught.message).at(place)
}
