//! Calls and listings that are awaited, on whatever executor.

use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;

use keystone::ErrorKind;
use keystone_e2e::server::{Gate, Pause, Recorded, Reply, Server};
use pollster::block_on;
use serde_json::{Value, json};

use super::{client, failed};

fn ok() -> Reply {
    Reply::json(200, &json!({"id": "sb-1", "status": "ok"}))
}

/// Looks once how far a future is.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Waits for several futures at once, on this thread.
async fn together<F: Future + Unpin>(mut futures: Vec<F>) -> Vec<F::Output> {
    let mut outcomes: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, outcome) in futures.iter_mut().zip(&mut outcomes) {
            if outcome.is_none()
                && let Poll::Ready(ready) = Pin::new(future).poll(context)
            {
                *outcome = Some(ready);
            }
        }
        if outcomes.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outcomes.into_iter().flatten().collect()
}

/// Pages of a hundred rows each.
fn pages(count: usize) -> impl Fn(&Recorded) -> Reply + Send + Sync {
    move |request| {
        let page: usize = request.parameter("cursor").map_or(0, |at| at.parse().unwrap_or(0));
        let rows: Vec<Value> = (0..100).map(|row| json!({"id": page * 100 + row})).collect();
        let next = (page + 1 < count).then(|| (page + 1).to_string());
        Reply::json(200, &json!({"items": rows, "next_cursor": next}))
    }
}

#[test]
fn a_call_and_a_builder_are_awaited_as_they_are() {
    let server = Server::start(|request| match request.path() {
        "/v1/experiments/exp-1/run" => Reply::status(202),
        "/v1/experiments/exp-1" => {
            Reply::json(200, &json!({"experiment_id": "exp-1", "total_scenarios": 1, "passed": 1}))
        }
        _ => ok(),
    });
    let ks = client(&server);
    block_on(async {
        assert_eq!(ks.health().await.expect("an answer").status, "ok");
        let sandbox = ks.sandboxes().create("spec").timeout("10m").await.expect("a sandbox");
        assert_eq!(sandbox.id, "sb-1");
        let call = ks.sandboxes().create("spec").call().idempotency_key("once");
        assert_eq!(call.await.expect("a sandbox").id, "sb-1");
        sandbox.destroy().await.expect("it is gone");
        let run = ks.experiments().run_and_wait("exp-1").await.expect("results");
        assert_eq!(run.passed, 1);
    });
    let requests = server.requests();
    let asked: Vec<_> =
        requests.iter().map(|one| format!("{} {}", one.method, one.target)).collect();
    assert_eq!(
        asked,
        [
            "GET /health",
            "POST /v1/sandboxes",
            "POST /v1/sandboxes",
            "DELETE /v1/sandboxes/sb-1",
            "POST /v1/experiments/exp-1/run",
            "GET /v1/experiments/exp-1",
        ]
    );
    assert_eq!(requests[1].json(), json!({"spec_id": "spec", "timeout": "10m"}));
    assert_eq!(requests[2].header("idempotency-key"), Some("once"));
    assert_eq!(server.connections(), 1, "one after the other they share a connection");
}

#[test]
fn what_goes_wrong_is_the_same_as_without_waiting() {
    let refusal = Reply::json(404, &json!({"message": "no such sandbox", "error": "missing"}));
    let server = Server::always(refusal.header("X-Request-Id", "req-7"));
    let ks = client(&server);
    let awaited = failed(block_on(ks.sandboxes().get("sb-1").into_future()), "missing");
    let sent = failed(ks.sandboxes().get("sb-1").send(), "missing");
    assert_eq!(awaited.kind(), ErrorKind::NotFound);
    assert_eq!(awaited.to_string(), sent.to_string());
    assert_eq!(awaited.code(), Some("missing"));
    assert_eq!(awaited.request_id(), Some("req-7"));
    // What fails before anything is sent, too.
    let call = ks.sandboxes().create("s").call().idempotency_key("on\nce");
    let error = failed(block_on(call.into_future()), "no header");
    assert_eq!((error.kind(), server.count()), (ErrorKind::Argument, 2));
    // Repeats are those of the call.
    let server = Server::replies([Reply::status(503), Reply::silence(), ok()]);
    let answer = block_on(client(&server).health().into_future());
    assert_eq!(answer.expect("an answer").status, "ok");
    assert_eq!(server.count(), 3);
}

#[test]
fn a_stream_has_all_rows_in_order_and_an_end() {
    let server = Server::start(pages(4));
    let ks = client(&server);
    let mut stream = ks.export().traces().stream();
    assert_eq!(server.count(), 0, "nothing is fetched until it is polled");
    let ids = block_on(async {
        let mut ids = Vec::new();
        while let Some(row) = stream.next().await {
            ids.push(row.expect("a row").id);
        }
        assert!(stream.next().await.is_none(), "and stays at its end");
        ids
    });
    assert_eq!(ids, (0..400_u64).collect::<Vec<_>>());
    assert_eq!(server.count(), 4);
}

#[test]
fn a_stream_of_lines_has_them_all_too() {
    let lines: String = (0..300).map(|n| format!("{{\"kind\":\"k{n}\"}}\n")).collect();
    let server = Server::always(Reply::new(200).with("application/x-ndjson", lines));
    let ks = client(&server);
    let kinds = block_on(async {
        let lines = ks.export().experiment_lines("exp-1").await.expect("lines");
        let mut stream = lines.stream();
        let mut kinds = Vec::new();
        while let Some(line) = stream.next().await {
            kinds.push(line.expect("a line").kind);
        }
        kinds
    });
    assert_eq!(kinds, (0..300).map(|n| format!("k{n}")).collect::<Vec<_>>());
}

#[test]
fn an_error_in_a_stream_stands_where_it_happened() {
    // A row that cannot be read, and after the page a fault.
    let server = Server::start(|request| match request.parameter("cursor") {
        None => {
            let rows = json!([{"id": 1}, {"id": 2, "tool": [7]}, {"id": 3}]);
            Reply::json(200, &json!({"items": rows, "next_cursor": "more"}))
        }
        Some(_) => Reply::status(500),
    });
    let mut stream = client(&server).export().traces().stream();
    let told = block_on(async {
        let mut told = Vec::new();
        while let Some(row) = stream.next().await {
            told.push(row.map(|row| row.id.to_string()).map_err(|error| error.kind()));
        }
        told
    });
    let expected =
        [Ok("1".to_owned()), Err(ErrorKind::Decode), Ok("3".to_owned()), Err(ErrorKind::Server)];
    assert_eq!(told, expected);
}

#[test]
fn many_calls_are_under_way_at_once_on_one_thread() {
    const MANY: usize = 50;
    // Nobody is answered before all have asked.
    let (gate, arrived) = (Gate::new(), AtomicUsize::new(0));
    let server = Server::start(move |request| {
        if arrived.fetch_add(1, Ordering::SeqCst) + 1 == MANY {
            gate.open();
        }
        let id = request.path().rsplit('/').next().unwrap_or_default();
        Reply::json(200, &json!({"id": id})).late(Pause::Gate(gate.clone()))
    });
    let ks = client(&server);
    let calls = (0..MANY).map(|n| ks.sandboxes().get(format!("sb-{n}")).into_future()).collect();
    let outcomes = block_on(together(calls));
    let ids: Vec<_> = outcomes.into_iter().map(|one| one.expect("a sandbox").id.clone()).collect();
    assert_eq!(ids, (0..MANY).map(|n| format!("sb-{n}")).collect::<Vec<_>>());
    assert_eq!((server.count(), server.connections()), (MANY, MANY));
}

#[test]
fn many_threads_wait_for_calls_of_one_client() {
    let server = Server::start(|request| {
        let id = request.path().rsplit('/').next().unwrap_or_default();
        Reply::json(200, &json!({"id": id}))
    });
    let ks = client(&server);
    thread::scope(|scope| {
        for n in 0..50 {
            let ks = &ks;
            scope.spawn(move || {
                block_on(async {
                    for round in 0..4 {
                        let id = format!("sb-{n}-{round}");
                        let sandbox = ks.sandboxes().get(&id).await.expect("a sandbox");
                        assert_eq!(sandbox.id, id, "each gets the answer to its own question");
                    }
                });
            });
        }
    });
    assert_eq!(server.count(), 200);
    assert!(server.connections() <= 50, "{}", server.connections());
}

#[test]
fn a_future_that_is_dropped_does_no_harm() {
    let gate = Gate::new();
    let held = gate.clone();
    let server = Server::start(move |request| match request.path() {
        "/health" => ok(),
        _ => ok().late(Pause::Gate(held.clone())),
    });
    let ks = client(&server);
    // Never polled, nothing was asked.
    drop(ks.sandboxes().create("s").into_future());
    drop(ks.sandboxes().create("s").call().into_future());
    // Dropped while the answer is awaited: the others do not mind, neither now nor when it comes.
    let mut future = ks.sandboxes().create("s").into_future();
    assert!(poll_once(&mut future).is_pending());
    server.wait_for_requests(1);
    drop(future);
    assert_eq!(block_on(ks.health().into_future()).expect("an answer").status, "ok");
    gate.open();
    assert_eq!(ks.health().send().expect("an answer").status, "ok");
    assert_eq!(server.count(), 3, "what was asked is not asked again");
}

#[test]
fn a_stream_that_is_dropped_early_has_not_asked_for_much_more() {
    // A listing that would take for ever.
    let server = Server::start(pages(usize::MAX));
    let ks = client(&server);
    let mut stream = ks.export().traces().stream();
    // The last one who could use the connections is the stream.
    drop(ks);
    let row = block_on(stream.next()).expect("a row").expect("the first");
    assert_eq!(row.id, 0);
    drop(stream);
    // What reads ahead has stopped when the connection is gone.
    server.wait_until_closed(0);
    assert!(server.count() <= 3, "{} pages", server.count());
}
