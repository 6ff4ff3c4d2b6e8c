//! Waiting for a run.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use keystone::scorers::{FileExists, Policy, Score, Subject, from_fn};
use keystone::{Error, ErrorKind, Scorer};
use keystone_e2e::server::{Recorded, Reply, Server};
use serde_json::{Value, json};

use super::{client, failed};

fn results(passed: u32) -> Value {
    let scenario = json!({"scenario_id": "scn-1", "status": "pass", "agent_output": "done",
                          "composite_score": 0.5, "invariants": []});
    json!({"experiment_id": "exp-1", "total_scenarios": 2, "passed": passed, "failed": 0,
           "scenarios": [scenario]})
}

/// A server that answers looks at the run with these, one after the other, and then that it is done.
fn looks(replies: Vec<Reply>) -> Server {
    let next = AtomicUsize::new(0);
    Server::start(move |request| {
        if request.method == "POST" {
            return Reply::status(202);
        }
        let look = next.fetch_add(1, Ordering::SeqCst);
        replies.get(look).cloned().unwrap_or_else(|| Reply::json(200, &results(2)))
    })
}

fn asked(server: &Server) -> Vec<String> {
    let line = |request: &Recorded| format!("{} {}", request.method, request.target);
    server.requests().iter().map(line).collect()
}

fn wait(server: &Server) -> Result<keystone::types::RunResults, Error> {
    let run = client(server).experiments().run_and_wait("exp-1");
    run.poll_interval(Duration::from_millis(1)).timeout(Duration::from_secs(60)).send()
}

#[test]
fn what_fails_while_one_waits_does_not_end_the_wait() {
    let troubles = [
        Reply::status(500),
        Reply::html(502, "<h1>Bad gateway</h1>"),
        Reply::status(503),
        Reply::status(429).header("Retry-After", "0"),
        Reply::silence(),
        Reply::json(200, &results(1)).cut(20),
        Reply::json(200, &results(1)).reset(20),
        Reply::raw("nonsense"),
    ];
    for trouble in troubles {
        // More often than a single request is repeated.
        let mut replies = vec![Reply::json(200, &results(1))];
        replies.extend(vec![trouble.clone(); 9]);
        let server = looks(replies);
        let run = wait(&server).unwrap_or_else(|error| panic!("{trouble:?}: {error}"));
        assert_eq!(run.passed, 2);
        assert_eq!(server.count(), 1 + 1 + 9 + 1, "{trouble:?}: started once, then looked at");
        assert_eq!(asked(&server)[0], "POST /v1/experiments/exp-1/run");
        assert_eq!(asked(&server)[11], "GET /v1/experiments/exp-1");
    }
}

#[test]
fn what_will_not_pass_ends_the_wait() {
    for (status, kind) in [(401, ErrorKind::Unauthorized), (404, ErrorKind::NotFound)] {
        let server = looks(vec![Reply::json(200, &results(0)), Reply::status(status)]);
        let error = wait(&server).expect_err("no use to wait");
        assert_eq!((error.kind(), server.count()), (kind, 3));
    }
}

#[test]
fn a_run_is_never_started_twice() {
    for trouble in [Reply::silence(), Reply::status(503), Reply::status(502)] {
        let server = Server::always(trouble);
        wait(&server).expect_err("not started");
        assert_eq!(asked(&server), ["POST /v1/experiments/exp-1/run"]);
    }
}

#[test]
fn a_run_without_scenarios_is_not_done() {
    let empty = json!({"total_scenarios": 0, "passed": 0});
    let server = looks(vec![Reply::json(200, &empty), Reply::json(200, &json!({}))]);
    assert_eq!(wait(&server).expect("results").total_scenarios, 2);
    assert_eq!(server.count(), 4);
}

#[test]
fn every_way_to_end_counts() {
    let done = json!({"total_scenarios": 4, "passed": 1, "failed": 1, "flaky": 1, "errors": 1});
    let server = looks(vec![Reply::json(200, &done)]);
    assert_eq!(wait(&server).expect("results").flaky, 1);
    assert_eq!(server.count(), 2);
}

#[test]
fn a_wait_that_takes_too_long_says_how_far_the_run_is() {
    let server = Server::start(|request| match request.method.as_str() {
        "POST" => Reply::status(202),
        _ => Reply::json(200, &results(1)),
    });
    let run = client(&server).experiments().run_and_wait("exp-1");
    let run = run.poll_interval(Duration::from_millis(5)).timeout(Duration::from_millis(50));
    let error = run.send().expect_err("it never ends");
    assert_eq!(error.kind(), ErrorKind::NotFinished, "{error}");
    assert!(error.message().contains("1 of 2"), "{error}");
    assert_eq!(error.status_code(), None);
}

#[test]
fn progress_is_told_at_each_look() {
    let server = looks(vec![Reply::json(200, &results(0)), Reply::json(200, &results(1))]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let run = client(&server).experiments().run_and_wait("exp-1");
    run.poll_interval(Duration::from_millis(1))
        .on_progress(move |so_far| heard.lock().expect("a lock").push(so_far.passed))
        .send()
        .expect("results");
    assert_eq!(*told.lock().expect("a lock"), [0, 1, 2]);
}

#[test]
fn scorers_of_the_sandbox_are_refused_before_anything_runs() {
    let server = looks(Vec::new());
    let run = client(&server).experiments().run_and_wait("exp-1").scorer(FileExists::new("a.txt"));
    let error = run.send().expect_err("it cannot run here");
    assert_eq!(error.kind(), ErrorKind::Argument, "{error}");
    assert!(error.message().contains("file_exists:a.txt"), "{error}");
    assert_eq!(server.count(), 0);
}

#[test]
fn scores_are_added_and_one_that_breaks_loses_nothing() {
    let server = looks(Vec::new());
    let run = client(&server).experiments().run_and_wait("exp-1");
    let results = run
        .scorer(from_fn("half", |_: &Subject<'_>| Score::new(0.5).message("so so")))
        .scorer(from_fn("broken", |_: &Subject<'_>| -> Score { panic!("on purpose") }))
        .scorer(from_fn("silent", |_: &Subject<'_>| Score::unscored("nothing to say")))
        .scorer(from_fn("said", |subject: &Subject<'_>| subject.output_text() == "done"))
        .send()
        .expect("results");
    let scenario = &results.scenarios[0];
    let names: Vec<_> = scenario.invariants.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["half", "said"]);
    assert_eq!(scenario.invariants[0].message, "so so");
    assert!(scenario.invariants[1].passed);
    assert!((scenario.composite_score - 0.5).abs() < f64::EPSILON, "left as the server has it");
    let unscored: Vec<_> = results.unscored.iter().map(|one| one.scorer.as_str()).collect();
    assert_eq!(unscored, ["broken", "silent"]);
    assert!(results.unscored[0].reason.contains("on purpose"));
}

/// Waits for as long as this for a run that does not end.
fn in_vain(server: &Server, interval: Duration, timeout: Duration) -> Error {
    let run = client(server).experiments().run_and_wait("exp-1");
    let run = run.poll_interval(interval).timeout(timeout).send();
    failed(run, "it never ends")
}

#[test]
fn a_server_that_never_says_how_the_run_goes_is_not_taken_for_one_without_scenarios() {
    for useless in [
        Reply::status(503),
        Reply::status(500),
        Reply::silence(),
        Reply::html(200, "<h1>Back soon</h1>"),
        Reply::json(200, &json!({"status": "ok"})),
    ] {
        let server = looks(vec![useless.clone(); 100_000]);
        let error = in_vain(&server, Duration::from_millis(5), Duration::from_millis(60));
        assert_eq!(error.kind(), ErrorKind::NotFinished, "{useless:?}: {error}");
        assert!(!error.message().contains("scenarios"), "{error}");
        assert!(error.message().contains("did not say"), "{error}");
        assert!(error.message().contains("it goes on"), "{error}");
        let cause = std::error::Error::source(&error);
        assert!(cause.is_some(), "what went wrong last is kept: {error:?}");
    }
}

#[test]
fn what_was_heard_once_is_said_even_if_nothing_is_heard_later() {
    let mut replies = vec![Reply::json(200, &results(1))];
    replies.extend(vec![Reply::status(503); 100_000]);
    let error = in_vain(&looks(replies), Duration::from_millis(5), Duration::from_millis(60));
    assert_eq!(error.kind(), ErrorKind::NotFinished, "{error}");
    assert!(error.message().contains("1 of 2"), "{error}");
}

#[test]
fn a_web_page_among_the_looks_is_borne() {
    let page = Reply::html(200, "<title>Deploying</title>");
    let other = Reply::json(200, &json!({"status": "ok"}));
    let some = Reply::json(200, &results(1));
    let server = looks(vec![some.clone(), page.clone(), other, some, page]);
    assert_eq!(wait(&server).expect("results").passed, 2);
    assert_eq!(server.count(), 1 + 5 + 1);
}

#[test]
fn what_ends_the_wait_says_that_the_run_was_started() {
    for status in [401, 403, 404] {
        let server = looks(vec![Reply::json(status, &json!({"error": "no such thing"}))]);
        let error = failed(wait(&server), "no use to wait");
        assert_eq!(error.status_code(), Some(status), "{error}");
        assert!(error.message().contains("no such thing"), "{error}");
        assert!(error.message().contains("the run was started"), "{error}");
        assert!(error.message().contains("do not start it again"), "{error}");
    }
    // One that was not started says nothing of the kind.
    let server = Server::always(Reply::status(404));
    let error = failed(wait(&server), "no such experiment");
    assert_eq!((error.kind(), server.count()), (ErrorKind::NotFound, 1));
    assert!(!error.message().contains("was started"), "{error}");
}

#[test]
fn a_server_is_not_asked_without_a_pause() {
    let server = looks(vec![Reply::json(200, &results(1)); 100_000]);
    let error = in_vain(&server, Duration::ZERO, Duration::from_millis(300));
    assert_eq!(error.kind(), ErrorKind::NotFinished, "{error}");
    // A hundred a second would be thirty; a machine that is busy makes fewer, never more.
    assert!((2..=40).contains(&server.count()), "{} requests", server.count());
}

#[test]
fn the_longest_wait_there_is_can_be_asked_for() {
    let server = looks(vec![Reply::json(200, &results(1))]);
    let run = client(&server).experiments().run_and_wait("exp-1");
    let run = run.poll_interval(Duration::from_millis(1)).timeout(Duration::MAX).call();
    let run = run.timeout(Duration::MAX).deadline(Duration::MAX);
    assert_eq!(run.send().expect("results").passed, 2);
}

/// A scorer that gives a score and then cannot say what it weighs.
struct Weightless;

impl Scorer for Weightless {
    fn name(&self) -> &str {
        "weightless"
    }

    fn score(&self, _: &Subject<'_>) -> Score {
        Score::new(1.0)
    }

    fn policy(&self) -> Policy {
        panic!("no scales")
    }
}

#[test]
fn a_scorer_that_panics_anywhere_costs_its_own_score_only() {
    let server = looks(Vec::new());
    let results = client(&server)
        .experiments()
        .run_and_wait("exp-1")
        .scorer(Weightless)
        .scorer(from_fn("loud", |_: &Subject<'_>| -> Score { panic!("{} of {}", "out", "order") }))
        .scorer(from_fn("numb", |_: &Subject<'_>| -> Score { std::panic::panic_any(7) }))
        .scorer(from_fn("silent", |_: &Subject<'_>| Score::unscored("nothing to say")))
        .scorer(from_fn("fine", |_: &Subject<'_>| true))
        .send()
        .expect("the run has ended, whatever becomes of its scores");
    assert_eq!(results.passed, 2);
    let names: Vec<_> = results.scenarios[0].invariants.iter().map(|one| &*one.name).collect();
    assert_eq!(names, ["fine"]);
    let unscored: Vec<_> = results
        .unscored
        .iter()
        .map(|one| (&*one.scenario_id, &*one.scorer, &*one.reason))
        .collect();
    assert_eq!(
        unscored,
        [
            ("scn-1", "weightless", "the scorer panicked: no scales"),
            ("scn-1", "loud", "the scorer panicked: out of order"),
            ("scn-1", "numb", "the scorer panicked: without words"),
            ("scn-1", "silent", "nothing to say"),
        ]
    );
}

#[test]
fn a_scenario_that_broke_is_not_graded() {
    let done = json!({"total_scenarios": 2, "passed": 1, "errors": 1, "scenarios": [
        {"scenario_id": "scn-1", "status": "error", "agent_output": ""},
        {"scenario_id": "scn-2", "status": "pass", "agent_output": "done"},
    ]});
    let server = looks(vec![Reply::json(200, &done)]);
    let graded = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&graded);
    let run = client(&server).experiments().run_and_wait("exp-1");
    let results = run
        .scorer(from_fn("said", move |subject: &Subject<'_>| {
            seen.lock().expect("a lock").push(subject.output_text().to_string());
            subject.output_text() == "done"
        }))
        .send()
        .expect("results");
    assert_eq!(*graded.lock().expect("a lock"), ["done"]);
    assert!(results.scenarios[0].invariants.is_empty(), "neither passed nor failed");
    assert_eq!(results.scenarios[1].invariants.len(), 1);
    assert_eq!(results.unscored.len(), 1, "{:?}", results.unscored);
    let one = &results.unscored[0];
    assert_eq!((&*one.scenario_id, &*one.scorer), ("scn-1", "said"));
    assert_eq!(one.reason, "the scenario ended with an error");
}

#[test]
fn results_without_scenarios_leave_every_scorer_unscored() {
    let done = json!({"total_scenarios": 2, "passed": 2});
    let server = looks(vec![Reply::json(200, &done)]);
    let run = client(&server).experiments().run_and_wait("exp-1");
    let scorer = |name| from_fn(name, |_: &Subject<'_>| true);
    let results = run.scorer(scorer("one")).scorer(scorer("other")).send().expect("results");
    assert_eq!(results.passed, 2);
    let names: Vec<_> = results.unscored.iter().map(|one| &*one.scorer).collect();
    assert_eq!(names, ["one", "other"]);
    for one in &results.unscored {
        assert!(one.scenario_id.is_empty());
        assert!(one.reason.contains("no scenarios"), "{}", one.reason);
    }
    // Nothing to say where nothing was to be scored.
    let server = looks(vec![Reply::json(200, &done)]);
    assert!(wait(&server).expect("results").unscored.is_empty());
}
