//! Flags and settings, as users give them.

use serde_json::{Value, json};

use crate::projects;

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["id"].as_str().unwrap_or_default()).collect()
}

/// The names in the list that a run prints.
fn ran_evals(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("test "))
        .filter(|line| line.ends_with("ok") || line.ends_with("FAILED"))
        .filter_map(|line| line.split_whitespace().next())
        .collect()
}

#[test]
fn listing_reads_no_data_and_writes_nothing() {
    let bench = projects::sink();
    let ran = bench.run(&["--list"]);
    ran.expect_code(0).says("selection::rowwise: test").says("kinds::plain: test");
    let terse = bench.run(&["--list", "--format", "terse", "selection::"]);
    terse.expect_code(0);
    assert!(
        terse
            .stdout
            .lines()
            .all(|line| line.starts_with("selection::") && line.ends_with(": test")),
        "{terse}"
    );
    assert_eq!(terse.stdout.lines().count(), 4);
    let ignored = bench.run(&["--list", "--ignored", "--format", "terse"]);
    ignored.says("selection::costly: test").does_not_say("selection::rowwise");
    assert_eq!(bench.marks(), [""; 0], "a data function was called");
    assert!(!bench.results().exists());
    bench.run(&["--exact", "selection::rowwise"]).expect_code(0);
    assert!(!bench.marks().is_empty(), "the mark works");
}

#[test]
fn evaluations_are_chosen_by_name() {
    let bench = projects::sink();
    let run = |args: &[&str]| {
        let ran = bench.run(args);
        ran.expect_code(0);
        ran_evals(&ran.stdout).join(" ")
    };
    assert_eq!(run(&["selection::r", "kinds::b"]), "kinds::bools selection::rowwise");
    assert_eq!(run(&["--exact", "kinds::bools"]), "kinds::bools");
    assert_eq!(run(&["--exact", "bools"]), "");
    assert_eq!(run(&["selection::", "--skip", "flaky"]), "selection::rowwise selection::tagged");
    assert_eq!(run(&["selection::", "--ignored"]), "selection::costly");
    assert_eq!(
        run(&["selection::", "--include-ignored", "--skip", "flaky", "--skip", "tagged"]),
        "selection::rowwise selection::costly"
    );
    let ran = bench.run(&["selection::costly"]);
    ran.expect_code(0).says("ignored (costs money)").says("1 evaluation is ignored");
}

#[test]
fn rows_are_chosen_by_tag_id_count_and_chance() {
    let bench = projects::sink();
    let eval = ["--exact", "selection::rowwise"];
    let run = |args: &[&str]| {
        let ran = bench.run(&[&eval[..], args].concat());
        ran.expect_code(0).says("this is not the whole data set");
        ids(&bench.rows("selection.rowwise")).join(" ")
    };
    assert_eq!(run(&["--tag", "even"]), "row-0 row-2 row-4 row-6 row-8");
    assert_eq!(run(&["--not-tag", "even"]), "row-1 row-3 row-5 row-7 row-9");
    assert_eq!(run(&["--case", "row-3", "--case", "row-1"]), "row-1 row-3");
    assert_eq!(run(&["--first", "3"]), "row-0 row-1 row-2");
    assert_eq!(run(&["--tag", "odd", "--first", "2"]), "row-1 row-3");
    let sample = run(&["--sample", "4", "--seed", "7"]);
    assert_eq!(sample.split(' ').count(), 4);
    assert_eq!(run(&["--sample", "4", "--seed", "7"]), sample);
    let others: Vec<String> =
        (0..5).map(|seed| run(&["--sample", "4", "--seed", &seed.to_string()])).collect();
    assert!(others.iter().any(|other| *other != sample), "the seed changes nothing");
    // As many rows as there are, and more, are the whole.
    for whole in [
        &["--first", "11", "selection::rowwise"][..],
        &["--sample", "10", "selection::rowwise"],
        &["--first", "1", "kinds::plain"],
    ] {
        bench.run(&[&["--exact"], whole].concat()).expect_code(0).does_not_say("not the whole");
    }
}

#[test]
fn a_tag_of_an_evaluation_runs_it_whole() {
    let bench = projects::sink();
    let ran = bench.run(&["--tag", "whole", "selection::"]);
    ran.expect_code(0);
    assert_eq!(bench.summary("selection.tagged")["counts"]["pass"], 10);
    assert!(!bench.eval_folder("selection.rowwise").exists(), "{ran}");
    bench.run(&["--not-tag", "whole", "selection::tagged"]).expect_code(0);
}

#[test]
fn trials_run_a_row_several_times() {
    let bench = projects::sink();
    bench
        .run(&["--exact", "selection::rowwise", "--trials", "3", "--first", "2"])
        .expect_code(0)
        .says("6 rows (3 trials)");
    let rows = bench.rows("selection.rowwise");
    let trials: Vec<_> =
        rows.iter().map(|row| (row["index"].as_u64(), row["trial"].as_u64())).collect();
    let n = Some;
    assert_eq!(
        trials,
        [(n(0), n(0)), (n(0), n(1)), (n(0), n(2)), (n(1), n(0)), (n(1), n(1)), (n(1), n(2))]
    );
}

#[test]
fn json_events_stand_alone_on_stdout() {
    let bench = projects::sink();
    let ran = bench.run(&["--format", "json", "-Z", "unstable-options", "endings::"]);
    ran.expect_code(103);
    let events: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let of = |kind: &str, event: &str| {
        events.iter().filter(|line| line["type"] == kind && line["event"] == event).count()
    };
    assert_eq!((of("test", "started"), of("test", "ok"), of("test", "failed")), (5, 1, 4));
    assert_eq!(of("suite", "failed"), 1);
    assert!(ran.stderr.contains("FAILED  endings::red"), "the report goes to stderr; {ran}");
}

#[test]
fn settings_in_the_environment_stand_in_for_flags() {
    let bench = projects::sink();
    let eval = ["--exact", "selection::rowwise"];
    let run = |env: &[(&str, &str)], args: &[&str]| {
        bench.run_with(env, &[&eval[..], args].concat()).expect_code(0);
        ids(&bench.rows("selection.rowwise")).join(" ")
    };
    assert_eq!(run(&[("KEYSTONE_FIRST", "2")], &[]), "row-0 row-1");
    assert_eq!(run(&[("KEYSTONE_FIRST", "2")], &["--first", "1"]), "row-0");
    assert_eq!(run(&[("KEYSTONE_CASE", "row-4, row-5")], &[]), "row-4 row-5");
    assert_eq!(run(&[("KEYSTONE_TAG", "odd"), ("KEYSTONE_FIRST", "1")], &[]), "row-1");
    assert_eq!(run(&[("KEYSTONE_NOT_TAG", "odd"), ("KEYSTONE_FIRST", "1")], &[]), "row-0");
    assert_eq!(run(&[("KEYSTONE_TRIALS", "2"), ("KEYSTONE_FIRST", "1")], &[]), "row-0 row-0");
    assert_eq!(
        run(&[("KEYSTONE_SAMPLE", "3"), ("KEYSTONE_SEED", "5")], &[]),
        run(&[], &["--sample", "3", "--seed", "5"])
    );
    assert_eq!(
        run(&[("KEYSTONE_RUN_ID", "mine"), ("KEYSTONE_FIRST", "")], &["--first", "1"]),
        "row-0"
    );
    assert_eq!(bench.latest(), "mine");
    bench
        .run_with(&[("KEYSTONE_CONCURENCY", "2")], &eval)
        .expect_code(0)
        .says("did you mean KEYSTONE_CONCURRENCY?");
    bench
        .run_with(&[("KEYSTONE_CONCURRENCY", "none")], &eval)
        .expect_code(103)
        .says("KEYSTONE_CONCURRENCY in the environment");
    let elsewhere = bench.path("elsewhere");
    let place = elsewhere.to_string_lossy();
    bench.run_with(&[("KEYSTONE_OUTPUT", &place)], &eval).expect_code(0);
    assert!(elsewhere.join("latest").is_file());
    let other = bench.path("flag wins");
    bench.run(&[&eval[..], &["--output", &other.to_string_lossy()]].concat()).expect_code(0);
    assert!(other.join("latest").is_file());
}

#[test]
fn mistyped_flags_are_103_with_a_suggestion() {
    let bench = projects::sink();
    for (flag, meant) in [
        ("--concurency", "--concurrency"),
        ("--faild", "--failed"),
        ("--resum", "--resume"),
        ("--tags", "--tag"),
        ("--outputs", "--output"),
        ("--includeignored", "--include-ignored"),
    ] {
        let ran = bench.run(&[flag]);
        ran.expect_code(103).says(&format!("unknown flag `{flag}`; did you mean `{meant}`?"));
    }
    for bad in [
        &["--concurrency", "0"][..],
        &["--concurrency", "many"],
        &["--first", "0"],
        &["--trials", "0"],
        &["--timeout", "soon"],
        &["--format", "xml"],
        &["--color", "blue"],
        &["--run-id", "../up"],
        &["--run-id", "latest"],
        &["--resume", "--failed"],
        &["--test-threads", "0"],
        &["--sample"],
    ] {
        let ran = bench.run(&[bad, &["--exact", "endings::green"]].concat());
        ran.expect_code(103).says(bad[0]);
    }
    assert!(!bench.results().exists(), "nothing has run");
}

#[test]
fn the_help_names_every_flag_setting_and_code() {
    let bench = projects::sink();
    let ran = bench.run(&["--help"]);
    ran.expect_code(0);
    for word in [
        "--exact",
        "--skip",
        "--ignored",
        "--include-ignored",
        "--list",
        "--tag",
        "--not-tag",
        "--case",
        "--first",
        "--sample",
        "--seed",
        "--concurrency",
        "--trials",
        "--timeout",
        "--test-threads",
        "--check",
        "--resume",
        "--failed",
        "--rescore",
        "--failures",
        "--output",
        "--run-id",
        "--junit",
        "--color",
        "--format",
        "--quiet",
        "--logfile",
        "--nocapture",
        "KEYSTONE_TAG",
        "KEYSTONE_NOT_TAG",
        "KEYSTONE_CASE",
        "KEYSTONE_FIRST",
        "KEYSTONE_SAMPLE",
        "KEYSTONE_SEED",
        "KEYSTONE_CONCURRENCY",
        "KEYSTONE_TRIALS",
        "KEYSTONE_TIMEOUT",
        "KEYSTONE_CHECK",
        "KEYSTONE_RESUME",
        "KEYSTONE_FAILED",
        "KEYSTONE_RESCORE",
        "KEYSTONE_FAILURES",
        "KEYSTONE_OUTPUT",
        "KEYSTONE_RUN_ID",
        "KEYSTONE_JUNIT",
        "KEYSTONE_COLOR",
        "101",
        "102",
        "103",
        "104",
    ] {
        ran.says(word);
    }
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 200), "{ran}");
}

#[test]
fn flags_of_other_test_binaries_are_accepted() {
    let bench = projects::sink();
    for flags in [
        &["--nocapture"][..],
        &["--no-capture"],
        &["--show-output"],
        &["--test"],
        &["-q"],
        &["--test-threads=4"],
        &["--format=terse"],
        &["--color=never"],
        &["-Z", "unstable-options", "--report-time"],
    ] {
        bench.run(&[flags, &["--exact", "endings::green"]].concat()).expect_code(0);
    }
    bench.run(&["--bench", "endings::red"]).expect_code(0);
    let log = bench.path("list.log");
    bench
        .run(&["--exact", "endings::red", "--logfile", &log.to_string_lossy()])
        .expect_code(101)
        .says("FAILED  endings::red");
    let log = std::fs::read_to_string(log).unwrap_or_default();
    assert!(log.contains("endings::red"), "{log}");
}

#[test]
fn colours_are_for_terminals_unless_asked_for() {
    let bench = projects::sink();
    let escape = "\u{1b}[";
    bench.run(&["endings::red"]).does_not_say(escape);
    let coloured = |env: &[(&str, &str)], args: &[&str]| {
        let mut command = bench.binary(&[args, &["endings::red"]].concat());
        command.env_remove("NO_COLOR").env("TERM", "xterm-256color").envs(env.iter().copied());
        let ran = keystone_e2e::Ran::of(command);
        ran.expect_code(101);
        ran.stdout.contains(escape)
    };
    assert!(!coloured(&[], &[]), "a pipe");
    assert!(coloured(&[], &["--color", "always"]));
    assert!(coloured(&[("NO_COLOR", "1")], &["--color", "always"]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(coloured(&[("KEYSTONE_COLOR", "always")], &[]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]));
}

#[test]
fn as_many_failing_rows_are_shown_as_asked_for() {
    let bench = projects::sink();
    let content: String = (0..30)
        .map(|n| {
            format!("{}\n", json!({"id": format!("r{n:02}"), "input": "no", "expected": "yes"}))
        })
        .collect();
    bench.data("script.jsonl", content);
    let shown = |args: &[&str]| {
        let ran = bench.run(&[&["--exact", "scripts::script"], args].concat());
        ran.expect_code(101);
        (ran.stdout.lines().filter(|line| line.trim().starts_with("again ")).count(), ran)
    };
    let (ten, ran) = shown(&[]);
    assert_eq!(ten, 10);
    ran.says("20 more did not pass; --failures 30 shows them all");
    assert_eq!(shown(&["--failures", "30"]).0, 30);
    let (none, ran) = shown(&["--failures", "0"]);
    assert_eq!(none, 0);
    ran.says("FAILED  scripts::script: pass_rate 0 % < 100 %");
    let mut rows: Vec<&str> = ran.stdout.lines().filter(|line| line.contains("r00")).collect();
    rows.dedup();
}
