//! Runs that are stopped before their end.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use keystone::eval::{Journal, Outcome, RunOptions, Stop, Verdict};

use super::fixtures::{equal, into, journalled, must_end, over_numbers};

/// The first request lets the rows in flight finish.
#[test]
fn rows_in_flight_finish_after_the_first_request() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let stop = Stop::default();
    let handle = stop.clone();
    let calls = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&calls);
    let report = must_end(move || {
        let asks = stop.clone();
        over_numbers(100, move |n| {
            count.fetch_add(1, Ordering::SeqCst);
            if n == 7 {
                asks.request();
            }
            n
        })
        .scorer(equal())
        .max_concurrency(1)
        .run_with(&into(&path).stop(stop))
    })
    .unwrap();
    assert!(handle.requested() && !handle.at_once());
    assert_eq!(report.summary.counts.pass, 8, "row 7 itself finishes, row 8 does not start");
    assert_eq!(calls.load(Ordering::SeqCst), 8);
    assert_eq!(report.summary.verdict, Verdict::Error, "a part of a run is no pass");
    let why = report.summary.interrupted.clone().unwrap();
    assert!(why.contains("stopped before its end"), "{why}");
    let journal = Journal::open(folder.path()).unwrap();
    assert!(!journal.is_complete());
    assert_eq!(journalled(folder.path()), report.rows);
    let summary: keystone::eval::Summary =
        serde_json::from_slice(&std::fs::read(folder.path().join("summary.json")).unwrap())
            .unwrap();
    assert_eq!(summary, report.summary);
}

/// The second does not wait for them, and they count as not run.
#[test]
fn the_second_request_ends_the_run_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let stop = Stop::default();
    let (release, parked) = mpsc::channel::<()>();
    let parked = Mutex::new(parked);
    let report = must_end(move || {
        let asks = stop.clone();
        over_numbers(100, move |n| {
            if n == 7 {
                asks.request();
                asks.request();
                let _ = parked.lock().unwrap().recv();
            }
            n
        })
        .scorer(equal())
        .max_concurrency(1)
        .run_with(&into(&path).stop(stop))
    })
    .unwrap();
    assert_eq!(report.summary.counts.pass, 7);
    assert_eq!(report.summary.counts.total(), 7);
    assert!(report.summary.interrupted.as_deref().unwrap().contains("1 row in flight"));
    let before = std::fs::read(folder.path().join("journal.jsonl")).unwrap();
    drop(release);
    assert_eq!(journalled(folder.path()), report.rows);
    assert_eq!(std::fs::read(folder.path().join("journal.jsonl")).unwrap(), before);
}

#[test]
fn a_run_that_was_stopped_before_it_began_runs_nothing() {
    let stop = Stop::default();
    stop.request();
    let report = must_end(move || {
        over_numbers(5, |_| -> u64 { panic!("nothing may run") })
            .scorer(equal())
            .run_with(&RunOptions::new().stop(stop))
    })
    .unwrap();
    assert_eq!(report.summary.counts.total(), 0);
    assert_eq!(report.summary.pass_rate, None);
    assert_eq!(report.summary.verdict, Verdict::Error);
}

/// A request that comes with the last row changes nothing: all was run.
#[test]
fn a_stop_in_the_last_row_leaves_a_whole_run() {
    let stop = Stop::default();
    let report = must_end(move || {
        let asks = stop.clone();
        over_numbers(5, move |n| {
            if n == 4 {
                asks.request();
            }
            n
        })
        .scorer(equal())
        .max_concurrency(1)
        .run_with(&RunOptions::new().keep_all().stop(stop))
    })
    .unwrap();
    assert_eq!(report.summary.counts.pass, 5);
    assert_eq!(report.summary.interrupted, None);
    assert_eq!(report.summary.verdict, Verdict::Pass);
    assert!(report.rows.iter().all(|row| row.outcome == Outcome::Pass));
}
