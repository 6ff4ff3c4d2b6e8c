use keystone::{eval, scorer};

#[scorer]
fn short(output: &str) -> bool {
    output.len() < 9
}

#[eval(data = dataset("ds_abc", verison = 3, tag = ["pro"], limit = 5), scores = [short])]
fn unknown(question: String) -> String {
    question
}

#[eval(data = dataset("ds_abc", version = "3", tags = "pro"), scores = [short])]
fn types(question: String) -> String {
    question
}

#[eval(data = dataset("ds_abc", version = 0, tags = ["a,b", "", 5, "c", "c"]), scores = [short])]
fn values(question: String) -> String {
    question
}

#[eval(data = dataset(7, 3, version = 3, version = 4, tags = []), scores = [short])]
fn places(question: String) -> String {
    question
}

#[eval(data = dataset(), scores = [short])]
fn nothing(question: String) -> String {
    question
}

#[eval(data = dataset(id = "ds_abc", version = 3), scores = [short])]
fn named(question: String) -> String {
    question
}

#[eval(data = dataset(" "), scores = [short], input = 3)]
fn blank(question: String) -> String {
    question
}

fn main() {}
