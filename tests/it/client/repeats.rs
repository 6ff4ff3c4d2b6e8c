//! Statuses: which are asked again, when, and how connections are kept.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use keystone::ErrorKind;
use keystone::types::DatasetRecord;
use keystone_e2e::server::{Recorded, Reply, Server};
use serde_json::json;

use super::{KEY, builder, client, failed};

const SECRET: &str = "hunter2-hunter2-hunter2";

fn ok() -> Reply {
    Reply::json(200, &json!({"id": "sb-1", "status": "ok"}))
}

fn busy(retry_after: &str) -> Reply {
    Reply::json(429, &json!({"error": "slow down"})).header("Retry-After", retry_after)
}

#[test]
fn every_status_is_what_it_is_and_only_passing_ones_are_asked_again() {
    let statuses = [
        (400, ErrorKind::BadRequest, false),
        (401, ErrorKind::Unauthorized, false),
        (402, ErrorKind::Status, false),
        (403, ErrorKind::Forbidden, false),
        (404, ErrorKind::NotFound, false),
        (405, ErrorKind::Status, false),
        (408, ErrorKind::Timeout, true),
        (409, ErrorKind::Conflict, false),
        (410, ErrorKind::Status, false),
        (413, ErrorKind::Status, false),
        (422, ErrorKind::BadRequest, false),
        (429, ErrorKind::RateLimited, true),
        (500, ErrorKind::Server, false),
        (501, ErrorKind::Server, false),
        (502, ErrorKind::Server, true),
        (503, ErrorKind::Unavailable, true),
        (504, ErrorKind::Server, true),
        (505, ErrorKind::Server, false),
    ];
    for (status, kind, again) in statuses {
        let refusal = Reply::json(status, &json!({"message": "no", "error": "code_of_it"}))
            .header("X-Request-Id", "req-7");
        let server = Server::replies([refusal.clone(), refusal.clone(), ok()]);
        let read = client(&server).health().send();
        assert_eq!(server.count(), if again { 3 } else { 1 }, "GET {status}");
        assert_eq!(read.is_ok(), again, "GET {status}");

        let server = Server::always(refusal);
        let error = client(&server).sandboxes().create("s").send().expect_err("refused");
        // The server has refused it without doing anything; of the others one does not know.
        let attempts = if status == 429 { 4 } else { 1 };
        assert_eq!(server.count(), attempts as usize, "POST {status}");
        assert_eq!((error.kind(), error.attempts()), (kind, attempts), "POST {status}: {error}");
        assert_eq!(error.status_code(), Some(status));
        assert_eq!((error.message(), error.code()), ("no", Some("code_of_it")));
        assert_eq!(error.request_id(), Some("req-7"));
        assert_eq!(error.request(), Some("POST /v1/sandboxes"));
        assert_eq!(error.is_retryable(), again, "{status}");
    }
}

#[test]
fn a_500_is_not_asked_again_and_the_next_call_goes_on() {
    let server = Server::replies([Reply::status(500), ok()]);
    let ks = client(&server);
    let error = ks.health().send().expect_err("a fault");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Server, 1));
    assert_eq!(ks.health().send().expect("an answer").status, "ok");
    assert_eq!((server.count(), server.connections()), (2, 1));
}

#[test]
fn a_server_that_asks_for_seconds_gets_them() {
    let server = Server::replies([busy("1"), ok()]);
    client(&server).sandboxes().create("s").send().expect("a sandbox");
    let requests = server.requests();
    let waited = requests[1].at - requests[0].at;
    assert!(waited >= Duration::from_secs(1), "{waited:?}");
    assert_eq!(requests.len(), 2);
}

#[test]
fn a_server_that_asks_for_a_date_gets_it() {
    let date = SystemTime::now() + Duration::from_secs(2);
    let text = httpdate::fmt_http_date(date);
    let server = Server::replies([busy(&text), ok()]);
    client(&server).sandboxes().create("s").send().expect("a sandbox");
    // The header says whole seconds.
    let asked = httpdate::parse_http_date(&text).expect("a date");
    assert!(SystemTime::now() >= asked);
    assert_eq!(server.count(), 2);
}

#[test]
fn no_pause_is_asked_for_by_zero_or_a_date_that_has_passed() {
    let patient = |server: &Server| {
        // Its own pauses would take minutes.
        let long = Duration::from_secs(600);
        builder(&server.url()).backoff(long, long).deadline(long * 2).build().expect("a client")
    };
    let started = Instant::now();
    for asked in ["0", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let server = Server::replies([busy(asked), busy(asked), ok()]);
        patient(&server).health().send().expect("an answer");
        assert_eq!(server.count(), 3);
    }
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn a_pause_that_is_longer_than_the_call_may_take_is_not_waited_for() {
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(7200));
    for asked in ["7200", &date] {
        let server = Server::always(busy(asked));
        let started = Instant::now();
        let error = client(&server).health().send().expect_err("too long");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 1), "{error}");
        let asked = error.retry_after().expect("the pause").as_secs();
        assert!((7100..=7200).contains(&asked), "{asked}");
        assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
        assert_eq!(server.count(), 1);
    }
}

#[test]
fn a_pause_that_makes_no_sense_is_passed_over() {
    for asked in ["soon", "-1", "", "99999999999999999999999999", "Sun, 99 Nov 1994"] {
        let server = Server::replies([busy(asked), ok()]);
        client(&server).health().send().unwrap_or_else(|error| panic!("{asked:?}: {error}"));
        assert_eq!(server.count(), 2, "{asked:?}");
    }
}

#[test]
fn one_connection_carries_one_call_after_the_other() {
    let server = Server::start(|request| match request.method.as_str() {
        "GET" if request.path().ends_with("missing") => {
            Reply::json(404, &json!({"error": "x".repeat(10_000)}))
        }
        "DELETE" => Reply::status(204),
        _ => ok().chunked(7),
    });
    let ks = client(&server);
    for _ in 0..20 {
        ks.health().send().expect("an answer");
        ks.sandboxes().get("missing").send().expect_err("a refusal");
        ks.sandboxes().destroy("sb-1").send().expect("nothing");
        ks.sandboxes().create("s").send().expect("a sandbox");
        ks.clone().health().send().expect("a clone uses the same connections");
    }
    assert_eq!((server.count(), server.connections()), (100, 1));
}

#[test]
fn as_many_connections_as_threads() {
    let server = Server::always(ok());
    let ks = client(&server);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    ks.health().send().expect("an answer");
                }
            });
        }
    });
    assert_eq!(server.count(), 400);
    assert!(server.connections() <= 8, "{}", server.connections());
}

#[test]
fn what_is_said_back_of_a_key_or_a_secret_does_not_show() {
    // Wherever a message is cut, no part of a secret is left at its end.
    for padding in (0..200).step_by(5) {
        let server = Server::start(move |request| {
            let sent = request.header("authorization").unwrap_or_default();
            let body = String::from_utf8_lossy(&request.body);
            let echo = format!("spec-1 {} {sent} {body}", "x".repeat(padding));
            match request.path() {
                "/v1/sandboxes" => Reply::json(400, &json!({"message": echo})),
                "/v1/experiments" => Reply::html(400, &echo),
                _ => Reply::html(200, &echo),
            }
        });
        let ks = client(&server);
        let errors = [
            failed(ks.sandboxes().create("s").secret("TOKEN", SECRET).send(), "refused"),
            failed(ks.experiments().create("e", "s").secret("TOKEN", SECRET).send(), "refused"),
            failed(ks.health().send(), "a page"),
        ];
        for error in errors {
            assert!(error.message().contains("spec-1"), "the rest is shown: {error}");
            for shown in [error.to_string(), format!("{error:?}"), format!("{ks:?}")] {
                for start in [&KEY[..8], &SECRET[..8]] {
                    assert!(!shown.contains(start), "{padding}: {shown}");
                }
            }
        }
    }
}

#[test]
fn only_an_attempt_that_may_have_deleted_makes_a_404_a_success() {
    let gone = || Reply::json(404, &json!({"error": "not found"}));
    // Turned away at the door: nothing was deleted, so what is not there was never there.
    for turned_away in [Reply::status(503), Reply::status(503).header("Retry-After", "0")] {
        let server = Server::replies([turned_away, gone()]);
        let error = failed(client(&server).sandboxes().destroy("sb-1").send(), "never there");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::NotFound, 2), "{error}");
        assert_eq!((error.status_code(), server.count()), (Some(404), 2));
    }
    // Behind a gateway that lost the answer it may have been.
    for lost in [Reply::silence(), ok().cut(3), Reply::status(502), Reply::status(504)] {
        let server = Server::replies([lost.clone(), gone()]);
        let outcome = client(&server).sandboxes().destroy("sb-1").send();
        outcome.unwrap_or_else(|error| panic!("{lost:?}: {error}"));
        assert_eq!(server.count(), 2, "{lost:?}");
    }
    // And it still may have been when the attempt after it was turned away.
    let server = Server::replies([Reply::silence(), Reply::status(503), gone()]);
    client(&server).prompts().delete("p").send().expect("it is gone");
    assert_eq!(server.count(), 3);
}

#[test]
fn every_request_of_a_call_has_an_idempotency_key_of_its_own_and_always_the_same() {
    let server = Server::start(|request| {
        let records = request.json()["records"].as_array().map_or(0, Vec::len);
        Reply::json(200, &json!({"added": records}))
    });
    let ks = client(&server);
    let add = |key: &str| {
        server.forget();
        let records = (0..2_500).map(|n| DatasetRecord::new(json!({"n": n})));
        let added = ks.datasets().add_records("ds", records).idempotency_key(key).send();
        assert_eq!(added.expect("added").added, 2_500);
        let key = |request: &Recorded| request.header("idempotency-key").map(str::to_owned);
        let keys: Vec<String> = server.requests().iter().filter_map(key).collect();
        assert_eq!((keys.len(), server.count()), (3, 3), "{keys:?}");
        keys
    };
    let first = add("once");
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 3, "they stay apart: {first:?}");
    assert!(first.iter().all(|key| key.starts_with("once")), "{first:?}");
    assert_eq!(add("once"), first, "a repeat of the call finds them");
    assert!(add("twice").iter().all(|key| !first.contains(key)));
}

#[test]
fn a_batch_with_an_idempotency_key_is_repeated_under_the_same_key() {
    let served = AtomicUsize::new(0);
    let server = Server::start(move |_| match served.fetch_add(1, Ordering::SeqCst) {
        1 => Reply::silence(),
        2 => Reply::status(503),
        _ => Reply::json(200, &json!({"added": 1_000})),
    });
    let records = (0..2_000).map(|n| DatasetRecord::new(json!({"n": n})));
    let call = client(&server).datasets().add_records("ds", records).idempotency_key("once");
    assert_eq!(call.send().expect("added").added, 2_000);
    let requests = server.requests();
    let keys: Vec<_> =
        requests.iter().map(|one| one.header("idempotency-key").unwrap_or_default()).collect();
    assert_eq!(keys.len(), 4);
    assert_ne!(keys[0], keys[1]);
    assert_eq!(keys[1..], [keys[1]; 3]);
    assert!(requests[1..].iter().all(|one| one.body == requests[1].body));
}

#[test]
fn an_idempotency_key_that_no_header_can_hold_is_refused_before_anything_is_sent() {
    let server = Server::always(ok());
    let ks = client(&server);
    for key in ["on\nce", "once\r\nX-Other: 1", "once\0"] {
        let records = [DatasetRecord::new(json!(1))];
        for error in [
            failed(ks.sandboxes().create("s").call().idempotency_key(key).send(), key),
            failed(ks.datasets().add_records("ds", records).idempotency_key(key).send(), key),
            failed(ks.export().experiment_lines("exp-1").idempotency_key(key).send(), key),
        ] {
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::Argument, 0), "{error}");
            assert!(error.message().contains("idempotency key"), "{error}");
        }
    }
    assert_eq!((server.count(), server.connections()), (0, 0));
}
