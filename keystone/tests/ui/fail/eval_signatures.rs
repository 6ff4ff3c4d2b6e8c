use keystone::{Case, eval, scorer};

#[scorer]
fn short(output: &str) -> bool {
    output.len() < 9
}

#[eval(data = "rows.jsonl", scores = [short])]
fn no_input() -> String {
    String::new()
}

#[eval(data = "rows.jsonl", scores = [short])]
fn no_output(question: String) {
    drop(question);
}

#[eval(data = "rows.jsonl", scores = [short])]
fn generic<T: ToString>(question: T) -> String {
    question.to_string()
}

#[eval(data = "rows.jsonl", scores = [short])]
fn opaque(question: impl ToString, text: &mut String, other: &'static str) -> String {
    format!("{}{text}{other}", question.to_string())
}

#[eval(data = "rows.jsonl", scores = [short])]
unsafe extern "C" fn foreign(question: String) -> String {
    question
}

#[eval(data = "rows.jsonl", scores = [short])]
const fn constant(question: String) -> String {
    question
}

#[eval(data = "rows.jsonl", scores = [short])]
fn pattern((a, b): (u32, u32), case: &Case) -> String {
    format!("{a}{b}{}", case.input)
}

#[eval(data = "rows.jsonl", scores = [short], expected_type = f64)]
fn two_types(case: &Case<String, f64>) -> String {
    case.input.clone()
}

#[eval(data = "rows.jsonl", scores = [short])]
struct NotAFunction;

struct Agent;

impl Agent {
    #[eval(data = "rows.jsonl", scores = [short])]
    fn method(&self, question: String) -> String {
        question
    }
}

fn main() {}
