//! Datasets of a server as the data of evaluations.

#![expect(clippy::expect_used, reason = "everything in here is a test")]

mod attribute;
mod copies;
mod records;
mod refusals;
mod server;

use std::path::Path;

use keystone::Keystone;
use keystone::eval::data::RemoteDataset;
use serde_json::{Value, json};
use server::Server;

const KEY: &str = "ks_live_0123456789";

/// A client that gives up at once.
fn client(server: &Server) -> Keystone {
    Keystone::builder().api_key(KEY).base_url(server.url()).retries(0).build().expect("a client")
}

/// The dataset `ds_abc` of that server, with copies below this folder.
fn dataset(server: &Server, folder: &Path) -> RemoteDataset {
    RemoteDataset::new("ds_abc").client(client(server)).cache_dir(folder)
}

/// Two records as `from_traces` makes them.
fn capitals() -> Value {
    json!([
        {"id": "rec_1", "dataset_id": "ds_abc", "input": {"value": "France"},
         "expected": {"value": "Paris"}, "tags": ["pro"], "metadata": {"span_id": "s1"},
         "version": 3},
        {"id": "rec_2", "dataset_id": "ds_abc", "input": {"value": "Peru"},
         "expected": {"value": "Lima"}, "tags": ["pro", "andes"], "version": 3},
    ])
}

/// The files of copies, by name and content.
fn copies(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(folder.join("datasets"))
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension != "lock"))
        .map(|path| {
            let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).expect("the file can be read"))
        })
        .collect();
    files.sort();
    files
}
