//! Real input: the recorded solutions of two models, graded as they were published.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use keystone_e2e::shared_data;
use serde_json::Value;

use crate::projects;

/// What was published: the number of the row to whether the solution is correct.
fn published(path: &Path, model: &str) -> HashMap<String, bool> {
    let file = File::open(path).unwrap_or_else(|error| panic!("{error}"));
    let rows = BufReader::new(GzDecoder::new(file)).lines().map(|line| {
        let line = line.unwrap_or_else(|error| panic!("{error}"));
        let row: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}"));
        let id = row["id"].as_str().unwrap_or_default().to_owned();
        (id, row["models"][model]["is_correct"] == true)
    });
    rows.collect()
}

#[test]
fn both_models_come_out_as_published_row_by_row() {
    let Some(path) = shared_data("gsm8k_solutions.jsonl.gz") else { return };
    let bench = projects::sink();
    let file = path.to_string_lossy().into_owned();
    let ran = bench.run_with(&[("E2E_GSM8K", &file)], &["--ignored", "gsm8k::"]);
    ran.expect_code(0).says("3 passed");
    for (eval, model, rate) in [
        ("small", "6b_finetuning", "21.68"),
        ("large", "175b_verification", "56.25"),
        ("by_exact_match", "175b_verification", "56.25"),
    ] {
        let folder = format!("gsm8k.{eval}");
        let published = published(&path, model);
        let rows = bench.rows(&folder);
        assert_eq!(rows.len(), 1319);
        assert_eq!(published.len(), 1319);
        for row in &rows {
            let id = row["id"].as_str().unwrap_or_default();
            let graded = row["outcome"] == "pass";
            assert_eq!(Some(&graded), published.get(id), "{eval}: {row}");
        }
        let summary = bench.summary(&folder);
        let reached = summary["pass_rate"].as_f64().unwrap_or_default() * 100.0;
        assert_eq!(format!("{reached:.2}"), rate, "{eval}");
    }
}
