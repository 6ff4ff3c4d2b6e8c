use keystone::{eval, scorer};

const ZERO: u64 = 0;
const NUMBER: u64 = 7;

struct Opaque;

#[scorer]
fn short(output: &str) -> bool {
    output.len() < 9
}

#[eval(data = dataset("ds_abc", version = ZERO), scores = [short])]
fn constant(question: String) -> String {
    question
}

#[eval(data = dataset(NUMBER, version = 3), scores = [short])]
fn id(question: String) -> String {
    question
}

#[eval(data = dataset("ds_abc", version = 3), scores = [short])]
fn unreadable(_input: Opaque) -> String {
    String::new()
}

fn main() {}
