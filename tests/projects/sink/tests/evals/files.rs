//! Data sets that a test lays down: `E2E_DATA` names the file.

use keystone::eval::data::{Dataset, Fields};
use keystone::{eval, scorer};
use serde_json::Value;

fn file() -> Dataset {
    Dataset::file(std::env::var("E2E_DATA").unwrap_or_else(|_| "data/none.jsonl".into()))
}

#[scorer]
fn same(output: &Value, expected: &Value) -> bool {
    output == expected
}

#[eval(data = file(), scores = [same])]
fn any(input: Value) -> Value {
    input
}

#[eval(data = file(), scores = [same], expected_type = String)]
fn text(input: String) -> String {
    input
}

#[derive(serde::Deserialize, serde::Serialize)]
struct City {
    name: String,
    population: u64,
}

#[eval(data = file(), scores = [|output: u64, expected: u64| output == expected], expected_type = u64)]
fn cities(input: City) -> u64 {
    input.population + u64::from(input.name.is_empty())
}

#[eval(
    data = file().fields(Fields::default().input("question").expected("answer.value").id("key")),
    scores = [same],
)]
fn renamed(input: Value) -> Value {
    input
}

#[eval(data = "data/not-there.jsonl", scores = [same])]
fn missing(input: Value) -> Value {
    input
}

#[eval(data = Vec::<(String, String)>::new(), scores = [same])]
fn no_rows(input: String) -> String {
    input
}
