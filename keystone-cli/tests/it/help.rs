//! What the command says of itself.

use std::process::Stdio;

use crate::command::Scratch;

#[test]
fn the_help_has_options_rules_exit_codes_and_examples() {
    let scored = Scratch::new().score(&["--help"]);
    assert_eq!((scored.code, scored.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!("score_help", scored.out);
}

#[test]
fn each_command_has_its_help() {
    for command in ["price", "render"] {
        let helped = Scratch::new().run(&[command, "--help"]);
        assert_eq!((helped.code, helped.err.as_str()), (Some(0), ""));
        insta::assert_snapshot!(format!("{command}_help"), helped.out);
    }
}

#[test]
fn the_command_line_is_checked() {
    let scratch = Scratch::new();
    for (arguments, told) in [
        (&["--rules", "r.json"][..], "<--rows <ROWS.jsonl>|--journal <RUN>>"),
        (&["--rows", "-"], "--rules <RULES.json>"),
        (&["--rules", "r.json", "--rows", "-", "--journal", "latest"], "cannot be used with"),
        (&["--rulse", "r.json"], "a similar argument exists: '--rules'"),
    ] {
        let output = scratch.command(arguments).stdin(Stdio::null()).output().expect("it starts");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(told), "{said}");
    }
}
