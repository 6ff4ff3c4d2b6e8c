//! What must hold of an evaluation before its first row runs.

use std::collections::HashSet;

use super::super::{EvalError, Evaluation, RunOptions, panics};

/// Finds everything that is wrong with an evaluation.
pub(super) fn check(evaluation: &Evaluation, options: &RunOptions) -> Result<(), EvalError> {
    let mut problems = Vec::new();
    let mut names = HashSet::new();
    if evaluation.scorers.is_empty() {
        problems.push("it has no scorers; add at least one".to_owned());
    }
    for scorer in &evaluation.scorers {
        let asked = panics::catch(|| {
            let _ = scorer.rule();
            (scorer.name().to_owned(), scorer.policy(), scorer.check())
        });
        let (name, policy, checked) = match asked {
            Ok(answers) => answers,
            Err(caught) => {
                problems.push(format!("one of its scorers is broken: {caught}"));
                continue;
            }
        };
        if !names.insert(name.clone()) {
            problems.push(format!(
                "two of its scorers are named `{name}`; give one of them another name with `.named(\"…\")`"
            ));
        }
        if !(policy.weight.is_finite() && policy.weight >= 0.0) {
            problems.push(format!(
                "the weight of `{name}` is {}, but a weight is a number from 0 up",
                policy.weight
            ));
        }
        if let Err(why) = checked {
            problems.push(format!("scorer `{name}`: {why}"));
        }
    }
    let weights = evaluation.scorers.iter().map(|scorer| scorer.policy().weight);
    if weights.sum::<f64>() == f64::INFINITY {
        problems.push(
            "the weights of its scorers add up to more than a number can hold; make them smaller"
                .to_owned(),
        );
    }
    let mut share = |what: &str, value: f64| {
        if !(0.0..=1.0).contains(&value) {
            problems.push(format!("{what} is {value}, but it must be from 0 to 1"));
        }
    };
    let gates = &evaluation.gates;
    share("pass_rate", gates.pass_rate);
    if let Some(threshold) = evaluation.pass_threshold {
        share("pass_threshold", threshold);
    }
    if let Some(rate) = gates.max_error_rate {
        share("max_error_rate", rate);
    }
    for (name, mean) in &gates.min_mean {
        share(&format!("min_mean of `{name}`"), *mean);
    }
    for (name, _) in &gates.min_mean {
        if !names.contains(name.as_str()) {
            let mut known: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            known.sort();
            problems.push(format!(
                "min_mean names the scorer `{name}`, which it does not have; it has {}",
                known.join(", ")
            ));
        }
    }
    if evaluation.pass_threshold.is_some()
        && !evaluation.scorers.is_empty()
        && evaluation.scorers.iter().all(|scorer| scorer.policy().weight == 0.0)
    {
        problems.push("pass_threshold needs a scorer whose weight is not 0".to_owned());
    }
    if options.trials.unwrap_or(evaluation.trials) == 0 {
        problems.push("trials is 0, but the task must run at least once a row".to_owned());
    }
    if options.max_concurrency.unwrap_or(evaluation.max_concurrency) == 0 {
        problems.push("max_concurrency is 0, but at least one row must run at a time".to_owned());
    }
    if options.timeout.unwrap_or(evaluation.timeout).is_some_and(|timeout| timeout.is_zero()) {
        problems.push("timeout is 0; leave it out, or use `no_timeout`".to_owned());
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(EvalError::Config { eval: evaluation.name.clone(), problems })
}
