use serde_json::{Value, json};

use super::*;
use crate::scorers::{Levenshtein, Scorer, Subject};
use crate::{Case, Output};

/// Compares with what `to_invariant` and `to_rule` of the platform's Python SDK, version 0.3.3,
/// give for the same scorer.
#[track_caller]
fn assert_data(scorer: impl Scorer, name: &str, invariant: Value, kind: &str, config: Value) {
    assert_eq!(scorer.name(), name);
    assert_eq!(json!(scorer.invariant()), invariant);
    assert_eq!(json!(scorer.rule()), json!({"name": name, "type": kind, "config": config}));
}

#[test]
fn files_that_exist_are_as_in_python() {
    assert_data(
        FileExists::new("out/report.md"),
        "file_exists:out/report.md",
        json!({"description": "out/report.md exists", "weight": 1.0, "gate": false,
               "check": {"type": "file_exists", "path": "out/report.md"}}),
        "file_exists",
        json!({"path": "out/report.md"}),
    );
    assert_data(
        FileExists::new("a b:c").weight(0.5).gate(),
        "file_exists:a b:c",
        json!({"description": "a b:c exists", "weight": 0.5, "gate": true,
               "check": {"type": "file_exists", "path": "a b:c"}}),
        "file_exists",
        json!({"path": "a b:c"}),
    );
}

#[test]
fn contents_of_files_are_as_in_python() {
    assert_data(
        FileContains::new("log.txt").contains("done").not_contains("panic").pattern("^ok$"),
        "file_content:log.txt",
        json!({"description": "log.txt content check", "weight": 1.0, "gate": false,
               "check": {"type": "file_content", "path": "log.txt", "contains": "done",
                         "not_contains": "panic", "pattern": "^ok$"}}),
        "file_content",
        json!({"path": "log.txt", "contains": "done", "not_contains": "panic", "pattern": "^ok$"}),
    );
    assert_data(
        FileContains::new("log.txt").contains("").pattern("x+").weight(2.0),
        "file_content:log.txt",
        json!({"description": "log.txt content check", "weight": 2.0, "gate": false,
               "check": {"type": "file_content", "path": "log.txt", "pattern": "x+"}}),
        "file_content",
        json!({"path": "log.txt", "contains": "", "not_contains": null, "pattern": "x+"}),
    );
    assert_data(
        FileContains::new("log.txt"),
        "file_content:log.txt",
        json!({"description": "log.txt content check", "weight": 1.0, "gate": false,
               "check": {"type": "file_content", "path": "log.txt"}}),
        "file_content",
        json!({"path": "log.txt", "contains": null, "not_contains": null, "pattern": null}),
    );
}

#[test]
fn commands_are_as_in_python() {
    assert_data(
        CommandExits::new("cargo test --workspace --all-features"),
        "command:cargo test --workspace --all-f",
        json!({"description": "command exits 0", "weight": 1.0, "gate": false,
               "check": {"type": "command_exit",
                         "command": "cargo test --workspace --all-features", "exit_code": 0}}),
        "command_exit",
        json!({"command": "cargo test --workspace --all-features", "exit_code": 0}),
    );
    // Thirty characters of the command, each of which is two bytes long.
    assert_data(
        CommandExits::new("ééééééééééééééééééééééééééééééé").exit_code(3).gate(),
        "command:éééééééééééééééééééééééééééééé",
        json!({"description": "command exits 3", "weight": 1.0, "gate": true,
               "check": {"type": "command_exit",
                         "command": "ééééééééééééééééééééééééééééééé", "exit_code": 3}}),
        "command_exit",
        json!({"command": "ééééééééééééééééééééééééééééééé", "exit_code": 3}),
    );
}

#[test]
fn queries_are_as_in_python() {
    assert_data(
        SqlEquals::new("db", "SELECT 1", 1),
        "sql:db",
        json!({"description": "SQL check on db", "weight": 1.0, "gate": false,
               "check": {"type": "sql", "service": "db", "query": "SELECT 1", "equals": 1}}),
        "sql",
        json!({"service": "db", "query": "SELECT 1", "equals": 1}),
    );
    assert_data(
        SqlEquals::new("db", "q", json!({"a": [1.5, null, false]})).weight(0.0),
        "sql:db",
        json!({"description": "SQL check on db", "weight": 0.0, "gate": false,
               "check": {"type": "sql", "service": "db", "query": "q",
                         "equals": {"a": [1.5, null, false]}}}),
        "sql",
        json!({"service": "db", "query": "q", "equals": {"a": [1.5, null, false]}}),
    );
    assert_data(
        SqlEquals::new("db", "q", false),
        "sql:db",
        json!({"description": "SQL check on db", "weight": 1.0, "gate": false,
               "check": {"type": "sql", "service": "db", "query": "q", "equals": false}}),
        "sql",
        json!({"service": "db", "query": "q", "equals": false}),
    );
}

#[test]
fn the_null_of_sql_can_be_expected_as_it_cannot_in_python() {
    let invariant = SqlEquals::new("db", "q", Value::Null).invariant().unwrap();
    let check = json!({"type": "sql", "service": "db", "query": "q", "equals": null});
    assert_eq!(invariant.check, check);
}

#[test]
fn judges_are_as_in_python() {
    assert_data(
        LlmJudge::new("Is it polite?"),
        "llm_judge",
        json!({"description": "Is it polite?", "weight": 1.0, "gate": false,
               "check": {"type": "llm_as_judge", "model": "paragon-fast",
                         "criteria": "Is it polite?", "input_from": "workspace",
                         "temperature": 0.0}}),
        "llm_as_judge",
        json!({"criteria": "Is it polite?", "model": "paragon-fast", "input_from": "workspace",
               "rubric": null, "temperature": 0.0}),
    );
    let rubric = json!({"pass": "yes", "fail": "no"});
    assert_data(
        LlmJudge::new("ü".repeat(81))
            .model("paragon-max")
            .input_from("smtp.last_request.body")
            .rubric([("pass", "yes"), ("fail", "no")])
            .temperature(0.7)
            .weight(0.25)
            .gate(),
        "llm_judge",
        json!({"description": "ü".repeat(80), "weight": 0.25, "gate": true,
               "check": {"type": "llm_as_judge", "model": "paragon-max",
                         "criteria": "ü".repeat(81), "input_from": "smtp.last_request.body",
                         "temperature": 0.7, "rubric": rubric}}),
        "llm_as_judge",
        json!({"criteria": "ü".repeat(81), "model": "paragon-max",
               "input_from": "smtp.last_request.body", "rubric": rubric, "temperature": 0.7}),
    );
    assert_data(
        LlmJudge::new("c").rubric([("", ""); 0]),
        "llm_judge",
        json!({"description": "c", "weight": 1.0, "gate": false,
               "check": {"type": "llm_as_judge", "model": "paragon-fast", "criteria": "c",
                         "input_from": "workspace", "temperature": 0.0}}),
        "llm_as_judge",
        json!({"criteria": "c", "model": "paragon-fast", "input_from": "workspace",
               "rubric": {}, "temperature": 0.0}),
    );
}

#[test]
fn keys_are_as_in_python_and_the_order_is_kept() {
    let scorers: Vec<Box<dyn Scorer>> = vec![
        Box::new(FileExists::new("a/b c")),
        Box::new(CommandExits::new("ls -l a/b")),
        Box::new(SqlEquals::new("db", "q", 1)),
        Box::new(LlmJudge::new("x")),
        Box::new(FileContains::new("a:b")),
    ];
    let invariants = scorers_to_invariants(&scorers);
    let keys =
        ["file_exists_a_b_c", "command_ls_-l_a_b", "sql_db", "llm_judge", "file_content_a_b"];
    assert!(invariants.iter().map(|(key, _)| key).eq(keys));
    assert!(invariants.without_invariant().is_empty());

    let text = serde_json::to_string(&invariants).unwrap();
    let places: Vec<_> = keys.iter().map(|key| text.find(&format!("{key:?}:"))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
}

#[test]
fn equal_keys_are_kept_apart() {
    let keys = |names: &[&str]| -> Vec<String> {
        let scorers = names.iter().map(|name| FileExists::new(*name).named(*name));
        scorers_to_invariants(scorers).into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(keys(&["a", "b", "a", "a"]), ["a", "b", "a_2", "a_3"]);
    assert_eq!(keys(&["a:b", "a/b", "a b", "a_b"]), ["a_b", "a_b_2", "a_b_3", "a_b_4"]);
    // A name that looks like a number given to another stays whose it is.
    assert_eq!(keys(&["a", "a", "a_2"]), ["a", "a_3", "a_2"]);
    assert_eq!(keys(&["a_2", "a_2", "a", "a"]), ["a_2", "a_2_2", "a", "a_3"]);

    let both = scorers_to_invariants([
        FileContains::new("log").contains("done"),
        FileContains::new("log").not_contains("panic"),
    ]);
    let check = |key: &str| both.get(key).map(|invariant| invariant.check.clone());
    assert_eq!(check("file_content_log").unwrap()["contains"], "done");
    assert_eq!(check("file_content_log_2").unwrap()["not_contains"], "panic");
    assert_eq!(both.len(), 2);
}

#[test]
fn scorers_without_an_invariant_are_named() {
    let scorers: [&dyn Scorer; 2] = [&Levenshtein::new().named("near"), &FileExists::new("a")];
    let invariants = scorers_to_invariants(scorers);
    assert_eq!(invariants.without_invariant(), ["near"]);
    assert_eq!(invariants.len(), 1);
    assert!(scorers_to_invariants([Levenshtein::new()]).is_empty());
}

#[test]
fn outputs_are_unscored_and_the_reason_says_where_to_go() {
    let (case, output): (Case, _) = (Case::new("in"), Output::text("out"));
    let scorers: [&dyn Scorer; 5] = [
        &FileExists::new("a"),
        &FileContains::new("a").contains("b"),
        &CommandExits::new("true"),
        &SqlEquals::new("db", "q", 1),
        &LlmJudge::new("c"),
    ];
    for scorer in scorers {
        assert!(scorer.runs_in_sandbox());
        assert_eq!(scorer.check(), Ok(()));
        let score = scorer.score(&Subject::new(&case, &output));
        let reason = score.unscored_reason().unwrap();
        assert!(reason.contains("in the sandbox") && reason.contains("scorers_to_invariants"));
    }
}

#[test]
fn senseless_parameters_are_told() {
    let scorers: [(&dyn Scorer, &str); 10] = [
        (&FileExists::new(" "), "`path` is empty"),
        (&FileContains::new("").contains("x"), "`path` is empty"),
        (&FileContains::new("a").pattern(""), "there is no condition"),
        (&CommandExits::new(""), "`command` is empty"),
        (&CommandExits::new("x").exit_code(256), "the exit code is 256"),
        (&SqlEquals::new("", "q", 1), "`service` is empty"),
        (&SqlEquals::new("db", "", 1), "`query` is empty"),
        (&LlmJudge::new(""), "`criteria` is empty"),
        (&LlmJudge::new("c").temperature(f64::NAN), "the temperature is NaN"),
        (&LlmJudge::new("c").temperature(-0.5), "the temperature is -0.5"),
    ];
    for (scorer, message) in scorers {
        let told = scorer.check().unwrap_err();
        assert!(told.starts_with(message), "{told}");
    }
}

#[test]
fn an_invariant_is_read_with_its_defaults() {
    let check = json!({"type": "file_exists", "path": "a"});
    let read: Invariant = serde_json::from_value(json!({"check": check})).unwrap();
    assert_eq!(read, Invariant::new("", check));
    let written = FileExists::new("a").weight(0.5).gate().invariant().unwrap();
    assert_eq!(serde_json::from_value::<Invariant>(json!(written)).unwrap(), written);
    assert!(serde_json::from_value::<Invariant>(json!({"description": "none"})).is_err());
}
