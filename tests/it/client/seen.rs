//! What the server saw of a call, in the form in which two clients are compared.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use keystone_e2e::server::{Recorded, Server};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// Everything but what never needs an escape.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The sides of a call: for each its value over all requests of the call, in their order.
pub(super) type Sides = BTreeMap<&'static str, Value>;

/// The calls that a server saw, by name: the first segment of each path.
pub(super) fn calls(server: &Server) -> BTreeMap<String, Sides> {
    let mut calls = BTreeMap::<String, Vec<Recorded>>::new();
    for request in server.requests() {
        let name = request.segments().swap_remove(0);
        calls.entry(name).or_default().push(request);
    }
    calls.into_iter().map(|(name, requests)| (name, sides(&requests))).collect()
}

fn sides(requests: &[Recorded]) -> Sides {
    let over = |side: fn(&Recorded) -> Value| requests.iter().map(side).collect::<Value>();
    let mut headers: Vec<Value> = requests.iter().map(headers).collect();
    headers.dedup();
    let mut sides =
        Sides::from([("requests", over(asked)), ("headers", headers.into_iter().collect())]);
    if requests.iter().any(is_multipart) {
        sides.insert("parts", over(parts));
        sides.insert("members", over(members));
    }
    sides
}

/// The headers that mean something to the server.
fn headers(request: &Recorded) -> Value {
    let names = ["authorization", "x-polarity-workspace"];
    names.into_iter().map(|name| (name, request.header(name))).collect()
}

/// What a request asks for: one line, and where there is one its query, content type and body.
fn asked(request: &Recorded) -> Value {
    let sides = [
        ("request", path(request)),
        ("query", query(request)),
        ("type", json!(content_type(request))),
        ("body", body(request)),
    ];
    let said = |value: &Value| !value.is_null() && *value != json!([]);
    sides.into_iter().filter(|(_, value)| said(value)).collect()
}

/// The method and the path, escaped the one canonical way.
fn path(request: &Recorded) -> Value {
    let segments = request.segments();
    let escaped: Vec<String> = segments
        .iter()
        .skip(1)
        .map(|segment| utf8_percent_encode(segment, ESCAPED).to_string())
        .collect();
    json!(format!("{} /{}", request.method, escaped.join("/")))
}

/// The pairs, decoded. Their order means nothing.
fn query(request: &Recorded) -> Value {
    let mut pairs: Vec<String> =
        request.query().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.sort();
    json!(pairs)
}

fn content_type(request: &Recorded) -> Option<&str> {
    let essence = request.header("content-type")?.split(';').next()?;
    Some(essence.trim())
}

fn is_multipart(request: &Recorded) -> bool {
    content_type(request) == Some("multipart/form-data")
}

fn body(request: &Recorded) -> Value {
    match content_type(request) {
        _ if request.body.is_empty() => Value::Null,
        Some("application/json") => request.json(),
        Some("multipart/form-data") => json!("its parts"),
        _ => json!(String::from_utf8_lossy(&request.body)),
    }
}

/// The parts of a form: what each is called, and what those that are no files say.
fn parts(request: &Recorded) -> Value {
    let parts = request.multipart().into_iter().map(|part| {
        let kind = part
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map(|(_, value)| value.clone());
        let says = match part.filename {
            None => serde_json::from_slice(&part.body).unwrap_or(Value::Null),
            Some(_) => Value::Null,
        };
        json!({"name": part.name, "filename": part.filename, "type": kind, "says": says})
    });
    parts.collect()
}

/// The files of the bundle with their sizes, sorted.
fn members(request: &Recorded) -> Value {
    let parts = request.multipart();
    let Some(bundle) = parts.iter().find(|part| part.name == "bundle") else {
        return Value::Null;
    };
    let mut names = Vec::new();
    let mut archive = tar::Archive::new(GzDecoder::new(bundle.body.as_slice()));
    let entries = archive.entries().unwrap_or_else(|error| panic!("no archive: {error}"));
    for entry in entries {
        let mut entry = entry.unwrap_or_else(|error| panic!("a broken archive: {error}"));
        let path = entry.path().unwrap_or_else(|error| panic!("a broken path: {error}"));
        let path = path.to_string_lossy().into_owned();
        let size = std::io::copy(&mut entry.by_ref(), &mut std::io::sink())
            .unwrap_or_else(|error| panic!("a broken member: {error}"));
        names.push(format!("{path} {size}"));
    }
    names.sort();
    json!(names)
}
