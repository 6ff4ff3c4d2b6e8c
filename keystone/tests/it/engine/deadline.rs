//! Rows that take too long, and how many run at once.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::time::Duration;

use keystone::eval::{Outcome, RowErrorKind, RunOptions, Verdict};

use super::fixtures::{equal, into, journalled, must_end, over_numbers, row, scorer};

/// Something to wait for until the test lets go of it.
struct Parking {
    release: mpsc::Sender<()>,
    parked: Arc<Mutex<mpsc::Receiver<()>>>,
}

impl Parking {
    fn new() -> Self {
        let (release, parked) = mpsc::channel();
        Self { release, parked: Arc::new(Mutex::new(parked)) }
    }

    /// A function that does not return until this is dropped.
    fn park(&self) -> impl Fn() + Send + Sync + use<> {
        let parked = Arc::clone(&self.parked);
        move || {
            let _ = parked.lock().unwrap().recv();
        }
    }
}

#[test]
fn a_task_that_never_returns_holds_up_neither_the_run_nor_its_end() {
    let parking = Parking::new();
    let park = parking.park();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let report = must_end(move || {
        over_numbers(40, move |n| {
            if n % 10 == 3 {
                park();
            }
            n
        })
        .scorer(equal())
        .max_concurrency(2)
        .timeout(Duration::from_millis(400))
        .run_with(&into(&path))
    })
    .unwrap();
    drop(parking.release);
    assert_eq!(report.summary.counts.pass, 36);
    assert_eq!(report.summary.counts.error, 4);
    assert_eq!(report.summary.verdict, Verdict::Error);
    assert_eq!(report.summary.interrupted, None, "all rows came to an end");
    let lost = row(&report, "c13");
    let error = lost.error.as_ref().unwrap();
    assert_eq!(error.kind, RowErrorKind::Deadline);
    assert!(error.message.contains("400ms") && error.message.contains("the task had not returned"));
    assert_eq!((&lost.output, lost.scores.len()), (&None, 0));
    assert_eq!(lost.input.as_ref().unwrap().as_str(), "13", "the row says what was asked");
    assert_eq!(journalled(folder.path()), report.rows);
}

#[test]
fn the_output_is_kept_when_a_scorer_hangs() {
    let parking = Parking::new();
    let park = parking.park();
    let report = must_end(move || {
        // Long enough to make that it takes longer than what is called free of cost.
        over_numbers(6, |n| n.to_string().repeat(1_000_000))
            .scorer(scorer("hangs", move |subject| {
                if subject.id() == Some("c4") {
                    park();
                }
                1.0
            }))
            .max_concurrency(3)
            .timeout(Duration::from_millis(400))
            .run()
    })
    .unwrap();
    drop(parking.release);
    let lost = row(&report, "c4");
    assert_eq!(lost.outcome, Outcome::Error);
    assert_eq!(lost.output_text().unwrap(), "4".repeat(1_000_000));
    assert!(lost.error.as_ref().unwrap().message.contains("a scorer had not"));
    assert_eq!(report.summary.counts.pass, 5);
}

/// A task that answers within no time is not blamed for a scorer that hangs.
#[test]
fn a_scorer_that_hangs_is_named_as_what_was_late() {
    let parking = Parking::new();
    let park = parking.park();
    let report = must_end(move || {
        over_numbers(2, |n| n)
            .scorer(scorer("hangs", move |_| {
                park();
                1.0
            }))
            .max_concurrency(2)
            .timeout(Duration::from_millis(400))
            .run()
    })
    .unwrap();
    drop(parking.release);
    for row in &report.rows {
        let message = &row.error.as_ref().unwrap().message;
        assert!(message.contains("a scorer had not"), "{message}");
    }
}

/// A row that comes back after its deadline changes nothing any more.
#[test]
fn a_row_that_comes_back_late_is_not_counted_twice() {
    let (go, late) = mpsc::channel::<()>();
    let late = Mutex::new(late);
    let (came_back, back) = mpsc::channel();
    let back = Mutex::new(back);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let go = Mutex::new(go);
    let report = must_end(move || {
        over_numbers(30, move |n| {
            if n == 0 {
                let _ = late.lock().unwrap().recv();
                let _ = came_back.send(());
            }
            if n == 20 {
                // The late row returns while the run goes on.
                let _ = go.lock().unwrap().send(());
                let _ = back.lock().unwrap().recv();
            }
            n
        })
        .scorer(equal())
        .max_concurrency(1)
        .timeout(Duration::from_millis(500))
        .run_with(&into(&path))
    });
    let report = report.unwrap();
    assert_eq!(report.summary.counts.total(), 30);
    assert_eq!(report.summary.counts.error, 1);
    let ids: HashSet<_> = journalled(folder.path()).into_iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), 30);
}

/// The threads that were lost are replaced: the last rows meet in pairs, which takes two threads.
#[test]
fn the_rest_of_the_rows_still_run_side_by_side() {
    let parking = Parking::new();
    let park = parking.park();
    let barrier = Barrier::new(3);
    let report = must_end(move || {
        over_numbers(15, move |n| {
            if n < 3 {
                park();
            } else {
                barrier.wait();
            }
            n
        })
        .scorer(equal())
        .max_concurrency(3)
        .timeout(Duration::from_millis(500))
        .run()
    })
    .unwrap();
    drop(parking.release);
    assert_eq!(report.summary.counts.error, 3);
    assert_eq!(report.summary.counts.pass, 12);
}

#[test]
fn never_more_rows_in_flight_than_asked_for_and_as_many() {
    for wanted in [1, 3, 16] {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (here, peak) = (Arc::clone(&now), Arc::clone(&most));
        let barrier = Barrier::new(wanted);
        let count = 4 * wanted as u64;
        let report = must_end(move || {
            over_numbers(count, move |n| {
                let rows = here.fetch_add(1, Ordering::SeqCst) + 1;
                peak.fetch_max(rows, Ordering::SeqCst);
                barrier.wait();
                here.fetch_sub(1, Ordering::SeqCst);
                n
            })
            .scorer(equal())
            .max_concurrency(wanted)
            .run()
        })
        .unwrap();
        assert_eq!(report.summary.counts.pass, count);
        assert_eq!(most.load(Ordering::SeqCst), wanted);
        assert_eq!(now.load(Ordering::SeqCst), 0);
    }
}

/// Rows that are quick, such as those with a recorded answer, say nothing of those that follow.
#[test]
fn slow_rows_after_quick_ones_do_not_wait_behind_each_other() {
    let barrier = Barrier::new(4);
    let report = must_end(move || {
        over_numbers(5_004, move |n| {
            if n >= 5_000 {
                barrier.wait();
            }
            n
        })
        .scorer(equal())
        .max_concurrency(4)
        .timeout(Duration::from_secs(5))
        .run()
    })
    .unwrap();
    assert_eq!(report.summary.counts.error, 0, "the last four rows did not run side by side");
    assert_eq!(report.summary.counts.pass, 5_004);
}

/// Tasks may use rayon, whose work then goes to the pool that they run in.
#[test]
fn a_task_may_wait_for_what_it_gave_to_rayon() {
    let report = must_end(|| {
        over_numbers(20, |n| {
            let (tell, told) = mpsc::channel();
            rayon::spawn(move || tell.send(n).unwrap());
            let (left, right) = rayon::join(move || told.recv().unwrap(), || n);
            assert_eq!(left, right);
            left
        })
        .scorer(equal())
        .max_concurrency(3)
        .timeout(Duration::from_secs(10))
        .run()
    })
    .unwrap();
    assert_eq!(report.summary.counts.pass, 20, "{:?}", report.rows[0].error);
}

#[test]
fn options_override_the_evaluation() {
    let parking = Parking::new();
    let park = parking.park();
    let report = must_end(move || {
        over_numbers(2, move |n| {
            if n == 0 {
                park();
            }
            n
        })
        .scorer(equal())
        .max_concurrency(7)
        .timeout(Duration::from_secs(600))
        .run_with(
            &RunOptions::new()
                .keep_all()
                .timeout(Some(Duration::from_millis(400)))
                .max_concurrency(1)
                .trials(2),
        )
    })
    .unwrap();
    drop(parking.release);
    assert_eq!(report.summary.counts.error, 2);
    assert_eq!(report.summary.counts.pass, 2);
    assert_eq!(report.summary.trials, 2);
}

/// The whole row has the deadline, task and scorers together, and the task is told of it.
#[test]
fn the_task_knows_its_deadline() {
    let seen = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&seen);
    let evaluation = keystone::eval::Eval::new("deadline")
        .data(keystone::eval::Data::values(super::fixtures::numbers(3)))
        .task_with(move |context| {
            if context.deadline.is_some_and(|at| at > std::time::Instant::now()) {
                count.fetch_add(1, Ordering::SeqCst);
            }
            Ok(keystone::Output::from_value(context.case.input.into()))
        })
        .scorer(equal())
        .timeout(Duration::from_secs(600));
    assert_eq!(evaluation.run().unwrap().summary.counts.pass, 3);
    assert_eq!(seen.load(Ordering::SeqCst), 3);
    let forever = evaluation.no_timeout();
    assert_eq!(forever.run().unwrap().summary.counts.pass, 3);
    assert_eq!(seen.load(Ordering::SeqCst), 3, "without a timeout there is no deadline");
}
