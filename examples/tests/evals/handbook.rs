//! Questions and answers with retrieval: the output carries the texts that the answer rests on.

use std::sync::LazyLock;

use keystone::scorers::{Levenshtein, SemanticListContains};
use keystone::{Output, Score};
use keystone_examples::handbook::{DONT_KNOW, Handbook};

static HANDBOOK: LazyLock<Handbook> = LazyLock::new(Handbook::library);

/// Every word of the answer has to stand in one of the retrieved texts. An answerer that makes
/// things up fails here, however likely they sound.
#[keystone::scorer(gate)]
fn grounded(output: &str, context: &[String]) -> Score {
    if output == DONT_KNOW {
        return Score::pass().message("claims nothing");
    }
    let words: Vec<&str> = output.split_whitespace().collect();
    let supported = |text: &String| {
        let known: Vec<&str> = text.split_whitespace().collect();
        words.iter().filter(|word| known.contains(word)).count()
    };
    let best = context.iter().map(supported).max().unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "an answer has no 2^53 words")]
    let share = best as f64 / words.len().max(1) as f64;
    Score::new(share).passed_if(best == words.len()).message(format!(
        "{best} of {} words stand in the best of {} texts",
        words.len(),
        context.len()
    ))
}

/// An answer is short, or nobody reads it.
#[keystone::scorer]
fn concise(output: &str) -> bool {
    output.split_whitespace().count() <= 25
}

// The facts that an answer must name are in each row's metadata, under "facts"; the expected
// value is the sentence of the handbook that answers best.
#[keystone::eval(
    data = "data/questions.jsonl",
    scores = [
        SemanticListContains::new().expected_key("facts"),
        Levenshtein::new().threshold(0.8),
        grounded,
        concise,
    ],
    pass_rate = 0.9,
    min_mean = { levenshtein: 0.9, grounded: 1.0 },
    max_concurrency = 4,
    timeout = "5s",
    tags = ["retrieval"],
)]
async fn library_questions(question: String) -> Output {
    HANDBOOK.answer(&question)
}
