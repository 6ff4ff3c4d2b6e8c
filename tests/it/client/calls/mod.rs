//! The calls of `python/calls.py`, made with the Rust client.

mod agents;
mod datasets;
mod experiments;
mod export;
mod rest;
mod sandboxes;

use std::collections::BTreeMap;
use std::path::Path;

use keystone::{Error, Keystone};
use keystone_e2e::server::Server;
use serde::Serialize;
use serde_json::{Value, json};

use super::python::Ended;
use super::{KEY, child};

/// A call with a client of its own. It is given the folder with what calls read, and returns what
/// the Python SDK returns for it.
type Make = fn(&Keystone, &Path) -> Result<Value, Error>;

/// The calls of a service.
type Calls = &'static [(&'static str, Make)];

const SERVICES: [Calls; 6] = [
    agents::CALLS,
    datasets::CALLS,
    experiments::CALLS,
    export::CALLS,
    rest::CALLS,
    sandboxes::CALLS,
];

/// The names of all calls.
pub(super) fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = SERVICES.into_iter().flatten().map(|(name, _)| *name).collect();
    names.push("from_sandbox");
    names
}

/// Makes every call against this server.
pub(super) fn call_all(server: &Server, folder: &Path) -> BTreeMap<String, Ended> {
    let mut ended: BTreeMap<String, Ended> = SERVICES
        .into_iter()
        .flatten()
        .map(|(name, make)| {
            let client = client(&format!("{}/{name}", server.url()));
            ((*name).to_owned(), end(make(&client, folder)))
        })
        .collect();
    ended.insert("from_sandbox".to_owned(), from_sandbox(server));
    ended
}

fn client(url: &str) -> Keystone {
    match Keystone::builder().api_key(KEY).base_url(url).build() {
        Ok(client) => client,
        Err(error) => panic!("{error}"),
    }
}

/// As `calls.py` says how a call ended.
fn end(result: Result<Value, Error>) -> Ended {
    match result {
        Ok(result) => Ended { outcome: "ok".to_owned(), result },
        Err(error) => {
            let status = error.status_code().unwrap_or_default();
            Ended { outcome: format!("error {status}: {}", error.message()), result: Value::Null }
        }
    }
}

/// What a call returned, as JSON has it.
fn plain(value: &impl Serialize) -> Value {
    match serde_json::to_value(value) {
        Ok(value) => value,
        Err(error) => panic!("a result cannot be written: {error}"),
    }
}

/// Text that was fetched as bytes.
fn text(bytes: Vec<u8>) -> Value {
    json!(String::from_utf8_lossy(&bytes))
}

/// In a process of its own, since it reads the environment.
fn from_sandbox(server: &Server) -> Ended {
    let url = format!("{}/from_sandbox", server.url());
    let said = child::say(
        "from_sandbox",
        &[
            ("KEYSTONE_SANDBOX_ID", "sb-env"),
            ("KEYSTONE_API_KEY", KEY),
            ("KEYSTONE_BASE_URL", &url),
        ],
    );
    match serde_json::from_str::<Value>(&said.answer) {
        Ok(result) => Ended { outcome: "ok".to_owned(), result },
        Err(_) => Ended { outcome: said.answer, result: Value::Null },
    }
}
