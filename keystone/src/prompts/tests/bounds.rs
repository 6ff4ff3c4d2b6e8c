//! Hostile templates. Each of these would take hours, or all memory, if something looked through
//! the rest of the text, or made all of a text, again and again.

use serde_json::json;

use super::{map, rendered};
use crate::prompts::{Template, TooLarge, render, variables};

const MEGABYTE: usize = 1 << 20;

#[test]
fn time_is_linear_in_the_template() {
    let variables = map(r#"{"a": [1], "b": "x"}"#);
    let pieces =
        ["{/a}", "{# a", "{", "{{", "{ ", "{a", "{#", "{a.", "{a{b", "{#a}{/b}", "{#a}{#b}"];
    let short = pieces.map(|piece| (piece, MEGABYTE / 8));
    for (piece, length) in [("{#a}", MEGABYTE)].into_iter().chain(short) {
        let text = piece.repeat(length / piece.len());
        let template = Template::parse(&text);
        assert!(template.render(&variables).len() >= text.len() / 2, "{piece}");
        assert!(template.leftovers(&variables).len() <= text.len(), "{piece}");
    }
    // Many names that are closed in the wrong order, and all closed at the end.
    let names = || (0..20_000).map(|n| format!("n{n}"));
    let opened: String = names().map(|name| format!("{{#{name}}}")).collect();
    let closed: String = names().rev().map(|name| format!("{{/{name}}}")).collect();
    let outermost = map(r#"{"n0": true}"#);
    assert_eq!(
        render(&format!("{opened}{closed}"), &outermost),
        format!("{}{}", &opened["{#n0}".len()..], &closed[..closed.len() - "{/n0}".len()])
    );
    assert_eq!(render(&format!("{closed}{opened}"), &variables), format!("{closed}{opened}"));
}

#[test]
fn one_long_tag_is_one_tag() {
    let name = "n".repeat(MEGABYTE);
    let space = " ".repeat(MEGABYTE);
    let variables = variables(json!({ name.clone(): "v" })).expect("an object");
    assert_eq!(render(&format!("{{{space}{name}{space}}}"), &variables), "v");
    assert_eq!(render(&format!("{{#{name}}}x{{/{name}}}"), &variables), "x");
    let unclosed = format!("{{{space}").repeat(3);
    assert_eq!(render(&unclosed, &variables), unclosed);
}

#[test]
fn a_bound_holds_for_the_result() {
    let variables = map(r#"{"x": "12345", "e": ""}"#);
    for (template, length) in [("{x}{x}", 10), ("ab{x}", 7), ("plain", 5), ("{x.y}", 5)] {
        let template = Template::parse(template);
        assert_eq!(template.render_bounded(&variables, length).map(|text| text.len()), Ok(length));
        assert_eq!(template.render_bounded(&variables, length - 1), Err(TooLarge::new(length - 1)));
    }
    let empty = Template::parse("");
    assert_eq!(empty.render_bounded(&variables, 0), Ok(String::new()));
    // The text that sections make comes before the values that take its place.
    assert!(Template::parse("{e}{e}").render_bounded(&variables, 5).is_err());
    assert_eq!(Template::parse("{e}{e}").render_bounded(&variables, 6), Ok(String::new()));
}

#[test]
fn a_bound_ends_what_has_no_end_in_sight() {
    // A million items, each with as much as the template holds: 10¹¹ bytes, or as many values.
    let items: Vec<_> = std::iter::repeat_n(json!(""), 1_000_000).collect();
    let variables = variables(json!({"xs": items, "e": ""})).expect("an object");
    for piece in ["text ", "{_it}", "{e}", "{none}"] {
        let template = format!("{{#xs}}{}{{/xs}}", piece.repeat(20_000));
        let error = Template::parse(&template).render_bounded(&variables, MEGABYTE);
        assert_eq!(error, Err(TooLarge::new(MEGABYTE)), "{piece}");
    }
    // Sections that hold nothing cost nothing.
    let nothing = "{#xs}{/xs}".repeat(100_000);
    assert_eq!(Template::parse(&nothing).render_bounded(&variables, 0), Ok(String::new()));
}

#[test]
fn a_bound_says_what_to_do() {
    let error = Template::parse("long").render_bounded(&map("{}"), 3).expect_err("too long");
    assert_eq!(
        error.to_string(),
        "the rendered template is larger than 3 bytes; shorten the lists that its sections \
         repeat, or the values"
    );
    assert_eq!(rendered("long", "{}"), "long");
}
