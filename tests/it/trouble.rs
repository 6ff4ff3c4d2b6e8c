//! Disks that are full and folders that cannot be written.

use std::fs;
use std::path::PathBuf;

use keystone_e2e::{Bench, Ran};
use serde_json::json;

use crate::projects;

fn rows(bench: &Bench<'_>, count: usize) {
    let content: String = (0..count)
        .map(|n| format!("{}\n", json!({"id": format!("r{n}"), "input": "yes", "expected": "yes"})))
        .collect();
    bench.data("script.jsonl", content);
}

#[test]
fn a_folder_that_cannot_be_made_is_103_before_anything_runs() {
    let bench = projects::sink();
    rows(&bench, 3);
    let file = bench.write("a-file", "");
    let below = file.join("results");
    let ran = bench.run(&["--exact", "scripts::script", "--output", &below.to_string_lossy()]);
    ran.expect_code(103).says("cannot write results to").says("--output DIR or KEYSTONE_OUTPUT");
    assert_eq!(bench.marks(), [""; 0], "a row was run whose result could not be kept");
}

/// Runs with a limit on the size of files, which fails a write as a full disk does.
fn limited(bench: &Bench<'_>, blocks: u32, args: &[&str]) -> Ran {
    let mut command = bench.command("bash");
    command
        .args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""), "limited"])
        .arg(bench.project().binary("evals"))
        .args(args)
        .env("TMPDIR", bench.folder());
    Ran::of(command)
}

#[test]
fn a_full_disk_ends_the_run_as_errored_and_resume_goes_on() {
    let bench = projects::sink();
    rows(&bench, 400);
    let ran = limited(&bench, 8, &["--exact", "scripts::script"]);
    ran.expect_code(102).says("could not be written").says("interrupted");
    let ids = |bench: &Bench<'_>| -> Vec<String> {
        let text = fs::read_to_string(bench.eval_folder("scripts.script").join("journal.jsonl"));
        let text = text.unwrap_or_default();
        text.split_inclusive('\n')
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter_map(|line| line["id"].as_str().map(str::to_owned))
            .collect()
    };
    let kept = ids(&bench);
    assert!(!kept.is_empty() && kept.len() < 400, "{} rows: {ran}", kept.len());
    // What did not fit was saved elsewhere, as far as there was room, and the report says where.
    bench.forget_marks();
    let again = bench.run(&["--exact", "scripts::script", "--resume"]);
    again.expect_code(0).says("400 rows  400 pass").says(&format!("{} taken over", kept.len()));
    let started = bench.marks().iter().filter(|mark| !mark.starts_with('.')).count();
    assert_eq!(started, 400 - kept.len(), "finished rows were run again");
}

/// What the report says to do with rescued rows works.
#[test]
fn rescued_rows_can_be_put_back() {
    let bench = projects::sink();
    rows(&bench, 400);
    let ran = limited(&bench, 8, &["--exact", "scripts::script"]);
    ran.expect_code(102).says("the rest of the journal is in").says("append it to");
    let rescued: PathBuf = fs::read_dir(bench.folder())
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.to_string_lossy().contains("keystone-rescued-"))
        .unwrap_or_else(|| panic!("nothing was rescued: {ran}"));
    let journal = bench.eval_folder("scripts.script").join("journal.jsonl");
    let mut whole = fs::read(&journal).unwrap_or_default();
    whole.extend(fs::read(rescued).unwrap_or_default());
    fs::write(&journal, whole).unwrap_or_else(|error| panic!("{error}"));
    let finished = bench.marks().iter().filter(|mark| mark.starts_with('.')).count();
    bench.forget_marks();
    let again = bench.run(&["--exact", "scripts::script", "--resume"]);
    again.expect_code(0).says(&format!("{finished} taken over"));
}

#[test]
fn a_full_disk_from_the_start_is_said() {
    let bench = projects::sink();
    rows(&bench, 3);
    let ran = limited(&bench, 0, &["--exact", "scripts::script"]);
    assert!(ran.code == Some(103) || ran.code == Some(102), "{ran}");
    ran.says("cannot write results to");
}

#[test]
fn reports_that_cannot_be_written_change_no_verdict() {
    let bench = projects::sink();
    let file = bench.write("a-file", "");
    let junit = file.join("junit.xml");
    bench
        .run(&["--exact", "endings::green", "--junit", &junit.to_string_lossy()])
        .expect_code(0)
        .says("warning");
    bench
        .run_with(
            &[("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", &junit.to_string_lossy())],
            &["--exact", "endings::red"],
        )
        .expect_code(101)
        .says("warning");
    bench
        .run(&["--exact", "endings::green", "--logfile", &junit.to_string_lossy()])
        .expect_code(103)
        .says("--logfile");
}
