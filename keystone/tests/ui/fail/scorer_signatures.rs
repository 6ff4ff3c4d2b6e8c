use keystone::{eval, scorer};

#[scorer(nam = "x", weight = -1.0, threshold = 2, gate = true, weight = 2.0)]
fn options(output: &str) -> bool {
    output.len() < 9
}

#[scorer]
fn parameters(outptu: &str, answer: &str, (a, b): (u32, u32), expected: &mut String) -> bool {
    outptu == answer && a == b && expected.is_empty()
}

#[scorer]
fn nothing() -> bool {
    true
}

#[scorer]
fn no_result(output: &str) {
    let _ = output;
}

#[scorer]
fn generic<T: ToString>(output: T) -> impl Into<f64>
where
    T: Clone,
{
    let _ = output.to_string();
    1.0
}

#[scorer]
fn texts(context: &str, case: &str, subject: String) -> bool {
    context == case && case == subject
}

#[scorer]
enum NotAFunction {}

// The mistakes above must not make `scores` complain as well.
#[eval(data = "rows.jsonl", scores = [options, parameters, |text: &str| text.is_empty(), || true])]
fn answer(question: String) -> String {
    question
}

fn main() {}
