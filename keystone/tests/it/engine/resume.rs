//! Going on with a run that was interrupted.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use keystone::eval::data::Dataset;
use keystone::eval::{
    Data, Eval, EvalError, EvalReport, Evaluation, Journal, Outcome, RunOptions, Stop, Verdict,
};
use keystone::{Case, Score};
use serde_json::json;

use super::fixtures::{
    equal, into, journalled, lines, must_end, numbers, outcomes, row, row_lines, scorer, steady,
};

/// How often the task was called for each case and trial.
type Calls = Arc<Mutex<BTreeMap<(String, u32), u32>>>;

/// An evaluation over these cases that counts its calls, and has scores of many digits.
fn counted(cases: Vec<Case<u64, u64>>, calls: &Calls) -> Evaluation {
    stoppable(cases, calls, &Stop::default(), u64::MAX)
}

/// The same, that asks for a stop in the row of this number.
fn stoppable(cases: Vec<Case<u64, u64>>, calls: &Calls, stop: &Stop, at: u64) -> Evaluation {
    let (calls, stop) = (Arc::clone(calls), stop.clone());
    Eval::new("numbers")
        .data(Data::values(cases))
        .task_with(move |context| {
            let id = context.case.id.clone().unwrap();
            *calls.lock().unwrap().entry((id, context.trial)).or_default() += 1;
            // No later row ends before this one has asked, so that there is always a rest.
            while context.case.input > at && !stop.requested() {
                std::thread::yield_now();
            }
            if context.case.input == at {
                stop.request();
            }
            Ok(keystone::Output::from_value(context.case.input.into()))
        })
        .scorer(scorer("share", |subject| {
            let n = subject.input().unwrap().as_u64().unwrap();
            match n % 11 {
                9 => Score::unscored("not this one"),
                10 => Score::fail("nor this"),
                _ => Score::new((n as f64 * 0.137).fract()),
            }
        }))
        .scorer(
            scorer("half", |subject| (subject.output().value().as_f64().unwrap() * 0.711).fract())
                .weight(0.1 + 0.2),
        )
        .pass_rate(0.1)
        .max_concurrency(3)
}

fn interrupted(folder: &Path, calls: &Calls, at: u64) -> EvalReport {
    let stop = Stop::default();
    let evaluation = stoppable(numbers(200), calls, &stop, at);
    let options = into(folder).stop(stop);
    let report = must_end(move || evaluation.run_with(&options)).unwrap();
    assert!(report.summary.interrupted.is_some());
    assert!(report.summary.counts.total() < 200);
    report
}

/// The same run without an interruption.
fn uninterrupted(cases: Vec<Case<u64, u64>>) -> EvalReport {
    counted(cases, &Calls::default()).run().unwrap()
}

fn twice(calls: &Calls) -> Vec<(String, u32)> {
    calls.lock().unwrap().iter().filter(|(_, n)| **n > 1).map(|(key, _)| key.clone()).collect()
}

#[test]
fn nothing_is_run_twice_and_the_summary_is_that_of_a_whole_run() {
    let folder = tempfile::tempdir().unwrap();
    let calls = Calls::default();
    let first = interrupted(folder.path(), &calls, 60);
    let report = counted(numbers(200), &calls).run_with(&into(folder.path()).resume()).unwrap();
    assert_eq!(twice(&calls), []);
    assert_eq!(calls.lock().unwrap().len(), 200);
    assert_eq!(report.summary.run.resumed, first.summary.counts.total());
    let whole = uninterrupted(numbers(200));
    assert_eq!(steady(&report.summary), steady(&whole.summary));
    assert_eq!(report.summary.composite, whole.summary.composite, "to the last bit");
    assert_eq!(report.rows.len(), 200);
    assert_eq!(outcomes(&report), outcomes(&whole));
    assert_eq!(report.failures.len(), 10);
    let ids = |report: &EvalReport| -> Vec<_> {
        report.failures.iter().map(|row| row.id.clone()).collect()
    };
    assert_eq!(ids(&report), ids(&whole));
    assert_eq!(journalled(folder.path()), report.rows);
    assert!(Journal::open(folder.path()).unwrap().is_complete());
}

#[test]
fn a_run_may_be_interrupted_as_often_as_one_likes() {
    let folder = tempfile::tempdir().unwrap();
    let calls = Calls::default();
    let _ = interrupted(folder.path(), &calls, 30);
    for at in [60, 110, 160] {
        let stop = Stop::default();
        let evaluation = stoppable(numbers(200), &calls, &stop, at);
        let options = into(folder.path()).resume().stop(stop);
        let report = must_end(move || evaluation.run_with(&options)).unwrap();
        assert_eq!(report.summary.verdict, Verdict::Error);
        assert_eq!(report.summary.counts.total() as usize, journalled(folder.path()).len());
    }
    let report = counted(numbers(200), &calls).run_with(&into(folder.path()).resume()).unwrap();
    assert_eq!(twice(&calls), []);
    assert_eq!(steady(&report.summary), steady(&uninterrupted(numbers(200)).summary));
}

#[test]
fn resuming_a_whole_run_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let calls = Calls::default();
    let first = counted(numbers(50), &calls).run_with(&into(folder.path())).unwrap();
    let again = counted(numbers(50), &calls).run_with(&into(folder.path()).resume()).unwrap();
    assert_eq!(twice(&calls), []);
    assert_eq!(steady(&first.summary), steady(&again.summary));
    assert_eq!(first.rows, again.rows);
    assert_eq!(again.summary.run.resumed, 50);
}

#[test]
fn trials_are_resumed_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let calls = Calls::default();
    let stop = Stop::default();
    let evaluation = stoppable(numbers(40), &calls, &stop, 20).trials(3);
    let options = into(folder.path()).stop(stop);
    let _ = must_end(move || evaluation.run_with(&options)).unwrap();
    let report =
        counted(numbers(40), &calls).trials(3).run_with(&into(folder.path()).resume()).unwrap();
    assert_eq!(twice(&calls), []);
    assert_eq!(report.rows.len(), 120);
    let whole = counted(numbers(40), &Calls::default()).trials(3).run().unwrap();
    assert_eq!(steady(&report.summary), steady(&whole.summary));
}

#[test]
fn rows_that_broke_are_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let evaluation = |broken: bool| {
        Eval::new("flaky")
            .data(Data::values(numbers(10)))
            .try_task(move |n: &u64| {
                if broken && n.is_multiple_of(3) { Err("the service is down") } else { Ok(*n) }
            })
            .scorer(equal())
    };
    let first = evaluation(true).run_with(&into(folder.path())).unwrap();
    assert_eq!(first.summary.counts.error, 4);
    let second = evaluation(false).run_with(&into(folder.path()).resume()).unwrap();
    assert_eq!(second.summary.counts.pass, 10);
    assert_eq!(second.summary.run.resumed, 6);
    assert_eq!(second.summary.verdict, Verdict::Pass);
    assert!(second.failures.is_empty());
    let rows = journalled(folder.path());
    assert_eq!(rows.len(), 10, "the later line of a row counts");
    assert!(rows.iter().all(|row| row.outcome == Outcome::Pass));
}

#[test]
fn rows_may_move_between() {
    let folder = tempfile::tempdir().unwrap();
    let calls = Calls::default();
    let _ = interrupted(folder.path(), &calls, 60);
    let mut turned = numbers(200);
    turned.reverse();
    let report = counted(turned.clone(), &calls).run_with(&into(folder.path()).resume()).unwrap();
    assert_eq!(twice(&calls), []);
    let whole = uninterrupted(turned);
    assert_eq!(steady(&report.summary), steady(&whole.summary));
    let places = |report: &EvalReport| -> Vec<_> {
        report.rows.iter().map(|row| (row.index, row.id.clone())).collect()
    };
    assert_eq!(places(&report), places(&whole));
    assert_eq!(journalled(folder.path()), report.rows, "the journal has the new places");
}

#[test]
fn rows_may_come_and_go_between() {
    let folder = tempfile::tempdir().unwrap();
    let calls = Calls::default();
    let _ = interrupted(folder.path(), &calls, 60);
    let mut changed = numbers(230);
    let gone: Vec<_> = changed.drain(5..8).map(|case| case.id.unwrap()).collect();
    let report = counted(changed.clone(), &calls).run_with(&into(folder.path()).resume()).unwrap();
    assert_eq!(twice(&calls), []);
    let whole = uninterrupted(changed.clone());
    assert_eq!(outcomes(&report), outcomes(&whole));
    assert_eq!(report.summary.counts, whole.summary.counts);
    assert_eq!(report.summary.scorers, whole.summary.scorers);
    assert_eq!(report.summary.warnings.len(), 1);
    assert!(report.summary.warnings[0].contains("3 rows"), "{:?}", report.summary.warnings);
    let rows = journalled(folder.path());
    assert_eq!(rows, report.rows);
    assert!(rows.iter().all(|row| !gone.contains(&row.id)));
    // Once more, with them back: they are not in the journal any more and run.
    let back = counted(numbers(230), &calls).run_with(&into(folder.path()).resume()).unwrap();
    assert_eq!(back.summary.counts.total(), 230);
    assert_eq!(journalled(folder.path()).len(), 230);
    assert_eq!(twice(&calls).len(), gone.len());
}

#[test]
fn other_scorers_thresholds_names_and_filters_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let calls = Calls::default();
    let _ = interrupted(folder.path(), &calls, 60);
    let before = std::fs::read(folder.path().join("journal.jsonl")).unwrap();
    let options = || into(folder.path()).resume();
    let mut part = keystone::eval::Selection::default();
    part.first = Some(10);
    for (what, evaluation, options) in [
        ("scorers", counted(numbers(200), &calls).scorer(equal()), options()),
        ("pass_threshold", counted(numbers(200), &calls).pass_threshold(0.5), options()),
        ("numbers", counted(numbers(200), &calls).named("others"), options()),
        ("no filters", counted(numbers(200), &calls), options().select(part)),
    ] {
        let error = evaluation.run_with(&options).unwrap_err();
        assert!(matches!(error, EvalError::Resume { .. }), "{what}: {error}");
        assert!(error.to_string().contains(what), "{what}: {error}");
    }
    let after = std::fs::read(folder.path().join("journal.jsonl")).unwrap();
    assert_eq!(before, after, "a refused run changes nothing");
}

#[test]
fn a_torn_last_line_is_taken_off() {
    let folder = tempfile::tempdir().unwrap();
    let calls = Calls::default();
    let first = interrupted(folder.path(), &calls, 60);
    let path = folder.path().join("journal.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    // As after kill -9: no end line, and half of the last row.
    let last_row = text.rfind("\n{\"index\"").unwrap() + 1;
    std::fs::write(&path, &text[..last_row + 20]).unwrap();
    let torn: keystone::eval::RowRecord =
        serde_json::from_str(text[last_row..].lines().next().unwrap()).unwrap();
    let report = counted(numbers(200), &calls).run_with(&into(folder.path()).resume()).unwrap();
    assert_eq!(twice(&calls), [(torn.id, 0)], "only the row whose line was torn");
    assert_eq!(report.summary.run.resumed, first.summary.counts.total() - 1);
    assert_eq!(steady(&report.summary), steady(&uninterrupted(numbers(200)).summary));
    for line in lines(folder.path()) {
        serde_json::from_str::<serde_json::Value>(&line).unwrap();
    }
}

#[test]
fn a_journal_that_ends_in_its_header_is_started_anew() {
    for text in ["", "{\"event\":\"header\",\"sch"] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("journal.jsonl"), text).unwrap();
        let report =
            counted(numbers(5), &Calls::default()).run_with(&into(folder.path()).resume()).unwrap();
        assert_eq!(report.summary.counts.total(), 5);
        assert_eq!(journalled(folder.path()).len(), 5);
    }
}

/// Rows were paid for: a journal that cannot be understood is never replaced.
#[test]
fn a_journal_without_a_header_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let calls = Calls::default();
    let _ = counted(numbers(5), &calls).run_with(&into(folder.path())).unwrap();
    let path = folder.path().join("journal.jsonl");
    let text = row_lines(folder.path()).join("\n") + "\n";
    std::fs::write(&path, &text).unwrap();
    let result = counted(numbers(5), &calls).run_with(&into(folder.path()).resume());
    assert!(matches!(result, Err(EvalError::Resume { .. })), "the rows were thrown away");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_broken_journal_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let calls = Calls::default();
    let _ = counted(numbers(5), &calls).run_with(&into(folder.path())).unwrap();
    let path = folder.path().join("journal.jsonl");
    let text = std::fs::read_to_string(&path).unwrap().replacen("\"id\":\"c", "\"di\":\"c", 1);
    std::fs::write(&path, &text).unwrap();
    let error = counted(numbers(5), &calls).run_with(&into(folder.path()).resume()).unwrap_err();
    assert!(error.to_string().contains("journal.jsonl:2"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

/// Two processes that write one journal would tear each other's lines.
#[test]
fn a_journal_that_is_being_written_cannot_be_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let second = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&second);
    let report = must_end(move || {
        let options = into(&path);
        super::fixtures::over_numbers(3, move |n| {
            if n == 1 {
                let evaluation = counted(numbers(3), &Calls::default()).named("numbers");
                let result = evaluation.run_with(&into(&path).resume());
                *seen.lock().unwrap() = Some(result.err().map(|error| error.to_string()));
            }
            n
        })
        .scorer(scorer("share", |_| 1.0))
        .scorer(scorer("half", |_| 1.0).weight(0.1 + 0.2))
        .max_concurrency(1)
        .run_with(&options)
    })
    .unwrap();
    let refused = second.lock().unwrap().clone().unwrap();
    let why = refused.expect("the journal of a run that goes on was opened for writing");
    assert!(why.contains("another run is writing"), "{why}");
    assert_eq!(journalled(folder.path()), report.rows);
}

#[test]
fn resuming_where_nothing_is_starts_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let calls = Calls::default();
    let report =
        counted(numbers(5), &calls).run_with(&into(&folder.path().join("new")).resume()).unwrap();
    assert_eq!(report.summary.counts.total(), 5);
    assert_eq!(report.summary.run.resumed, 0);
}

/// Rows of a file without ids are found again by their content, wherever they stand.
#[test]
fn rows_of_a_file_are_known_by_their_content() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("rows.jsonl");
    let write = |order: &[u64]| {
        let rows: String = order.iter().map(|n| format!("{}\n", json!({"input": n}))).collect();
        std::fs::write(&data, rows).unwrap();
    };
    let calls = Arc::new(Mutex::new(Vec::new()));
    let evaluation = |fail: u64| {
        let calls = Arc::clone(&calls);
        Eval::new("file")
            .data(Data::<u64, u64>::file(Dataset::file(&data)))
            .try_task(move |n: &u64| {
                calls.lock().unwrap().push(*n);
                if *n == fail { Err("down") } else { Ok(*n) }
            })
            .scorer(scorer("any", |_| 1.0))
    };
    write(&[10, 20, 30, 20]);
    let journal = folder.path().join("run");
    let _ = evaluation(30).run_with(&into(&journal)).unwrap();
    write(&[20, 30, 20, 10, 40]);
    let report = evaluation(0).run_with(&into(&journal).resume()).unwrap();
    assert_eq!(report.summary.counts.pass, 5);
    let mut calls = calls.lock().unwrap().clone();
    calls[..4].sort_unstable();
    calls[4..].sort_unstable();
    assert_eq!(calls, [10, 20, 20, 30, 30, 40]);
    let order: Vec<_> =
        report.rows.iter().map(|row| row.input.clone().unwrap().to_string()).collect();
    assert_eq!(order, ["20", "30", "20", "10", "40"]);
}

/// The options of a run say what is kept, resumed or not.
#[test]
fn failures_of_before_are_shown_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let stop = Stop::default();
    let evaluation = |stop: &Stop| {
        let stop = stop.clone();
        super::fixtures::over_numbers(20, move |n| {
            if n == 10 {
                stop.request();
            }
            if n == 2 { 99 } else { n }
        })
        .scorer(equal())
        .max_concurrency(1)
        .pass_rate(0.5)
    };
    let options = RunOptions::new().journal(folder.path()).stop(stop.clone());
    let first = evaluation(&stop);
    let _ = must_end(move || first.run_with(&options)).unwrap();
    let options = RunOptions::new().journal(folder.path()).resume();
    let report = evaluation(&Stop::default()).run_with(&options).unwrap();
    assert!(report.rows.is_empty());
    assert_eq!(report.failures.len(), 1);
    assert_eq!(report.failures[0].id, "c2");
    assert_eq!(report.summary.counts.fail, 1);
    let kept =
        evaluation(&Stop::default()).run_with(&into(folder.path()).resume().failures(0)).unwrap();
    assert_eq!(row(&kept, "c2").output, Some(99.into()));
    assert!(kept.failures.is_empty());
}
