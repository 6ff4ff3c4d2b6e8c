use keystone::{eval, scorer};

#[scorer]
fn short(output: &str) -> bool {
    output.len() < 9
}

#[eval(data = "rows.jsonl", scorers = [short], pas_rate = 0.9, colour = "red")]
fn answer(question: String) -> String {
    question
}

fn main() {}
