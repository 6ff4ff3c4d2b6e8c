use super::super::samples::{failing, finished, ran, row, summary};
use super::*;
use insta::assert_snapshot;
use serde_json::json;

const RESUME: &str = "cargo test -p app --test evals -- --resume";

fn shown(finished: &[Finished]) -> String {
    let look = Look { paint: Paint(false), quiet: false };
    report(finished, Some(Path::new("/out/r1")), RESUME, look)
}

#[test]
fn a_green_run() {
    assert_snapshot!(shown(&[
        ran("capitals", summary("capitals", [40, 0, 0, 0], json!({})), vec![]),
        ran(
            "geo::rivers",
            summary("geo::rivers", [39, 1, 0, 0], json!({})),
            vec![failing(7, "fr-1", "Lyon")],
        ),
    ]));
}

#[test]
fn a_green_run_said_quietly() {
    let evals = [
        ran("capitals", summary("capitals", [40, 0, 0, 0], json!({})), vec![]),
        ran(
            "geo::rivers",
            summary("geo::rivers", [5, 0, 0, 0], json!({"partial": ["--first 5"]})),
            vec![],
        ),
    ];
    let look = Look { paint: Paint(false), quiet: true };
    assert_snapshot!(report(&evals, Some(Path::new("/out/r1")), RESUME, look));
}

#[test]
fn a_quiet_line_says_what_broke_and_what_was_not_graded() {
    let mut tolerant = summary("capitals", [36, 0, 1, 3], json!({}));
    tolerant.gates.clear();
    tolerant.verdict = Verdict::Pass;
    let look = Look { paint: Paint(false), quiet: true };
    let text = report(&[ran("capitals", tolerant, vec![])], None, RESUME, look);
    assert!(text.starts_with("✓ capitals     90 % of 40 rows  1 error  3 unscored"), "{text}");
}

#[test]
fn a_mean_and_a_composite_of_some_rows_say_of_how_many() {
    let mut some = summary("capitals", [40, 0, 0, 0], json!({}));
    some.scorers[1].stats.count = 2;
    some.scorers[1].unscored = 38;
    some.composite.count = 2;
    some.gates[0].gate = "mean(levenshtein)".into();
    some.gates[1].gate = "mean(exact_match)".into();
    let text = shown(&[ran("capitals", some, vec![])]);
    assert!(text.contains("mean(levenshtein) 1 ≥ 0.9, of 2 of 40 rows\n"), "{text}");
    assert!(text.lines().any(|line| line.ends_with("mean(exact_match) 0 ≤ 0")), "{text}");
    let composite = text.lines().find(|line| line.contains("composite")).expect("a composite");
    assert!(composite.ends_with("  38"), "{composite}");
}

#[test]
fn a_missing_tokio_runtime_gets_a_hint() {
    let error = |message: &str| {
        let error = json!({"kind": "task_panic", "message": message});
        let more = json!({"output": null, "composite": null, "scores": [], "error": error});
        let rows = vec![row(0, "fr-1", "error", more)];
        shown(&[ran("capitals", summary("capitals", [0, 0, 1, 0], json!({})), rows)])
    };
    let text = error(
        "there is no reactor running, must be called from the context of a Tokio 1.x runtime",
    );
    assert!(text.contains(r#"features = ["tokio"]"#), "{text}");
    assert!(!error("index out of bounds").contains("hint"));
}

#[test]
fn a_red_run() {
    assert_snapshot!(shown(&[
        ran("geo::rivers", summary("geo::rivers", [40, 0, 0, 0], json!({})), vec![]),
        ran(
            "capitals",
            summary("capitals", [30, 10, 0, 0], json!({})),
            vec![
                failing(3, "fr-1", "The capital of France is Lyon."),
                row(
                    4,
                    "it's $1",
                    "fail",
                    json!({
                        "expected": "the capital of France is Paris",
                        "output": "the capital of France is Lyon today\n",
                        "scores": [{"name": "exact_match", "score": 0.0, "passed": false,
                                    "message": "expected \"…Paris\", got \"…Lyon\""}],
                    })
                ),
                row(
                    5,
                    "-dash",
                    "fail",
                    json!({
                        "input": {"question": "capital?", "of": "France"}, "expected": {"city": "Paris"},
                        "output": {"city": "Lyon"},
                        "scores": [{"name": "json_diff", "score": 0.5, "passed": false,
                                    "message": "structural_similarity=0.500"}],
                    })
                ),
            ],
        ),
    ]));
}

#[test]
fn errors_are_shown_with_their_place() {
    assert_snapshot!(shown(&[ran(
        "capitals",
        summary("capitals", [38, 0, 2, 0], json!({})),
        vec![
            row(
                3,
                "fr-1",
                "error",
                json!({
                    "output": null, "composite": null, "scores": [],
                    "error": {"kind": "task_panic", "message": "index out of bounds: the len is 0\nsecond line",
                              "place": "src/agent.rs:17"},
                })
            ),
            row(
                9,
                "de-1",
                "error",
                json!({
                    "output": null, "composite": null, "scores": [],
                    "error": {"kind": "deadline", "message": "no answer within 30s"},
                })
            ),
        ],
    )]));
}

#[test]
fn unscored_rows_look_like_neither_a_pass_nor_a_fail() {
    assert_snapshot!(shown(&[ran(
        "capitals",
        summary("capitals", [30, 0, 0, 10], json!({})),
        vec![row(
            3,
            "fr-1",
            "unscored",
            json!({
                "expected": null, "composite": null,
                "scores": [{"name": "exact_match", "score": null, "passed": false,
                            "unscored": "the row has no expected value"}],
            })
        )],
    )]));
}

#[test]
fn partial_interrupted_and_refused_runs_say_so() {
    let mut noted = ran(
        "capitals",
        summary(
            "capitals",
            [5, 0, 0, 0],
            json!({
                "partial": ["--first 5", "--tag smoke"],
                "interrupted": "stopped by Ctrl-C after 5 of 40 rows",
                "warnings": ["2 rows have the same content as an earlier one: 1f0a-2, 1f0a-3"],
                "trials": 3,
                "run": {"id": "r1", "started": "", "duration_ms": 61000.0, "task_ms": {"count": 0}, "resumed": 3},
            }),
        ),
        vec![],
    );
    noted.notes.push("cannot write /out/r1/capitals/junit.xml: no space left on device".into());
    assert_snapshot!(shown(&[
        noted,
        finished("geo::rivers", Ending::Refused(
            "the data set of `geo::rivers` cannot be used\n  data/rivers.jsonl:7:3: input: expected text".into(),
        )),
        finished("late", Ending::NotRun),
        finished("later", Ending::NotRun),
        finished("other", Ending::Empty { why: "no row matches --tag smoke".into(), close: vec![] }),
    ]));
}

#[test]
fn wide_and_active_characters_keep_the_columns_and_the_terminal() {
    let mut wide = summary("首都", [39, 1, 0, 0], json!({"verdict": "fail"}));
    wide.scorers[0].name = "完全一致".into();
    wide.gates[0].passed = false;
    wide.gates[0].bound = 0.9751;
    wide.verdict = Verdict::Fail;
    assert_snapshot!(shown(&[ran(
        "首都",
        wide,
        vec![row(
            0,
            "東京-1",
            "fail",
            json!({
                "input": "日本の首都は？", "expected": "東京", "output": " \u{1b}[2J大阪\u{202e} ",
                "scores": [{"name": "完全一致", "score": 0.0, "passed": false, "message": "期待値「東京」\r\nsecond"}],
            })
        )]
    )]));
}

#[test]
fn a_huge_output_is_cut() {
    let huge = "na ".repeat(200_000);
    let text = shown(&[ran(
        "capitals",
        summary("capitals", [10, 30, 0, 0], json!({})),
        vec![
            row(0, "huge", "fail", json!({"output": huge})),
            row(1, "tall", "fail", json!({"output": "line\n".repeat(500)})),
        ],
    )]);
    assert!(text.len() < 6000, "{} bytes", text.len());
    assert_snapshot!(text);
}

#[test]
fn colours() {
    let evals = [ran(
        "capitals",
        summary("capitals", [30, 10, 0, 0], json!({})),
        vec![row(
            4,
            "fr-1",
            "fail",
            json!({
                "expected": "the capital is Paris", "output": "the capital is Lyon",
                "scores": [{"name": "exact_match", "score": 0.0, "passed": false, "message": "no"}],
            }),
        )],
    )];
    let look = Look { paint: Paint(true), quiet: false };
    assert_snapshot!(report(&evals, None, RESUME, look).replace('\u{1b}', "␛"));
}

#[test]
fn a_thousand_evaluations_stay_readable() {
    let evals: Vec<Finished> = (0..1000)
        .map(|n| {
            let name = format!("eval_{n:04}");
            let counts = if n % 10 == 0 { [0, 10, 0, 0] } else { [10, 0, 0, 0] };
            let rows = if n % 10 == 0 { vec![failing(0, "fr-1", "Lyon")] } else { vec![] };
            ran(&name, summary(&name, counts, json!({})), rows)
        })
        .collect();
    let text = shown(&evals);
    assert_eq!(text.matches("\n✓ eval_").count() + 1, 900);
    assert_eq!(text.matches("FAILED").count(), 100);
    assert_eq!(text.matches("again").count(), DETAILED);
    assert!(text.lines().count() < 3000, "{}", text.lines().count());
}
