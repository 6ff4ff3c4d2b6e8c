//! Cases made in code: values, functions, and functions that break.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use keystone::Case;
use keystone::eval::{Data, Eval, EvalError, Outcome, RunOptions, Stop, Verdict};
use serde::{Serialize, Serializer};

use super::child;
use super::fixtures::{equal, must_end, numbers, outcomes, scorer};

#[test]
fn a_data_function_that_fails_says_why() {
    let error = Eval::new("broken")
        .data(Data::<u64, u64>::try_function(|| Err::<Vec<Case<u64, u64>>, _>("no such table")))
        .task(|n: &u64| *n)
        .scorer(equal())
        .run()
        .unwrap_err();
    assert!(matches!(error, EvalError::Data { .. }));
    assert!(error.to_string().contains("the data function failed: no such table"), "{error}");
}

#[test]
fn a_data_function_that_panics_says_why() {
    let evaluation = Eval::new("broken")
        .data(Data::<u64, u64>::function(|| -> Vec<Case<u64, u64>> { panic!("no such table") }))
        .task(|n: &u64| *n)
        .scorer(equal());
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| evaluation.run()));
    let error = result.expect("the panic stays inside").unwrap_err();
    assert!(matches!(error, EvalError::Data { .. }));
    assert!(error.to_string().contains("no such table"), "{error}");
}

#[test]
fn no_rows_is_no_pass() {
    for data in [
        Data::<u64, u64>::values(Vec::<Case<u64, u64>>::new()),
        Data::function(Vec::<Case<u64, u64>>::new),
    ] {
        let error = Eval::new("empty").data(data).task(|n: &u64| *n).scorer(equal()).run();
        assert!(matches!(error.unwrap_err(), EvalError::NoRows { .. }));
    }
}

/// Done in a process of its own, because it may be aborted.
pub(super) fn iterator_panics() {
    let report = Eval::new("torn")
        .data(Data::function(|| {
            (0..).map(|n: u64| {
                assert!(n != 5, "the connection was lost");
                Case::<u64, u64>::new(n).expected(n).id(format!("c{n}"))
            })
        }))
        .task(|n: &u64| *n)
        .scorer(equal())
        .max_concurrency(2)
        .run()
        .unwrap();
    assert_eq!(report.summary.counts.pass, 5, "what came before is kept");
    assert_eq!(report.summary.verdict, Verdict::Error, "the data set did not reach its end");
    let why = report.summary.interrupted.unwrap();
    assert!(why.contains("the connection was lost"), "{why}");
}

/// An iterator that panics ends the run, which is no pass, and not the process.
#[test]
fn an_iterator_that_panics_interrupts_the_run() {
    survives("iterator_panics");
}

#[derive(Clone)]
struct Unwritable(u64);

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        assert!(self.0 != 3, "cannot write that");
        serializer.serialize_u64(self.0)
    }
}

/// Done in a process of its own, because it may be aborted.
pub(super) fn content_panics() {
    let report = Eval::new("torn")
        .data(Data::function(|| {
            (0..6).map(|n| Case::<Unwritable, u64>::new(Unwritable(n)).expected(n))
        }))
        .task(|n: &Unwritable| n.0)
        .scorer(equal())
        .max_concurrency(2)
        .run()
        .unwrap();
    assert_eq!(report.summary.counts.pass + report.summary.counts.error, 6);
    assert_eq!(report.summary.counts.error, 1);
    assert_ne!(report.summary.verdict, Verdict::Pass);
}

/// A case without a name of its own is named from its content, for which it is written as JSON.
#[test]
fn a_case_that_panics_when_it_is_named_costs_one_row() {
    survives("content_panics");
}

fn survives(role: &str) {
    let folder = tempfile::tempdir().unwrap();
    let output = child::command(role, folder.path()).output().unwrap();
    assert!(
        output.status.success(),
        "{}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// What an iterator does after its end is up to it, so that it must not be asked again.
#[test]
fn an_iterator_is_not_asked_again_after_its_end() {
    let asked_again = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&asked_again);
    let report = Eval::new("unfused")
        .data(Data::function(move || {
            let counter = Arc::clone(&counter);
            let mut n = 0_u64;
            std::iter::from_fn(move || {
                n += 1;
                if n > 4 {
                    counter.fetch_add(1, Ordering::SeqCst);
                }
                (n != 4).then(|| Case::<u64, u64>::new(n).expected(n).id(format!("c{n}")))
            })
            .take(12)
        }))
        .task(|n: &u64| *n)
        .scorer(equal())
        .max_concurrency(2)
        .run()
        .unwrap();
    assert_eq!(asked_again.load(Ordering::SeqCst), 0, "the iterator was asked after its end");
    assert_eq!(report.summary.counts.pass, 3);
    assert_eq!(report.summary.interrupted, None);
}

/// The watchdog must not wait for the data: a stop has to work while the next row is awaited.
#[test]
fn a_stop_at_once_does_not_wait_for_the_data() {
    let (release, released) = mpsc::channel::<()>();
    let (waits, waiting) = mpsc::channel::<()>();
    let stop = Stop::default();
    let handle = stop.clone();
    let released = Arc::new(std::sync::Mutex::new(released));
    let run = std::thread::spawn(move || {
        must_end(move || {
            Eval::new("slow data")
                .data(Data::function(move || {
                    let (released, waits) = (Arc::clone(&released), waits.clone());
                    (0_u64..3).map(move |n| {
                        if n == 2 {
                            let _ = waits.send(());
                            let _ = released.lock().unwrap().recv();
                        }
                        Case::<u64, u64>::new(n).expected(n).id(format!("c{n}"))
                    })
                }))
                .task(|n: &u64| *n)
                .scorer(equal())
                .max_concurrency(1)
                .run_with(&RunOptions::new().keep_all().stop(handle))
        })
    });
    waiting.recv().unwrap();
    stop.request();
    stop.request();
    let result = run.join();
    drop(release);
    let report = result.expect("the run ends though the data does not come").unwrap();
    // The second row may still be waiting for its neighbour, with which it is handed out.
    assert!((1..=2).contains(&report.summary.counts.pass), "{:?}", report.summary.counts);
    assert_eq!(report.summary.verdict, Verdict::Error);
}

/// An overdue row is ended while the next row is awaited.
#[test]
fn deadlines_are_kept_while_the_data_is_slow() {
    let (release, released) = mpsc::channel::<()>();
    let released = Arc::new(std::sync::Mutex::new(released));
    let (progress, seen) = mpsc::channel::<u64>();
    struct Tells(std::sync::Mutex<mpsc::Sender<u64>>);
    impl keystone::eval::Observer for Tells {
        fn progress(&self, progress: &keystone::eval::Progress) {
            let _ = self.0.lock().unwrap().send(progress.errors);
        }
    }
    let (park, parked) = mpsc::channel::<()>();
    let parked = std::sync::Mutex::new(parked);
    let run = std::thread::spawn(move || {
        Eval::new("slow data")
            .data(Data::function(move || {
                let released = Arc::clone(&released);
                (0_u64..3).map(move |n| {
                    if n == 2 {
                        let _ = released.lock().unwrap().recv();
                    }
                    Case::<u64, u64>::new(n).expected(n).id(format!("c{n}"))
                })
            }))
            .task(move |n: &u64| {
                if *n == 0 {
                    let _ = parked.lock().unwrap().recv();
                }
                *n
            })
            .scorer(equal())
            .timeout(Duration::from_millis(100))
            .max_concurrency(2)
            .run_with(&RunOptions::new().observer(Arc::new(Tells(std::sync::Mutex::new(progress)))))
    });
    let told = loop {
        match seen.recv_timeout(Duration::from_secs(20)) {
            Ok(0) => {}
            other => break other,
        }
    };
    drop((release, park));
    let report = run.join().unwrap().unwrap();
    assert_eq!(told, Ok(1), "nobody was told of the overdue row while the data was awaited");
    assert_eq!(report.summary.counts.error, 1);
    assert_eq!(report.summary.counts.pass, 2);
}

#[test]
fn duplicate_ids_in_values_are_refused_all_at_once() {
    let mut cases = numbers(3);
    cases.extend(numbers(2));
    let error = Eval::new("twice")
        .data(Data::values(cases))
        .task(|n: &u64| *n)
        .scorer(equal())
        .run()
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("\"c0\"") && text.contains("\"c1\""), "{text}");
    assert!(text.contains("ids must be unique"), "{text}");
}

#[test]
fn a_duplicate_id_from_a_function_is_an_error_row() {
    let report = Eval::new("twice")
        .data(Data::function(|| numbers(2).into_iter().chain(numbers(1))))
        .task(|n: &u64| *n)
        .scorer(equal())
        .run()
        .unwrap();
    assert_eq!(report.summary.counts.pass, 2);
    assert_eq!(report.summary.counts.error, 1);
    let broken = &report.rows[2];
    assert_eq!(broken.outcome, Outcome::Error);
    let message = &broken.error.as_ref().unwrap().message;
    assert!(message.contains("unique") && message.contains("c0"), "{message}");
}

#[test]
fn repeated_content_is_numbered_and_warned_of() {
    for trial in 0..2 {
        let rows = || ["a", "b", "a", "a"].map(|text| (text, "x"));
        let data =
            if trial == 0 { Data::<String, String>::values(rows()) } else { Data::function(rows) };
        let report = Eval::new("repeats")
            .data(data)
            .task(|text: &String| text.clone())
            .scorer(scorer("any", |_| 1.0))
            .run()
            .unwrap();
        let ids: Vec<_> = report.rows.iter().map(|row| row.id.clone()).collect();
        assert_eq!(ids[2], format!("{}-2", ids[0]));
        assert_eq!(ids[3], format!("{}-3", ids[0]));
        assert_eq!(report.summary.warnings.len(), 1);
        assert!(report.summary.warnings[0].starts_with("2 rows repeat"));
    }
}

/// Whoever pins a row by the name that a report showed must not get two rows of that name.
#[test]
fn a_name_given_from_content_is_never_one_that_is_taken() {
    let run = |cases: Vec<Case<String, String>>| {
        Eval::new("names")
            .data(Data::values(cases))
            .task(|text: &String| text.clone())
            .scorer(scorer("any", |_| 1.0))
            .run()
            .unwrap()
    };
    let case = || Case::<String, String>::new("a");
    let name = run(vec![case()]).rows[0].id.clone();
    let pinned = Case::<String, String>::new("b").id(format!("{name}-2"));
    let report = run(vec![pinned, case(), case()]);
    assert_eq!(outcomes(&report).len(), 3, "two rows share a name");
}
