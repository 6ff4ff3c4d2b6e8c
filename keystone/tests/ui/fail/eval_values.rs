use keystone::{eval, scorer};

#[scorer]
fn short(output: &str) -> bool {
    output.len() < 9
}

#[eval(
    data = 7,
    scores = short,
    name = 5,
    pass_rate = "0.9",
    pass_threshold = 90,
    max_error_rate = -0.1,
    max_errors = 1.5,
    max_concurrency = 0,
    trials = "3",
    timeout = 30,
    tags = "smoke",
    ignore = 3,
)]
fn literals(question: String) -> String {
    question
}

#[eval(
    data = "rows.jsonl",
    scores = [short, "exact_match", short, |output: &str| true, named("a", |output: &str| true), named("a", short)],
    min_mean = { short: 1.5, short: 0.5 },
    timeout = "30 parsecs",
    tags = ["a", "a", "", 5],
    name = " ",
)]
fn lists(question: String) -> String {
    question
}

#[eval(data = [("a", "b", "c"), "d"], scores = [short], timeout = "0s", input = "question", input = "q")]
fn rows(question: String) -> String {
    question
}

#[eval(data = [(("a", 1), "b"), "c"], scores = [short] trials = 2)]
fn fields(question: String, count: u32, last: bool) -> String {
    format!("{question}{count}{last}")
}

fn main() {}
