//! Rows that are not what they should be, among rows that are.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::super::Fields;
use super::{Sample, err, ok, only, problem_of, told, told_of, with};

/// The problem of one row, without the place, which is always the first line.
#[track_caller]
fn problem(row: &str) -> String {
    let lines = format!("{row}\n{{\"input\":\"next\"}}\n");
    let told = told_of("rows.jsonl", lines);
    assert_eq!(told.len(), 2, "{told:#?}");
    assert_eq!(told[1], ok("\"next\""), "reading goes on");
    let problem = told[0].clone().unwrap_err();
    problem.strip_prefix("rows.jsonl:1:").expect("it is on the first line").to_owned()
}

#[test]
fn rows_that_are_not_json() {
    for (row, expected) in [
        ("hello", "1: not JSON: expected value"),
        (
            "{\"input\":1",
            "10: not JSON: EOF while parsing an object; a row ends in the middle, and each must stand whole on one line",
        ),
        ("{\"input\":1} {\"input\":2}", "13: not JSON: trailing characters"),
        ("{\"input\":1,}", "12: not JSON: trailing comma"),
        ("  {\"input\":@}", "12: not JSON: expected value"),
        (
            "{'input':1}",
            "2: not JSON: key must be a string; this is Python's notation, write the rows with json.dumps",
        ),
        (
            "{\"input\":None}",
            "10: not JSON: expected value; this is Python's notation, write the rows with json.dumps",
        ),
        (
            "{\"input\":NaN}",
            "10: not JSON: expected value; JSON has no NaN and no Infinity, write null",
        ),
        (
            "{\"x\":[Infinity]}",
            "7: not JSON: expected value; JSON has no NaN and no Infinity, write null",
        ),
        (
            "{\"input\":-Infinity}",
            "11: not JSON: invalid number; JSON has no NaN and no Infinity, write null",
        ),
        (
            "{\"input\":\"a\0b\"}",
            "12: not JSON: control character (\\u0000-\\u001F) found while parsing a string; the line holds NUL bytes, so the file is damaged or not UTF-8",
        ),
        (
            "\0\0\0",
            "1: not JSON: expected value; the line holds NUL bytes, so the file is damaged or not UTF-8",
        ),
    ] {
        assert_eq!(problem(row), expected, "{row}");
    }
}

#[test]
fn rows_that_are_not_objects() {
    for (row, what) in [
        ("[1]", "a list"),
        ("\"a\"", "a text"),
        ("1", "a number"),
        ("-1", "a number"),
        ("true", "a boolean"),
        ("null", "null"),
    ] {
        assert_eq!(problem(row), format!("1: the row is {what}, expected an object"));
    }
    assert_eq!(
        told_of(
            "rows.json",
            "[{\"input\":1},\n 7, {\"input\":2}, nope, {\"input\": 1e}, {\"input\":3}]"
        ),
        [
            ok("1"),
            err("rows.json:2:2: the row is a number, expected an object"),
            ok("2"),
            err("rows.json:2:19: not JSON: expected ident"),
            err("rows.json:2:36: not JSON: invalid number"),
            ok("3"),
        ]
    );
}

#[test]
fn fields_of_the_wrong_type() {
    let wrong = |option| format!(" (if it is something else, write `{option} = \"\"`)");
    for (row, expected, option) in [
        (
            r#"{"input":1,"id":true}"#,
            "17: field \"id\": the id is a boolean, expected a text or a number",
            "id",
        ),
        (
            r#"{"input":1,"id":["a"]}"#,
            "17: field \"id\": the id is a list, expected a text or a number",
            "id",
        ),
        (
            r#"{"input":1,"tags":"smoke"}"#,
            "19: field \"tags\": is a text, expected a list of texts",
            "tags_field",
        ),
        (
            r#"{"input":1,"tags":["a", 2]}"#,
            "19: field \"tags\": invalid type: integer `2`, expected a string; expected a list of texts",
            "tags_field",
        ),
        (
            r#"{"input":1,"context":7}"#,
            "22: field \"context\": is a number, expected a text or a list of texts",
            "context",
        ),
        (
            r#"{"input":1,"metadata":[1]}"#,
            "23: field \"metadata\": is a list, expected an object",
            "metadata",
        ),
        (
            r#"{"input":1,"metadata":{"a":1e999}}"#,
            "23: field \"metadata\": number out of range",
            "metadata",
        ),
    ] {
        assert_eq!(problem(row), expected.to_owned() + &wrong(option), "{row}");
    }
    assert_eq!(
        problem(r#"{"input":1,"id":"x","tags":1}"#),
        format!(
            "28: field \"tags\": is a number, expected a list of texts{} (row \"x\")",
            wrong("tags_field")
        )
    );
}

#[test]
fn ids_are_neither_empty_nor_endless() {
    assert!(
        problem(r#"{"input":1,"id":""}"#)
            .starts_with("17: field \"id\": the id is empty; leave the field out to have one made")
    );
    let long = "x".repeat(1_025);
    let problem = problem(&format!("{{\"input\":1,\"id\":\"{long}\"}}"));
    assert!(
        problem.starts_with("17: field \"id\": the id is 1025 bytes long, and 1024 is"),
        "{problem}"
    );
    assert!(problem.len() < 300, "the id itself is not in it");
    let row =
        only(&Sample::new("r.jsonl", format!("{{\"input\":1,\"id\":\"{}\"}}", &long[1..])).data());
    assert_eq!(row.id.map(|id| id.len()), Some(1_024));
    let row = only(&Sample::new("r.jsonl", "{\"input\":1,\"id\":-1.50}").data());
    assert_eq!(row.id.as_deref(), Some("-1.50"));
}

#[test]
fn a_key_given_twice_is_an_error_where_it_is_used() {
    assert_eq!(
        problem(r#"{"input":1,"input":2}"#),
        "20: field \"input\": the key is there twice, and it is not clear which value is meant"
    );
    assert_eq!(told_of("rows.jsonl", r#"{"input":1,"x":2,"x":3}"#), [ok("1")]);
    let sample = Sample::new("rows.jsonl", r#"{"input":1,"a":{"v":1,"v":2}}"#);
    assert_eq!(
        told(&with(&sample, Fields::default().expected("a.v")))[0],
        err("rows.jsonl:1:16: field \"a.v\": a key on the way there is given twice")
    );
}

#[derive(Debug, PartialEq, Deserialize)]
struct City {
    name: String,
    population: u64,
    #[serde(default)]
    districts: Vec<BTreeMap<String, bool>>,
}

/// The problem of the input in the second row of a file.
#[track_caller]
fn input_problem<T: serde::de::DeserializeOwned + std::fmt::Debug>(
    name: &'static str,
    content: &str,
    fields: Fields,
) -> String {
    let sample = Sample::new(name, content);
    let row = with(&sample, fields).open().unwrap().last().unwrap().unwrap();
    row.input::<T>().unwrap_err().to_string()
}

#[test]
fn a_value_of_the_wrong_type_is_pointed_at() {
    let lines =
        |input: &str| format!("{{\"input\":0}}\n{{\"id\": \"fr-12\", \"input\": {input}}}\n");
    for (input, expected) in [
        (
            r#"{"name": "x", "population": "many"}"#,
            "2:54: field \"input.population\": invalid type: string \"many\", expected u64",
        ),
        (
            r#"{"population": 1, "name": "x", "districts": [{}, { "a" : true, "b": 3 }]}"#,
            "2:94: field \"input.districts[1].b\": invalid type: integer `3`, expected a boolean",
        ),
        (r#"{"name": "x"}"#, "2:26: field \"input\": missing field `population`"),
        ("7", "2:26: field \"input\": invalid type: integer `7`, expected struct City"),
    ] {
        assert_eq!(
            input_problem::<City>("c.jsonl", &lines(input), Fields::default()),
            format!("c.jsonl:{expected} (row \"fr-12\")")
        );
    }
    assert_eq!(
        input_problem::<u64>("c.jsonl", &lines("\"7\""), Fields::default()),
        "c.jsonl:2:26: field \"input\": invalid type: string \"7\", expected u64 (row \"fr-12\")"
    );
    assert_eq!(
        input_problem::<u64>(
            "c.jsonl",
            "{\"a\":{\"q\":[1,\"x\"]}}",
            Fields::default().input("a.q.1")
        ),
        "c.jsonl:1:14: field \"a.q.1\": invalid type: string \"x\", expected u64"
    );
}

#[test]
fn places_are_right_in_rows_of_several_lines() {
    let text = "[\n  {\"input\": 0},\r\n  {\n    \"input\": {\n      \"name\": \"Köln\",\n      \"population\":\n        \"many\"\n    }\n  }\n]\n";
    assert_eq!(
        input_problem::<City>("c.json", text, Fields::default()),
        "c.json:7:9: field \"input.population\": invalid type: string \"many\", expected u64"
    );
    assert_eq!(
        input_problem::<City>("c.json", text, Fields::default().input(".")),
        "c.json:3:3: field \".\": missing field `name`"
    );
    assert_eq!(
        problem_of("c.json", "[{\"input\": 0},  {\n \"input\" 1}]"),
        "c.json:2:10: not JSON: expected `:`"
    );
}

#[test]
fn what_no_type_can_hold_is_kept_as_text_and_told_when_it_is_read() {
    let row = |json: &str| only(&Sample::new("r.jsonl", format!("{{\"input\":{json}}}")).data());
    let problem = |json: &str| row(json).input::<Value>().unwrap_err().to_string();

    assert_eq!(row("[1e999]").input_json(), "[1e999]");
    assert_eq!(problem("[1e999]"), "r.jsonl:1:11: field \"input[0]\": number out of range");
    assert_eq!(
        row("123456789012345678901234567890").input(),
        Ok(123_456_789_012_345_678_901_234_567_890_u128)
    );

    assert_eq!(row(r#""\ud800""#).input_json(), r#""\ud800""#);
    assert!(
        problem(r#""\ud800""#).ends_with("field \"input\": unexpected end of hex escape"),
        "{}",
        problem(r#""\ud800""#)
    );

    let deep = "[".repeat(200) + &"]".repeat(200);
    assert_eq!(row(&deep).input_json(), deep);
    let problem = problem(&deep);
    assert!(problem.starts_with("r.jsonl:1:137: field \"input[0][0]"), "{problem}");
    assert!(
        problem.ends_with("nested more than 127 levels deep, which is all that is read"),
        "{problem}"
    );

    let deeper = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    assert_eq!(row(&deeper).input_json().len(), 2_000_000, "and no stack overflows");
    let told = told_of("r.json", format!("[{{\"input\":{deeper}}}]"));
    assert_eq!(told.len(), 1);
    assert!(told[0].is_ok());
}

#[test]
fn all_problems_are_told_up_to_a_limit() {
    let lines: String = (0..30)
        .map(|n| format!("{{\"input\":{}}}\n", if n % 10 == 0 { "1" } else { "\"x\"" }))
        .collect();
    let error = Sample::new("r.jsonl", lines).data().load::<u8, u8>().unwrap_err();
    assert_eq!((error.problems().len(), error.more()), (20, 7));
    assert_eq!(error.problems()[0].line(), Some(2));
    assert_eq!(error.problems()[0].column(), Some(10));
    assert_eq!(error.problems()[0].field(), Some("input"));
    let text = error.to_string();
    assert_eq!(text.lines().count(), 21);
    assert!(text.ends_with("\n… and 7 more problems"), "{text}");
}

#[test]
fn both_the_input_and_the_expected_value_are_told() {
    let sample = Sample::new("r.jsonl", "{\"input\":1,\"expected\":2,\"id\":3}");
    let error = sample.data().load::<String, bool>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "r.jsonl:1:10: field \"input\": invalid type: integer `1`, expected a string (row \"3\")\n\
         r.jsonl:1:23: field \"expected\": invalid type: integer `2`, expected a boolean (row \"3\")"
    );
}
