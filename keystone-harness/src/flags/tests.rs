use super::*;

fn parse(args: &[&str]) -> Result<Flags, Refusal> {
    parse_with(args, &[])
}

fn parse_with(args: &[&str], env: &[(&str, &str)]) -> Result<Flags, Refusal> {
    let args = std::iter::once("evals").chain(args.iter().copied()).map(OsString::from);
    Flags::parse(args, &|name| {
        env.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
    })
}

fn bad(result: Result<Flags, Refusal>) -> String {
    match result {
        Err(Refusal::Bad(why)) => why,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn the_parser_is_sound() {
    command().debug_assert();
}

#[test]
fn what_nextest_and_cargo_pass_is_understood() {
    let flags = parse(&["--list", "--format", "terse", "--ignored"]).expect("nextest lists");
    assert!(flags.list && flags.ignored && flags.terse());
    let flags = parse(&["--exact", "geo::rivers", "--nocapture"]).expect("nextest runs");
    assert_eq!(flags.filters, ["geo::rivers"]);
    for args in [
        ["--no-capture"].as_slice(),
        &["-q"],
        &["--show-output", "--test"],
        &["--test-threads", "4"],
        &["--test-threads=4"],
        &["-Z", "unstable-options", "--report-time"],
        &["--bench"],
        &["--skip", "a", "--skip", "b"],
        &["--include-ignored", "a", "b"],
        &["--logfile", "x.log", "--color", "never"],
    ] {
        parse(args).unwrap_or_else(|error| panic!("{args:?}: {error:?}"));
    }
}

#[test]
fn several_filters_and_repeated_flags_add_up() {
    let flags = parse(&["capitals", "--tag", "smoke", "rivers", "--tag=slow", "--case", "a,b"]);
    let flags = flags.expect("flags");
    assert_eq!(flags.filters, ["capitals", "rivers"]);
    assert_eq!(flags.tag, ["smoke", "slow"]);
    assert_eq!(flags.case, ["a,b"], "an id may hold a comma");
}

#[test]
fn a_mistyped_flag_gets_a_suggestion() {
    let why = bad(parse(&["--concurency", "4"]));
    assert!(why.starts_with("unknown flag `--concurency`; did you mean `--concurrency`?"), "{why}");
    let why = bad(parse(&["--tga", "smoke"]));
    assert!(why.starts_with("unknown flag `--tga`; did you mean `--tag`?"), "{why}");
    let why = bad(parse(&["--zzz"]));
    assert!(why.starts_with("unknown flag `--zzz`\n"), "{why}");
}

#[test]
fn bad_values_are_explained() {
    for (args, words) in [
        (["--concurrency", "0"], "at least 1"),
        (["--concurrency", "many"], "a whole number of at least 1"),
        (["--timeout", "soon"], "30s"),
        (["--timeout", "0s"], "none"),
        (["--trials", "0"], "0 is not in 1.."),
        (["--first", "-1"], "-1"),
        (["--run-id", "../up"], "folder's name"),
        (["--run-id", "latest"], "last run"),
        (["--color", "mauve"], "possible values: auto, always, never"),
    ] {
        let why = bad(parse(&args));
        assert!(why.contains(words), "{args:?}: {why}");
        assert!(!why.contains("Usage"), "{why}");
    }
}

#[test]
fn times_are_read_as_people_write_them() {
    let timeout = |text| parse(&["--timeout", text]).expect(text).timeout;
    assert_eq!(timeout("30s"), Some(Timeout(Some(Duration::from_secs(30)))));
    assert_eq!(timeout("1m 30s"), Some(Timeout(Some(Duration::from_secs(90)))));
    assert_eq!(timeout("none"), Some(Timeout(None)));
}

#[test]
fn a_run_may_be_named_or_left_open() {
    assert_eq!(parse(&["--resume"]).expect("open").resume, Some(None));
    assert_eq!(parse(&["--failed", "r1"]).expect("named").failed, Some(Some("r1".into())));
    assert_eq!(parse(&["--rescore=r1"]).expect("named").rescore, Some(Some("r1".into())));
    assert_eq!(parse(&[]).expect("none").resume, None);
    assert!(bad(parse(&["--resume", "--failed"])).contains("cannot be used with"));
}

#[test]
fn the_environment_fills_in_what_the_command_line_leaves_open() {
    let env = [
        ("KEYSTONE_CONCURRENCY", "3"),
        ("KEYSTONE_TAG", "smoke, fast"),
        ("KEYSTONE_CHECK", "1"),
        ("KEYSTONE_TIMEOUT", "none"),
        ("KEYSTONE_JUNIT", ""),
    ];
    let flags = parse_with(&["--", "capitals"], &env).expect("environment");
    assert_eq!(flags.concurrency, Some(3));
    assert_eq!(flags.tag, ["smoke", "fast"]);
    assert!(flags.check);
    assert_eq!(flags.timeout, Some(Timeout(None)));
    assert_eq!(flags.junit, None);
    assert_eq!(flags.filters, ["capitals"]);

    let flags = parse_with(&["--concurrency", "9", "--tag", "slow"], &env).expect("flags win");
    assert_eq!(flags.concurrency, Some(9));
    assert_eq!(flags.tag, ["slow"]);
}

#[test]
fn a_bad_setting_is_refused_under_its_own_name() {
    let why = bad(parse_with(&[], &[("KEYSTONE_TRIALS", "two")]));
    assert!(why.starts_with("KEYSTONE_TRIALS in the environment: invalid value 'two'"), "{why}");
    let why = bad(parse_with(&[], &[("KEYSTONE_CHECK", "perhaps")]));
    assert!(why.contains("write 1 or 0"), "{why}");
}

#[test]
fn a_flag_about_an_earlier_run_silences_the_settings_about_one() {
    let env = [("KEYSTONE_RESUME", "1"), ("KEYSTONE_RUN_ID", "nightly")];
    let flags = parse_with(&["--failed"], &env).expect("one of them");
    assert_eq!((flags.failed, flags.resume), (Some(None), None));
}

#[test]
fn the_help_names_flags_settings_and_exit_codes() {
    let Err(Refusal::Help(help)) = parse(&["--help"]) else { panic!("no help") };
    insta::assert_snapshot!(help);
}
