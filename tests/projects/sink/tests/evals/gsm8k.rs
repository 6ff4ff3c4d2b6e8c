//! Recorded solutions of two models, graded: `E2E_GSM8K` names the file.

use keystone::eval::data::{Dataset, Fields};
use keystone::scorers::ExactMatch;
use keystone::{Case, eval};
use serde_json::Value;

fn file(model: &str) -> Dataset {
    Dataset::file(std::env::var("E2E_GSM8K").unwrap_or_default()).fields(
        Fields::default().input(format!("models.{model}")).expected("ground_truth"),
    )
}

/// What follows the last `A:`, without the separators of thousands.
fn answer(text: &str) -> String {
    text.rsplit_once("A:").map(|(_, answer)| answer.trim().replace(',', "")).unwrap_or_default()
}

#[derive(serde::Deserialize, serde::Serialize)]
struct Recorded {
    solution: String,
    is_correct: bool,
}

/// The answers are at the end of worked solutions, on both sides.
#[keystone::scorer]
fn right(output: &str, expected: &str) -> bool {
    output == answer(expected)
}

#[eval(data = file("6b_finetuning"), scores = [right], pass_rate = 0.2168, ignore = "needs the recordings")]
fn small(recorded: Recorded) -> String {
    answer(&recorded.solution)
}

#[eval(data = file("175b_verification"), scores = [right], pass_rate = 0.5625, ignore = "needs the recordings")]
fn large(recorded: Recorded) -> String {
    answer(&recorded.solution)
}

/// The same from code, by a scorer of the library.
fn from_code() -> Result<Vec<Case<String, String>>, String> {
    let rows = file("175b_verification").load::<Value, String>().map_err(|error| error.to_string())?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let solution = row.input["solution"].as_str().unwrap_or_default().to_owned();
            Case::new(solution).id(row.id.unwrap_or_default()).expected(answer(&row.expected.unwrap_or_default()))
        })
        .collect())
}

#[eval(data = from_code, scores = [ExactMatch::new()], pass_rate = 0.5625, ignore = "needs the recordings")]
fn by_exact_match(solution: &str) -> String {
    answer(solution)
}
