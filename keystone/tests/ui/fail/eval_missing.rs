use keystone::{eval, scorer};

#[scorer]
fn short(output: &str) -> bool {
    output.len() < 9
}

#[eval]
fn nothing(question: String) -> String {
    question
}

#[eval(data = "", scores = [])]
fn empty(question: String) -> String {
    question
}

#[eval(data = [], scores = [short])]
fn no_rows(question: String) -> String {
    question
}

#[eval(data, scores = , name)]
fn no_values(question: String) -> String {
    question
}

fn main() {}
