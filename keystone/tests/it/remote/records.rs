//! What records become.

use keystone::eval::data::{Fields, RemoteDataset};
use keystone::eval::{Data, Eval, RunOptions, Selection};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::server::Server;
use super::{capitals, dataset};

/// What one record becomes, by the data set that is made of the dataset.
fn with<T>(records: Value, read: impl FnOnce(RemoteDataset) -> T) -> T {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::of(3, records);
    read(dataset(&server, folder.path()).version(3))
}

#[test]
fn ids_tags_and_metadata_are_those_of_the_records() {
    let cases = with(capitals(), |data| data.load::<String, String>()).expect("they are read");
    assert_eq!(cases[0].id.as_deref(), Some("rec_1"));
    assert_eq!(cases[0].input, "France");
    assert_eq!(cases[0].expected.as_deref(), Some("Paris"));
    assert_eq!(cases[0].metadata["span_id"], "s1");
    assert_eq!(cases[1].tags, ["pro", "andes"]);
    assert_eq!(cases[1].metadata, Map::new());
}

#[test]
fn rows_are_chosen_by_the_tags_of_records() {
    let report = with(capitals(), |data| {
        let mut selection = Selection::default();
        selection.tags = vec!["andes".to_owned()];
        let options = RunOptions::new().keep_all().select(selection);
        Eval::new("capitals")
            .data(Data::<String, Value>::remote(data))
            .task(String::clone)
            .scorer(keystone::scorers::ExactMatch::new())
            .run_with(&options)
    });
    let report = report.expect("it runs");
    assert_eq!(report.rows.len(), 1);
    assert_eq!(report.rows[0].id, "rec_2");
}

#[test]
fn content_names_rows_where_records_are_asked_not_to() {
    let ids = |records: Value| {
        with(records, |data| {
            let report = Eval::new("capitals")
                .data(Data::<String, Value>::remote(data.fields(Fields::default().id(""))))
                .task(String::clone)
                .scorer(keystone::scorers::ExactMatch::new())
                .run()
                .expect("it runs");
            report.rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        })
    };
    let mut renamed = capitals();
    renamed[0]["id"] = json!("rec_77");
    renamed[0]["version"] = json!(4);
    assert_eq!(ids(renamed), ids(capitals()));
    assert!(!ids(capitals()).contains(&"rec_1".to_owned()));
}

#[derive(Debug, Deserialize, PartialEq)]
struct Mail {
    customer: String,
    amount: Value,
}

#[test]
fn objects_are_read_as_they_are_and_numbers_as_they_are_spelled() {
    // A number that no `f64` holds, spelled by hand.
    let server = Server::start(|path| {
        let body = if path.ends_with("/records?version=3") {
            r#"[{"id": "r", "input": {"customer": "alice",
                "amount": {"value": 12345678901234567890123, "unit": "€"}},
                "expected": {"value": {"subject": "Renewal"}}}]"#
        } else {
            r#"{"id": "ds_abc", "version": 3}"#
        };
        (200, body.to_owned())
    });
    let folder = tempfile::tempdir().expect("a folder");
    let data = dataset(&server, folder.path()).version(3);
    let case = data.load::<Mail, Value>().expect("it is read").remove(0);
    assert_eq!(case.input.customer, "alice");
    assert_eq!(case.expected, Some(json!({"value": {"subject": "Renewal"}})));
    let copy = super::copies(folder.path()).remove(0).1;
    assert!(copy.contains("12345678901234567890123"), "{copy}");
}

#[test]
fn a_lone_value_stands_for_itself_only_where_the_field_is_not_named() {
    #[derive(Debug, Deserialize)]
    struct Whole {
        value: Vec<u32>,
    }
    let records = json!([{"id": "r", "input": {"value": [1, 2]}, "expected": {"value": null}}]);
    let case = with(records.clone(), |data| data.load::<Vec<u32>, Value>());
    let case = case.expect("it is read").remove(0);
    assert_eq!((case.input, case.expected), (vec![1, 2], None));

    let named = |data: RemoteDataset| {
        data.fields(Fields::default().input("input").expected("expected.value"))
    };
    let case = with(records.clone(), |data| named(data).load::<Whole, Value>());
    let case = case.expect("it is read").remove(0);
    assert_eq!((case.input.value, case.expected), (vec![1, 2], None));

    // Of a struct nothing is found in it, and the error says what to do.
    let error = with(records, |data| data.load::<Mail, Value>()).expect_err("it is a list");
    let problem = &error.problems()[0];
    assert_eq!(problem.field(), Some("input.value[0]"));
    assert_eq!((problem.line(), problem.id()), (Some(2), Some("r")));
    assert!(problem.message().contains("write `input = \"input\"`"), "{problem}");
}

#[test]
fn what_is_wrong_with_a_record_is_shown_in_the_copy() {
    let records = json!([
        {"id": "a", "input": {"customer": "alice", "amount": 1}},
        {"id": "b", "input": {"customer": 7, "amount": 1}},
        {"id": "c", "expected": {"value": 1}},
    ]);
    let error = with(records, |data| data.load::<Mail, Value>()).expect_err("two are broken");
    let [first, second] = error.problems() else { panic!("{error}") };
    assert_eq!(first.path().parent().and_then(|path| path.file_name()), Some("datasets".as_ref()));
    assert_eq!((first.line(), first.field()), (Some(3), Some("input.customer")));
    assert_eq!((second.line(), second.id()), (Some(4), Some("c")));
    assert!(second.message().contains("input"), "{second}");
}
