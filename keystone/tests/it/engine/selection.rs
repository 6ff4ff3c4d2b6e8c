//! Runs of a part of a data set.

use std::collections::HashSet;
use std::sync::Arc;

use keystone::Case;
use keystone::eval::data::Dataset;
use keystone::eval::{Data, Eval, EvalError, EvalReport, Journal, RunOptions, Selection, Verdict};
use serde_json::json;

use super::fixtures::scorer;

const SOURCES: [&str; 3] = ["values", "function", "file"];

fn cases() -> Vec<Case<u64, u64>> {
    (0..30_u64)
        .map(|n| {
            let mut case = Case::<u64, u64>::new(n).id(format!("case-{n:02}"));
            if n % 2 == 0 {
                case = case.tag("even");
            }
            if n % 3 == 0 {
                case = case.tag("third");
            }
            case
        })
        .collect()
}

fn run_over(
    source: &str,
    cases: Vec<Case<u64, u64>>,
    selection: Selection,
) -> Result<EvalReport, EvalError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    let rows: String = cases
        .iter()
        .map(|case| {
            let mut row = json!({"input": case.input, "tags": case.tags});
            if let Some(id) = &case.id {
                row["id"] = json!(id);
            }
            format!("{row}\n")
        })
        .collect();
    std::fs::write(&path, rows).unwrap();
    let data = match source {
        "values" => Data::values(cases),
        "function" => Data::function(move || cases.clone()),
        _ => Data::file(Dataset::file(&path)),
    };
    Eval::new("part")
        .data(data)
        .task(|n: &u64| *n)
        .scorer(scorer("any", |_| 1.0))
        .tag("nightly")
        .run_with(&RunOptions::new().keep_all().max_concurrency(3).select(selection))
}

fn run(source: &str, selection: Selection) -> Result<EvalReport, EvalError> {
    run_over(source, cases(), selection)
}

fn select(change: impl FnOnce(&mut Selection)) -> Selection {
    let mut selection = Selection::default();
    change(&mut selection);
    selection
}

fn inputs(report: &EvalReport) -> Vec<u64> {
    report.rows.iter().map(|row| row.index).collect()
}

#[test]
fn each_filter_runs_what_it_says_and_is_said() {
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let table: Vec<(Selection, Vec<u64>, Vec<&str>)> = vec![
        (
            select(|s| s.ids = ids(&["case-07", "case-03"])),
            vec![3, 7],
            vec!["--case case-07", "--case case-03"],
        ),
        (
            select(|s| s.only = Some(Arc::new(HashSet::from(["case-05".to_owned()])))),
            vec![5],
            vec!["--failed"],
        ),
        (select(|s| s.tags = ids(&["third"])), (0..30).step_by(3).collect(), vec!["--tag third"]),
        (
            select(|s| s.tags = ids(&["third", "even"])),
            (0..30).filter(|n| n % 2 == 0 || n % 3 == 0).collect(),
            vec!["--tag third", "--tag even"],
        ),
        (
            select(|s| {
                s.tags = ids(&["third"]);
                s.not_tags = ids(&["even"]);
            }),
            (0..30).filter(|n| n % 2 == 1 && n % 3 == 0).collect(),
            vec!["--tag third", "--not-tag even"],
        ),
        (select(|s| s.first = Some(4)), vec![0, 1, 2, 3], vec!["--first 4"]),
        (
            select(|s| {
                s.not_tags = ids(&["even"]);
                s.first = Some(2);
            }),
            vec![1, 3],
            vec!["--not-tag even", "--first 2"],
        ),
    ];
    for source in SOURCES {
        for (selection, wanted, partial) in &table {
            let report = run(source, selection.clone()).unwrap();
            assert_eq!(inputs(&report), *wanted, "{source}: {partial:?}");
            assert_eq!(report.summary.partial, *partial, "{source}");
            assert!(report.missing.is_empty());
        }
    }
}

/// The label of the evaluation itself chooses all of its rows, and then nothing is left out.
#[test]
fn a_tag_of_the_evaluation_is_a_tag_of_all_its_rows() {
    for source in SOURCES {
        let report = run(source, select(|s| s.tags = vec!["nightly".into()])).unwrap();
        assert_eq!(report.rows.len(), 30, "{source}");
        assert!(report.summary.partial.is_empty(), "{source}");
    }
}

/// A filter that leaves nothing out makes no partial run.
#[test]
fn a_filter_that_leaves_nothing_out_is_not_partial() {
    for source in SOURCES {
        for selection in [
            select(|s| s.first = Some(31)),
            select(|s| s.sample = Some((31, 1))),
            select(|s| s.not_tags = vec!["nothing has this".into()]),
        ] {
            let report = run(source, selection.clone()).unwrap();
            assert_eq!(report.rows.len(), 30);
            assert!(report.summary.partial.is_empty(), "{source}: {selection:?}");
        }
    }
}

#[test]
fn a_sample_does_not_depend_on_order_and_a_larger_one_holds_the_smaller() {
    for source in SOURCES {
        let sample = |size, seed| select(|s| s.sample = Some((size, seed)));
        let ids = |cases: Vec<Case<u64, u64>>, selection| -> HashSet<String> {
            let report = run_over(source, cases, selection).unwrap();
            report.rows.into_iter().map(|row| row.id).collect()
        };
        let five = ids(cases(), sample(5, 1));
        assert_eq!(five.len(), 5);
        let mut turned = cases();
        turned.reverse();
        turned.swap(3, 17);
        assert_eq!(five, ids(turned, sample(5, 1)), "{source}");
        let ten = ids(cases(), sample(10, 1));
        assert_eq!(ten.len(), 10);
        assert!(five.is_subset(&ten), "{source}");
        assert_ne!(five, ids(cases(), sample(5, 2)), "another seed draws others");
        // The names that are given from content serve as well.
        let nameless = || {
            cases().into_iter().map(|mut case| {
                case.id = None;
                case
            })
        };
        let drawn = ids(nameless().collect(), sample(5, 1));
        let mut turned: Vec<_> = nameless().collect();
        turned.reverse();
        assert_eq!(drawn, ids(turned, sample(5, 1)), "{source}");
        // Filters come first.
        let odd = run(
            source,
            select(|s| {
                s.sample = Some((4, 9));
                s.not_tags = vec!["even".into()];
            }),
        )
        .unwrap();
        assert_eq!(odd.rows.len(), 4);
        assert!(odd.rows.iter().all(|row| row.index % 2 == 1));
        assert_eq!(odd.summary.partial, ["--not-tag even", "--sample 4 --seed 9"]);
    }
}

#[test]
fn what_matches_nothing_is_an_error_with_close_names() {
    for source in SOURCES {
        let error = run(source, select(|s| s.ids = vec!["case-0z".into()])).unwrap_err();
        let EvalError::NothingSelected { selection, close, .. } = &error else {
            panic!("{source}: {error}")
        };
        assert_eq!(selection, "--case case-0z");
        assert_eq!(close.len(), 3, "{close:?}");
        assert!(close[0].starts_with("`case-0"), "{close:?}");
        assert!(error.to_string().contains("did you mean"), "{error}");
        let error = run(source, select(|s| s.tags = vec!["evne".into()])).unwrap_err();
        assert!(matches!(error, EvalError::NothingSelected { .. }), "{source}: {error}");
        for nothing in [select(|s| s.first = Some(0)), select(|s| s.sample = Some((0, 1)))] {
            let error = run(source, nothing).unwrap_err();
            assert!(matches!(error, EvalError::NothingSelected { .. }), "{source}: {error}");
        }
    }
}

#[test]
fn names_that_are_not_there_are_listed_and_those_that_are_run() {
    for source in SOURCES {
        let ids = vec!["case-01".to_owned(), "nobody".to_owned()];
        let report = run(source, select(|s| s.ids = ids)).unwrap();
        assert_eq!(inputs(&report), [1], "{source}");
        assert_eq!(report.missing, ["nobody"], "{source}");
    }
}

/// A name whose turn does not come, because enough rows were found, is there all the same.
#[test]
fn a_name_that_was_not_reached_is_not_missing() {
    for source in SOURCES {
        let selection = select(|s| {
            s.ids = vec!["case-01".to_owned(), "case-29".to_owned()];
            s.first = Some(1);
        });
        let report = run(source, selection).unwrap();
        assert_eq!(inputs(&report), [1]);
        assert_eq!(report.missing, [""; 0], "{source}");
    }
}

#[test]
fn the_journal_says_that_it_is_a_part() {
    let folder = tempfile::tempdir().unwrap();
    let report = Eval::new("part")
        .data(Data::values(cases()))
        .task(|n: &u64| *n)
        .scorer(scorer("any", |_| 1.0))
        .run_with(
            &RunOptions::new()
                .journal(folder.path())
                .select(select(|s| s.tags = vec!["even".into()])),
        )
        .unwrap();
    assert_eq!(report.summary.verdict, Verdict::Pass);
    let journal = Journal::open(folder.path()).unwrap();
    assert_eq!(journal.header().partial, ["--tag even"]);
    assert_eq!(report.summary.partial, ["--tag even"]);
    // The rows keep their places in the whole.
    let places: Vec<_> = journal.rows().unwrap().map(|row| row.unwrap().index).collect();
    assert_eq!(places, (0..30).step_by(2).collect::<Vec<_>>());
}
