//! Code of the user's that panics, in every place where a run calls it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use keystone::eval::data::Dataset;
use keystone::eval::{
    Data, Eval, EvalReport, Observer, Outcome, Progress, RowErrorKind, RunOptions, Started, Verdict,
};
use keystone::{Case, Score};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::child;
use super::fixtures::{equal, into, journalled, must_end, outcomes, over_numbers, row, scorer};

#[test]
fn a_task_that_panics_is_an_error_with_message_and_place() {
    let report = over_numbers(3, |n| {
        assert!(n != 1, "number {n} is bad");
        n
    })
    .scorer(equal())
    .run()
    .unwrap();
    let error = row(&report, "c1").error.clone().unwrap();
    assert_eq!(error.kind, RowErrorKind::TaskPanic);
    assert_eq!(error.message, "number 1 is bad");
    let place = error.place.unwrap();
    assert!(place.contains("panicking.rs:"), "{place}");
    assert_eq!(report.summary.counts.pass, 2);
    assert_eq!(report.summary.verdict, Verdict::Error);
}

#[test]
fn a_panic_with_anything_for_a_message_is_caught() {
    struct Loud;
    impl Drop for Loud {
        fn drop(&mut self) {
            panic!("dropped the payload");
        }
    }
    let report = over_numbers(3, |n| match n {
        0 => std::panic::panic_any(7_u8),
        1 => std::panic::panic_any(Loud),
        _ => n,
    })
    .scorer(equal())
    .run()
    .unwrap();
    assert_eq!(report.summary.counts.error, 2);
    assert!(row(&report, "c0").error.as_ref().unwrap().message.contains("not text"));
}

#[test]
fn a_scorer_that_panics_is_an_error_and_the_others_are_still_asked() {
    let report = over_numbers(2, |n| n)
        .scorer(scorer("breaks", |subject| {
            assert!(subject.id() != Some("c1"), "cannot read that");
            1.0
        }))
        .scorer(equal())
        .run()
        .unwrap();
    let broken = row(&report, "c1");
    assert_eq!(broken.outcome, Outcome::Error);
    let error = broken.error.as_ref().unwrap();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (RowErrorKind::ScorerPanic, "cannot read that")
    );
    let place = error.place.as_deref().unwrap();
    assert!(place.starts_with("scorer `breaks`, ") && place.contains("panicking.rs"), "{place}");
    assert_eq!(broken.output, Some(1.into()), "the output was paid for, and is kept");
    assert_eq!(broken.score("equal").unwrap().score, Some(1.0));
    assert!(broken.score("breaks").unwrap().unscored.is_some());
    assert_eq!(broken.composite, None);
}

/// Done in a process of its own, whose output can be looked at.
pub(super) fn prints_nothing() {
    let report = over_numbers(4, |n| {
        assert!(n > 2, "the task said this");
        n
    })
    .scorer(scorer("s", |_| -> f64 { panic!("the scorer said this") }))
    .run()
    .unwrap();
    assert_eq!(report.summary.counts.error, 4);
}

#[test]
fn panics_of_rows_are_not_printed() {
    let folder = tempfile::tempdir().unwrap();
    let output = child::command("prints_nothing", folder.path()).output().unwrap();
    assert!(output.status.success());
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(!text.contains("said this"), "{text}");
}

/// Whoever resumes a panic does not tell the place again; the place of another row's panic would
/// be wrong.
#[test]
fn the_place_of_a_panic_is_never_that_of_another_row() {
    let report = over_numbers(2, |n| {
        if n == 0 {
            let _ = std::panic::catch_unwind(|| panic!("caught by the task itself"));
            return n;
        }
        std::panic::resume_unwind(Box::new("from a thread of mine".to_owned()))
    })
    .scorer(equal())
    .max_concurrency(1)
    .run()
    .unwrap();
    let error = row(&report, "c1").error.as_ref().unwrap();
    assert_eq!(error.message, "from a thread of mine");
    assert_eq!(error.place, None);
}

/// A number whose reading panics from 7 on.
#[derive(Debug, Clone)]
struct Fragile(u64);

impl<'de> Deserialize<'de> for Fragile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u64::deserialize(deserializer)?;
        assert!(number != 7, "cannot stand the number {number}");
        Ok(Self(number))
    }
}

#[test]
fn a_type_that_panics_when_it_is_read_is_bad_data() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    std::fs::write(&path, "{\"input\":1}\n{\"input\":7}\n{\"input\":2}\n").unwrap();
    let evaluation = Eval::new("fragile")
        .data(Data::<Fragile, u64>::file(Dataset::file(&path)))
        .task(|fragile: &Fragile| fragile.0)
        .scorer(scorer("any", |_| 1.0));
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| evaluation.run()));
    let error = result.expect("the panic stays inside").expect_err("the row cannot be read");
    let text = error.to_string();
    assert!(text.contains("rows.jsonl:2") && text.contains("cannot stand the number 7"), "{text}");
}

/// A number whose writing panics once it is armed.
#[derive(Debug, Clone)]
struct Unwritable {
    number: u64,
    armed: Arc<AtomicBool>,
}

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let armed = self.number == 1 && self.armed.load(Ordering::SeqCst);
        assert!(!armed, "cannot write the number {}", self.number);
        serializer.serialize_u64(self.number)
    }
}

fn unwritable(count: u64) -> (Vec<Case<Unwritable, u64>>, Arc<AtomicBool>) {
    let armed = Arc::new(AtomicBool::new(false));
    let case = |number| {
        let input = Unwritable { number, armed: Arc::clone(&armed) };
        Case::new(input).expected(number).id(format!("c{number}"))
    };
    ((0..count).map(case).collect(), armed)
}

/// The row is written down after it was claimed and counted: whatever breaks there must neither
/// stop the thread without a word nor count the row twice.
#[test]
fn an_input_that_panics_when_it_is_written_costs_one_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let report = must_end(move || {
        let (cases, armed) = unwritable(4);
        let evaluation = Eval::new("unwritable")
            .data(Data::values(cases))
            .task(|input: &Unwritable| input.number)
            .scorer(equal())
            .max_concurrency(1);
        armed.store(true, Ordering::SeqCst);
        evaluation.run_with(&into(&path))
    })
    .unwrap();
    check_one_costs_one(&report, folder.path());
}

/// The same where the watchdog writes the row down.
#[test]
fn an_overdue_row_whose_input_panics_when_it_is_written_costs_one_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let report = must_end(move || {
        let (cases, armed) = unwritable(4);
        let released = std::sync::Mutex::new(released);
        let evaluation = Eval::new("unwritable")
            .data(Data::values(cases))
            .task(move |input: &Unwritable| {
                if input.number == 1 {
                    let _ = released.lock().unwrap().recv();
                }
                input.number
            })
            .scorer(equal())
            .timeout(std::time::Duration::from_millis(50))
            .max_concurrency(1);
        armed.store(true, Ordering::SeqCst);
        evaluation.run_with(&into(&path))
    })
    .unwrap();
    drop(release);
    check_one_costs_one(&report, folder.path());
}

fn check_one_costs_one(report: &EvalReport, folder: &std::path::Path) {
    assert_eq!(report.summary.counts.total(), 4);
    assert_eq!(report.rows.len(), 4, "every row is there once");
    for id in ["c0", "c2", "c3"] {
        assert_eq!(row(report, id).outcome, Outcome::Pass, "{id}");
    }
    assert_eq!(row(report, "c1").outcome, Outcome::Error);
    assert_eq!(journalled(folder), report.rows);
}

/// What a task returns is dropped before the row is done, so that its panic is the task's.
#[test]
fn an_output_that_panics_when_it_is_dropped_costs_one_row() {
    #[derive(Serialize)]
    struct Grudge(u64);
    impl Drop for Grudge {
        fn drop(&mut self) {
            assert!(self.0 != 1, "will not go");
        }
    }
    let report = must_end(|| over_numbers(4, Grudge).scorer(equal()).max_concurrency(2).run());
    let report = report.unwrap();
    assert_eq!(report.summary.counts.total(), 4);
    assert_eq!(row(&report, "c1").error.as_ref().unwrap().message, "will not go");
    assert_eq!(report.summary.counts.pass, 3);
}

struct Heckler {
    when: &'static str,
    told: AtomicU64,
}

impl Heckler {
    fn say(&self, when: &str) {
        self.told.fetch_add(1, Ordering::SeqCst);
        assert!(when != self.when, "an observer that panics");
    }
}

impl Observer for Heckler {
    fn started(&self, _: &Started) {
        self.say("started");
    }
    fn progress(&self, _: &Progress) {
        self.say("progress");
    }
    fn finished(&self, _: &Progress) {
        self.say("finished");
    }
}

/// A broken reporter takes no run down.
#[test]
fn an_observer_that_panics_changes_nothing() {
    for when in ["started", "progress", "finished"] {
        let folder = tempfile::tempdir().unwrap();
        let observer = Arc::new(Heckler { when, told: AtomicU64::new(0) });
        // Waits until the observer has been told something while the run is going on.
        let heard = Arc::clone(&observer);
        let evaluation = over_numbers(3, move |n| {
            while heard.when == "progress" && heard.told.load(Ordering::SeqCst) < 2 {
                std::thread::yield_now();
            }
            n
        })
        .scorer(equal())
        .max_concurrency(1);
        let options = into(folder.path()).observer(observer);
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            evaluation.run_with(&options)
        }));
        let report = result.unwrap_or_else(|_| panic!("{when}: the panic got out")).unwrap();
        assert_eq!(report.summary.counts.pass, 3, "{when}");
        assert_eq!(report.summary.verdict, Verdict::Pass, "{when}");
        assert_eq!(journalled(folder.path()).len(), 3, "{when}");
    }
}

#[test]
fn what_a_scorer_says_of_itself_may_panic_too() {
    struct Shy;
    impl keystone::Scorer for Shy {
        fn name(&self) -> &str {
            "shy"
        }
        fn score(&self, _: &keystone::scorers::Subject<'_>) -> Score {
            Score::pass()
        }
        fn check(&self) -> Result<(), String> {
            panic!("ask me nothing")
        }
    }
    let evaluation = over_numbers(1, |n| n).scorer(Shy);
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| evaluation.run()));
    let error = result.expect("the panic stays inside").expect_err("the scorer is broken");
    assert!(error.to_string().contains("ask me nothing"), "{error}");
}

#[test]
fn every_row_may_panic() {
    let report = over_numbers(500, |n| -> u64 { panic!("row {n}") })
        .scorer(equal())
        .run_with(&RunOptions::new().keep_all().max_concurrency(8))
        .unwrap();
    assert_eq!(report.summary.counts.error, 500);
    assert!(outcomes(&report).values().all(|outcome| *outcome == Outcome::Error));
    for row in &report.rows {
        assert_eq!(row.error.as_ref().unwrap().message, format!("row {}", row.index));
    }
    assert_eq!(report.failures.len(), 10);
    assert_eq!(report.failures[9].index, 9);
}
