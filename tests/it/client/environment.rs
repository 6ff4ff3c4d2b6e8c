//! What a client takes from the environment.

use keystone_e2e::server::{Reply, Server};
use serde_json::json;

use super::child::say;

const DEFAULT: &str = "https://keystone.polarity.so";

#[test]
fn the_newer_name_of_a_variable_counts_and_an_empty_one_does_not() {
    let settings = |env: &[(&str, &str)]| say("settings", env).answer;
    assert_eq!(settings(&[]), format!("{DEFAULT} key=false"));
    let old = [("KEYSTONE_BASE_URL", "http://old.example/"), ("KEYSTONE_API_KEY", "k")];
    assert_eq!(settings(&old), "http://old.example key=true");
    let both = [old[0], ("POLARITY_BASE_URL", "http://new.example")];
    assert_eq!(settings(&both), "http://new.example key=false");
    let empty = [old[0], ("POLARITY_BASE_URL", ""), ("KEYSTONE_API_KEY", "")];
    assert_eq!(settings(&empty), "http://old.example key=false");
    let wrong = settings(&[("KEYSTONE_BASE_URL", "example.com")]);
    assert!(wrong.starts_with("error Config: ") && wrong.contains("example.com"), "{wrong}");
}

#[test]
fn keys_and_workspaces_of_the_environment_are_sent() {
    let server = Server::always(Reply::json(200, &json!({"status": "ok"})));
    let url = server.url();
    let names = [
        ("POLARITY_API_KEY", "new", "KEYSTONE_API_KEY", "old"),
        ("KEYSTONE_API_KEY", "new", "POLARITY_API_KEY", ""),
    ];
    for (name, value, other, passed_over) in names {
        server.forget();
        let env = [
            ("KEYSTONE_BASE_URL", url.as_str()),
            (name, value),
            (other, passed_over),
            ("KEYSTONE_WORKSPACE", "zo\u{eb}"),
        ];
        assert_eq!(say("health", &env).answer, "ok");
        for request in server.requests() {
            assert_eq!(request.header("authorization"), Some("Bearer new"));
            assert_eq!(request.header("x-polarity-workspace"), Some("zo\u{eb}"));
        }
    }
    server.forget();
    assert_eq!(say("health", &[("KEYSTONE_BASE_URL", &url)]).answer, "ok");
    assert_eq!(server.requests()[0].header("authorization"), None);
    assert_eq!(server.requests()[0].header("x-polarity-workspace"), None);
}

#[test]
fn outside_of_a_sandbox_the_missing_variable_is_named() {
    let said = say("from_sandbox", &[]);
    assert!(said.answer.starts_with("error Config: "), "{}", said.answer);
    assert!(said.answer.contains("KEYSTONE_SANDBOX_ID"), "{}", said.answer);
}

/// A server that is its own proxy.
fn proxy() -> Server {
    Server::start(|request| match request.method.as_str() {
        "CONNECT" => Reply::tunnel(),
        _ => Reply::json(200, &json!({"status": "ok"})),
    })
}

#[test]
fn proxies_of_the_environment_are_used_and_an_open_key_is_warned_of_once() {
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let proxy = proxy();
        let url = proxy.url().replace("http://", "http://me:pw@");
        let env = [
            ("KEYSTONE_BASE_URL", "http://keystone.invalid:8123"),
            ("KEYSTONE_API_KEY", "ks_live_open"),
            (variable, url.as_str()),
        ];
        let said = say("health", &env);
        assert_eq!(said.answer, "ok", "{}", said.stderr);
        let asked: Vec<String> = proxy
            .requests()
            .iter()
            .map(|request| format!("{} {}", request.method, request.target))
            .collect();
        assert_eq!(asked, ["CONNECT keystone.invalid:8123", "GET /health", "GET /health"]);
        let first = &proxy.requests()[0];
        assert_eq!(first.header("proxy-authorization"), Some("Basic bWU6cHc="));
        assert_eq!(first.header("authorization"), None, "the key is not for the proxy");
        assert_eq!(said.stderr.matches("over plain HTTP").count(), 1, "{}", said.stderr);
        assert!(!said.stderr.contains("ks_live_open"), "{}", said.stderr);
    }
}

#[test]
fn a_proxy_is_not_asked_for_hosts_that_are_exempt_nor_for_this_machine() {
    let proxy = proxy();
    let server = Server::always(Reply::json(200, &json!({"status": "ok"})));
    let (url, at) = (proxy.url(), server.url());
    let here = [("KEYSTONE_BASE_URL", at.as_str()), ("HTTP_PROXY", url.as_str())];
    let said = say("health", &here);
    assert_eq!(said.answer, "ok", "{}", said.stderr);
    assert_eq!(said.stderr.matches("over plain HTTP").count(), 0, "{}", said.stderr);
    let exempt = [
        ("KEYSTONE_BASE_URL", "http://keystone.invalid"),
        ("HTTP_PROXY", url.as_str()),
        ("NO_PROXY", "other.example, keystone.invalid"),
    ];
    let said = say("health", &exempt);
    assert!(said.answer.starts_with("error Connect: "), "{}", said.answer);
    assert_eq!(proxy.count(), 0);
}
