//! Real data sets, read through the public interface.

use keystone::eval::data::{Dataset, Fields};
use serde::Deserialize;
use serde_json::Value;

use crate::shared;

#[test]
fn real_data_sets_are_read_whole() {
    let Some(folder) = shared::data() else { return };
    for (file, fields, rows) in [
        ("gsm8k_solutions", Fields::default().input("question").expected("ground_truth"), 1_319),
        ("halueval_qa", Fields::default().input("question").context("knowledge"), 500),
        ("llmbar_natural_gpt4", Fields::default().expected("label"), 100),
        ("moderation", Fields::default().input("prompt"), 840),
        ("topical_chat_human_scores", Fields::default().input("source").expected("scores"), 360),
    ] {
        let data = Dataset::file(format!("{file}.jsonl.gz")).relative_to(&folder).fields(fields);
        let cases = data.load::<String, Value>().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(cases.len(), rows, "{file}");
        assert!(cases.iter().all(|case| !case.input.is_empty()), "{file}");
    }
}

#[test]
fn the_recorded_answers_to_gsm8k_are_found_inside_their_rows() {
    let Some(folder) = shared::data() else { return };
    #[derive(Deserialize)]
    struct Recorded {
        solution: String,
        is_correct: bool,
    }
    // 21.68 % and 56.25 % of the 1,319 answers, as was published with the data.
    for (model, right) in [("6b_finetuning", 286), ("175b_verification", 742)] {
        let fields = Fields::default().input(format!("models.{model}"));
        let data = Dataset::file("gsm8k_solutions.jsonl.gz").relative_to(&folder).fields(fields);
        let cases = data.load::<Recorded, Value>().unwrap_or_else(|error| panic!("{error}"));
        assert!(cases.iter().all(|case| !case.input.solution.is_empty()));
        assert!(
            cases
                .iter()
                .all(|case| { case.id.as_deref().is_some_and(|id| id.starts_with("gsm8k-")) })
        );
        assert_eq!(cases.iter().filter(|case| case.input.is_correct).count(), right, "{model}");
    }
}
