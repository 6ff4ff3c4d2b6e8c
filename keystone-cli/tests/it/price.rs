//! What calls cost.

use crate::command::{Scored, Scratch};

fn price(arguments: &[&str]) -> Scored {
    Scratch::new().run(&[&["price"], arguments].concat())
}

#[test]
fn a_known_model_has_a_price() {
    for (arguments, answer) in [
        (
            &["claude-sonnet-4-5", "--input", "4200", "--output", "1800", "--cache", "1500"][..],
            r#"{"model":"claude-sonnet-4-5","matched":"claude-sonnet-4-5-20250929","usd":0.03555}"#,
        ),
        (
            &["--output", "1000000", "openai/GPT-4o"],
            r#"{"model":"openai/GPT-4o","matched":"gpt-4o","usd":10.0}"#,
        ),
        (&["o1", "--cache", "9"], r#"{"model":"o1","matched":"o1","usd":0.0}"#),
    ] {
        let priced = price(arguments);
        assert_eq!((priced.code, priced.err.as_str()), (Some(0), ""), "{arguments:?}");
        assert_eq!(priced.out, format!("{answer}\n"));
    }
}

#[test]
fn an_unknown_model_is_not_free() {
    for (model, told) in [
        ("claude", "error: the price of \"claude\" is not known\n"),
        ("gpt4o", "error: the price of \"gpt4o\" is not known; did you mean `gpt-4o`?\n"),
        ("", "error: the price of \"\" is not known\n"),
    ] {
        let priced = price(&[model, "--input", "5"]);
        assert_eq!((priced.code, priced.err.as_str()), (Some(1), told));
        assert_eq!(priced.out, format!("{{\"model\":{model:?},\"matched\":null,\"usd\":null}}\n"));
    }
    let long = "x".repeat(100_000);
    assert_eq!(price(&[&long]).code, Some(1));
}

#[test]
fn numbers_of_tokens_are_whole() {
    for arguments in [
        &[][..],
        &["gpt-4o", "--input", "-1"],
        &["gpt-4o", "--input", "1.5"],
        &["gpt-4o", "--input", "99999999999999999999"],
        &["gpt-4o", "more"],
    ] {
        let priced = price(arguments);
        assert_eq!((priced.code, priced.out.as_str()), (Some(2), ""), "{arguments:?}");
    }
}
