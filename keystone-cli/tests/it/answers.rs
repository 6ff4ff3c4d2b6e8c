//! What is answered.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::command::Scratch;

/// The one score, or the one reason for none, of one row by one rule.
fn grade(rule: Value, row: Value) -> Value {
    let scored = Scratch::new().score_rows(&json!([rule]).to_string(), row.to_string());
    assert_eq!(scored.code, Some(0), "{rule} {row} {}", scored.err);
    let lines = scored.lines();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let (scores, unscored) = (&line["scores"], &line["unscored"]);
    let both: Vec<&Value> =
        [scores, unscored].into_iter().filter_map(Value::as_array).flatten().collect();
    assert_eq!(both.len(), 1, "{line}");
    both[0].clone()
}

fn score(name: &str, score: f64, passed: bool, message: &str) -> Value {
    json!({"name": name, "score": score, "passed": passed, "message": message})
}

#[test]
fn exact_match_compares_trimmed_texts_and_json_spellings() {
    let rule = json!({"type": "exact_match", "config": {"expected_key": "capital"}});
    let row = |output: Value, capital: Value| json!({"agent_output": output, "parameters": {"capital": capital}});
    let exact =
        |passed, message| score("exact_match", f64::from(u8::from(passed)), passed, message);
    assert_eq!(grade(rule.clone(), row(json!(" Paris\n"), json!("Paris"))), exact(true, ""));
    assert_eq!(
        grade(rule.clone(), row(json!("Lyon"), json!("Paris"))),
        exact(false, r#"expected "Paris" got "Lyon""#)
    );
    assert_eq!(grade(rule.clone(), row(json!("true"), json!(true))), exact(true, ""));
    assert_eq!(
        grade(rule, row(json!({"b": [1.0, null]}), json!(r#"{"b":[1.0,null]}"#))),
        exact(true, "")
    );

    let rule = json!({"type": "exact_match", "name": "n",
        "config": {"expected": "PARIS", "case_sensitive": false, "strip": false}});
    assert_eq!(grade(rule.clone(), row(json!("paris"), json!(null))), score("n", 1.0, true, ""));
    assert_eq!(grade(rule, row(json!("paris "), json!(null)))["passed"], json!(false));
}

#[test]
fn contains_looks_for_its_text_in_the_output() {
    let rule = json!({"type": "contains", "config": {"text": "Refund"}});
    let pass = score("contains", 1.0, true, "");
    assert_eq!(grade(rule.clone(), json!({"agent_output": "Your REFUND is on its way."})), pass);
    let fail = grade(rule, json!({"agent_output": "Please call us."}));
    assert_eq!(fail, score("contains", 0.0, false, r#"output does not contain "Refund""#));
    let strict = json!({"type": "contains", "config": {"text": "Refund", "case_sensitive": true}});
    assert_eq!(grade(strict, json!({"agent_output": "refund"}))["score"], json!(0.0));
}

#[test]
fn levenshtein_is_edit_distance_over_characters() {
    let rule = json!({"type": "levenshtein", "config": {"expected": "sitting", "threshold": 0.5}});
    assert_eq!(
        grade(rule, json!({"agent_output": "kitten"})),
        score("levenshtein", 4.0 / 7.0, true, "similarity=0.571 threshold=0.5")
    );
    let rule = json!({"type": "levenshtein", "config": {"expected": "naïve"}});
    assert_eq!(
        grade(rule.clone(), json!({"agent_output": "naive"})),
        score("levenshtein", 0.8, true, "similarity=0.800 threshold=0.8")
    );
    assert_eq!(
        grade(rule, json!({})),
        score("levenshtein", 0.0, false, "similarity=0.000 threshold=0.8")
    );
}

#[test]
fn numeric_diff_finds_the_number_of_an_answer() {
    let rule = json!({"type": "numeric_diff", "config": {"expected_key": "total"}});
    let row = |output: &str, total: Value| json!({"agent_output": output, "parameters": {"total": total}});
    let pass = grade(rule.clone(), row("The total is $1,250.00.", json!(1250)));
    assert_eq!((&pass["score"], &pass["passed"]), (&json!(1.0), &json!(true)), "{pass}");
    let message = pass["message"].as_str().expect("a message");
    assert!(message.starts_with("actual=1250"), "{message}");
    assert!(message.ends_with("rel_err=0.0000"), "{message}");
    assert_eq!(
        grade(rule.clone(), row("I do not know.", json!(3))),
        score("numeric_diff", 0.0, false, "no numeric value in output")
    );
    let unscored = grade(rule, row("3", json!("three")));
    assert!(unscored["reason"].is_string(), "{unscored}");
}

#[test]
fn json_diff_compares_structures() {
    let rule = json!({"type": "json_diff", "config": {"expected_key": "order", "threshold": 0.5}});
    let row = |output: Value| json!({"agent_output": output, "parameters": {"order": {"item": "lamp", "count": 2}}});
    let whole = score("json_diff", 1.0, true, "structural_similarity=1.000");
    assert_eq!(grade(rule.clone(), row(json!({"count": 2.0, "item": "lamp"}))), whole);
    assert_eq!(grade(rule.clone(), row(json!(r#"{"item": "lamp", "count": 2}"#))), whole);
    assert_eq!(
        grade(rule.clone(), row(json!({"item": "lamp", "count": 3}))),
        score("json_diff", 0.5, true, "structural_similarity=0.500")
    );
    let message = grade(rule, row(json!("lamp, 2")))["message"].clone();
    assert!(
        message.as_str().is_some_and(|m| m.starts_with("output is not valid JSON")),
        "{message}"
    );
}

#[test]
fn json_validity_is_strict() {
    let rule = json!({"type": "json_validity"});
    let pass = score("json_validity", 1.0, true, "");
    assert_eq!(grade(rule.clone(), json!({"agent_output": " {\"a\": [1, 2]}\n"})), pass);
    assert_eq!(grade(rule.clone(), json!({"agent_output": {"a": 1}})), pass);
    for broken in ["{'a': 1}", "NaN", "", "{\"a\": 1"] {
        let fail = grade(rule.clone(), json!({"agent_output": broken}));
        assert_eq!(fail["passed"], json!(false));
        let message = fail["message"].as_str().expect("a message");
        assert!(message.starts_with("invalid JSON: "), "{message}");
    }
}

#[test]
fn semantic_list_contains_counts_what_is_mentioned() {
    let rule = json!({"type": "semantic_list_contains",
        "config": {"expected": ["Tower", "Louvre", "Seine"], "threshold": 0.6}});
    assert_eq!(
        grade(rule.clone(), json!({"agent_output": "See the louvre and the Eiffel tower."})),
        score("semantic_list_contains", 2.0 / 3.0, true, "matched 2/3")
    );
    assert_eq!(
        grade(rule.clone(), json!({"agent_output": ""})),
        score("semantic_list_contains", 0.0, false, "empty output")
    );
    let empty = json!({"type": "semantic_list_contains", "config": {"expected": []}});
    assert!(grade(empty, json!({"agent_output": "x"}))["reason"].is_string());
}

#[test]
fn an_answer_has_its_id_its_scores_and_what_is_unscored() {
    let rules = r#"[
        {"name": "near", "type": "levenshtein", "config": {"expected_key": "answer"}},
        {"type": "exact_match", "config": {"expected_key": "missing"}},
        {"name": "judge", "type": "llm_as_judge", "config": {"template_key": "factuality"}},
        {"type": "file_exists", "config": {"path": "out.txt"}}
    ]"#;
    let row = r#"{"parameters": {"answer": "Paris"}, "agent_output": "Paris", "id": "fr", "status": "pass"}"#;
    let scored = Scratch::new().score_rows(rules, row);
    assert_eq!(scored.code, Some(0));
    let missing = scored.lines()[0]["unscored"][0]["reason"].clone();
    assert!(missing.as_str().is_some_and(|why| why.contains("\"missing\"")), "{missing}");
    assert_eq!(
        scored.out,
        format!(
            concat!(
                r#"{{"id":"fr","scores":[{{"name":"near","score":1.0,"passed":true,"#,
                r#""message":"similarity=1.000 threshold=0.8"}}],"unscored":["#,
                r#"{{"name":"exact_match","reason":{}}},"#,
                r#"{{"name":"judge","reason":"rules of type `llm_as_judge` are not supported yet"}},"#,
                r#"{{"name":"file_exists","reason":"rules of type `file_exists` are checked in the sandbox only"}}]}}"#,
                "\n"
            ),
            missing
        )
    );
    assert_eq!(
        scored.err,
        "warning: rules.json:4:9: rule \"judge\": every row is unscored, because rules of type \
         `llm_as_judge` are not supported yet\n\
         warning: rules.json:5:9: rule \"file_exists\": every row is unscored, because rules of \
         type `file_exists` are checked in the sandbox only\n"
    );
}

#[test]
fn ids_come_back_as_they_were_given() {
    let rows = "{\"id\":\"a\"}\n{\"id\":7}\r\n\n  \n{\"id\":null}\n{}\n{\"id\":\"ü\\u0000\",\"agent_output\":1}";
    let scored = Scratch::new().score_rows(r#"[{"type": "json_validity"}]"#, rows);
    let ids: Vec<Value> = scored.lines().into_iter().map(|line| line["id"].clone()).collect();
    assert_eq!(ids, [json!("a"), json!(7), json!(null), json!(null), json!("ü\0")]);
    assert_eq!(scored.code, Some(0));
}

#[test]
fn what_a_language_calls_false_is_the_empty_text() {
    let rule = json!({"type": "exact_match", "config": {"expected": ""}});
    for nothing in [json!(null), json!(""), json!(false), json!(0), json!({}), json!([])] {
        assert_eq!(grade(rule.clone(), json!({"id": 1, "agent_output": nothing}))["passed"], true);
    }
    assert_eq!(grade(rule, json!({"agent_output": "0"}))["passed"], false);
}

#[test]
fn rows_without_any_output_are_pointed_out() {
    let rows = "{\"id\":1,\"agent_ouput\":\"x\"}\n{\"id\":2,\"agent_ouput\":\"y\"}\n";
    let scored = Scratch::new().score_rows(r#"[{"type": "json_validity"}]"#, rows);
    assert_eq!(scored.code, Some(0));
    assert_eq!(
        scored.err,
        "warning: <stdin>: no row has an `agent_output`, so that all were scored as the empty text\n"
    );
}

#[test]
fn many_rows_keep_their_order_and_each_its_own_answer() {
    let count = 20_000;
    let scratch = Scratch::new();
    let rows: String = (0..count)
        .map(|i| {
            let padding = "x".repeat(i % 97);
            let expected = if i % 3 == 0 { "other".to_owned() } else { format!("{i}{padding}") };
            let row = json!({"id": i, "agent_output": format!("{i}{padding}"), "parameters": {"e": expected}});
            format!("{row}\n")
        })
        .collect();
    scratch.write("rows.jsonl", &rows);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(rows.as_bytes()).expect("memory");
    scratch.write("rows.jsonl.gz", gzip.finish().expect("memory"));
    scratch.write("rules.json", r#"[{"type": "exact_match", "config": {"expected_key": "e"}}]"#);

    let plain = scratch.score(&["--rules", "rules.json", "--rows", "rows.jsonl"]);
    assert_eq!((plain.code, plain.err.as_str()), (Some(0), ""));
    let lines = plain.lines();
    assert_eq!(lines.len(), count);
    for (i, line) in lines.iter().enumerate() {
        assert_eq!(line["id"], json!(i));
        assert_eq!(line["scores"][0]["passed"], json!(i % 3 != 0), "{line}");
    }
    let compressed = scratch.score(&["--rules", "rules.json", "--rows", "rows.jsonl.gz"]);
    assert!(compressed.out == plain.out, "compressed rows get the same answers");
    let piped =
        scratch.score_rows(r#"[{"type": "exact_match", "config": {"expected_key": "e"}}]"#, rows);
    assert!(piped.out == plain.out, "piped rows get the same answers");
}
