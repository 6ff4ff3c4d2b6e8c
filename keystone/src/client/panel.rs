//! Scorers that run here, over the results of a run on the server.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::scorers::{Scenario, Score};
use crate::types::{InvariantResult, RunResults, ScenarioResult, ScenarioStatus, UnscoredResult};
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
        let mut unscored = Vec::new();
        let mut say = |scenario_id: &str, scorer: &dyn Scorer, reason: String| {
            let scorer = calmly(|| scorer.name().to_owned()).unwrap_or_else(|panic| panic);
            unscored.push(UnscoredResult { scenario_id: scenario_id.to_owned(), scorer, reason });
        };
        if results.scenarios.is_empty() {
            for scorer in &self.0 {
                let reason = "the server sent no scenarios with the results".to_owned();
                say("", scorer, reason);
            }
        }
        for scenario in &mut results.scenarios {
            let recorded = recorded(scenario);
            let output = recorded.output();
            let subject = recorded.subject(&output);
            // What broke has no output to grade; grading nothing would make a failure of it.
            let broken = scenario.status == ScenarioStatus::Error;
            for scorer in &self.0 {
                let graded = if broken {
                    Err("the scenario ended with an error".to_owned())
                } else {
                    // One scorer that panics loses neither the run nor the other scores.
                    calmly(|| invariant(scorer, &scorer.score(&subject))).and_then(|graded| graded)
                };
                match graded {
                    Ok(invariant) => scenario.invariants.push(invariant),
                    Err(reason) => say(&scenario.scenario_id, scorer, reason),
                }
            }
        }
        results.unscored.extend(unscored);
    }
}

/// Does something of the user's, and makes words of a panic.
fn calmly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| told(panic.as_ref()))
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
