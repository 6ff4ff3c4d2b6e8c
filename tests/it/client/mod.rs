//! The client, seen from the other end of the wire.

mod calls;
mod child;
mod compared;
mod contract;
mod differences;
mod environment;
mod faults;
mod files;
mod futures;
mod pages;
mod python;
mod redirects;
mod repeats;
mod replies;
mod seen;
mod survival;
mod waits;

use std::time::Duration;

use keystone::client::KeystoneBuilder;
use keystone::{Error, Keystone};
use keystone_e2e::server::Server;

/// The key that clients have.
const KEY: &str = "ks_live_e2e";

/// A client that waits little between its four attempts, and otherwise long.
fn builder(url: &str) -> KeystoneBuilder {
    Keystone::builder()
        .api_key(KEY)
        .base_url(url)
        .timeout(Duration::from_secs(30))
        .backoff(Duration::from_millis(1), Duration::from_millis(2))
}

/// Such a client of a server.
fn client(server: &Server) -> Keystone {
    builder(&server.url()).build().unwrap_or_else(|error| panic!("{error}"))
}

/// The error of what must not succeed.
fn failed<T>(outcome: Result<T, Error>, what: &str) -> Error {
    match outcome {
        Ok(_) => panic!("it succeeded: {what}"),
        Err(error) => error,
    }
}
