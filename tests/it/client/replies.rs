//! Answers that arrive whole and are not what they should be.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use keystone::ErrorKind;
use keystone_e2e::server::{Reply, Server};
use serde_json::json;

use super::{KEY, builder, client, failed};

fn ok() -> Reply {
    Reply::json(200, &json!({"id": "sb-1", "status": "ok"}))
}

/// Checks that an answer is refused as this, once.
fn refused(reply: Reply, kind: ErrorKind, says: &[&str]) {
    let shown = format!("{reply:?}").chars().take(200).collect::<String>();
    let server = Server::always(reply);
    let built = builder(&server.url()).max_response_bytes(1 << 20).build();
    let ks = built.unwrap_or_else(|error| panic!("{error}"));
    let error = failed(ks.sandboxes().get("sb-1").send(), &shown);
    assert_eq!((error.kind(), error.attempts()), (kind, 1), "{shown}: {error}");
    assert_eq!(error.status_code(), Some(200), "{shown}: {error}");
    for text in says {
        assert!(error.to_string().contains(text), "{text:?} is not said: {error}");
    }
    assert!(error.to_string().len() < 600, "{error}");
    assert_eq!(server.count(), 1, "{shown}: not asked again");
    assert!(!error.is_retryable());
}

#[test]
fn a_page_instead_of_json() {
    let page = "<!doctype html>\n<html><title>Sign in</title>".to_owned() + &"x".repeat(5000);
    let says = ["GET /v1/sandboxes/sb-1", "web page", "text/html", "<title>Sign in</title>"];
    refused(Reply::html(200, &page), ErrorKind::Decode, &says);
    // A portal that does not even say what it sends.
    refused(Reply::new(200).with("application/json", page), ErrorKind::Decode, &["web page"]);
}

#[test]
fn answers_that_are_no_json() {
    let json = |body: &'static [u8]| Reply::new(200).with("application/json", body);
    refused(json(b"OK"), ErrorKind::Decode, &["not JSON", "OK"]);
    refused(json(b""), ErrorKind::Decode, &["without a body"]);
    refused(json(b"{\"id\": \"sb"), ErrorKind::Decode, &["ends in the middle"]);
    refused(json(b"[1, 2]"), ErrorKind::Decode, &["[1, 2]"]);
    refused(json(b"{\"id\": \"a\"} {\"id\": \"b\"}"), ErrorKind::Decode, &[]);
    refused(json(b"{\"id\": \"\xff\xfe\"}"), ErrorKind::Decode, &["UTF-8"]);
    refused(json(b"{\"id\": {\"a\": 1}}"), ErrorKind::Decode, &["id"]);
}

#[test]
fn bytes_of_a_file_are_left_as_they_are() {
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for reply in [
        Reply::new(200).with("text/css", bytes.clone()),
        Reply::new(200).with("application/octet-stream", bytes.clone()).chunked(999),
        Reply::new(200).with("text/plain", bytes.clone()).until_close(),
        Reply::new(200).with("application/octet-stream", bytes.clone()).gzip(),
    ] {
        let server = Server::always(reply);
        let read = client(&server).sandboxes().read_file("sb-1", "x").send().expect("bytes");
        assert!(read == bytes, "the bytes have changed");
        let accept = server.request().header("accept").map(str::to_owned).unwrap_or_default();
        assert!(accept.is_empty() || accept.contains("*/*"), "{accept}");
    }
    let server = Server::always(Reply::new(200).with("application/octet-stream", ""));
    assert!(client(&server).sandboxes().read_file("sb-1", "x").send().expect("bytes").is_empty());
}

#[test]
fn json_is_json_whatever_it_is_called() {
    let body = "\u{20}\n{\"id\": \"sb-1\"}\n";
    for kind in ["text/plain", "text/html", "application/problem+json; charset=latin1", "???"] {
        let server = Server::always(Reply::new(200).with(kind, body));
        assert_eq!(client(&server).sandboxes().get("a").send().expect(kind).id, "sb-1");
    }
    let bare = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"id\":\"sb-1\"}";
    let server = Server::always(Reply::raw(bare));
    assert_eq!(client(&server).sandboxes().get("a").send().expect("no type").id, "sb-1");
}

#[test]
fn framings_of_all_sorts() {
    let body = "{\"id\":\"sb-1\"}";
    for reply in [
        format!(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{body}"
        ),
        format!("HTTP/1.0 200 OK\r\n\r\n{body}"),
        format!("HTTP/1.1 200\r\ncontent-length:13\r\n\r\n{body}"),
        format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nD;x=y\r\n{body}\r\n0\r\nA: b\r\n\r\n"
        ),
    ] {
        let server = Server::always(Reply::raw(reply.as_str()));
        let sandbox = client(&server).sandboxes().get("a").send();
        assert_eq!(sandbox.unwrap_or_else(|error| panic!("{reply}: {error}")).id, "sb-1");
        assert_eq!(server.count(), 1, "{reply}");
    }
}

#[test]
fn gzip_is_asked_for_and_unpacked() {
    let server = Server::always(ok().gzip());
    assert_eq!(client(&server).sandboxes().get("a").send().expect("a sandbox").id, "sb-1");
    let accepts = server.request().header("accept-encoding").map(str::to_owned);
    assert!(accepts.as_deref().is_some_and(|value| value.contains("gzip")), "{accepts:?}");
    // Refusals too.
    let server = Server::always(Reply::json(404, &json!({"error": "packed"})).gzip());
    let error = client(&server).sandboxes().get("a").send().expect_err("a refusal");
    assert_eq!(error.message(), "packed");
}

#[test]
fn what_says_it_is_gzip_and_is_not() {
    let lie = ok().header("Content-Encoding", "gzip");
    refused(lie, ErrorKind::Decode, &["unpacked"]);
    // Whole on the wire, and cut off before it was packed.
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(b"{\"id\":\"sb-1\"}                    ").expect("packed");
    let packed = packed.finish().expect("packed");
    let cut = Reply::new(200)
        .with("application/json", &packed[..packed.len() - 10])
        .header("Content-Encoding", "gzip");
    refused(cut, ErrorKind::Decode, &[]);
}

#[test]
fn answers_that_are_too_large() {
    refused(
        Reply::new(200).with("application/json", "[1, 2, 3],").endless(),
        ErrorKind::TooLarge,
        &["1048576"],
    );
    let large = vec![b' '; (1 << 20) + 1];
    refused(Reply::new(200).with("application/json", large.clone()), ErrorKind::TooLarge, &[]);
    let bomb = Reply::new(200).with("application/json", vec![b' '; 64 << 20]).gzip();
    refused(bomb, ErrorKind::TooLarge, &[]);
    // Just not too large.
    let mut fits = large;
    fits.pop();
    fits.splice(..13, *b"{\"id\":\"sb-1\"}");
    let server = Server::always(Reply::new(200).with("application/json", fits));
    let ks = builder(&server.url()).max_response_bytes(1 << 20).build().expect("a client");
    assert_eq!(ks.sandboxes().get("a").send().expect("it fits").id, "sb-1");
}

#[test]
fn a_head_that_is_too_large() {
    let one = format!("HTTP/1.1 200 OK\r\nX-Filler: {}\r\n\r\n", "a".repeat(1 << 20));
    let server = Server::always(Reply::raw(one));
    let error = client(&server).health().send().expect_err("too large");
    assert_eq!((error.kind(), server.count()), (ErrorKind::TooLarge, 1), "{error}");
    // Many lines are refused sooner, as what is no HTTP.
    let many = format!("HTTP/1.1 200 OK\r\n{}", "X-Filler: aaaaaaaaaaaaaaaaa\r\n".repeat(100_000));
    let server = Server::always(Reply::raw(many));
    client(&server).health().retries(0).send().expect_err("too large");
}

#[test]
fn a_refusal_that_is_endless_is_a_refusal() {
    let server = Server::always(Reply::html(502, "<h1>Bad gateway</h1>").endless());
    let ks =
        builder(&server.url()).max_response_bytes(1 << 20).retries(0).build().expect("a client");
    let error = ks.health().send().expect_err("a refusal");
    assert_eq!(error.status_code(), Some(502), "{error}");
}

#[test]
fn nothing_with_a_body_is_nothing_and_does_not_disturb_what_comes_after() {
    let nothing = || Reply::status(204).with("text/plain", "not nothing");
    let server = Server::start(move |request| match request.method.as_str() {
        "DELETE" => nothing(),
        _ => ok(),
    });
    let ks = client(&server);
    for _ in 0..3 {
        ks.sandboxes().destroy("sb-1").retries(0).send().expect("nothing");
        assert_eq!(ks.health().retries(0).send().expect("an answer").status, "ok");
        ks.sandboxes().create("s").call().retries(0).send().expect("a sandbox");
    }
    assert_eq!(server.count(), 9);
}

#[test]
fn calls_without_an_answer_take_any_success() {
    for reply in [
        Reply::status(200),
        Reply::status(202),
        Reply::status(204),
        Reply::json(202, &json!({"status": "queued"})),
    ] {
        let server = Server::always(reply);
        let ks = client(&server);
        ks.experiments().run("exp-1").send().expect("started");
        ks.sandboxes().write_file("sb-1", "a", "b").send().expect("written");
        ks.prompts().delete("p").send().expect("deleted");
        assert_eq!(server.count(), 3);
    }
}

#[test]
fn a_page_instead_of_an_answer_is_not_taken_for_one() {
    let server = Server::always(Reply::html(200, "<title>Sign in</title>"));
    let ks = client(&server);
    let outcomes = [
        ks.experiments().run("exp-1").send(),
        ks.sandboxes().write_file("sb-1", "a", "b").send(),
        ks.prompts().delete("p").send(),
        ks.sandboxes().read_file("sb-1", "a.txt").send().map(drop),
        ks.sandboxes().list().send().map(drop),
    ];
    for outcome in outcomes {
        let error = outcome.expect_err("nothing was done");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1), "{error}");
        assert!(error.to_string().contains("Sign in"), "{error}");
    }
    // A file that is one may be one.
    let page = ks.sandboxes().read_file("sb-1", "site/index.html").send().expect("a page");
    assert_eq!(page, b"<title>Sign in</title>");
    assert_eq!(server.count(), 6);
}

#[test]
fn lists_may_be_null_or_nothing() {
    for reply in
        [Reply::new(200).with("application/json", "null"), Reply::status(204), Reply::status(200)]
    {
        let server = Server::always(reply);
        let ks = client(&server);
        assert!(ks.sandboxes().list().send().expect("a list").is_empty());
        assert!(ks.datasets().get_records("ds").send().expect("a list").is_empty());
        assert!(ks.scoring().get_scores("exp").send().expect("a list").is_empty());
        assert!(ks.agents().list().send().expect("a page").items.is_empty());
        assert_eq!(ks.export().traces().rows().count(), 0);
    }
}

#[test]
fn errors_of_every_shape_say_what_the_server_said() {
    for (body, message) in [
        (r#"{"message": "human", "error": "code"}"#, "human"),
        (r#"{"error": "words"}"#, "words"),
        (r#"{"error": {"message": "deep", "code": "c"}}"#, "deep"),
        (r#"{"detail": "elsewhere"}"#, "elsewhere"),
        ("plain text", "plain text"),
        (
            "<h1>Bad</h1>",
            "the server found the request invalid; the server sent a web page instead of what was \
             asked for, as proxies and login pages do (is the base URL right?): <h1>Bad</h1>",
        ),
        ("{\"error\": \"z\u{f6}e \\u2713\"}", "z\u{f6}e \u{2713}"),
    ] {
        let server = Server::always(Reply::new(400).with("application/json", body));
        let error = client(&server).health().send().expect_err("a refusal");
        assert_eq!((error.kind(), error.message()), (ErrorKind::BadRequest, message));
    }
    let server = Server::always(Reply::new(400).with("text/plain", [b'a', 0xff, 0, 7, b'b']));
    let error = client(&server).health().send().expect_err("a refusal");
    assert!(error.message().starts_with('a') && !error.message().contains('\0'), "{error:?}");
}

#[test]
fn an_object_of_something_else_is_no_answer() {
    let server = Server::always(Reply::json(200, &json!({"status": "ok"})));
    let ks = client(&server);
    let errors = [
        failed(ks.sandboxes().create("s").send(), "a sandbox"),
        failed(ks.sandboxes().get("sb").send(), "a sandbox"),
        failed(ks.experiments().get("exp").send(), "results"),
        failed(ks.specs().get("s").send(), "a spec"),
        failed(ks.datasets().get("ds").send(), "a dataset"),
        failed(ks.agents().get("a").send(), "a snapshot"),
        failed(ks.prompts().get("p").send(), "a prompt"),
        failed(
            ks.alerts().create(keystone::types::NewAlert::new("a", "pass_rate < 1")).send(),
            "a rule",
        ),
        failed(ks.export().traces().rows().next().expect("a row"), "a page"),
    ];
    for error in errors {
        assert_eq!((error.kind(), error.status_code()), (ErrorKind::Decode, Some(200)), "{error}");
        assert!(error.message().contains("is the base URL right?"), "{error}");
        assert!(error.request().is_some() && error.attempts() == 1, "{error:?}");
    }
}

#[test]
fn what_servers_send_back_of_keys_and_secrets_is_not_shown() {
    let secret = "-----BEGIN\nKEY\"----- and more";
    let escaped = serde_json::to_string(secret).expect("JSON");
    let replies = [
        Reply::json(403, &json!({"message": "no", "error": format!("Bearer {KEY}")})),
        Reply::json(403, &json!({"message": secret})).header("x-request-id", KEY),
        Reply::new(403).with("text/plain", format!("{} {KEY} {secret}", "x".repeat(100))),
        Reply::new(403).with("text/plain", format!("you sent {{\"secrets\": {escaped}}}")),
        Reply::new(200).with(&format!("text/html; {KEY}"), format!("<p>{KEY} {secret}</p>")),
        Reply::json(200, &json!({"id": "sb-1", "metadata": {"a": [secret, KEY]}})),
    ];
    for reply in replies {
        let server = Server::always(reply.clone());
        let create = client(&server).sandboxes().create("s").secret("PEM", secret);
        let error = failed(create.send(), "a refusal");
        let shown = format!("{error} {error:?} {:?} {:?}", error.code(), error.request_id());
        for part in [KEY, "ks_live", "BEGIN", "KEY\\", "and more"] {
            assert!(!shown.contains(part), "{part:?} of {reply:?} is shown: {shown}");
        }
    }
}

#[test]
fn an_answer_of_another_shape_says_where() {
    let body = json!({"total_scenarios": 1, "scenarios": [{"scenario_id": "a", "wall_ms": {}}]});
    let server = Server::always(Reply::json(200, &body));
    let error = failed(client(&server).experiments().get("exp").send(), "another shape");
    assert!(error.message().contains("`scenarios[0]"), "{error}");
}

#[test]
fn nulls_in_lists_are_left_out() {
    let server = Server::always(Reply::json(200, &json!([null, {"id": "a"}, null])));
    let specs = client(&server).specs().list().send().expect("a list");
    assert_eq!(specs.len(), 1);
}
