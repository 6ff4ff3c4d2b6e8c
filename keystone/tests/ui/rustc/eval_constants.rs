use keystone::{eval, scorer};

const TOO_MUCH: f64 = 1.5;
const NONE: usize = 0;

#[scorer(weight = -TOO_MUCH)]
fn short(output: &str) -> bool {
    output.len() < 9
}

#[eval(data = "rows.jsonl", scores = [short], pass_rate = TOO_MUCH, max_concurrency = NONE)]
fn answer(question: String) -> String {
    question
}

fn main() {}
