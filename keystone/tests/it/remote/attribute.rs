//! `data = dataset(…)`, set up by the environment, in a process of its own.

use std::path::Path;
use std::process::{Command, Output};

use keystone::eval;
use keystone::eval::registry::{EvalEntry, entries};
use keystone::scorers::ExactMatch;
use serde_json::json;

use super::server::Server;
use super::{KEY, copies};

/// The variable that says which evaluation a child runs.
const ROLE: &str = "KEYSTONE_TEST_DATASET";

/// What stands in the place of an evaluation where all are built and none is run.
const BUILD: &str = "build all";

const OURS: &str = "ds_abc";
const VERSION: u64 = 2;

#[eval(data = dataset("ds_abc", version = 3, tags = ["pro", "andes"]), scores = [ExactMatch::new()])]
fn pinned(country: &str) -> String {
    if country == "Peru" { "Lima" } else { "Paris" }.to_owned()
}

#[eval(
    data = dataset(OURS, version = VERSION),
    scores = [ExactMatch::new()],
    expected = "expected.text",
    id = "input.key",
    expected_type = String,
)]
fn fields(word: String, times: usize) -> String {
    word.repeat(times)
}

#[eval(data = dataset(OURS), scores = [ExactMatch::new()])]
fn newest(country: String) -> String {
    country
}

#[eval(
    data = || keystone::eval::data::RemoteDataset::new(OURS).version(VERSION),
    scores = [ExactMatch::new()],
)]
fn function(word: String) -> String {
    word
}

fn entry(name: &str) -> &'static EvalEntry {
    entries()
        .into_iter()
        .find(|entry| entry.module == module_path!() && entry.name == name)
        .expect("it is registered")
}

/// What a child does; does nothing when the tests are run by anyone else.
#[test]
fn role() {
    let Ok(name) = std::env::var(ROLE) else { return };
    if name == BUILD {
        for name in ["pinned", "fields", "newest", "function"] {
            println!("built {}", entry(name).build().name());
        }
        return;
    }
    match entry(&name).build().run() {
        Ok(report) => {
            for row in report.rows {
                println!("row {} {:?}", row.id, row.outcome);
            }
        }
        Err(error) => println!("error {error}"),
    }
}

/// Runs an evaluation in a process that knows of this server and folder.
fn run(name: &str, server: &str, key: &str, folder: &Path) -> String {
    let mut command = Command::new(std::env::current_exe().expect("the path of this test"));
    command.args(["--exact", "remote::attribute::role", "--nocapture", "--test-threads=1"]);
    for name in ["POLARITY_API_KEY", "POLARITY_BASE_URL", "POLARITY_WORKSPACE"] {
        command.env_remove(name);
    }
    command.env(ROLE, name).env("KEYSTONE_CACHE_DIR", folder).env("KEYSTONE_WORKSPACE", "");
    command.env("KEYSTONE_BASE_URL", server).env("KEYSTONE_API_KEY", key);
    let Output { status, stdout, stderr } = command.output().expect("the child runs");
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).expect("UTF-8")
}

/// Rows of a child's answer.
fn rows(told: &str) -> Vec<&str> {
    told.lines().filter_map(|line| line.split_once("row ").map(|(_, row)| row)).collect()
}

#[test]
fn a_pinned_dataset_runs_offline_once_it_was_fetched() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::of(3, super::capitals());
    let url = server.url();
    let told = run("pinned", &url, KEY, folder.path());
    assert_eq!(rows(&told), ["rec_1 Pass", "rec_2 Pass"], "{told}");
    assert_eq!(
        server.asked(),
        ["/v1/datasets/ds_abc", "/v1/datasets/ds_abc/records?version=3&tags=andes%2Cpro"]
    );
    server.stop();
    let told = run("pinned", &url, "", folder.path());
    assert_eq!(rows(&told), ["rec_1 Pass", "rec_2 Pass"], "{told}");
    assert_eq!(copies(folder.path()).len(), 1);
}

#[test]
fn options_that_name_fields_apply_to_records() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::of(
        3,
        json!([{"id": "rec_1", "input": {"key": "k1", "word": "ab", "times": 2},
            "expected": {"text": "abab", "more": true}}]),
    );
    let told = run("fields", &server.url(), KEY, folder.path());
    assert_eq!(rows(&told), ["k1 Pass"], "{told}");
}

#[test]
fn a_function_may_give_a_dataset() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = json!([{"id": "r", "input": {"value": "a"}, "expected": {"value": "a"}}]);
    let server = Server::of(2, records);
    let told = run("function", &server.url(), KEY, folder.path());
    assert_eq!(rows(&told), ["r Pass"], "{told}");
}

#[test]
fn a_missing_key_is_named_by_its_variable() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(|_| (401, json!({"message": "who are you?"}).to_string()));
    let told = run("newest", &server.url(), "", folder.path());
    assert!(
        told.contains("401: who are you?; no API key was given: set KEYSTONE_API_KEY"),
        "{told}"
    );
    let told = run("newest", &server.url(), KEY, folder.path());
    assert!(told.contains("set KEYSTONE_API_KEY (or POLARITY_API_KEY"), "{told}");
    assert!(!told.contains(KEY), "{told}");
}

/// What a list of tests needs: all entries, and none of the rows.
#[test]
fn neither_listing_nor_building_asks_for_anything() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::of(3, super::capitals());
    let told = run(BUILD, &server.url(), KEY, folder.path());
    assert_eq!(told.matches("built ").count(), 4, "{told}");
    assert_eq!(server.asked(), [""; 0]);
    assert_eq!(copies(folder.path()), []);
}
