use super::super::samples::{failing, finished, ran, row, summary};
use super::*;
use crate::paths::tests::Scratch;
use insta::assert_snapshot;
use serde_json::json;
use std::convert::Infallible;

fn written(eval: &Finished, rows: Vec<RowRecord>) -> String {
    let mut out = Vec::new();
    write(&mut out, eval, rows.into_iter().map(Ok::<_, Infallible>)).expect("written");
    let text = String::from_utf8(out).expect("UTF-8");
    well_formed(&text);
    text
}

/// Reads the whole file as XML.
fn well_formed(text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    attribute.expect("a well-formed attribute");
                }
            }
            _ => {}
        }
    }
}

#[test]
fn the_four_outcomes_stay_apart() {
    let eval = ran("geo::capitals", summary("geo::capitals", [1, 1, 1, 1], json!({})), vec![]);
    assert_snapshot!(written(
        &eval,
        vec![
            row(0, "fr-1", "pass", json!({})),
            failing(1, "de-1", "Bonn & <Berlin>"),
            row(
                2,
                "it-1",
                "error",
                json!({"output": null, "scores": [],
            "error": {"kind": "task_panic", "message": "no \"key\"\nset", "place": "src/agent.rs:17"}})
            ),
            row(
                3,
                "es-1",
                "unscored",
                json!({"expected": null,
            "scores": [{"name": "exact_match", "score": null, "passed": false,
                        "unscored": "the row has no expected value"}]})
            ),
        ]
    ));
}

#[test]
fn a_trial_is_a_case_of_its_own() {
    let eval = ran("a", summary("a", [2, 0, 0, 0], json!({"trials": 2})), vec![]);
    let rows = vec![row(0, "x", "pass", json!({})), row(0, "x", "pass", json!({"trial": 1}))];
    let text = written(&eval, rows);
    assert!(text.contains(r#"name="x (trial 0)""#) && text.contains(r#"name="x (trial 1)""#));
}

#[test]
fn the_file_is_red_whenever_the_run_is() {
    let gates = json!([{"gate": "mean(levenshtein)", "direction": "at_least", "bound": 0.99,
                        "reached": 0.975, "passed": false}]);
    let eval = ran("a", summary("a", [2, 0, 0, 0], json!({"gates": gates})), vec![]);
    let text = written(&eval, vec![row(0, "x", "pass", json!({})), row(1, "y", "pass", json!({}))]);
    assert!(text.contains(r#"tests="3" failures="1" errors="0""#), "{text}");
    assert!(text.contains(r#"<failure message="mean(levenshtein) 0.975 &lt; 0.99">"#), "{text}");

    let cut_short = summary("a", [1, 0, 0, 0], json!({"interrupted": "stopped by Ctrl-C"}));
    let text = written(&ran("a", cut_short, vec![]), vec![row(0, "x", "pass", json!({}))]);
    assert!(text.contains(r#"<error message="interrupted: stopped by Ctrl-C">"#), "{text}");

    for ending in [Ending::Refused("no such file: data/x.jsonl\nmore".into()), Ending::NotRun] {
        let text = written(&finished("a", ending), vec![]);
        assert!(text.contains(r#"tests="1" failures="0" errors="1""#), "{text}");
    }
}

#[test]
fn what_xml_cannot_hold_is_replaced_and_long_values_are_cut() {
    let eval = ran("a\u{1}", summary("a", [0, 1, 0, 0], json!({})), vec![]);
    let text = written(
        &eval,
        vec![
            failing(0, "id \u{0}\n\"<>&'", "\u{1b}[31m\u{ffff} ]]> &amp; ok 東京"),
            failing(1, "huge", &"é".repeat(200_000)),
        ],
    );
    assert!(!text.contains(['\u{0}', '\u{1b}', '\u{ffff}']));
    assert!(text.contains("more bytes, in journal.jsonl]"), "no mark");
    assert!(text.len() < 50_000, "{} bytes", text.len());
}

#[test]
fn a_run_is_the_sum_of_its_evaluations() {
    let scratch = Scratch::new("junit");
    let mut files = Vec::new();
    for name in ["a", "b"] {
        let folder = scratch.0.join(name);
        std::fs::create_dir(&folder).expect("folder");
        let eval = ran(name, summary(name, [1, 0, 0, 0], json!({})), vec![]);
        let rows = [Ok::<_, Infallible>(row(0, "x", "pass", json!({})))];
        save(&folder, &eval, rows.into_iter()).expect("saved");
        files.push(folder.join(FILE));
    }
    files.push(scratch.0.join("missing.xml"));
    let mut out = Vec::new();
    merge(&mut out, &files).expect("merged");
    let text = String::from_utf8(out).expect("UTF-8");
    well_formed(&text);
    assert_eq!(text.matches("<testsuite ").count(), 2);
    assert_eq!(text.matches("<testcase ").count(), 2);
    assert_eq!(text.matches("<testsuites ").count(), 1);
    assert_eq!(text.matches(CLOSING).count(), 1);
}

#[test]
fn a_row_that_cannot_be_read_is_an_error_and_leaves_no_file() {
    let scratch = Scratch::new("junit-broken");
    let eval = ran("a", summary("a", [1, 0, 0, 0], json!({})), vec![]);
    let result = save(&scratch.0, &eval, std::iter::once(Err("line 7 is no row")));
    assert_eq!(result.expect_err("refused").to_string(), "line 7 is no row");
    assert_eq!(std::fs::read_dir(&scratch.0).expect("folder").count(), 0);
}
