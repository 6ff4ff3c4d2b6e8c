//! Scorers that run here, over the results of a run on the server.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::scorers::{Scenario, Score};
use crate::types::{InvariantResult, RunResults, ScenarioResult, UnscoredResult};
use crate::{Error, ErrorKind, Scorer};

/// The scorers of one call.
#[derive(Default)]
pub(crate) struct Panel(Vec<Box<dyn Scorer>>);

impl Panel {
    pub(crate) fn push(&mut self, scorer: Box<dyn Scorer>) {
        self.0.push(scorer);
    }

    /// Says before anything runs, and costs, what cannot be scored afterwards.
    pub(crate) fn check(&self) -> Result<(), Error> {
        for scorer in &self.0 {
            let name = scorer.name();
            if scorer.runs_in_sandbox() {
                return Err(Error::new(
                    ErrorKind::Argument,
                    format!(
                        "the scorer `{name}` looks into the sandbox, which is gone when a run has ended; put it into the spec as an invariant (`scorers_to_invariants` writes it)"
                    ),
                ));
            }
            scorer.check().map_err(|why| {
                Error::new(ErrorKind::Argument, format!("the scorer `{name}`: {why}"))
            })?;
        }
        Ok(())
    }

    /// Grades all scenarios.
    pub(crate) fn score(&self, results: &mut RunResults) {
        if self.0.is_empty() {
            return;
        }
        for scenario in &mut results.scenarios {
            let (recorded, mut missing) = (recorded(scenario), Vec::new());
            let output = recorded.output();
            let subject = recorded.subject(&output);
            for scorer in &self.0 {
                // One scorer that panics loses neither the run nor the other scores.
                let score = catch_unwind(AssertUnwindSafe(|| scorer.score(&subject)))
                    .unwrap_or_else(|panic| Score::unscored(told(panic.as_ref())));
                match invariant(scorer, &score) {
                    Ok(invariant) => scenario.invariants.push(invariant),
                    Err(reason) => missing.push((scorer.name().to_owned(), reason)),
                }
            }
            results.unscored.extend(missing.into_iter().map(|(scorer, reason)| UnscoredResult {
                scenario_id: scenario.scenario_id.clone(),
                scorer,
                reason,
            }));
        }
    }
}

fn recorded(scenario: &ScenarioResult) -> Scenario {
    let mut recorded =
        Scenario::new(scenario.agent_output.clone()).id(scenario.scenario_id.clone());
    recorded.parameters.clone_from(&scenario.parameters);
    recorded
}

fn invariant(scorer: &dyn Scorer, score: &Score) -> Result<InvariantResult, String> {
    let Some(value) = score.value() else {
        return Err(score.unscored_reason().unwrap_or_default().to_owned());
    };
    let policy = scorer.policy();
    Ok(InvariantResult {
        name: scorer.name().to_owned(),
        passed: score.passed(),
        gate: policy.gate,
        weight: policy.weight,
        score: value,
        message: score.message_text().to_owned(),
        ..InvariantResult::default()
    })
}

fn told(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without words");
    format!("the scorer panicked: {words}")
}

impl fmt::Debug for Panel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|scorer| scorer.name())).finish()
    }
}
