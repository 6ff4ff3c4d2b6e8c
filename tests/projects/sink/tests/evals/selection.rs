//! Evaluations to choose from, by name, tag and row.

use keystone::scorers::ExactMatch;
use keystone::{Case, eval};

fn rows() -> Vec<Case<String, String>> {
    super::scripts::mark("data of selection::rows");
    (0..10)
        .map(|n| {
            let word = format!("word {n}");
            let case = Case::new(word.clone()).id(format!("row-{n}")).expected(word);
            if n % 2 == 0 { case.tag("even") } else { case.tag("odd") }
        })
        .collect()
}

#[eval(data = rows, scores = [ExactMatch::new()])]
fn rowwise(word: String) -> String {
    word
}

#[eval(data = rows, scores = [ExactMatch::new()], tags = ["whole"])]
fn tagged(word: String) -> String {
    word
}

#[eval(data = rows, scores = [ExactMatch::new()], ignore = "costs money")]
fn costly(word: String) -> String {
    word
}

#[eval(data = rows, scores = [ExactMatch::new()])]
fn flaky(case: &Case<String, String>) -> String {
    let id = case.id.clone().unwrap_or_default();
    super::scripts::mark(&id);
    if matches!(id.as_str(), "row-3" | "row-7") { "no".into() } else { case.input.clone() }
}
