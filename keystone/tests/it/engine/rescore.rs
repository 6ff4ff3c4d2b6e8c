//! Scoring the outputs of an earlier run anew.

use std::path::Path;

use keystone::eval::{
    Data, Eval, EvalReport, Evaluation, Journal, Outcome, RowErrorKind, RunOptions, Selection,
    Stop, Verdict,
};
use keystone::{Case, Output, Score, ToolCall};
use serde_json::json;

use super::fixtures::{
    equal, into, journalled, must_end, numbers, over_numbers, row, scorer, steady,
};

/// The same evaluation with a task that must not be run.
fn idle(count: u64) -> Evaluation {
    over_numbers(count, |_| -> u64 { panic!("no task may run") })
}

fn rescored(folder: &Path, evaluation: &Evaluation) -> EvalReport {
    let journal = Journal::open(folder).unwrap();
    evaluation.rescore(&journal, &RunOptions::new().keep_all()).unwrap()
}

#[test]
fn other_scorers_give_other_outcomes_and_no_task_runs() {
    let folder = tempfile::tempdir().unwrap();
    let first = over_numbers(10, |n| n * 2).scorer(equal()).run_with(&into(folder.path())).unwrap();
    assert_eq!(first.summary.counts.pass, 1);
    let evaluation = idle(10).scorer(scorer("double", |subject| {
        let expected: u64 = *subject.expected_as().unwrap();
        let input: u64 = *subject.input_as().unwrap();
        assert_eq!(input, expected);
        subject.output_as::<u64>().unwrap() == expected * 2
    }));
    let second = rescored(folder.path(), &evaluation);
    assert_eq!(second.summary.counts.pass, 10);
    assert_eq!(second.summary.verdict, Verdict::Pass);
    for (before, after) in first.rows.iter().zip(&second.rows) {
        assert_eq!(
            (&before.id, before.index, &before.output),
            (&after.id, after.index, &after.output)
        );
        assert_eq!(before.input, after.input);
    }
}

#[test]
fn scorers_see_all_that_they_saw_the_first_time() {
    let folder = tempfile::tempdir().unwrap();
    let case = Case::<String, u64>::new("question")
        .expected(4_u64)
        .id("c")
        .tag("t")
        .metadata("k", 1)
        .context("the case's own");
    let evaluation = |quiet: bool| {
        Eval::new("rich")
            .data(Data::values([case.clone()]))
            .task_with(move |_| {
                assert!(!quiet, "no task may run");
                Ok(Output::text("answer")
                    .context("retrieved")
                    .metadata("model", "m")
                    .tool_call(ToolCall::new("look").arguments(json!({"q": 1})).result("r")))
            })
            .scorer(scorer("sees", |subject| {
                let seen = json!({
                    "id": subject.id(), "input": subject.input_text().unwrap(),
                    "expected": subject.expected(), "tags": subject.tags(),
                    "metadata": subject.metadata(), "context": subject.context(),
                    "output": subject.output(),
                });
                Score::pass().metadata("seen", seen)
            }))
    };
    let first = evaluation(false).run_with(&into(folder.path())).unwrap();
    let second = rescored(folder.path(), &evaluation(true));
    let seen = &first.rows[0].scores[0].metadata["seen"];
    assert_eq!(seen["output"]["tool_calls"][0]["result"], "r");
    assert_eq!(seen["context"], json!(["retrieved"]));
    assert_eq!(seen, &second.rows[0].scores[0].metadata["seen"]);
}

#[test]
fn trials_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let first =
        over_numbers(4, |n| n).scorer(equal()).trials(3).run_with(&into(folder.path())).unwrap();
    let other = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let second = idle(4).trials(5).scorer(equal()).rescore(&journal, &into(other.path())).unwrap();
    let places = |report: &EvalReport| -> Vec<_> {
        report.rows.iter().map(|row| (row.index, row.trial, row.outcome)).collect()
    };
    assert_eq!(places(&first), places(&second));
    assert_eq!(steady(&first.summary), steady(&second.summary));
    // What was written says the same as what was returned.
    let written: keystone::eval::Summary =
        serde_json::from_slice(&std::fs::read(other.path().join("summary.json")).unwrap()).unwrap();
    assert_eq!(written, second.summary);
    assert_eq!(Journal::open(other.path()).unwrap().header().trials, 3);
}

#[test]
fn rows_that_broke_stay_broken_unless_there_is_an_output() {
    let folder = tempfile::tempdir().unwrap();
    let _ = Eval::new("numbers")
        .data(Data::values(numbers(3)))
        .try_task(|n: &u64| if *n == 0 { Err("down") } else { Ok(*n) })
        .scorer(scorer("breaks", |subject| {
            assert!(subject.id() != Some("c1"), "broken scorer");
            1.0
        }))
        .run_with(&into(folder.path()))
        .unwrap();
    let report = rescored(folder.path(), &idle(3).scorer(equal()));
    let error = row(&report, "c0").error.as_ref().unwrap();
    assert_eq!((error.kind, error.message.as_str()), (RowErrorKind::Task, "down"));
    assert_eq!(row(&report, "c1").outcome, Outcome::Pass, "its output was paid for and is there");
}

/// Half a run is half a run, whoever scores it.
#[test]
fn a_run_that_was_interrupted_is_no_pass_when_scored_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let stop = Stop::default();
    let first = must_end(move || {
        let asks = stop.clone();
        over_numbers(10, move |n| {
            if n == 3 {
                asks.request();
            }
            n
        })
        .scorer(equal())
        .max_concurrency(1)
        .run_with(&into(&path).stop(stop))
    })
    .unwrap();
    assert_eq!(first.summary.verdict, Verdict::Error);
    let second = rescored(folder.path(), &idle(10).scorer(equal()));
    assert_eq!(second.summary.counts.pass, 4);
    assert!(second.summary.interrupted.is_some(), "nobody is told that six rows are missing");
    assert_eq!(second.summary.verdict, Verdict::Error);
}

/// Neither is a run that was killed, whose journal just ends.
#[test]
fn a_run_that_was_killed_is_no_pass_when_scored_anew() {
    let folder = tempfile::tempdir().unwrap();
    let _ = over_numbers(10, |n| n)
        .scorer(equal())
        .max_concurrency(1)
        .run_with(&into(folder.path()))
        .unwrap();
    let path = folder.path().join("journal.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let kept: Vec<_> = text.lines().take(5).collect();
    std::fs::write(&path, kept.join("\n") + "\n").unwrap();
    let second = rescored(folder.path(), &idle(10).scorer(equal()));
    assert_eq!(second.summary.counts.pass, 4);
    assert_eq!(second.summary.verdict, Verdict::Error);
}

#[test]
fn a_part_stays_a_part() {
    let folder = tempfile::tempdir().unwrap();
    let mut selection = Selection::default();
    selection.first = Some(3);
    let _ = over_numbers(10, |n| n)
        .scorer(equal())
        .run_with(&into(folder.path()).select(selection))
        .unwrap();
    let other = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let second = idle(10).scorer(equal()).rescore(&journal, &into(other.path())).unwrap();
    assert_eq!(second.summary.partial, ["--first 3"]);
    assert_eq!(Journal::open(other.path()).unwrap().header().partial, ["--first 3"]);
}

/// The outputs were paid for; the journal that holds them is not replaced by the new one.
#[test]
fn a_journal_is_never_rescored_into_itself() {
    let folder = tempfile::tempdir().unwrap();
    let _ = over_numbers(5, |n| n).scorer(equal()).run_with(&into(folder.path())).unwrap();
    let before = std::fs::read(folder.path().join("journal.jsonl")).unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let result = idle(5).scorer(equal()).rescore(&journal, &into(folder.path()));
    let after = std::fs::read(folder.path().join("journal.jsonl")).unwrap();
    assert!(before == after, "the journal that was read has been overwritten");
    assert!(result.is_err());
    assert_eq!(journalled(folder.path()).len(), 5);
}

#[test]
fn a_null_output_is_an_output() {
    let folder = tempfile::tempdir().unwrap();
    let evaluation = |quiet: bool| {
        over_numbers(2, move |n| {
            assert!(!quiet, "no task may run");
            (n == 1).then_some(n)
        })
        .scorer(scorer("null", |subject| subject.output().value().is_null()))
        .pass_rate(0.5)
    };
    let first = evaluation(false).run_with(&into(folder.path())).unwrap();
    assert_eq!(row(&first, "c0").outcome, Outcome::Pass);
    let second = rescored(folder.path(), &evaluation(true));
    assert_eq!(row(&second, "c0").outcome, Outcome::Pass);
    assert_eq!(steady(&first.summary), steady(&second.summary));
}

/// Parts are parts of the cases, whatever the number of trials.
#[test]
fn a_part_of_a_journal_is_so_many_cases() {
    let folder = tempfile::tempdir().unwrap();
    let _ =
        over_numbers(5, |n| n).scorer(equal()).trials(3).run_with(&into(folder.path())).unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let part = |change: &dyn Fn(&mut Selection)| {
        let mut selection = Selection::default();
        change(&mut selection);
        let options = RunOptions::new().keep_all().select(selection);
        let report = idle(5).scorer(equal()).rescore(&journal, &options).unwrap();
        report.rows.iter().map(|row| (row.index, row.trial)).collect::<Vec<_>>()
    };
    let both = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)];
    assert_eq!(part(&|selection| selection.first = Some(2)), both);
    assert_eq!(part(&|selection| selection.sample = Some((2, 1))).len(), 6);
}
