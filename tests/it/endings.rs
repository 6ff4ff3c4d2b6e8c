//! How runs end, and with which exit code.

use crate::projects;

#[test]
fn each_ending_has_its_code() {
    let bench = projects::sink();
    for (eval, code, says) in [
        ("green", 0, "endings::green  passed"),
        ("red", 101, "FAILED  endings::red: pass_rate 0 % < 100 %"),
        ("broken", 102, "ERRORED  endings::broken: "),
        ("dataless", 103, "the data base is down"),
        ("burning", 103, "the data base burns"),
    ] {
        let name = format!("endings::{eval}");
        bench.run(&["--exact", &name]).expect_code(code).says(says);
        assert_eq!(bench.run_summary()["exit_code"], code);
    }
}

#[test]
fn the_gravest_of_several_wins_and_all_of_them_run() {
    let bench = projects::sink();
    let eval = |name: &str| format!("endings::{name}");
    for (names, code) in [
        (["green", "broken"], 102),
        (["broken", "red"], 101),
        (["red", "dataless"], 103),
        (["green", "burning"], 103),
    ] {
        let names = names.map(eval);
        let ran = bench.run(&["--exact", &names[0], &names[1]]);
        ran.expect_code(code);
        let summary = bench.run_summary();
        assert_eq!(summary["evals"].as_array().map(Vec::len), Some(2), "{ran}");
    }
}

#[test]
fn nothing_registered_is_104_whatever_is_asked_for() {
    let bench = projects::sink_target("nothing");
    for args in [&[][..], &["--list"], &["capitals"], &["--tag", "smoke"]] {
        let ran = bench.run(args);
        ran.expect_code(104).says("no evaluation is registered").does_not_say("ok");
    }
    assert!(!bench.results().exists());
    bench.run(&["--help"]).expect_code(0);
}

#[test]
fn two_evaluations_of_one_name_are_103_with_both_places() {
    let bench = projects::sink_target("clash");
    for args in [&[][..], &["--list"]] {
        bench
            .run(args)
            .expect_code(103)
            .says("two evaluations are called `twin`: tests/clash.rs:6 and tests/clash.rs:11");
    }
}

#[test]
fn a_name_that_matches_nothing_is_0_with_a_line() {
    let bench = projects::sink();
    let ran = bench.run(&["endigns::green"]);
    ran.expect_code(0)
        .says("no evaluation matches `endigns::green`; did you mean `endings::green`?");
    bench.run(&["--exact", "gree"]).expect_code(0).says("no evaluation matches `gree`");
    assert!(!bench.results().exists(), "nothing ran, so nothing is written");
}

#[test]
fn a_tag_or_a_row_that_matches_nothing_is_103() {
    let bench = projects::sink();
    bench
        .run(&["--tag", "nonsense", "selection::"])
        .expect_code(103)
        .says("no row of any evaluation matches --tag nonsense");
    bench
        .run(&["--case", "row-77", "selection::rowwise"])
        .expect_code(103)
        .says("no row of any evaluation matches --case row-77; did you mean `row-7`?");
    bench
        .run(&["--case", "row-1", "--case", "row-x", "selection::rowwise"])
        .expect_code(103)
        .says("no evaluation has a row `row-x`");
}

#[test]
fn a_bad_configuration_is_103_before_any_row_runs() {
    let bench = projects::sink();
    bench
        .run(&["--exact", "grades::bad_config"])
        .expect_code(103)
        .says("min_mean names the scorer `levenstein`, which it does not have");
}

#[test]
fn a_thousand_evaluations_run_and_are_listed() {
    let bench = projects::sink_target("thousand");
    let ran = bench.run(&[]);
    ran.expect_code(0).says("running 1000 tests").says("1000 passed");
    let summary = bench.run_summary();
    assert_eq!(summary["counts"]["pass"], 1000);
    assert_eq!(summary["evals"].as_array().map(Vec::len), Some(1000));
    let listed = bench.run(&["--list"]);
    listed.expect_code(0);
    assert_eq!(listed.stdout.lines().filter(|line| line.ends_with(": test")).count(), 1000);
}

#[test]
fn several_evaluations_at_the_same_time_come_to_the_same() {
    let bench = projects::sink_target("thousand");
    let ran = bench.run(&["--test-threads", "8", "m0"]);
    ran.expect_code(0).says("100 passed").says("900 filtered out");
    assert_eq!(bench.run_summary()["counts"]["pass"], 100);
}
