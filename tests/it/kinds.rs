//! Tasks and scorers of every kind.

use serde_json::{Value, json};

use crate::projects;

#[test]
fn tasks_of_every_kind_run() {
    let bench = projects::sink();
    let ran = bench.run(&["kinds::"]);
    ran.expect_code(0);
    let outputs = [
        ("plain", json!("A")),
        ("waits", json!("A")),
        ("aliased", json!(7)),
        ("aliased_async", json!(7)),
        ("numbers", json!(4)),
        ("floats", json!(0.25)),
        ("bools", json!(false)),
        ("structs", json!({"x": 2, "y": 1})),
        ("whole_case", json!("mea")),
        ("rich", json!("a")),
        ("several", json!("aaa")),
        ("nothing", json!(null)),
    ];
    assert_eq!(bench.run_summary()["counts"]["pass"], outputs.len(), "{ran}");
    for (eval, output) in outputs {
        let rows = bench.rows(&format!("kinds.{eval}"));
        assert_eq!(rows[0]["output"], output, "{eval}");
        assert_eq!(rows[0]["trial"], 0, "{eval}");
        for reserved in ["tokens", "cost_usd", "spans"] {
            assert_eq!(rows[0].get(reserved), Some(&Value::Null), "{eval} has no {reserved}");
        }
    }
    let rich = &bench.rows("kinds.rich")[0];
    assert_eq!(rich["retrieved"], json!(["doc"]));
    assert_eq!(rich["output_metadata"], json!({"tokens": 7}));
}

fn scores(row: &Value) -> Vec<(String, Value)> {
    let scores = row["scores"].as_array().cloned().unwrap_or_default();
    scores
        .into_iter()
        .map(|score| {
            (score["name"].as_str().unwrap_or_default().to_owned(), score["score"].clone())
        })
        .collect()
}

#[test]
fn scorers_of_every_kind_score() {
    let bench = projects::sink();
    bench.run(&["--exact", "grades::all_kinds"]).expect_code(0).says("gate (gate)");
    let row = &bench.rows("grades.all_kinds")[0];
    let expected = [
        ("plain", 1.0),
        ("a number", 0.5),
        ("gate", 1.0),
        ("perhaps", 1.0),
        ("fallible", 0.75),
        ("waits", 1.0),
        ("with_tools", 1.0),
        ("scorer_8", 1.0),
        ("closure", 0.75),
        ("scorer_10", 1.0),
        ("twice", 1.0),
        ("exact_match", 1.0),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(name, score)| ((*name).to_owned(), json!(score))).collect();
    assert_eq!(scores(row), expected);
    // Nine of weight 1, of which one has 0.75; 3 × 0.5; 0.5 × 0.75.
    let composite = row["composite"].as_f64().unwrap_or_default();
    assert!((composite - (9.75 + 1.5 + 0.375) / 13.5).abs() < 1e-12, "{composite}");
    assert_eq!(row["tool_calls"][0]["name"], "lookup");
    assert_eq!(row["scores"][2]["message"], "saw \"in\"");
    assert_eq!(row["scores"][2]["metadata"], json!({"seen": "in"}));
}

#[test]
fn the_seven_built_in_scorers_score() {
    let bench = projects::sink();
    bench.run(&["--exact", "grades::built_in"]).expect_code(0);
    let row = &bench.rows("grades.built_in")[0];
    let names: Vec<String> = scores(row).into_iter().map(|(name, _)| name).collect();
    let all = [
        "json_diff",
        "json_validity",
        "contains",
        "semantic_list_contains",
        "numeric_diff",
        "levenshtein",
        "exact_match",
    ];
    assert_eq!(names, all);
    assert!(scores(row).iter().all(|(_, score)| *score == json!(1.0)), "{row}");
}

#[test]
fn a_composite_may_decide_and_a_gate_goes_before_it() {
    let bench = projects::sink();
    bench.run(&["--exact", "grades::composite"]).expect_code(0);
    let row = &bench.rows("grades.composite")[0];
    assert_eq!((&row["outcome"], &row["composite"]), (&json!("pass"), &json!(0.25)));
    bench.run(&["--exact", "grades::gate_goes_before_composite"]).expect_code(101);
    let row = &bench.rows("grades.gate_goes_before_composite")[0];
    assert_eq!(row["outcome"], "fail", "{row}");
}

#[test]
fn odd_numbers_are_no_scores_and_break_no_json() {
    let bench = projects::sink();
    bench.run(&["--exact", "grades::odd_numbers", "grades::odd_scores"]).expect_code(0);
    for row in bench.rows("grades.odd_numbers") {
        let id = row["id"].as_str().unwrap_or_default();
        let score = &row["scores"][0];
        if matches!(id, "0" | "1" | "0.5") {
            assert_eq!(score["score"].as_f64(), id.parse().ok());
            continue;
        }
        assert_eq!(row["outcome"], "unscored", "{row}");
        assert_eq!(score["score"], Value::Null);
        assert!(
            score["unscored"].as_str().is_some_and(|why| why.contains("0 to 1")
                || why.contains("finite")
                || why.contains("NaN")),
            "{score}"
        );
    }
    let counts = &bench.summary("grades.odd_numbers")["counts"];
    assert_eq!(*counts, json!({"pass": 2, "fail": 1, "error": 0, "unscored": 6}));
    let counts = &bench.summary("grades.odd_scores")["counts"];
    assert_eq!(*counts, json!({"pass": 1, "fail": 0, "error": 0, "unscored": 1}));
}

#[test]
fn a_scorer_that_panics_breaks_its_row_and_no_other() {
    let bench = projects::sink();
    let ran = bench.run(&["--exact", "grades::scorer_panics"]);
    ran.expect_code(102).says("a scorer panicked").says("I do not like it").says("moody");
    let rows = bench.rows("grades.scorer_panics");
    let outcomes: Vec<_> = rows.iter().map(|row| row["outcome"].as_str()).collect();
    assert_eq!(outcomes, [Some("pass"), Some("error"), Some("pass")]);
    let error = &rows[1]["error"];
    assert_eq!(error["kind"], "scorer_panic");
    assert!(error["place"].as_str().is_some_and(|place| place.contains("moody")), "{error}");
    assert_eq!(rows[1]["output"], "bad", "what the task said is kept");
}

#[test]
fn an_unscored_row_keeps_a_run_from_being_green() {
    let bench = projects::sink();
    let ran = bench.run(&["--exact", "grades::unscored"]);
    ran.expect_code(101).says("too shy").says("2 pass  0 fail  0 error  1 unscored");
    assert_eq!(bench.summary("grades.unscored")["counts"]["unscored"], 1);
}

#[test]
fn a_mean_may_be_the_gate() {
    let bench = projects::sink();
    bench
        .run(&["--exact", "grades::low_mean"])
        .expect_code(101)
        .says("✓ pass_rate 50 % ≥ 50 %")
        .says("✗ mean(exact_match) 0.5 < 0.75");
}

#[test]
fn tokio_timers_run_on_one_runtime() {
    let bench = projects::timers();
    let ran = bench.run(&["--skip", "late"]);
    ran.expect_code(0).says("4 passed");
    bench
        .run(&["--exact", "late"])
        .expect_code(102)
        .says("the row missed its deadline: it took more than 50ms; the task had not returned");
}

#[test]
fn evaluations_of_a_library_and_of_modules_are_found_in_order() {
    let bench = projects::library();
    let listed = bench.run(&["--list", "--format", "terse"]);
    listed.expect_code(0);
    let names: Vec<&str> = listed.stdout.lines().collect();
    let expected = [
        "library_evals::shout: test",
        "library_evals::deep::echo: test",
        "here: test",
        "later::second: test",
        "later::A first: test",
    ];
    assert_eq!(names, expected);
    let ran = bench.cargo_test(&[]);
    ran.expect_code(101).says("FAILED  later::A first");
    assert_eq!(bench.rows("library_evals.shout").len(), 3);
    bench.run(&["--tag", "inner"]).expect_code(0).says("library_evals::deep::echo  passed");
}
