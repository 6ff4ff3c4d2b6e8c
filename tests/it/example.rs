//! The example of the documentation, as users run it.

use std::process::Command;

use keystone_e2e::Ran;
use serde_json::json;

use crate::projects;

#[test]
fn green_is_0_and_says_what_was_measured() {
    let bench = projects::capitals();
    let ran = bench.cargo_test(&["--exact", "capitals"]);
    ran.expect_code(0)
        .says("test capitals ... ok")
        .says("capitals  passed")
        .says("6 rows  4 pass  2 fail  0 error  0 unscored")
        .says("✓ pass_rate 66.7 % ≥ 60 %")
        .says("exact_match")
        .says("2 rows did not pass: au, br's \"capital\" $HOME")
        .does_not_say("FAILED");
    let summary = bench.summary("capitals");
    assert_eq!(summary["counts"], json!({"pass": 4, "fail": 2, "error": 0, "unscored": 0}));
    assert_eq!(summary["verdict"], "pass");
}

#[test]
fn red_is_101_and_names_evaluation_gate_and_rows() {
    let bench = projects::capitals();
    let ran = bench.cargo_test(&["--exact", "demanding"]);
    // Cargo says what the program ended with, and ends with the same code.
    ran.expect_code(101)
        .says("FAILED  demanding: pass_rate 50 % < 90 % (rows: fr, au, br's \"capital\" $HOME)")
        .says("✗ pass_rate 50 % < 90 %")
        .says("input     Capital of Australia?")
        .says("expected  Canberra")
        .says("output    Sydney")
        .says("expected \"canberra\" got \"sydney\"")
        .says("similarity=0.125 threshold=0.9");
}

/// Every row's last line is a command; it is taken from the report and handed to a shell, quotes
/// and all.
#[test]
fn the_command_under_a_row_runs_just_that_row_again() {
    let bench = projects::capitals();
    let ran = bench.cargo_test(&["--exact", "demanding"]);
    let commands: Vec<&str> = ran
        .stdout
        .lines()
        .filter_map(|line| line.trim().strip_prefix("again "))
        .map(str::trim)
        .collect();
    let rows = ["fr", "au", "br's \"capital\" $HOME"];
    assert_eq!(commands.len(), rows.len(), "{ran}");
    for (command, id) in commands.iter().zip(rows) {
        assert!(command.starts_with("cargo test -p capitals --test evals -- "), "{command}");
        let offline = command.replacen("cargo test", "cargo test --offline", 1);
        let mut shell: Command = bench.command("sh");
        shell.args(["-c", &offline]);
        let again = Ran::of(shell);
        again.expect_code(101).says("this is not the whole data set");
        let rows = bench.rows("demanding");
        assert_eq!(rows.len(), 1, "{again}");
        assert_eq!(rows[0]["id"], id);
    }
}

#[test]
fn rows_that_break_are_102_with_the_whole_chain_of_the_error() {
    let bench = projects::capitals();
    let ran = bench.cargo_test(&["--exact", "broken"]);
    ran.expect_code(102)
        .says("ERRORED  broken: errors 2 > 0")
        .says("the task returned an error: the agent gave up: cannot understand \"What?\"")
        .says("✗ errors 2 > 0");
    let summary = bench.summary("broken");
    assert_eq!(summary["counts"], json!({"pass": 1, "fail": 0, "error": 2, "unscored": 0}));
}

#[test]
fn a_missing_file_is_103_and_loses_nothing_of_the_others() {
    let bench = projects::capitals();
    let ran = bench.cargo_test(&[]);
    ran.expect_code(103)
        .says("COULD NOT RUN  without_data")
        .says("data/missing.jsonl: there is no such file")
        .says("FAILED  demanding")
        .says("ERRORED  broken");
    let summary = bench.run_summary();
    assert_eq!(summary["exit_code"], 103);
    assert_eq!(summary["evals"].as_array().map(Vec::len), Some(4));
    assert_eq!(bench.summary("capitals")["verdict"], "pass");
}

/// `test = false` keeps evaluations, which may cost money, out of a plain `cargo test`.
#[test]
fn a_plain_cargo_test_runs_no_evaluation() {
    let bench = projects::capitals();
    let mut command = bench.command("cargo");
    command.args(["test", "--offline"]);
    let ran = Ran::of(command);
    ran.expect_code(0).says("a_plain_unit_test").does_not_say("capitals  passed");
    assert!(!bench.results().exists(), "{ran}");
}

#[test]
fn results_go_to_cargos_target_folder_unless_told_otherwise() {
    let bench = projects::capitals();
    let mut command = bench.binary(&["--exact", "capitals", "--run-id", "in-target"]);
    command.env_remove("KEYSTONE_OUTPUT");
    let target = bench.project().target();
    let _ = std::fs::remove_dir_all(target.join("keystone/in-target"));
    let ran = Ran::of(command);
    ran.expect_code(0);
    assert!(target.join("keystone/in-target/capitals/journal.jsonl").is_file(), "{ran}");
    let _ = std::fs::remove_dir_all(target.join("keystone"));
}
