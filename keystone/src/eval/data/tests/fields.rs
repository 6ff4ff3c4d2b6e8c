//! Which fields mean what.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::Fields;
use super::{Sample, err, ok, only, told, with};

#[test]
fn a_name_is_a_key_before_it_is_a_path() {
    let sample = Sample::new(
        "rows.jsonl",
        "{\"a.b\": 1, \"a\": {\"b\": 2}}\n{\"a\": {\"b\": 3}}\n{\"a\": [0, {\"b\": 4}]}\n",
    );
    assert_eq!(
        told(&with(&sample, Fields::default().input("a.b"))),
        [ok("1"), ok("3"), err("rows.jsonl:3:7: there is no \"a.b\"; \"a\" is a list"),]
    );
    let sample = Sample::new("rows.jsonl", r#"{"a": [0, {"b": {"c": "deep"}}]}"#);
    assert_eq!(told(&with(&sample, Fields::default().input("a.1.b.c"))), [ok("\"deep\"")]);
    assert_eq!(
        told(&with(&sample, Fields::default().input("a.1.b.d.e"))),
        [err("rows.jsonl:1:17: there is no \"a.1.b.d.e\"; \"a.1.b\" has \"c\"")]
    );
}

#[test]
fn one_field_may_play_several_roles() {
    let sample = Sample::new("rows.jsonl", r#"{"q": "x", "m": 1}"#);
    let row = only(&with(&sample, Fields::default().input("q").id("q").metadata(".")));
    assert_eq!((row.input_json(), row.id.as_deref()), ("\"x\"", Some("x")));
    assert_eq!(Value::Object(row.metadata), json!({"q": "x", "m": 1}));
}

#[test]
fn the_whole_row_may_be_the_input() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Row {
        a: u8,
        b: Vec<u8>,
    }
    let sample = Sample::new("rows.json", "[\n  {\n    \"a\": 1,\n    \"b\": [ 2 ]\n  }\n]");
    let row = only(&with(&sample, Fields::default().input(".")));
    assert_eq!(row.input_json(), r#"{"a":1,"b":[2]}"#);
    assert_eq!(row.input(), Ok(Row { a: 1, b: vec![2] }));
}

#[test]
fn the_empty_name_is_no_field() {
    let sample = Sample::new("rows.jsonl", r#"{"input": 1, "context": {"title": []}, "": 2}"#);
    assert_eq!(
        told(&sample.data()),
        [err("rows.jsonl:1:25: field \"context\": is an object, expected a text or a list of \
              texts (if it is something else, write `context = \"\"`)")]
    );
    assert_eq!(told(&with(&sample, Fields::default().context(""))), [ok("1")]);
}

#[test]
fn escaped_keys_are_found() {
    let sample = Sample::new("rows.jsonl", r#"{"\u0069nput": 1, "d\u00e9j\u00e0": 2}"#);
    assert_eq!(told(&with(&sample, Fields::default().expected("déjà"))), [ok("1")]);
}

#[test]
fn a_named_field_that_no_row_has_is_told_at_the_end() {
    let sample = Sample::new("rows.jsonl", "{\"input\":1,\"answer\":2}\n{\"input\":3}\n");
    assert_eq!(
        told(&with(&sample, Fields::default().expected("anwser").tags("topic.labels"))),
        [
            ok("1"),
            ok("3"),
            err("rows.jsonl: in no row that could be read: there is no \"anwser\"; the first row \
                 has \"input\", \"answer\"; did you mean \"answer\"? Name the field to take: \
                 `expected = \"answer\"`"),
            err("rows.jsonl: in no row that could be read: there is no \"topic.labels\"; the \
                 first row has \"input\", \"answer\". Name one of these, or take \
                 `tags_field = \"topic.labels\"` out"),
        ]
    );
    assert_eq!(told(&with(&sample, Fields::default().expected("answer"))), [ok("1"), ok("3")]);
}

#[test]
fn a_missing_input_says_what_there_is_and_what_to_write() {
    let sample = Sample::new("rows.jsonl", r#"{"id": "r1", "question": "q", "inputs": "i"}"#);
    assert_eq!(
        told(&sample.data()),
        [err("rows.jsonl:1:1: there is no \"input\"; the row has \"id\", \"question\", \
              \"inputs\"; did you mean \"inputs\"? Name the field to take: `input = \"inputs\"` \
              (row \"r1\")")]
    );
    let sample = Sample::new("rows.jsonl", r#"{"id": "r1", "question": "q"}"#);
    assert_eq!(
        told(&sample.data()),
        [err("rows.jsonl:1:1: there is no \"input\"; the row has \"id\", \"question\". Name the \
              field to take: `input = \"question\"` (row \"r1\")")]
    );
    let sample = Sample::new("rows.jsonl", "{}");
    assert_eq!(
        told(&sample.data()),
        [err("rows.jsonl:1:1: there is no \"input\"; the row has no field at all")]
    );
}
