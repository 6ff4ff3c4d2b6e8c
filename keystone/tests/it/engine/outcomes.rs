//! How the scores of a row become its outcome.

use keystone::eval::{Data, Eval, EvalError, Evaluation, Outcome, RowErrorKind, Verdict};
use keystone::{Case, Score};

use super::fixtures::{always, equal, numbers, outcomes, over_numbers, row, scorer};

fn one(task: impl Fn(&u64) -> u64 + Send + Sync + 'static) -> Evaluation {
    Eval::new("one").data(Data::values(numbers(1))).task(task)
}

#[test]
fn the_four_outcomes_are_counted_apart() {
    let report = Eval::new("four")
        .data(Data::values(numbers(4)))
        .try_task(|n: &u64| if *n == 2 { Err("no network") } else { Ok(*n) })
        .scorer(scorer("mixed", |subject| match subject.id() {
            Some("c0") => Score::pass(),
            Some("c1") => Score::fail("wrong"),
            _ => Score::unscored("cannot tell"),
        }))
        .run()
        .unwrap();
    let counts = report.summary.counts;
    assert_eq!((counts.pass, counts.fail, counts.error, counts.unscored), (1, 1, 1, 1));
    assert_eq!(report.summary.pass_rate(), Some(0.25), "all rows are in the denominator");
    let scored = report.summary.scorer("mixed").unwrap();
    assert_eq!((scored.passed, scored.failed, scored.unscored), (1, 1, 1));
    assert_eq!(scored.stats.count, 2, "the mean is over the rows that have a score");
    assert_eq!(row(&report, "c2").error.as_ref().unwrap().kind, RowErrorKind::Task);
    assert_eq!(row(&report, "c3").scores[0].unscored.as_deref(), Some("cannot tell"));
    let failures: Vec<_> = report.failures.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(failures, ["c1", "c2", "c3"]);
}

/// Each line: the scores of three scorers as (value or none, weight, gate, passed by its own
/// word), the threshold, and what comes of them.
#[test]
fn composite_weights_gates_and_thresholds() {
    type Given = (Option<f64>, f64, bool, Option<bool>);
    let plain = |value| (Some(value), 1.0, false, None);
    let none = (None, 1.0, false, None);
    type Line<'a> = (&'a str, &'a [Given], Option<f64>, Outcome, Option<f64>);
    let table: &[Line<'_>] = &[
        ("all pass", &[plain(1.0), plain(0.5)], None, Outcome::Pass, Some(0.75)),
        ("one fails", &[plain(1.0), plain(0.4)], None, Outcome::Fail, Some(0.7)),
        ("one is unscored", &[plain(1.0), none], None, Outcome::Unscored, None),
        ("fail beats unscored", &[none, plain(0.0)], None, Outcome::Fail, None),
        (
            "the composite reaches it",
            &[plain(1.0), plain(0.4)],
            Some(0.7),
            Outcome::Pass,
            Some(0.7),
        ),
        ("it does not", &[plain(1.0), plain(0.2)], Some(0.7), Outcome::Fail, Some(0.6)),
        (
            "weights count",
            &[(Some(1.0), 3.0, false, None), plain(0.0)],
            Some(0.75),
            Outcome::Pass,
            Some(0.75),
        ),
        (
            "weight 0 does not count in the composite",
            &[plain(1.0), (None, 0.0, false, None)],
            Some(1.0),
            Outcome::Pass,
            Some(1.0),
        ),
        (
            "weight 0 counts where every scorer must pass",
            &[plain(1.0), (Some(0.0), 0.0, false, None)],
            None,
            Outcome::Fail,
            Some(1.0),
        ),
        (
            "a gate fails whatever the composite says",
            &[plain(1.0), plain(1.0), (Some(0.4), 1.0, true, None)],
            Some(0.1),
            Outcome::Fail,
            Some(0.8),
        ),
        (
            "an unscored gate is no pass",
            &[plain(1.0), (None, 0.0, true, None)],
            Some(0.1),
            Outcome::Unscored,
            Some(1.0),
        ),
        (
            "a failed gate beats an unscored composite",
            &[none, (Some(0.0), 1.0, true, None)],
            Some(0.1),
            Outcome::Fail,
            None,
        ),
        ("an unscored composite", &[plain(1.0), none], Some(0.1), Outcome::Unscored, None),
        (
            "a score's own word counts",
            &[(Some(0.1), 1.0, false, Some(true))],
            None,
            Outcome::Pass,
            Some(0.1),
        ),
        (
            "a score's own word counts against it",
            &[(Some(0.9), 1.0, false, Some(false))],
            None,
            Outcome::Fail,
            Some(0.9),
        ),
        (
            "ten thirds of a tenth reach their mean",
            &[plain(0.1), plain(0.2), plain(0.3)],
            Some(0.2),
            Outcome::Pass,
            Some(0.2),
        ),
    ];
    for (name, given, threshold, outcome, composite) in table {
        let mut evaluation = one(|n| *n);
        for (at, (value, weight, gate, passed)) in given.iter().enumerate() {
            let mut score = value.map_or_else(|| Score::unscored("none"), Score::new);
            if let Some(passed) = passed {
                score = score.passed_if(*passed);
            }
            let mut asks = scorer(&format!("s{at}"), move |_| score.clone()).weight(*weight);
            if *gate {
                asks = asks.gate();
            }
            evaluation = evaluation.scorer(asks);
        }
        if let Some(threshold) = threshold {
            evaluation = evaluation.pass_threshold(*threshold);
        }
        let report = evaluation.run().unwrap();
        assert_eq!(report.rows[0].outcome, *outcome, "{name}");
        match (report.rows[0].composite, composite) {
            (Some(reached), Some(wanted)) => {
                assert!((reached - wanted).abs() < 1e-12, "{name}: {reached}");
            }
            (reached, wanted) => assert_eq!(reached, *wanted, "{name}"),
        }
    }
}

#[test]
fn numbers_that_are_no_scores_are_unscored_with_a_reason() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 85.0, -0.1, 1.001] {
        let report = one(|n| *n).scorer(scorer("odd", move |_| value)).run().unwrap();
        assert_eq!(report.rows[0].outcome, Outcome::Unscored, "{value}");
        let reason = report.rows[0].scores[0].unscored.as_deref().unwrap();
        assert!(reason.contains("from 0 to 1"), "{reason}");
        assert_eq!(report.summary.verdict, Verdict::Fail, "{value}: a row that nobody graded");
        assert_eq!(report.summary.scorers[0].stats.mean, None);
    }
}

/// Weights are any numbers from 0 up; large ones must not overflow into a composite that is no
/// number.
#[test]
fn weights_as_large_as_numbers_go_give_a_composite() {
    for (second, composite) in [(0.5, 0.75), (1.0, 1.0)] {
        let report = super::fixtures::must_end(move || {
            one(|n| *n)
                .scorer(scorer("a", |_| 1.0).weight(1e308))
                .scorer(scorer("b", move |_| second).weight(1e308))
                .run()
        });
        // Refusing such weights is as good as reckoning with them.
        match report {
            Ok(report) => assert_eq!(report.rows[0].composite, Some(composite)),
            Err(EvalError::Config { problems, .. }) => assert!(problems[0].contains("weight")),
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn each_trial_is_a_row() {
    let report = Eval::new("trials")
        .data(Data::values(numbers(3)))
        .task_with(|context| {
            let mut output = keystone::Output::json(&context.trial).unwrap();
            output = output.metadata("id", context.case.id.clone().unwrap());
            Ok(output)
        })
        .scorer(scorer("first", |subject| subject.output().value() == 0))
        .trials(4)
        .pass_rate(0.25)
        .run()
        .unwrap();
    let order: Vec<_> = report.rows.iter().map(|row| (row.index, row.trial)).collect();
    let wanted: Vec<_> = (0..3).flat_map(|index| (0..4).map(move |trial| (index, trial))).collect();
    assert_eq!(order, wanted);
    assert!(report.rows.iter().all(|row| row.output == Some(row.trial.into())));
    assert!(report.rows.iter().all(|row| row.output_metadata["id"] == row.id));
    assert_eq!(report.summary.counts.total(), 12);
    assert_eq!(report.summary.counts.pass, 3);
    assert_eq!(report.summary.trials, 4);
    assert_eq!(report.summary.verdict, Verdict::Pass);
}

#[test]
fn what_is_wrong_with_an_evaluation_is_said_all_at_once() {
    let error = one(|n| *n)
        .scorer(scorer("a", |_| 1.0).weight(-1.0))
        .scorer(scorer("a", |_| 1.0).weight(f64::NAN))
        .pass_rate(1.5)
        .pass_threshold(f64::NAN)
        .max_error_rate(-0.1)
        .min_mean("b", 2.0)
        .trials(0)
        .max_concurrency(0)
        .timeout(std::time::Duration::ZERO)
        .run()
        .unwrap_err();
    let EvalError::Config { problems, .. } = &error else { panic!("{error}") };
    let text = problems.join("\n");
    for wanted in [
        "named `a`",
        "-1",
        "NaN",
        "pass_rate is 1.5",
        "pass_threshold is NaN",
        "max_error_rate is -0.1",
        "min_mean of `b` is 2",
        "`b`, which it does not have",
        "trials is 0",
        "max_concurrency is 0",
        "timeout is 0",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing in:\n{text}");
    }
}

#[test]
fn an_evaluation_without_scorers_is_refused() {
    let error = one(|n| *n).run().unwrap_err();
    assert!(error.to_string().contains("no scorers"), "{error}");
}

/// The row's own expected value is what it is graded against, on however many threads.
#[test]
fn no_row_is_graded_against_the_answer_of_another() {
    let report = over_numbers(2_000, |n| if n % 3 == 0 { n + 1 } else { n })
        .scorer(equal())
        .max_concurrency(16)
        .pass_rate(0.0)
        .run()
        .unwrap();
    for (id, outcome) in outcomes(&report) {
        let n: u64 = id[1..].parse().unwrap();
        assert_eq!(
            outcome,
            if n.is_multiple_of(3) { Outcome::Fail } else { Outcome::Pass },
            "{id}"
        );
    }
}

#[test]
fn a_case_that_expects_nothing_can_be_scored() {
    let report = Eval::new("free")
        .data(Data::<String, String>::values([Case::new("hello")]))
        .task(|word: &String| word.len())
        .scorer(scorer("five", |subject| {
            assert!(subject.expected().is_none() && subject.expected_text().is_none());
            subject.output_text() == "5"
        }))
        .run()
        .unwrap();
    assert_eq!(report.rows[0].outcome, Outcome::Pass);
    assert_eq!(report.rows[0].expected, None);
}

#[test]
fn all_scorers_are_asked_though_the_first_fails() {
    let report = one(|n| *n)
        .scorer(always("no", Score::fail("because").metadata("k", 1)))
        .scorer(always("yes", Score::pass().message("fine")))
        .run()
        .unwrap();
    let scores = &report.rows[0].scores;
    assert_eq!((scores[0].message.as_str(), scores[1].message.as_str()), ("because", "fine"));
    assert_eq!(scores[0].metadata["k"], 1);
    assert_eq!(report.rows[0].score("yes").unwrap().score, Some(1.0));
}
