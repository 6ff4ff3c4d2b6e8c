//! Gates and verdicts as functions of a summary's numbers.

use keystone::eval::{Counts, Data, Direction, Eval, Gates, Stats, Summary, Verdict};
use keystone::{Case, Score};
use proptest::prelude::*;
use serde_json::json;

use super::fixtures::{into, journalled, scorer};

/// A summary of these counts, with one scorer of this mean, held against the gates.
fn summary(
    [pass, fail, error, unscored]: [u64; 4],
    mean: Option<f64>,
    interrupted: Option<&str>,
    gates: &Gates,
) -> Summary {
    let total = pass + fail + error + unscored;
    let rate = (total > 0).then(|| pass as f64 / total as f64);
    let mut summary: Summary = serde_json::from_value(json!({
        "schema": 1, "eval": "e", "trials": 1,
        "counts": {"pass": pass, "fail": fail, "error": error, "unscored": unscored},
        "pass_rate": rate,
        "composite": Stats::default(),
        "scorers": [{"name": "s", "weight": 1.0, "gate": false, "mean": mean, "p50": null,
                     "p95": null, "count": 0, "passed": 0, "failed": 0, "unscored": 0}],
        "gates": [], "verdict": "error", "interrupted": interrupted,
        "run": {"id": "", "started": "", "duration_ms": 0.0, "task_ms": Stats::default(),
                "resumed": 0},
    }))
    .unwrap();
    summary.gates = gates.check(&summary);
    summary.verdict = Verdict::of(&summary);
    summary
}

fn gates(pass_rate: f64) -> Gates {
    let mut gates = Gates::default();
    gates.pass_rate = pass_rate;
    gates
}

fn with(mut gates: Gates, change: impl FnOnce(&mut Gates)) -> Gates {
    change(&mut gates);
    gates
}

#[test]
fn every_bar_is_shown_with_what_was_reached() {
    let gates = with(gates(0.9), |gates| {
        gates.min_mean = vec![("s".into(), 0.8), ("not there".into(), 0.5)];
        gates.max_errors = Some(2);
        gates.max_error_rate = Some(0.05);
    });
    let summary = summary([8, 1, 1, 0], Some(0.85), None, &gates);
    let shown: Vec<_> = summary
        .gates
        .iter()
        .map(|gate| (gate.gate.as_str(), gate.direction, gate.bound, gate.reached, gate.passed))
        .collect();
    use Direction::{AtLeast, AtMost};
    assert_eq!(
        shown,
        [
            ("pass_rate", AtLeast, 0.9, Some(0.8), false),
            ("mean(s)", AtLeast, 0.8, Some(0.85), true),
            ("mean(not there)", AtLeast, 0.5, None, false),
            ("errors", AtMost, 2.0, Some(1.0), true),
            ("error_rate", AtMost, 0.05, Some(0.1), false),
        ]
    );
}

#[test]
fn no_error_is_tolerated_unless_said() {
    let errors = |gates: &Gates| {
        summary([1, 0, 0, 0], None, None, gates)
            .gates
            .iter()
            .map(|gate| (gate.gate.clone(), gate.bound))
            .skip(1)
            .collect::<Vec<_>>()
    };
    assert_eq!(errors(&gates(1.0)), [("errors".to_owned(), 0.0)]);
    let rate = with(gates(1.0), |gates| gates.max_error_rate = Some(0.1));
    assert_eq!(errors(&rate), [("error_rate".to_owned(), 0.1)]);
    let count = with(gates(1.0), |gates| gates.max_errors = Some(5));
    assert_eq!(errors(&count), [("errors".to_owned(), 5.0)]);
}

#[test]
fn the_verdict_of_a_table() {
    use Verdict::{Error, Fail, Pass};
    let any = || gates(0.0);
    let tolerant = |rate| with(gates(rate), |gates| gates.max_errors = Some(1_000));
    let mean = |rate| with(gates(rate), |gates| gates.min_mean = vec![("s".into(), 0.5)]);
    let stop = Some("it was stopped");
    // Counts are pass, fail, error, unscored.
    type Line = (&'static str, [u64; 4], Option<f64>, Option<&'static str>, Gates, Verdict);
    let table: [Line; 22] = [
        ("all pass", [10, 0, 0, 0], None, None, gates(1.0), Pass),
        ("one fails", [9, 1, 0, 0], None, None, gates(1.0), Fail),
        ("one is unscored", [9, 0, 0, 1], None, None, gates(1.0), Fail),
        ("one breaks", [9, 0, 1, 0], None, None, gates(1.0), Error),
        ("enough pass", [9, 1, 0, 0], None, None, gates(0.9), Pass),
        ("a rate exact on paper", [7, 3, 0, 0], None, None, gates(0.7), Pass),
        ("a third", [1, 2, 0, 0], None, None, gates(1.0 / 3.0), Pass),
        ("enough pass, but one breaks", [9, 0, 1, 0], None, None, gates(0.5), Error),
        ("it failed though all that broke had passed", [5, 4, 1, 0], None, None, gates(0.7), Fail),
        ("it might have passed", [6, 3, 1, 0], None, None, gates(0.7), Error),
        (
            "errors that are tolerated are rows that did not pass",
            [6, 3, 1, 0],
            None,
            None,
            tolerant(0.7),
            Fail,
        ),
        ("errors that are tolerated", [7, 2, 1, 0], None, None, tolerant(0.7), Pass),
        ("all broke", [0, 0, 10, 0], None, None, gates(1.0), Error),
        ("all broke, and means are wanted", [0, 0, 10, 0], None, None, mean(1.0), Error),
        ("the mean is reached", [10, 0, 0, 0], Some(0.5), None, mean(1.0), Pass),
        ("the mean is missed", [10, 0, 0, 0], Some(0.49), None, mean(1.0), Fail),
        ("the mean is missed, and one breaks", [9, 0, 1, 0], Some(0.49), None, mean(0.5), Fail),
        ("nothing was scored", [0, 0, 0, 10], None, None, mean(0.0), Fail),
        ("stopped while all was well", [5, 0, 0, 0], Some(1.0), stop, mean(1.0), Error),
        ("stopped after a failure", [5, 1, 0, 0], None, stop, gates(1.0), Error),
        ("stopped before anything", [0, 0, 0, 0], None, stop, any(), Error),
        ("nothing at all", [0, 0, 0, 0], None, None, any(), Fail),
    ];
    for (name, counts, mean, interrupted, gates, verdict) in table {
        assert_eq!(summary(counts, mean, interrupted, &gates).verdict, verdict, "{name}");
    }
}

fn any_gates() -> impl Strategy<Value = Gates> {
    let share = || prop_oneof![Just(0.0), Just(1.0), Just(0.5), 0.0..=1.0_f64];
    (
        share(),
        proptest::option::of(share()),
        proptest::option::of(0_u64..6),
        proptest::option::of(share()),
    )
        .prop_map(|(pass_rate, mean, errors, rate)| {
            with(gates(pass_rate), |gates| {
                gates.min_mean = mean.map(|mean| ("s".to_owned(), mean)).into_iter().collect();
                gates.max_errors = errors;
                gates.max_error_rate = rate;
            })
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn one_more_error_never_makes_it_pass(
        counts in [0_u64..12, 0_u64..12, 0_u64..12, 0_u64..12],
        mean in proptest::option::of(0.0..=1.0_f64),
        gates in any_gates(),
    ) {
        let before = summary(counts, mean, None, &gates).verdict;
        let [pass, fail, error, unscored] = counts;
        let after = summary([pass, fail, error + 1, unscored], mean, None, &gates).verdict;
        prop_assert!(before == Verdict::Pass || after != Verdict::Pass, "{before} became {after}");
    }

    #[test]
    fn a_pass_reaches_every_bar_and_an_interrupted_run_never_passes(
        counts in [0_u64..12, 0_u64..12, 0_u64..12, 0_u64..12],
        mean in proptest::option::of(0.0..=1.0_f64),
        gates in any_gates(),
    ) {
        let summary_of = |stop| summary(counts, mean, stop, &gates);
        prop_assert_ne!(summary_of(Some("stopped")).verdict, Verdict::Pass);
        let [pass, _, error, _] = counts;
        let total = counts.iter().sum::<u64>();
        let reached = total > 0
            && pass as f64 >= gates.pass_rate * total as f64 - 1e-9
            && gates.min_mean.iter().all(|(_, bound)| mean.is_some_and(|mean| mean >= bound - 1e-9))
            && match (gates.max_errors, gates.max_error_rate) {
                (None, None) => error == 0,
                (most, rate) => most.is_none_or(|most| error <= most)
                    && rate.is_none_or(|rate| error as f64 <= rate * total as f64 + 1e-9),
            };
        prop_assert_eq!(summary_of(None).verdict == Verdict::Pass, reached);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// The verdict of a run is what its journal says, reckoned anew.
    #[test]
    fn a_pass_is_a_pass_by_the_journal(
        scores in proptest::collection::vec(
            prop_oneof![
                3 => (0.0..=1.0_f64).prop_map(Some),
                3 => Just(Some(1.0)),
                1 => Just(None),
            ],
            1..30,
        ),
        broken in proptest::collection::vec(proptest::bool::weighted(0.1), 30),
        gates in any_gates(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let cases: Vec<_> = (0..scores.len()).map(|n| Case::<u64, u64>::new(n as u64)).collect();
        let mut evaluation = Eval::new("e")
            .data(Data::values(cases))
            .try_task(move |n: &u64| if broken[*n as usize] { Err("broken") } else { Ok(*n) })
            .scorer(scorer("s", move |subject| {
                let n = subject.output().value().as_u64().unwrap();
                scores[n as usize].map_or_else(|| Score::unscored("no"), Score::new)
            }))
            .pass_rate(gates.pass_rate);
        for (name, mean) in &gates.min_mean {
            evaluation = evaluation.min_mean(name.clone(), *mean);
        }
        if let Some(errors) = gates.max_errors {
            evaluation = evaluation.max_errors(errors);
        }
        if let Some(rate) = gates.max_error_rate {
            evaluation = evaluation.max_error_rate(rate);
        }
        let report = evaluation.run_with(&into(folder.path())).unwrap();
        let rows = journalled(folder.path());
        let total = rows.len() as f64;
        let count = |word: &str| {
            rows.iter().filter(|row| row.outcome.as_str() == word).count() as u64
        };
        let scored: Vec<f64> = rows.iter().flat_map(|row| &row.scores).filter_map(|s| s.score).collect();
        let mean = (!scored.is_empty()).then(|| scored.iter().sum::<f64>() / scored.len() as f64);
        let errors = count("error");
        let pass = count("pass") as f64 >= gates.pass_rate * total - 1e-9
            && gates.min_mean.iter().all(|(_, bound)| mean.is_some_and(|mean| mean >= bound - 1e-9))
            && match (gates.max_errors, gates.max_error_rate) {
                (None, None) => errors == 0,
                (most, rate) => most.is_none_or(|most| errors <= most)
                    && rate.is_none_or(|rate| errors as f64 <= rate * total + 1e-9),
            };
        prop_assert_eq!(report.summary.verdict == Verdict::Pass, pass);
        let counts: Counts = report.summary.counts;
        prop_assert_eq!(
            [counts.pass, counts.fail, counts.error, counts.unscored],
            [count("pass"), count("fail"), count("error"), count("unscored")]
        );
    }
}
