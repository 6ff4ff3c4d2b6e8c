//! Tasks of every kind.

use keystone::scorers::ExactMatch;
use keystone::{Case, Output, eval, scorer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[scorer]
fn same(output: &Value, expected: &Value) -> bool {
    output == expected
}

#[eval(data = [("a", "A")], scores = [ExactMatch::new()])]
fn plain(word: String) -> String {
    word.to_uppercase()
}

#[eval(data = [("a", "A")], scores = [ExactMatch::new()])]
async fn waits(word: &str) -> String {
    std::future::ready(word.to_uppercase()).await
}

type Answer<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[eval(data = [("7", 7)], scores = [same])]
fn aliased(text: &str) -> Answer<i64> {
    Ok(text.parse()?)
}

#[eval(data = [("7", 7)], scores = [same])]
async fn aliased_async(text: String) -> anyhow::Result<i64> {
    Ok(std::future::ready(text.parse()?).await)
}

#[eval(data = [(2, 4)], scores = [same])]
fn numbers(n: i64) -> i64 {
    n * 2
}

#[eval(data = [(0.5, 0.25)], scores = [same])]
fn floats(n: f64) -> f64 {
    n * n
}

#[eval(data = [(true, false)], scores = [same])]
fn bools(b: bool) -> bool {
    !b
}

#[derive(Serialize, Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

fn points() -> Vec<(Point, Value)> {
    vec![(Point { x: 1, y: 2 }, json!({"x": 2, "y": 1}))]
}

#[eval(data = points, scores = [same])]
fn structs(point: Point) -> Point {
    Point { x: point.y, y: point.x }
}

#[eval(data = [Case::new("a").id("me").expected("mea")], scores = [ExactMatch::new()])]
fn whole_case(case: &Case<String, String>) -> String {
    format!("{}{}", case.id.as_deref().unwrap_or_default(), case.input)
}

#[eval(data = [("a", "a")], scores = [ExactMatch::new(), |context| context == ["doc"]])]
fn rich(word: String) -> Output {
    Output::text(word).context("doc").metadata("tokens", 7)
}

#[eval(data = [(json!({"word": "a", "times": 3}), "aaa")], scores = [ExactMatch::new()])]
fn several(word: &str, times: usize) -> String {
    word.repeat(times)
}

#[eval(data = [("a", json!(null))], scores = [|output| output == "null"])]
fn nothing(_word: String) -> Option<String> {
    None
}
