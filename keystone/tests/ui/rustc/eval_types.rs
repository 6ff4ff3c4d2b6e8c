use keystone::{Case, eval, scorer};

#[scorer]
fn short(output: &str) -> bool {
    output.len() < 9
}

fn not_a_scorer(output: &str) -> bool {
    output.len() < 9
}

struct Opaque;

#[derive(serde::Serialize)]
struct OnlySerialize(String);

#[eval(data = "rows.jsonl", scores = [short])]
fn input_is_not_deserialize(question: Opaque) -> String {
    let Opaque = question;
    String::new()
}

#[eval(data = [("a", "b")], scores = [short])]
fn input_is_not_serialize(question: &Opaque) -> String {
    let Opaque = question;
    String::new()
}

#[eval(data = rows_that_cannot_be_taken, scores = [short])]
fn input_cannot_be_taken(question: OnlySerialize) -> String {
    question.0
}

fn rows_that_cannot_be_taken() -> Vec<Case<OnlySerialize>> {
    Vec::new()
}

#[eval(data = "rows.jsonl", scores = [short])]
fn output_is_not_serialize(question: String) -> Result<Opaque, String> {
    drop(question);
    Ok(Opaque)
}

#[eval(data = "rows.jsonl", scores = [short, not_a_scorer])]
fn not_all_are_scorers(question: String) -> String {
    question
}

fn lengths() -> Vec<usize> {
    vec![1]
}

#[eval(data = lengths, scores = [short])]
fn function_gives_no_rows(question: String) -> String {
    question
}

#[eval(data = "rows.jsonl", scores = [short, |output: &str| -> bool { output }])]
fn closure_is_wrong(question: String) -> String {
    question
}

fn main() {}
