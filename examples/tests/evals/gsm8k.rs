//! Grading what models have answered already: the recorded solutions of two models to the grade
//! school problems of GSM8K (Cobbe et al. 2021, <https://github.com/openai/grade-school-math>).
//!
//! The recordings are not part of this repository. The evaluations read the file that
//! `KEYSTONE_GSM8K` names, or else `shared/data/gsm8k_solutions.jsonl.gz` beside the repository:
//! gzip-compressed lines of `{"id", "question", "ground_truth", "models": {NAME: {"solution",
//! "is_correct"}}}`, where a solution ends in a line such as `A: 18`. They are ignored unless
//! asked for: `cargo test --test evals -- --ignored gsm8k`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use keystone::Case;
use keystone::scorers::ExactMatch;
use serde_json::Value;

/// Whether the grade is the one that was published with the recording.
#[keystone::scorer]
fn as_published(output: &str, case: &Case<String, String>) -> Result<bool, String> {
    let published = case.metadata.get("is_correct").and_then(Value::as_bool);
    let published = published.ok_or("the recording does not say whether it is correct")?;
    Ok((Some(output) == case.expected.as_deref()) == published)
}

// Most answers of the small model are wrong, and were published as wrong: the bar is what it
// reached, and a change of the grading shows in `as_published`.
#[keystone::eval(
    data = small_model,
    scores = [ExactMatch::new(), as_published],
    pass_rate = 0.2168,
    min_mean = { as_published: 1.0 },
    tags = ["gsm8k"],
    ignore = "needs the recorded solutions; see examples/tests/evals/gsm8k.rs",
)]
fn gsm8k_6b_finetuning(solution: &str) -> String {
    final_answer(solution)
}

#[keystone::eval(
    data = large_model,
    scores = [ExactMatch::new(), as_published],
    pass_rate = 0.5625,
    min_mean = { as_published: 1.0 },
    tags = ["gsm8k"],
    ignore = "needs the recorded solutions; see examples/tests/evals/gsm8k.rs",
)]
fn gsm8k_175b_verification(solution: &str) -> String {
    final_answer(solution)
}

/// What follows the last `A:`, without the separators of thousands; empty where there is none.
fn final_answer(solution: &str) -> String {
    solution.rsplit_once("A:").map(|(_, answer)| answer.trim().replace(',', "")).unwrap_or_default()
}

fn small_model() -> Vec<Case<String, String>> {
    recorded("6b_finetuning")
}

fn large_model() -> Vec<Case<String, String>> {
    recorded("175b_verification")
}

/// One case for each recording of a model.
///
/// # Panics
/// Where the file cannot be read, or is not what it should be: an evaluation without its data is
/// an error, never an empty success.
fn recorded(model: &str) -> Vec<Case<String, String>> {
    let path = std::env::var_os("KEYSTONE_GSM8K").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/gsm8k_solutions.jsonl.gz"),
        PathBuf::from,
    );
    read(&path, model).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; set KEYSTONE_GSM8K to the file with the recorded solutions",
            path.display()
        )
    })
}

fn read(path: &Path, model: &str) -> Result<Vec<Case<String, String>>, Box<dyn std::error::Error>> {
    let lines = BufReader::new(GzDecoder::new(File::open(path)?)).lines();
    let case = |(index, line): (usize, std::io::Result<String>)| {
        let row: Value = serde_json::from_str(&line?)?;
        let recording = &row["models"][model];
        let text = |value: &Value, what: &str| {
            let missing = || format!("line {}: no text at {what}", index + 1);
            value.as_str().map(str::to_owned).ok_or_else(missing)
        };
        Ok(Case::new(text(&recording["solution"], "models.MODEL.solution")?)
            .id(text(&row["id"], "id")?)
            .expected(final_answer(&text(&row["ground_truth"], "ground_truth")?))
            .metadata("question", row["question"].clone())
            .metadata("is_correct", recording["is_correct"].clone()))
    };
    lines.enumerate().map(case).collect()
}
