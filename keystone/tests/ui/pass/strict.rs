//! Expansions raise no lint of the user's, and name nothing that the user may have redefined.
#![no_implicit_prelude]
#![deny(warnings, missing_docs, unreachable_pub, unused, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

use ::keystone::{eval, scorer};
use ::std::string::String;

mod core {}
mod std {}
mod keystone {}
#[expect(dead_code)]
struct Option;
#[expect(dead_code)]
struct Result;
#[expect(dead_code)]
struct Box;

/// A scorer that other crates see.
#[scorer(weight = 2.0, gate, threshold = 0.5)]
pub fn short(output: &str) -> bool {
    output.len() < 9
}

#[scorer]
async fn later(output: &str, expected: ::std::option::Option<String>) -> f64 {
    ::std::future::ready(()).await;
    let later = if expected.is_none() { output.len() } else { 1 };
    if later == 1 { 1.0 } else { 0.0 }
}

#[eval(
    data = [("a", "b")],
    scores = [short, later, |output, expected: &str| output != expected],
    pass_rate = 0.5,
    timeout = "1s",
    tags = ["x"],
)]
fn answer(question: String) -> String {
    question
}

#[eval(data = "rows.jsonl", scores = [short])]
async fn fields(question: &str, _count: u32) -> ::std::result::Result<String, String> {
    let answer = ::std::future::ready(question).await;
    ::std::result::Result::Ok(::std::string::ToString::to_string(answer))
}

#[eval(data = dataset("ds_abc", version = 3, tags = ["pro"]), scores = [short], id = "input.key")]
fn records(question: &str, _count: u32) -> String {
    ::std::string::ToString::to_string(question)
}

fn main() {
    ::std::assert!(short("a"));
    ::std::assert_eq!(::keystone::eval::registry::entries().len(), 3);
}
