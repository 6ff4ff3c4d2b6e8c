//! Connections that fail: for each fault the right error, or the right recovery, after the right
//! number of attempts.

use std::time::{Duration, Instant};

use keystone::{ErrorKind, Keystone};
use keystone_e2e::server::{Pause, Refusing, Reply, Server};
use serde_json::json;

use super::{builder, client, failed};

/// For attempts that are to run out of time.
const SHORT: Duration = Duration::from_millis(200);
/// For calls of which one attempt is to run out of time and the next is not, on a busy machine.
const FAIR: Duration = Duration::from_secs(1);
/// Longer than any test should take, and shorter than what a client would wait otherwise.
const LONG: Duration = Duration::from_secs(20);

fn ok() -> Reply {
    Reply::json(200, &json!({"id": "sb-1", "status": "ok"}))
}

fn within(server: &Server, timeout: Duration) -> Keystone {
    let built = builder(&server.url()).timeout(timeout).build();
    built.unwrap_or_else(|error| panic!("{error}"))
}

fn hasty(server: &Server) -> Keystone {
    within(server, SHORT)
}

/// Checks what becomes of a fault that goes over by itself: what can be repeated is, and what makes
/// something new is not, except with a key that lets the server tell.
fn passes(fault: &Reply, kind: ErrorKind) {
    // What has no end in itself ends with the time that it has.
    let ends = kind != ErrorKind::Timeout;
    let patient = |server: &Server| within(server, if ends { LONG } else { FAIR });
    let hasty = |server: &Server| within(server, if ends { LONG } else { SHORT });

    let server = Server::replies([fault.clone(), ok()]);
    let health = patient(&server).health().send();
    assert_eq!(health.unwrap_or_else(|error| panic!("{fault:?}: {error}")).status, "ok");
    assert_eq!(server.count(), 2, "{fault:?}");

    let server = Server::replies([fault.clone(), ok()]);
    let error = failed(hasty(&server).sandboxes().create("s").send(), "it may be done");
    assert_eq!((error.kind(), error.attempts()), (kind, 1), "{fault:?}: {error}");
    assert_eq!(server.count(), 1, "{fault:?}");

    let server = Server::replies([fault.clone(), ok()]);
    let create = patient(&server).sandboxes().create("s").call().idempotency_key("once");
    let sandbox = create.send().unwrap_or_else(|error| panic!("{fault:?}: {error}"));
    assert_eq!((sandbox.id.as_str(), server.count()), ("sb-1", 2), "{fault:?}");
    for request in server.requests() {
        assert_eq!(request.header("idempotency-key"), Some("once"));
        assert_eq!(request.json(), json!({"spec_id": "s"}));
    }

    let server = Server::always(fault.clone());
    let error = failed(hasty(&server).health().send(), "it never passes");
    assert_eq!((error.kind(), error.attempts()), (kind, 4), "{fault:?}: {error}");
    server.wait_for_requests(4);
    assert_eq!(server.count(), 4, "{fault:?}");
    assert!(error.is_retryable(), "{fault:?}: {error}");

    let server = Server::always(fault.clone());
    let error = failed(hasty(&server).health().retries(0).send(), "it never passes");
    assert_eq!((error.kind(), server.count()), (kind, 1), "{fault:?}: {error}");
}

#[test]
fn refused_connections_are_tried_again_whatever_the_call() {
    let refusing = Refusing::new();
    let ks = builder(&refusing.url()).build().expect("a client");
    let read = ks.health().send().map(drop);
    let change = ks.sandboxes().create("s").send().map(drop);
    for outcome in [read, change] {
        let error = outcome.expect_err("nobody listens");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4), "{error}");
        assert!(error.to_string().contains(&refusing.url()), "{error}");
        assert_eq!(error.status_code(), None);
    }
}

#[test]
fn a_host_without_an_address_is_named() {
    let ks = builder("http://no-such-host.invalid").retries(0).build().expect("a client");
    let error = ks.health().send().expect_err("no such host");
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert!(error.to_string().contains("no-such-host.invalid"), "{error}");
}

#[test]
fn connections_that_close_without_an_answer() {
    passes(&Reply::silence(), ErrorKind::Broken);
}

#[test]
fn heads_that_are_cut_off() {
    passes(&Reply::raw("HTTP/1.1 200 OK\r\nContent-Le"), ErrorKind::Broken);
}

#[test]
fn resets_in_the_middle_of_a_body() {
    passes(&ok().reset(7), ErrorKind::Broken);
    passes(&ok().chunked(4).reset(7), ErrorKind::Broken);
}

#[test]
fn bodies_that_are_shorter_than_they_say() {
    passes(&ok().cut(7), ErrorKind::Broken);
    // What arrived is whole JSON all the same, and still not what was sent.
    let padded = format!("{}          ", json!({"id": "sb-1", "status": "ok"}));
    let length = padded.len();
    passes(&Reply::new(200).with("application/json", padded).cut(length - 5), ErrorKind::Broken);
}

#[test]
fn chunked_bodies_that_are_cut_off() {
    passes(&ok().chunked(4).cut(7), ErrorKind::Broken);
    // Whole JSON without the chunk that ends it.
    let body = json!({"id": "sb-1", "status": "ok"}).to_string();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    let unfinished = format!("{head}{:x}\r\n{body}\r\n", body.len());
    passes(&Reply::raw(unfinished), ErrorKind::Broken);
    // Chunks of a size that is none.
    passes(&Reply::raw(format!("{head}zz\r\n{body}\r\n0\r\n\r\n")), ErrorKind::Broken);
}

#[test]
fn garbage_instead_of_http() {
    passes(&Reply::raw("SSH-2.0-OpenSSH_9.6\r\n"), ErrorKind::Broken);
    passes(&Reply::raw("\0\u{1}\u{2}\u{3}\r\n\r\n"), ErrorKind::Broken);
    passes(&Reply::raw("<html>not even a status</html>"), ErrorKind::Broken);
}

#[test]
fn heads_that_do_not_come_in_time() {
    passes(&ok().late(Pause::Gone), ErrorKind::Timeout);
}

#[test]
fn bodies_that_do_not_come_in_time() {
    passes(&ok().pausing(0, Pause::Gone), ErrorKind::Timeout);
    passes(&ok().pausing(7, Pause::Gone), ErrorKind::Timeout);
    passes(&ok().chunked(4).pausing(7, Pause::Gone), ErrorKind::Timeout);
}

#[test]
fn a_body_that_always_goes_on_and_never_ends_takes_too_long_all_the_same() {
    let body = vec![b' '; 1 << 20];
    let drip = Reply::new(200).with("application/json", body).drip(Duration::from_millis(2));
    let server = Server::always(drip);
    let started = Instant::now();
    let error = hasty(&server).health().retries(0).send().expect_err("too slow");
    assert_eq!((error.kind(), server.count()), (ErrorKind::Timeout, 1), "{error}");
    assert!(started.elapsed() < LONG, "{:?}", started.elapsed());
}

#[test]
fn the_deadline_holds_over_all_attempts() {
    let server = Server::always(ok().late(Pause::Gone));
    let started = Instant::now();
    // An attempt alone may take half a minute.
    let error = client(&server).health().deadline(SHORT).send().expect_err("too late");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(started.elapsed() < LONG, "{:?}", started.elapsed());
    assert_eq!(server.count(), 1);
}

#[test]
fn after_a_timeout_the_connection_is_not_used_again() {
    let server = Server::replies([ok().late(Pause::Gone), ok()]);
    let ks = within(&server, FAIR);
    ks.health().retries(0).send().expect_err("too late");
    assert_eq!(ks.health().retries(0).send().expect("an answer").status, "ok");
    let connections: Vec<_> = server.requests().iter().map(|one| one.connection).collect();
    assert_eq!(connections, [0, 1]);
}

#[test]
fn an_idle_connection_that_the_server_closed_costs_nothing() {
    let server = Server::start(|request| match request.connection {
        0 => ok().hanging_up(),
        _ => ok(),
    });
    let ks = client(&server);
    ks.health().retries(0).send().expect("an answer");
    server.wait_until_closed(0);
    // A call that would not be repeated, so that the closed connection must have been noticed.
    ks.sandboxes().create("s").call().retries(0).send().expect("a sandbox");
    assert_eq!((server.count(), server.connections()), (2, 2));
}

#[test]
fn a_connection_that_closes_while_it_is_used_again_is_a_fault_like_any() {
    // The second request on the first connection is not answered.
    let fickle = || {
        let before = std::sync::atomic::AtomicUsize::new(0);
        Server::start(move |_| match before.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            1 => Reply::silence(),
            _ => ok(),
        })
    };
    let server = fickle();
    let ks = client(&server);
    ks.health().send().expect("an answer");
    assert_eq!(ks.health().send().expect("another answer").status, "ok");
    assert_eq!((server.count(), server.connections()), (3, 2));

    let server = fickle();
    let ks = client(&server);
    ks.health().send().expect("an answer");
    let error = ks.sandboxes().create("s").send().expect_err("it may have been done");
    assert_eq!((error.kind(), server.count()), (ErrorKind::Broken, 2), "{error}");
}

#[test]
fn what_was_deleted_in_an_attempt_that_broke_is_deleted() {
    let gone = || Reply::json(404, &json!({"error": "not found"}));
    let server = Server::replies([ok().reset(3), gone()]);
    client(&server).sandboxes().destroy("sb-1").send().expect("it is gone");
    assert_eq!(server.count(), 2);
    // What was not there at the first attempt was never there.
    let server = Server::always(gone());
    let error = client(&server).sandboxes().destroy("sb-1").send().expect_err("never there");
    assert_eq!((error.kind(), server.count()), (ErrorKind::NotFound, 1));
    // Nor was it where the first attempt cannot have done anything.
    let server = Server::replies([Reply::status(429).header("Retry-After", "0"), gone()]);
    let error = client(&server).sandboxes().destroy("sb-1").send().expect_err("never there");
    assert_eq!((error.kind(), server.count()), (ErrorKind::NotFound, 2));
}

#[test]
fn a_server_without_tls_is_not_asked_again_and_again() {
    let server = Server::always(ok());
    let ks = builder(&server.url().replace("http:", "https:")).build().expect("a client");
    let error = ks.health().send().expect_err("no TLS");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Tls, 1), "{error}");
    assert!(!error.is_retryable());
    assert_eq!((server.count(), server.connections()), (0, 1));
    server.wait_until_closed(0);
    assert_eq!(server.take_complaints().len(), 1, "what the client said is no HTTP");
}

#[test]
fn files_of_sandboxes_and_exports_recover_as_well() {
    let bytes = || Reply::new(200).with("application/octet-stream", [0, 159, 146, 150]);
    let server = Server::replies([bytes().cut(2), bytes()]);
    let read = client(&server).sandboxes().read_file("sb-1", "a.bin").send().expect("bytes");
    assert_eq!((read, server.count()), (vec![0, 159, 146, 150], 2));
    // Writing the same twice is writing it once.
    let server = Server::replies([Reply::silence(), Reply::status(204)]);
    client(&server).sandboxes().write_file("sb-1", "a", "b").send().expect("written");
    assert_eq!(server.count(), 2);
    let server = Server::replies([Reply::status(503), ok().reset(3), ok()]);
    client(&server).export().experiment("exp-1").send().expect("an export");
    assert_eq!(server.count(), 3);
}

#[test]
fn a_stream_of_lines_that_breaks_says_so_after_what_came_before() {
    let lines = "{\"kind\":\"a\"}\n{\"kind\":\"b\"}\n{\"kind\":\"c\"}\n";
    let whole = || Reply::new(200).with("application/x-ndjson", lines);
    for (cut, kind) in [
        (whole().cut(30), ErrorKind::Broken),
        (whole().reset(30), ErrorKind::Broken),
        (whole().pausing(30, Pause::Gone), ErrorKind::Timeout),
    ] {
        let server = Server::always(cut);
        let rows = within(&server, FAIR).export().experiment_lines("exp-1").send().expect("lines");
        let rows: Vec<_> = rows.collect();
        let read: Vec<_> = rows.iter().flatten().map(|row| row.kind.as_str()).collect();
        assert_eq!(read, ["a", "b"], "{rows:?}");
        assert_eq!(rows.len(), 3, "and then the error, and nothing more");
        let error = rows.last().and_then(|row| row.as_ref().err()).expect("an error");
        assert_eq!(error.kind(), kind, "{error}");
    }
    // A stream that does not begin is asked for again.
    let server = Server::replies([Reply::silence(), Reply::status(502), whole()]);
    let rows = client(&server).export().experiment_lines("exp-1").send().expect("lines");
    assert_eq!((rows.count(), server.count()), (3, 3));
}

#[test]
fn no_limit_is_a_limit_too() {
    let server = Server::always(Reply::json(200, &json!({"status": "ok", "exit_code": 0})));
    let ks = client(&server);
    let health = ks.health().timeout(Duration::MAX).deadline(Duration::MAX).send();
    assert_eq!(health.expect("an answer").status, "ok");
    let command = ks.sandboxes().run_command("sb-1", "true").timeout("3000000000000000h").send();
    assert_eq!(command.expect("an answer").exit_code, 0);
}

#[test]
fn an_upload_keeps_its_deadline_though_the_answer_keeps_moving() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("main.py"), "print()").expect("a file");
    let body = json!({"id": "snap", "name": "x".repeat(4096)});
    let server = Server::always(Reply::json(200, &body).drip(Duration::from_millis(20)));
    let upload = client(&server).agents().upload("a", folder.path(), ["python", "main.py"]);
    let error = failed(upload.call().deadline(SHORT).send(), "it drips for longer");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1), "{error}");
}
