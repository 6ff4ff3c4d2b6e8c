//! Runs that are scored anew.

use std::fs;
use std::path::Path;

use keystone::Case;
use keystone::eval::{Data, Eval, RunOptions};
use keystone::scorers::ExactMatch;
use serde_json::{Value, json};

use crate::command::Scratch;

const EXACT: &str = r#"[{"type": "exact_match"}]"#;

/// Runs an evaluation of cities, of which one is answered well, one badly and one not at all.
fn run_capitals(folder: &Path, name: &str, trials: u32) {
    let mut norway: Case<String, String> = Case::new("Norway").id("no").expected("Oslo");
    norway.metadata.insert("region".into(), json!("north"));
    let cases = [
        Case::new("France").id("fr").expected("Paris"),
        norway,
        Case::new("Atlantis").id("at").expected("-"),
    ];
    let report = Eval::new(name)
        .data(Data::<String, String>::values(cases))
        .try_task(|country: &String| match country.as_str() {
            "France" => Ok("Paris"),
            "Norway" => Ok("north"),
            _ => Err("no such country"),
        })
        .scorer(ExactMatch::new())
        .trials(trials)
        .run_with(&RunOptions::new().journal(folder))
        .expect("the evaluation runs");
    assert_eq!(report.summary.counts.error, u64::from(trials), "Atlantis has no capital");
}

fn at(line: &Value) -> (u64, u64) {
    (line["index"].as_u64().expect("an index"), line["trial"].as_u64().expect("a trial"))
}

#[test]
fn rows_come_in_order_with_their_own_expected_values_and_errors() {
    let scratch = Scratch::new();
    run_capitals(&scratch.path().join("out"), "capitals", 2);
    scratch.write(
        "rules.json",
        r#"[{"type": "exact_match"},
            {"name": "by key", "type": "exact_match", "config": {"expected_key": "region"}},
            {"name": "fixed", "type": "contains", "config": {"text": "PARIS"}},
            {"name": "judge", "type": "llm_as_judge"}]"#,
    );
    let scored = scratch.score(&["--rules", "rules.json", "--journal", "out"]);
    assert_eq!(scored.code, Some(0), "{}", scored.err);
    let lines = scored.lines();
    let order: Vec<(u64, u64)> = lines.iter().map(at).collect();
    assert_eq!(order, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]);
    let passed = |line: &Value, name: &str| {
        let scores = line["scores"].as_array().expect("scores");
        scores.iter().find(|score| score["name"] == name).map(|score| score["passed"] == true)
    };
    for line in &lines[0..2] {
        assert_eq!((&line["id"], line.get("eval"), line.get("error")), (&json!("fr"), None, None));
        assert_eq!(passed(line, "exact_match"), Some(true));
        assert_eq!(passed(line, "by key"), None);
        assert_eq!(passed(line, "fixed"), Some(true));
    }
    for line in &lines[2..4] {
        assert_eq!(passed(line, "exact_match"), Some(false));
        assert_eq!(passed(line, "by key"), Some(true));
        assert_eq!(passed(line, "fixed"), Some(false));
    }
    let why = "the task returned an error: no such country";
    for line in &lines[4..6] {
        assert_eq!(line["error"], why);
        assert_eq!(line["scores"], json!([]));
        let unscored = |name: &str| json!({"name": name, "reason": why});
        assert_eq!(
            line["unscored"],
            json!([
                unscored("exact_match"),
                unscored("by key"),
                unscored("fixed"),
                unscored("judge")
            ])
        );
    }
    let file = scratch.score(&["--rules", "rules.json", "--journal", "out/journal.jsonl"]);
    assert!(file.out == scored.out, "the file is as good as its folder");
}

#[test]
fn a_run_is_found_by_folder_id_and_as_the_latest_and_its_lines_name_the_evaluation() {
    let scratch = Scratch::new();
    let runs = scratch.path().join("target/keystone");
    run_capitals(&runs.join("20261123T100000Z-aaaa/one"), "one", 1);
    run_capitals(&runs.join("20261123T110000Z-bbbb/two"), "two", 1);
    run_capitals(&runs.join("20261123T110000Z-bbbb/a.three"), "a::three", 1);
    scratch.write("target/keystone/latest", "20261123T110000Z-bbbb\n");
    scratch.write("rules.json", EXACT);
    fs::create_dir_all(scratch.path().join("src/deep")).expect("folders");

    let evals = |run: &str| {
        let scored = scratch.score(&["--rules", "rules.json", "--journal", run]);
        assert_eq!((scored.code, scored.err.as_str()), (Some(0), ""), "{run}");
        let lines = scored.lines();
        lines.iter().map(|line| line["eval"].as_str().unwrap_or("-").to_owned()).collect::<Vec<_>>()
    };
    let both = ["a::three", "a::three", "a::three", "two", "two", "two"];
    assert_eq!(evals("latest"), both);
    assert_eq!(evals("20261123T110000Z-bbbb"), both);
    assert_eq!(evals("target/keystone/20261123T110000Z-bbbb"), both);
    assert_eq!(evals("target/keystone/latest"), both);
    assert_eq!(evals("20261123T100000Z-aaaa"), ["one", "one", "one"]);
    assert_eq!(evals("target/keystone/20261123T100000Z-aaaa/one"), ["-", "-", "-"]);

    let below = scratch
        .command(&["--rules", "../../rules.json", "--journal", "latest"])
        .current_dir(scratch.path().join("src/deep"))
        .output()
        .expect("it starts");
    assert!(below.status.success());
    let elsewhere = Scratch::new();
    elsewhere.write("rules.json", EXACT);
    let named = elsewhere
        .command(&["--rules", "rules.json", "--journal", "latest"])
        .env("KEYSTONE_OUTPUT", &runs)
        .output()
        .expect("it starts");
    assert_eq!(named.stdout, below.stdout);
}

#[test]
fn a_run_that_is_not_there_is_refused_with_what_there_is() {
    let scratch = Scratch::new();
    scratch.write("rules.json", EXACT);
    let refused = |run: &str| {
        let scored = scratch.score(&["--rules", "rules.json", "--journal", run]);
        assert_eq!((scored.code, scored.out.as_str()), (Some(2), ""), "{run}");
        scored.errors().join("\n")
    };
    let told = refused("latest");
    assert!(told.starts_with("latest: there is no such run, and no target/keystone"), "{told}");
    run_capitals(&scratch.path().join("target/keystone/20261123T100000Z-aaaa/one"), "one", 1);
    let told = refused("20261123T100000Z-aaab");
    assert!(told.ends_with("; did you mean 20261123T100000Z-aaaa?"), "{told}");
    let told = refused("yesterday");
    assert!(told.ends_with("; the last are 20261123T100000Z-aaaa"), "{told}");
    let told = refused("some/where");
    assert!(told.starts_with("some/where: there is no such run: "), "{told}");
    assert!(refused("target/keystone").contains("holds runs; name one of them"));
    assert!(refused("target").contains("neither it nor a folder in it has a journal.jsonl"));
}

#[test]
fn a_run_that_was_cut_short_is_scored_as_far_as_it_came() {
    let scratch = Scratch::new();
    run_capitals(&scratch.path().join("out"), "capitals", 1);
    let path = scratch.path().join("out/journal.jsonl");
    let whole = fs::read_to_string(&path).expect("a journal");
    let end = whole.find("{\"event\":\"end\"").expect("an end");
    fs::write(&path, &whole[..end]).expect("the journal without its end");
    scratch.write("rules.json", EXACT);
    let scored = scratch.score(&["--rules", "rules.json", "--journal", "out"]);
    assert_eq!((scored.code, scored.lines().len()), (Some(0), 3));
    assert!(
        scored
            .err
            .ends_with("the run did not reach its end; scored are the 3 rows that it finished\n"),
        "{}",
        scored.err
    );
}

#[test]
fn a_broken_journal_does_not_keep_the_others_of_its_run_from_being_scored() {
    let scratch = Scratch::new();
    run_capitals(&scratch.path().join("run/a"), "a", 1);
    run_capitals(&scratch.path().join("run/b"), "b", 1);
    let path = scratch.path().join("run/a/journal.jsonl");
    let whole = fs::read_to_string(&path).expect("a journal");
    let mut lines: Vec<&str> = whole.lines().collect();
    lines[2] = "{\"index\": oops";
    fs::write(&path, lines.join("\n") + "\n").expect("a broken journal");
    scratch.write("rules.json", EXACT);
    let scored = scratch.score(&["--rules", "rules.json", "--journal", "run"]);
    assert_eq!(scored.code, Some(1));
    let told = scored.errors()[0];
    let place = Path::new("run").join("a").join("journal.jsonl");
    assert!(told.starts_with(&format!("{}:3: ", place.display())), "{told}");
    let evals: Vec<Value> = scored.lines().iter().map(|line| line["eval"].clone()).collect();
    assert_eq!(evals, [json!("b"), json!("b"), json!("b")]);
}

#[test]
fn the_same_scorers_give_the_same_scores_as_the_run_itself() {
    let scratch = Scratch::new();
    let folder = scratch.path().join("out");
    let words = (0..3_000).map(|i| (format!("word {i}"), format!("WORD {}", i % 2_000)));
    let report = Eval::new("shout")
        .data(Data::<String, String>::values(words))
        .task(|word: &String| word.to_uppercase())
        .scorer(keystone::scorers::Levenshtein::new())
        .run_with(&RunOptions::new().journal(&folder))
        .expect("the evaluation runs");
    assert_eq!(report.summary.counts.error, 0);
    scratch.write("rules.json", r#"[{"type": "levenshtein"}]"#);
    let scored = scratch.score(&["--rules", "rules.json", "--journal", "out"]);
    let journal = keystone::eval::Journal::open(&folder).expect("a journal");
    let lines = scored.lines();
    assert_eq!(lines.len(), 3_000);
    for (line, row) in lines.iter().zip(journal.rows().expect("rows")) {
        let row = row.expect("a row");
        let score = row.score("levenshtein").expect("a score");
        assert_eq!(line["id"], row.id.as_str());
        assert_eq!(line["scores"][0]["score"].as_f64(), score.score);
        assert_eq!(line["scores"][0]["message"], score.message.as_str());
    }
}
