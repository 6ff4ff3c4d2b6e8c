use std::sync::atomic::AtomicUsize;
use std::sync::mpsc;

use keystone::eval::registry::EvalEntry;
use keystone::eval::{Data, Eval};
use keystone::scorers::Subject;
use keystone::{Case, Score, Scorer};

use super::*;
use crate::paths::tests::Scratch;

/// Passes an output that is the expected text.
struct Same;

impl Scorer for Same {
    fn name(&self) -> &str {
        "same"
    }

    fn score(&self, subject: &Subject<'_>) -> Score {
        let same = subject.expected_text().is_some_and(|text| text == subject.output_text());
        if same { Score::pass() } else { Score::fail("another text") }
    }
}

fn words() -> Data<String, String> {
    let case = |id: &str| Case::new(id).id(id).expected(id.to_uppercase()).tag("word");
    Data::values([case("one"), case("two"), case("three")])
}

fn green() -> Evaluation {
    Eval::new("green").data(words()).task(|word: &String| word.to_uppercase()).scorer(Same)
}

fn red() -> Evaluation {
    Eval::new("red").data(words()).task(in_german).scorer(Same)
}

fn in_german(word: &String) -> String {
    if word == "two" { "zwei".to_owned() } else { word.to_uppercase() }
}

/// How often the task of `counted` ran. One test alone runs it.
static CALLS: AtomicUsize = AtomicUsize::new(0);

fn counted() -> Evaluation {
    let task = |word: &String| {
        CALLS.fetch_add(1, Ordering::SeqCst);
        in_german(word)
    };
    Eval::new("counted").data(words()).task(task).scorer(Same)
}

fn unmade() -> Evaluation {
    panic!("a threshold of 2")
}

fn no_data() -> Evaluation {
    let nothing: [Case<String, String>; 0] = [];
    Eval::new("none").data(Data::values(nothing)).task(|word: &String| word.clone()).scorer(Same)
}

const fn entry(name: &'static str, build: fn() -> Evaluation) -> EvalEntry {
    EvalEntry::new(name, "evals", "tests/evals.rs", 7, "", build)
}

static GREEN: EvalEntry = entry("green", green);
static RED: EvalEntry = entry("red", red);
static COUNTED: EvalEntry = entry("counted", counted);
static UNMADE: EvalEntry = entry("unmade", unmade);
static NO_DATA: EvalEntry = entry("no_data", no_data);
static SPARED: EvalEntry = entry("it's", green).ignore("costs money").tags(&["own"]);

fn plan(scratch: &Scratch, run: &str, earlier: Earlier, flags: Flags) -> Plan {
    let folder = scratch.0.join(run);
    fs::create_dir_all(&folder).expect("a folder");
    Plan {
        flags,
        site: Site::new("evals", "app/tests/evals.rs").package(Some("app")),
        run_id: run.into(),
        folder,
        earlier,
        chosen: None,
        attempts: false,
        stop: Stop::default(),
        line: Arc::new(Line::new(false, 0)),
    }
}

fn execute(plan: Plan, entries: &[&'static EvalEntry]) -> Vec<(Finished, Verdict)> {
    let plan = Arc::new(plan);
    let mut ends = Vec::new();
    let mut jobs = Vec::new();
    for entry in entries {
        let (done, end) = mpsc::channel();
        jobs.push(Job { eval: Named { name: entry.name.into(), entry }, done });
        ends.push(end);
    }
    let executor = Executor::start(&plan, jobs, 2).expect("threads");
    let finished = executor.join();
    finished.into_iter().zip(ends.iter().map(|end| end.recv().expect("a verdict"))).collect()
}

fn counts(finished: &Finished) -> [u64; 4] {
    let counts = finished.ran().expect("it ran").summary.counts;
    [counts.pass, counts.fail, counts.error, counts.unscored]
}

#[test]
fn every_ending_is_kept_apart_and_written_down() {
    let scratch = Scratch::new("executor");
    let plan = plan(&scratch, "r1", Earlier::None, Flags::default());
    let run = plan.folder.clone();
    let ends = execute(plan, &[&GREEN, &RED, &UNMADE, &NO_DATA]);
    let codes: Vec<u8> = ends.iter().map(|(finished, _)| finished.code().code()).collect();
    assert_eq!(codes, [0, 101, 103, 103]);
    assert_eq!(counts(&ends[1].0), [2, 1, 0, 0]);
    assert_eq!(ends[0].1, Verdict::Passed);
    assert!(matches!(&ends[1].1, Verdict::Failed(why) if why.ends_with("(rows: two)")));
    assert!(matches!(&ends[2].0.ending, Ending::Refused(why) if why.contains("a threshold of 2")));
    for name in ["green", "red"] {
        for file in [JOURNAL_FILE, SUMMARY_FILE, junit::FILE, "source.json"] {
            assert!(run.join(name).join(file).is_file(), "{name}/{file}");
        }
    }
    let junit = fs::read_to_string(run.join("unmade").join(junit::FILE)).expect("a report");
    assert!(junit.contains("errors=\"1\""), "{junit}");
    assert_eq!(ends[1].0.again, "cargo test -p app --test evals -- --exact red");
    assert!(ends.iter().all(|(finished, _)| finished.notes.is_empty()));
}

#[test]
fn what_is_asked_for_again_includes_what_that_takes() {
    let named = Named { name: SPARED.name.into(), entry: &SPARED };
    let again = again(&Site::new("evals", "tests/evals.rs"), &named);
    assert!(again.starts_with("cargo test --test evals -- --include-ignored --exact "), "{again}");
}

#[test]
fn the_rows_that_failed_are_repeated_and_the_outputs_graded_anew() {
    let scratch = Scratch::new("executor-earlier");
    let first = plan(&scratch, "r1", Earlier::None, Flags::default());
    let old = first.folder.clone();
    execute(first, &[&GREEN, &COUNTED]);

    let failed = plan(&scratch, "r2", Earlier::Failed(old.clone()), Flags::default());
    let folder = failed.folder.clone();
    let ends = execute(failed, &[&GREEN, &COUNTED]);
    assert!(matches!(ends[0].0.ending, Ending::Spared(_)));
    assert!(!folder.join("green").exists(), "nothing ran, so nothing is left");
    assert_eq!(counts(&ends[1].0), [0, 1, 0, 0]);

    assert_eq!(CALLS.load(Ordering::SeqCst), 3 + 1);

    let again = plan(&scratch, "r3", Earlier::Rescore(old.clone()), Flags::default());
    let ends = execute(again, &[&COUNTED, &NO_DATA]);
    assert_eq!(counts(&ends[0].0), [2, 1, 0, 0]);
    assert!(matches!(ends[1].0.ending, Ending::Empty { .. }), "it has no journal there");

    let mut resumed = plan(&scratch, "r1", Earlier::Resume(old), Flags::default());
    resumed.chosen = earlier::chosen(&resumed.folder);
    let ends = execute(resumed, &[&COUNTED]);
    assert_eq!(counts(&ends[0].0), [2, 1, 0, 0]);
    assert_eq!(ends[0].0.ran().expect("it ran").summary.run.resumed, 3);
    assert_eq!(CALLS.load(Ordering::SeqCst), 3 + 1, "neither ran a task");
}

#[test]
fn a_tag_chooses_evaluations_that_carry_it_and_rows_of_the_others() {
    let scratch = Scratch::new("executor-tags");
    let flags = |tag: &str| Flags { tag: vec![tag.into()], ..Flags::default() };
    let own = plan(&scratch, "r1", Earlier::None, flags("own"));
    let folder = own.folder.clone();
    let ends = execute(own, &[&SPARED, &GREEN]);
    assert_eq!(counts(&ends[0].0), [3, 0, 0, 0]);
    assert!(matches!(ends[1].0.ending, Ending::Empty { .. }));
    assert!(matches!(ends[1].1, Verdict::Idle(_)));
    assert!(!folder.join("green").exists());
    let ends = execute(plan(&scratch, "r2", Earlier::None, flags("word")), &[&GREEN]);
    assert_eq!(counts(&ends[0].0), [3, 0, 0, 0]);
}

#[test]
fn a_stopped_run_starts_nothing_more_and_says_so() {
    let scratch = Scratch::new("executor-stop");
    let plan = plan(&scratch, "r1", Earlier::None, Flags::default());
    plan.stop.request();
    let ends = execute(plan, &[&GREEN]);
    assert!(matches!(ends[0].0.ending, Ending::NotRun));
    assert_eq!(ends[0].0.code(), ExitCode::Errored);
}

#[test]
fn results_of_a_run_are_not_overwritten_but_by_another_attempt() {
    let scratch = Scratch::new("executor-attempts");
    execute(plan(&scratch, "r1", Earlier::None, Flags::default()), &[&GREEN]);
    let ends = execute(plan(&scratch, "r1", Earlier::None, Flags::default()), &[&GREEN]);
    assert!(matches!(&ends[0].0.ending, Ending::Refused(why) if why.contains("--resume=r1")));
    let folder = scratch.0.join("r1").join("green");
    assert!(folder.join(SUMMARY_FILE).is_file(), "what was there is untouched");

    let mut attempt = plan(&scratch, "r1", Earlier::None, Flags::default());
    attempt.attempts = true;
    let ends = execute(attempt, &[&GREEN]);
    assert_eq!(ends[0].0.code(), ExitCode::Passed);
    assert!(folder.join("attempt-1").join(JOURNAL_FILE).is_file());
    assert!(folder.join(JOURNAL_FILE).is_file());
}

#[test]
fn an_id_that_is_not_there_is_reported_with_what_is_like_it() {
    let scratch = Scratch::new("executor-case");
    let flags = Flags { case: vec!["thre".into()], ..Flags::default() };
    let ends = execute(plan(&scratch, "r1", Earlier::None, flags), &[&GREEN]);
    assert!(matches!(&ends[0].0.ending, Ending::Empty { close, .. } if !close.is_empty()));
    let flags = Flags { case: vec!["two".into(), "zzz".into()], ..Flags::default() };
    let ends = execute(plan(&scratch, "r2", Earlier::None, flags), &[&GREEN]);
    assert_eq!(ends[0].0.ran().expect("it ran").missing, ["zzz"]);
}
