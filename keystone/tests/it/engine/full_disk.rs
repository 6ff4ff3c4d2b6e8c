//! A disk that is full, and folders that cannot be written.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use keystone::eval::{EvalError, Journal, RunOptions, Verdict};

use super::child;
use super::fixtures::{equal, into, journalled, over_numbers, steady};

const ROWS: u64 = 3_000;

/// Done in a process of its own, whose files may not grow above a limit.
pub(super) fn fills_the_disk(folder: &Path) {
    let calls = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&calls);
    let report = over_numbers(ROWS, move |n| {
        count.fetch_add(1, Ordering::SeqCst);
        n
    })
    .scorer(equal())
    .max_concurrency(2)
    .run_with(&RunOptions::new().journal(folder).run_id("run"))
    .unwrap();
    assert_eq!(report.summary.verdict, Verdict::Error);
    let why = report.summary.interrupted.clone().expect("the run is reported as interrupted");
    assert!(why.contains("could not be written"), "{why}");
    let calls = calls.load(Ordering::SeqCst);
    assert!(calls < ROWS, "rows were started after the disk was full");
    assert_eq!(report.summary.counts.total(), calls, "what was run is counted");
    let rescued = report.rescued.expect("the rest is kept elsewhere");
    std::fs::write(folder.join("rescued"), rescued).unwrap();
    std::fs::write(folder.join("calls"), calls.to_string()).unwrap();
}

#[test]
#[cfg(unix)]
fn a_full_disk_interrupts_the_run_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let rescue = tempfile::tempdir().unwrap();
    // 64 blocks of 1,024 bytes; the signal that goes with it is ignored, so that the write fails.
    let output =
        child::command_after("trap '' XFSZ; ulimit -f 64", "fills_the_disk", folder.path())
            .env("TMPDIR", rescue.path())
            .output()
            .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let calls: u64 = std::fs::read_to_string(folder.path().join("calls")).unwrap().parse().unwrap();
    // The rest of the journal fits on to what was written.
    let files: Vec<_> =
        std::fs::read_dir(rescue.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let note = std::fs::read_to_string(folder.path().join("rescued")).unwrap();
    assert!(note.contains(&files[0].display().to_string()), "{note}");
    let path = folder.path().join("journal.jsonl");
    let mut text = std::fs::read(&path).unwrap();
    text.extend(std::fs::read(&files[0]).unwrap());
    std::fs::write(&path, text).unwrap();
    assert_eq!(journalled(folder.path()).len() as u64, calls);
    assert!(!Journal::open(folder.path()).unwrap().is_complete());
    // And the run can be gone on with.
    let report =
        over_numbers(ROWS, |n| n).scorer(equal()).run_with(&into(folder.path()).resume()).unwrap();
    assert_eq!(report.summary.run.resumed, calls);
    let whole = over_numbers(ROWS, |n| n).scorer(equal()).run().unwrap();
    assert_eq!(steady(&report.summary), steady(&whole.summary));
}

/// Whoever has no disk for the summary still wants to know what was found out.
#[test]
fn a_summary_that_cannot_be_written_does_not_lose_the_report() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("summary.json/in the way")).unwrap();
    let report = over_numbers(5, |n| n).scorer(equal()).run_with(&into(folder.path()));
    let report = report.expect("five rows were paid for, and their results are at hand");
    assert_eq!(report.summary.counts.pass, 5);
    assert_eq!(report.rows.len(), 5);
    assert_eq!(report.summary.verdict, Verdict::Error, "nothing of this may be taken for a pass");
    let why = report.summary.interrupted.unwrap();
    assert!(why.contains("summary.json"), "{why}");
    assert_eq!(journalled(folder.path()).len(), 5);
}

#[test]
#[cfg(target_os = "linux")]
fn a_journal_on_a_full_device_is_an_error_before_the_first_row() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/full", folder.path().join("journal.jsonl")).unwrap();
    let error = over_numbers(5, |_| -> u64 { panic!("no row may run") })
        .scorer(equal())
        .run_with(&into(folder.path()))
        .unwrap_err();
    assert!(matches!(error, EvalError::Journal { .. }), "{error}");
    assert!(error.to_string().contains("No space left"), "{error}");
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_before_the_first_row() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let error = over_numbers(5, |_| -> u64 { panic!("no row may run") })
        .scorer(equal())
        .run_with(&into(&file.join("below")))
        .unwrap_err();
    assert!(matches!(error, EvalError::Journal { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("a file/below") && text.contains("another folder"), "{text}");
}

/// Two evaluations of one process that lose their disk must not end in one file.
#[test]
#[cfg(unix)]
fn what_is_rescued_of_two_evaluations_is_kept_apart() {
    let rescue = tempfile::tempdir().unwrap();
    let first = tempfile::tempdir().unwrap();
    let output =
        child::command_after("trap '' XFSZ; ulimit -f 64", "fills_the_disk_twice", first.path())
            .env("TMPDIR", rescue.path())
            .output()
            .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read_dir(rescue.path()).unwrap().count(), 2);
}

/// Done in a process of its own.
pub(super) fn fills_the_disk_twice(folder: &Path) {
    for name in ["one", "two"] {
        let folder = folder.join(name);
        std::fs::create_dir(&folder).unwrap();
        fills_the_disk(&folder);
    }
}
