//! When the server is asked, and when the copy on disk will do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use keystone::Keystone;
use keystone::eval::data::RemoteDataset;
use keystone::eval::{Data, Eval, EvalReport, Journal, Outcome, RunOptions};
use keystone::scorers::ExactMatch;
use serde_json::{Value, json};

use super::server::Server;
use super::{KEY, capitals, client, copies, dataset};

const INFO: &str = "/v1/datasets/ds_abc";

fn evaluation(data: RemoteDataset) -> keystone::eval::Evaluation {
    Eval::new("capitals")
        .data(Data::<String, Value>::remote(data))
        .task(|country: &String| if country == "Peru" { "Lima" } else { "Paris" }.to_owned())
        .scorer(ExactMatch::new())
}

/// Name, input, expected value and outcome of each row.
fn rows(report: &EvalReport) -> Vec<(String, String, String, Outcome)> {
    let json = |json: &Option<keystone::eval::Json>| {
        json.as_ref().map(|json| json.as_str().to_owned()).unwrap_or_default()
    };
    let rows = report.rows.iter();
    rows.map(|row| (row.id.clone(), json(&row.input), json(&row.expected), row.outcome)).collect()
}

#[test]
fn a_version_is_fetched_once_and_then_runs_without_the_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::of(3, capitals());
    let data = dataset(&server, folder.path()).version(3).tags(["pro", "andes", "pro"]);
    let evaluation = evaluation(data);
    assert_eq!(server.asked(), [""; 0], "nothing is fetched before the evaluation runs");

    let first = evaluation.run().expect("it runs");
    assert_eq!(
        server.asked(),
        [INFO.to_owned(), format!("{INFO}/records?version=3&tags=andes%2Cpro")]
    );
    assert_eq!(
        rows(&first)[1],
        ("rec_2".to_owned(), "\"Peru\"".to_owned(), "\"Lima\"".to_owned(), Outcome::Pass)
    );

    server.stop();
    let second = evaluation.run().expect("it runs offline");
    assert_eq!(rows(&second), rows(&first));
    // Neither the key nor the order of the tags is part of what is looked for.
    let keyless = Keystone::builder().base_url(server.url()).retries(0).build().expect("a client");
    let other = RemoteDataset::new("ds_abc").version(3).tag("pro").tag("andes");
    let cases = other.client(keyless).cache_dir(folder.path()).load::<String, String>();
    assert_eq!(cases.expect("the copy is read").len(), 2);
    for (name, content) in copies(folder.path()) {
        assert!(!name.contains(KEY) && !content.contains(KEY), "{name}: {content}");
    }
}

#[test]
fn without_a_version_each_run_fetches_the_records_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let number = Arc::new(AtomicU64::new(1));
    let mut server = {
        let number = Arc::clone(&number);
        Server::start(move |_| {
            let number = number.load(Ordering::SeqCst);
            let records: Vec<Value> = (0..number)
                .map(
                    |n| json!({"id": n, "input": {"value": "Peru"}, "expected": {"value": "Lima"}}),
                )
                .collect();
            (200, json!(records).to_string())
        })
    };
    let evaluation = evaluation(dataset(&server, folder.path()));
    assert_eq!(evaluation.run().expect("it runs").rows.len(), 1);
    assert_eq!(evaluation.run().expect("it runs").rows.len(), 1);
    assert_eq!(server.asked(), [format!("{INFO}/records"), format!("{INFO}/records")]);
    assert_eq!(copies(folder.path()).len(), 1);
    number.store(2, Ordering::SeqCst);
    assert_eq!(evaluation.run().expect("it runs").rows.len(), 2);

    server.stop();
    let error = evaluation.run().expect_err("the server is gone").to_string();
    for part in [
        "dataset ds_abc: GET /v1/datasets/ds_abc/records",
        "an earlier copy is not used",
        "with `version = N` they are fetched once",
    ] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_version_that_was_never_fetched_cannot_run_offline() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::of(3, capitals());
    let data = dataset(&server, folder.path()).version(3);
    server.stop();
    let error = data.fetch().expect_err("the server is gone").to_string();
    assert!(error.starts_with("dataset ds_abc, version 3: GET /v1/datasets/ds_abc: "), "{error}");
    assert!(error.contains("version 3 is fetched once"), "{error}");
}

#[test]
fn a_damaged_copy_is_fetched_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::of(3, capitals());
    let data = dataset(&server, folder.path()).version(3);
    let whole = data.load::<String, String>().expect("it is fetched");
    let (name, content) = copies(folder.path()).pop().expect("there is a copy");
    let path = folder.path().join("datasets").join(name);
    let cut = content.find("rec_2").expect("the second record");
    let changed = content.replace("Peru", "Poru");
    for damaged in [&content[..cut], &changed, "", "{}\n"] {
        std::fs::write(&path, damaged).expect("the file is written");
        server.asked();
        assert_eq!(data.load::<String, String>().expect("it is fetched again"), whole);
        assert_eq!(server.asked().len(), 2);
        assert_eq!(copies(folder.path()).len(), 1, "nothing is left behind");
    }
    std::fs::write(&path, &changed).expect("the file is written");
    server.stop();
    let error = data.load::<String, String>().expect_err("nothing is whole").to_string();
    assert!(error.contains("it was changed after it was written"), "{error}");
    assert!(error.contains(&path.display().to_string()), "{error}");
}

#[test]
fn whatever_chooses_records_has_a_copy_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::of(9, capitals());
    let workspace = Keystone::builder().base_url(server.url()).workspace("ws_other").build();
    let of = || RemoteDataset::new("ds_abc").client(client(&server)).cache_dir(folder.path());
    let all = [
        of().version(3),
        of().version(4),
        of().version(3).tag("pro"),
        of().version(3).client(workspace.expect("a client")),
    ];
    for data in &all {
        let _ = data.fetch().expect("it is fetched");
    }
    assert_eq!(server.asked().len(), 2 * all.len());
    assert_eq!(copies(folder.path()).len(), all.len());
    for data in &all {
        let _ = data.fetch().expect("it is there");
    }
    assert_eq!(server.asked(), [""; 0]);
}

#[test]
fn those_who_come_at_the_same_time_fetch_a_version_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::of(3, capitals());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let data = dataset(&server, folder.path()).version(3);
            scope.spawn(move || {
                assert_eq!(data.load::<String, String>().expect("it is fetched").len(), 2);
            });
        }
    });
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn the_journal_says_where_the_rows_came_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::of(3, capitals());
    let evaluation = evaluation(dataset(&server, folder.path()).version(3).tag("pro"));
    let results = folder.path().join("results");
    let ran = evaluation.run_with(&RunOptions::new().journal(&results)).expect("it runs");
    assert_eq!(ran.summary.counts.pass, 2);
    let journal = Journal::open(&results).expect("the journal is read");
    let data = journal.header().data.clone().expect("the rows were not made in code");
    assert_eq!(data.dataset.as_deref(), Some("ds_abc"));
    assert_eq!((data.version, &*data.tags), (Some(3), &["pro".to_owned()][..]));
    assert_eq!(data.file, None);

    let again = folder.path().join("again");
    let scored = evaluation.rescore(&journal, &RunOptions::new().journal(&again));
    assert_eq!(scored.expect("it is scored anew").summary.counts.pass, 2);
    let journal = Journal::open(&again).expect("the journal is read");
    assert_eq!(journal.header().data, Some(data));
}
