//! Data sets that are larger than what one would like to hold in memory.

use std::io::Write as _;

use keystone::eval::data::Dataset;
use keystone::eval::{Data, Eval, Journal, Outcome, RunOptions};

use super::fixtures::equal;

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn two_hundred_thousand_rows_of_a_file() {
    const ROWS: u64 = 200_000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    for n in 0..ROWS {
        writeln!(file, "{{\"input\":{n},\"expected\":{}}}", if n % 1_000 == 0 { n + 1 } else { n })
            .unwrap();
    }
    file.into_inner().unwrap().sync_all().unwrap();
    let report = Eval::new("large")
        .data(Data::<u64, u64>::file(Dataset::file(&path)))
        .task(|n: &u64| *n)
        .scorer(equal())
        .pass_rate(0.999)
        .run_with(&RunOptions::new().journal(folder.path().join("run")).failures(5))
        .unwrap();
    assert_eq!(report.summary.counts.pass, ROWS - 200);
    assert_eq!(report.summary.counts.fail, 200);
    let shown: Vec<_> = report.failures.iter().map(|row| row.index).collect();
    assert_eq!(shown, [0, 1_000, 2_000, 3_000, 4_000]);
    assert!(report.rows.is_empty());
    let journal = Journal::open(folder.path().join("run")).unwrap();
    assert_eq!(journal.len() as u64, ROWS);
    assert!(journal.is_complete());
    let failed = journal.rows_where(|outcome| outcome == Outcome::Fail).unwrap();
    let indices: Vec<_> = failed.map(|row| row.unwrap().index).collect();
    assert_eq!(indices, (0..ROWS).step_by(1_000).collect::<Vec<_>>());
}

/// Beyond the part of a file that is checked before the first task, broken rows are error rows,
/// and a second row of one name takes nothing from the first, in this run and in a resumed one.
#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn a_row_of_a_name_that_is_taken_is_an_error_in_a_file_too_large_to_check() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    let padding = "x".repeat(8 << 20);
    writeln!(file, "{{\"id\":\"same\",\"input\":1,\"expected\":1}}").unwrap();
    for n in 0..9 {
        writeln!(file, "{{\"id\":\"p{n}\",\"input\":{n},\"expected\":{n},\"note\":\"{padding}\"}}")
            .unwrap();
    }
    writeln!(file, "{{\"id\":\"same\",\"input\":2,\"expected\":2}}").unwrap();
    writeln!(file, "{{\"id\":\"typo\",\"input\":\"two\"}}").unwrap();
    file.into_inner().unwrap().sync_all().unwrap();
    let run = folder.path().join("run");
    let calls = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let evaluation = || {
        let calls = std::sync::Arc::clone(&calls);
        Eval::new("large")
            .data(Data::<u64, u64>::file(Dataset::file(&path)))
            .task(move |n: &u64| {
                calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                *n
            })
            .scorer(equal())
    };
    let first = evaluation().run_with(&super::fixtures::into(&run)).unwrap();
    assert_eq!((first.summary.counts.pass, first.summary.counts.error), (10, 2));
    assert_eq!(calls.load(std::sync::atomic::Ordering::SeqCst), 10);
    let second = evaluation().run_with(&super::fixtures::into(&run).resume()).unwrap();
    assert_eq!(calls.load(std::sync::atomic::Ordering::SeqCst), 10, "a finished row ran again");
    assert_eq!((second.summary.counts.pass, second.summary.counts.error), (10, 2));
    assert_eq!(Journal::open(&run).unwrap().len(), 12);
    // Told before the first task where that is wanted.
    let error = evaluation().run_with(&RunOptions::new().check_all()).unwrap_err().to_string();
    assert!(error.contains("rows.jsonl:11") && error.contains("rows.jsonl:12"), "{error}");
}
