//! The example of the documentation, once green, once red, once broken.

use keystone::{
    eval, scorer,
    scorers::{ExactMatch, Levenshtein},
};

#[scorer]
fn concise(output: &str) -> bool {
    output.split_whitespace().count() <= 20
}

#[eval(
    data = "data/capitals.jsonl",
    scores = [ExactMatch::new().ignore_case(), Levenshtein::new().threshold(0.2), concise],
    pass_rate = 0.6,
    max_concurrency = 8, trials = 1, timeout = "30s", tags = ["smoke"],
)]
fn capitals(question: String) -> anyhow::Result<String> {
    capitals::answer(&question)
}

#[eval(
    data = "data/capitals.jsonl",
    scores = [ExactMatch::new().ignore_case(), Levenshtein::new().threshold(0.9), concise],
    pass_rate = 0.9,
)]
fn demanding(question: String) -> anyhow::Result<String> {
    capitals::answer(&question)
}

#[eval(
    data = [("Capital of Nauru?", "none"), ("What?", "?"), ("Capital of Italy?", "Rome")],
    scores = [ExactMatch::new()],
    pass_rate = 0.0,
)]
fn broken(question: String) -> anyhow::Result<String> {
    capitals::answer(&question)
}

#[eval(data = "data/missing.jsonl", scores = [ExactMatch::new()])]
fn without_data(question: String) -> String {
    question
}

keystone_harness::main!();
