//! Redirects: where a client follows, and that its key never goes along to another host.

use keystone::{ErrorKind, Keystone};
use keystone_e2e::server::{Recorded, Reply, Server};
use serde_json::json;

use super::{KEY, builder, client};

fn ok() -> Reply {
    Reply::json(200, &json!({"id": "sb-1", "status": "ok"}))
}

fn in_workspace(server: &Server) -> Keystone {
    let built = builder(&server.url()).workspace("ours").build();
    built.unwrap_or_else(|error| panic!("{error}"))
}

fn shows_nothing(request: &Recorded) {
    for (name, value) in &request.headers {
        assert!(!value.contains(KEY), "{name}: {value}");
        assert!(!name.eq_ignore_ascii_case("x-polarity-workspace"), "{name}: {value}");
        assert!(!name.eq_ignore_ascii_case("idempotency-key"), "{name}: {value}");
    }
}

#[test]
fn a_read_is_followed_to_another_host_without_the_key() {
    for status in [301, 302, 303, 307, 308] {
        let other = Server::always(ok());
        // Another port of this machine, or the same machine by another name: another host.
        for host in [other.url(), other.url().replace("127.0.0.1", "localhost")] {
            other.forget();
            let server = Server::always(Reply::redirect(status, &format!("{host}/elsewhere?a=b")));
            let sandbox = in_workspace(&server).sandboxes().get("sb-1").send().expect("a sandbox");
            assert_eq!(sandbox.id, "sb-1");
            assert_eq!(server.count(), 1);
            assert_eq!(other.request().target, "/elsewhere?a=b");
            shows_nothing(&other.request());
        }
    }
}

#[test]
fn the_way_back_from_another_host_does_not_bring_the_key_there() {
    let last = Server::always(ok());
    let other = Server::always(Reply::redirect(302, &format!("{}/last", last.url())));
    let server = Server::always(Reply::redirect(302, &format!("{}/other", other.url())));
    in_workspace(&server).sandboxes().get("sb-1").send().expect("a sandbox");
    shows_nothing(&other.request());
    shows_nothing(&last.request());
}

#[test]
fn a_change_is_not_followed_to_another_host() {
    for status in [301, 302, 303, 307, 308] {
        let other = Server::always(ok());
        let server = Server::always(Reply::redirect(status, &other.url()));
        let ks = client(&server);
        let secret = ks.sandboxes().create("s").secret("TOKEN", "very-secret");
        let error = secret.call().idempotency_key("once").send().expect_err("not followed");
        assert_eq!(error.kind(), ErrorKind::Redirect, "{error}");
        assert_eq!(error.status_code(), Some(status));
        let error = ks.sandboxes().destroy("sb-1").send().expect_err("not followed");
        assert_eq!(error.kind(), ErrorKind::Redirect, "{error}");
        assert_eq!((server.count(), other.count()), (2, 0), "neither followed nor repeated");
    }
}

#[test]
fn at_home_a_redirect_keeps_the_key_and_the_body() {
    let server = Server::start(|request| match request.path() {
        "/v1/sandboxes" => Reply::redirect(308, "/moved/v1/sandboxes?x=1"),
        "/v1/sandboxes/sb-1" => Reply::redirect(302, "sb-2"),
        _ => ok(),
    });
    let ks = in_workspace(&server);
    ks.sandboxes().create("spec").send().expect("a sandbox");
    ks.sandboxes().get("sb-1").send().expect("a sandbox");
    let requests = server.requests();
    let asked: Vec<_> = requests.iter().map(|request| request.target.as_str()).collect();
    let expected =
        ["/v1/sandboxes", "/moved/v1/sandboxes?x=1", "/v1/sandboxes/sb-1", "/v1/sandboxes/sb-2"];
    assert_eq!(asked, expected);
    assert_eq!(requests[1].json(), json!({"spec_id": "spec"}));
    assert_eq!(requests[1].header("content-type"), Some("application/json"));
    for request in &requests {
        assert_eq!(request.header("authorization"), Some(&*format!("Bearer {KEY}")));
        assert_eq!(request.header("x-polarity-workspace"), Some("ours"));
    }
    assert_eq!(server.connections(), 1, "redirects do not cost a connection");
}

#[test]
fn a_change_does_not_become_a_read() {
    for status in [301, 302, 303] {
        let server = Server::always(Reply::redirect(status, "/elsewhere"));
        let error = client(&server).sandboxes().create("s").send().expect_err("not followed");
        assert_eq!(error.kind(), ErrorKind::Redirect, "{error}");
        assert_eq!(server.count(), 1);
    }
}

#[test]
fn a_circle_ends() {
    let server = Server::start(|request| {
        let next = if request.path() == "/a" { "/b" } else { "/a" };
        Reply::redirect(302, next)
    });
    let error = client(&server).health().send().expect_err("a circle");
    assert_eq!(error.kind(), ErrorKind::Redirect, "{error}");
    assert!(error.message().contains("circle"), "{error}");
    assert_eq!((error.attempts(), server.count()), (1, 6), "five redirects, and none again");
}

#[test]
fn a_redirect_to_nowhere_says_so() {
    let nowhere = [
        Reply::status(302),
        Reply::redirect(302, ""),
        Reply::redirect(302, "ftp://127.0.0.1/x"),
        Reply::redirect(302, "http://"),
        Reply::redirect(302, "mailto:a@example.com"),
    ];
    for reply in nowhere {
        let server = Server::always(reply);
        let error = client(&server).health().send().expect_err("nowhere to go");
        assert_eq!(error.kind(), ErrorKind::Redirect, "{error}");
        assert_eq!(error.status_code(), Some(302), "{error}");
        assert_eq!((error.attempts(), server.count()), (1, 1));
    }
}

#[test]
fn a_page_that_is_kept_elsewhere_is_read_without_the_key() {
    let other = Server::always(Reply::json(200, &json!({"items": []})));
    let server = Server::always(Reply::redirect(302, &other.url()));
    let rows: Vec<_> = client(&server).export().traces().rows().collect();
    assert!(rows.is_empty(), "{rows:?}");
    shows_nothing(&other.request());
    let other = Server::always(Reply::new(200).with("application/x-ndjson", "{\"kind\":\"a\"}\n"));
    let server = Server::always(Reply::redirect(302, &other.url()));
    let lines = client(&server).export().experiment_lines("exp-1").send().expect("lines");
    assert_eq!(lines.count(), 1);
    shows_nothing(&other.request());
}
