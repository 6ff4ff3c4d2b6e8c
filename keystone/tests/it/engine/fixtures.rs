//! Scorers and runs that the tests share.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use keystone::eval::{
    Data, Eval, EvalReport, Evaluation, Journal, Outcome, RowRecord, RunOptions, Summary,
};
use keystone::scorers::{Policy, Rule, Subject};
use keystone::{Case, IntoScore, Score, Scorer};
use serde_json::Value;

/// A scorer of this name that says what a function says.
pub(super) struct Asks<F> {
    name: String,
    policy: Policy,
    rule: Option<Rule>,
    ask: F,
}

/// A scorer of this name that says what a function says.
pub(super) fn scorer<S, F>(name: &str, ask: F) -> Asks<F>
where
    S: IntoScore,
    F: Fn(&Subject<'_>) -> S + Send + Sync,
{
    Asks { name: name.to_owned(), policy: Policy::default(), rule: None, ask }
}

/// A scorer that says the same whatever it is shown.
pub(super) fn always(name: &str, score: Score) -> impl Scorer + use<> {
    scorer(name, move |_| score.clone())
}

/// Whether the output is the expected value.
pub(super) fn equal() -> Asks<impl Fn(&Subject<'_>) -> bool + Send + Sync> {
    scorer("equal", |subject: &Subject<'_>| subject.expected() == Some(subject.output().value()))
}

impl<F> Asks<F> {
    pub(super) fn weight(mut self, weight: f64) -> Self {
        self.policy.weight = weight;
        self
    }

    pub(super) fn gate(mut self) -> Self {
        self.policy.gate = true;
        self
    }

    pub(super) fn rule(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }
}

impl<S: IntoScore, F: Fn(&Subject<'_>) -> S + Send + Sync> Scorer for Asks<F> {
    fn name(&self) -> &str {
        &self.name
    }
    fn score(&self, subject: &Subject<'_>) -> Score {
        (self.ask)(subject).into_score()
    }
    fn policy(&self) -> Policy {
        self.policy
    }
    fn rule(&self) -> Option<Rule> {
        self.rule.clone()
    }
}

/// So many cases named `c0`, `c1`, … whose input and expected value are their number.
pub(super) fn numbers(count: u64) -> Vec<Case<u64, u64>> {
    (0..count).map(|n| Case::new(n).expected(n).id(format!("c{n}"))).collect()
}

/// An evaluation over [`numbers`] whose task is given the number.
pub(super) fn over_numbers<O: keystone::IntoOutput>(
    count: u64,
    task: impl Fn(u64) -> O + Send + Sync + 'static,
) -> Evaluation {
    Eval::new("numbers").data(Data::values(numbers(count))).task(move |n: &u64| task(*n))
}

/// Runs a function on a thread of its own, so that a hang is a failure and not a hang of the
/// tests. Nothing is measured: the limit is far above what any of them takes.
pub(super) fn must_end<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let (tell, told) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        let result = run();
        let _ = tell.send(());
        result
    });
    match told.recv_timeout(Duration::from_secs(30)) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("the run did not come to its end"),
        // The thread has either sent or panicked; joining tells which.
        _ => match thread.join() {
            Ok(result) => result,
            Err(payload) => std::panic::resume_unwind(payload),
        },
    }
}

/// Runs with a journal in this folder, and keeps everything.
pub(super) fn into(folder: &Path) -> RunOptions {
    RunOptions::new().journal(folder).keep_all().run_id("run")
}

pub(super) fn row<'a>(report: &'a EvalReport, id: &str) -> &'a RowRecord {
    report.rows.iter().find(|row| row.id == id).unwrap_or_else(|| panic!("there is no row {id}"))
}

pub(super) fn outcomes(report: &EvalReport) -> BTreeMap<String, Outcome> {
    report.rows.iter().map(|row| (row.id.clone(), row.outcome)).collect()
}

/// A summary as JSON without what may differ between two runs.
pub(super) fn steady(summary: &Summary) -> Value {
    let mut value = serde_json::to_value(summary).unwrap();
    value.as_object_mut().unwrap().remove("run");
    value
}

/// The rows of the journal in this folder, read back.
pub(super) fn journalled(folder: &Path) -> Vec<RowRecord> {
    Journal::open(folder).unwrap().rows().unwrap().map(Result::unwrap).collect()
}

/// The lines of the journal in this folder, as they stand.
pub(super) fn lines(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("journal.jsonl")).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "the journal ends in half a line");
    text.lines().map(str::to_owned).collect()
}

/// Those of the lines that are rows.
pub(super) fn row_lines(folder: &Path) -> Vec<String> {
    lines(folder).into_iter().filter(|line| line.starts_with("{\"index\"")).collect()
}
