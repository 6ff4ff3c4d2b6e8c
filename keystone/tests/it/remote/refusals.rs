//! What a server may have against it, and what there is to do.

use keystone::Keystone;
use keystone::eval::data::RemoteDataset;
use keystone::eval::{Data, Eval};
use serde_json::{Value, json};

use super::server::Server;
use super::{KEY, copies, dataset};

/// What is said where the server answers so.
fn said(status: u16, body: Value) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(move |_| (status, body.to_string()));
    let error = dataset(&server, folder.path()).fetch().expect_err("the server refuses");
    assert_eq!(copies(folder.path()), []);
    error.to_string()
}

#[test]
fn a_key_that_is_not_taken_is_said_to_be_the_trouble() {
    let refused = said(401, json!({"message": format!("bad key {KEY}")}));
    assert!(refused.contains("401: bad key [secret]"), "{refused}");
    assert!(refused.contains("give the client a key that http://127.0.0.1"), "{refused}");
    let forbidden = said(403, json!({"message": "not yours"}));
    assert!(forbidden.contains("403: not yours; give the client a key that may"), "{forbidden}");
    let nothing = said(404, json!({"message": "no such dataset"}));
    assert!(nothing.contains("is the id right"), "{nothing}");
}

#[test]
fn no_records_are_no_data() {
    let none = said(200, json!([]));
    assert_eq!(none, "dataset ds_abc: there are no records; add some with `add_records`");
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::of(3, json!([]));
    let data = dataset(&server, folder.path()).version(2).tag("prp");
    let error = Eval::new("capitals")
        .data(Data::<String, Value>::remote(data))
        .task(String::clone)
        .scorer(keystone::scorers::ExactMatch::new())
        .run()
        .expect_err("there is nothing to run");
    let said = error.to_string();
    assert!(said.contains("version 2, tag prp: there are no records; are the tags"), "{said}");
    assert_eq!(copies(folder.path()), [], "the next run asks again");
}

#[test]
fn a_version_that_is_still_to_come_is_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::of(3, super::capitals());
    let error = dataset(&server, folder.path()).version(4).fetch().expect_err("there are three");
    assert_eq!(
        error.to_string(),
        "dataset ds_abc, version 4: there is no version 4; the newest is 3"
    );
    assert_eq!(copies(folder.path()), []);
}

#[test]
fn what_cannot_be_asked_for_is_said_without_asking() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::of(3, super::capitals());
    let error = dataset(&server, folder.path()).tag("a,b").fetch().expect_err("a comma");
    assert!(error.to_string().contains("the tag `a,b` has a comma"), "{error}");
    let client = Keystone::builder().base_url(server.url()).build().expect("a client");
    let nameless = RemoteDataset::new("").client(client).cache_dir(folder.path());
    nameless.fetch().expect_err("an id is not empty");
    assert_eq!(server.asked(), [""; 0]);
}

#[test]
fn a_folder_that_cannot_be_written_is_named_with_the_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("the file is written");
    let server = Server::of(3, super::capitals());
    for data in [dataset(&server, &file), dataset(&server, &file).version(3)] {
        let error = data.fetch().expect_err("a file is no folder").to_string();
        assert!(
            error.contains("cannot be written") || error.contains("cannot be opened"),
            "{error}"
        );
        assert!(error.contains("KEYSTONE_CACHE_DIR"), "{error}");
    }
}
