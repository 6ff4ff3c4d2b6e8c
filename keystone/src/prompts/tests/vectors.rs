//! What the language makes of each construct.

use serde_json::json;

use super::{map, rendered};
use crate::prompts::{Template, VariablesError, variables};
use crate::types::Prompt;

/// Template, variables, text: where all renderers of the language agree, or Python's text is the
/// recommended one.
const VECTORS: [(&str, &str, &str); 48] = [
    ("Hi {who}", r#"{"who": "Ann"}"#, "Hi Ann"),
    ("Hi {{ who }}", r#"{"who": "Ann"}"#, "Hi Ann"),
    ("Hi {who}", "{}", "Hi {who}"),
    ("{u.city.zip}", r#"{"u": {"city": {"zip": "10"}}}"#, "10"),
    ("{u.city}", r#"{"u": "x"}"#, "{u.city}"),
    ("{#on}yes{/on}", r#"{"on": true}"#, "yes"),
    ("{#on}yes{/on}", r#"{"on": 0}"#, ""),
    ("{#on}yes{/on}", "{}", ""),
    ("{#xs}<{_it}>{/xs}", r#"{"xs": ["a", "b"]}"#, "<a><b>"),
    ("{#xs}{n}={v};{/xs}", r#"{"xs": [{"n": "p", "v": 1}, {"n": "q", "v": 2}]}"#, "p=1;q=2;"),
    ("{#xs}{_it.n}{/xs}", r#"{"xs": [{"n": "p"}]}"#, "p"),
    ("{#xs}{g}{/xs}", r#"{"xs": [1, 2], "g": "!"}"#, "!!"),
    ("{#s}{s}{/s}", r#"{"s": "text"}"#, "text"),
    ("{# xs }{_it}{/ xs }", r#"{"xs": ["a"]}"#, "a"),
    ("{a-b}", r#"{"a-b": "x"}"#, "{a-b}"),
    ("{naïf}", r#"{"naïf": "ok"}"#, "ok"),
    ("{}", "{}", "{}"),
    ("[{x}]", r#"{"x": ""}"#, "[]"),
    ("{x}{x}", r#"{"x": "1"}"#, "11"),
    (r#"{"k": "{v}"}"#, r#"{"v": "x"}"#, r#"{"k": "x"}"#),
    ("{x}}", r#"{"x": "V"}"#, "V"),
    ("{{x}", r#"{"x": "V"}"#, "V"),
    ("{{{x}}}", r#"{"x": "V"}"#, "{V}"),
    ("{{#s}}in{{/s}}", r#"{"s": true}"#, "{}in{}"),
    ("{#a}{#b}x{/b}{/a}", r#"{"a": true, "b": true}"#, "{#b}x{/b}"),
    ("{#a}1{#a}2{/a}3{/a}", r#"{"a": true}"#, "1{#a}23{/a}"),
    ("{v}", r#"{"v": "{x}", "x": "P"}"#, "{x}"),
    ("{x}", r#"{"x": 1.0}"#, "1.0"),
    ("{#a.b}x{/a.b}", r#"{"a": {"b": true}}"#, "{#a.b}x{/a.b}"),
    ("{#l}a", r#"{"l": [1]}"#, "{#l}a"),
    ("{xs.0}", r#"{"xs": ["a"]}"#, "{xs.0}"),
    ("{a.b}", r#"{"a.b": "x"}"#, "{a.b}"),
    ("{#m}{k}{/m}", r#"{"m": {"k": "in"}, "k": "out"}"#, "out"),
    ("{_it}", "{}", "{_it}"),
    ("{#z}y{/z}", r#"{"z": 0.0}"#, ""),
    ("{#z}y{/z}", r#"{"z": "0"}"#, "y"),
    ("{#z}y{/z}", r#"{"z": "false"}"#, "y"),
    ("{#xs}{g}{/xs}", r#"{"xs": [{"g": "in"}], "g": "out"}"#, "in"),
    ("{{#xs}}{{_it}}{{/xs}}", r#"{"xs": ["a"]}"#, "{}a{}"),
    ("{x.y.z}", r#"{"x": {"y": null}}"#, "{x.y.z}"),
    ("{ x . y }", r#"{"x": {"y": "1"}}"#, "{ x . y }"),
    ("{1}", r#"{"1": "one"}"#, "one"),
    ("{/a}", "{}", "{/a}"),
    ("{#a}x{/b}", r#"{"a": true}"#, "{#a}x{/b}"),
    ("{#xs}[{/xs}", r#"{"xs": [[], 0, ""]}"#, "[[["),
    ("{x:>3}", r#"{"x": "1"}"#, "{x:>3}"),
    (r"\{x}", r#"{"x": "1"}"#, r"\1"),
    ("{x}", r#"{"x": 12345678901234567890}"#, "12345678901234567890"),
];

/// The same where Python's renderer gives another text: template, variables, recommended, Python's.
const UNLIKE_PYTHON: [(&str, &str, &str, &str); 5] = [
    ("{x}", r#"{"x": true}"#, "true", "True"),
    ("{x}", r#"{"x": null}"#, "null", "None"),
    ("{x}", r#"{"x": ["a"]}"#, r#"["a"]"#, "['a']"),
    // Values that are inserted are not looked into again.
    ("{#s}{v}{/s}", r#"{"s": true, "v": "{x}", "x": "P"}"#, "{x}", "P"),
    ("{#xs}{g}{/xs}{g}", r#"{"xs": [{"g": "{h}"}], "g": "G", "h": "H"}"#, "{h}G", "HG"),
];

#[test]
fn the_table_of_the_language_holds() {
    for (template, variables, text) in VECTORS {
        assert_eq!(rendered(template, variables), text, "{template} with {variables}");
    }
    for (template, variables, text, python) in UNLIKE_PYTHON {
        assert_ne!(text, python);
        assert_eq!(rendered(template, variables), text, "{template} with {variables}");
    }
}

#[test]
fn values_that_are_no_text_are_compact_json() {
    let variables = r#"{"yes": true, "no": false, "nil": null, "half": 0.5, "minus": -7,
        "list": [1, "é\n", null, {"b": [], "a": 1.0}], "map": {"k": "{x}"}, "x": 1}"#;
    for (template, text) in [
        ("{yes} {no} {nil}", "true false null"),
        ("{half} {minus}", "0.5 -7"),
        ("{list}", r#"[1,"é\n",null,{"a":1.0,"b":[]}]"#),
        ("{map}", r#"{"k":"{x}"}"#),
        ("{#list}<{_it}>{/list}", "<1><é\n><null><{\"a\":1.0,\"b\":[]}>"),
    ] {
        assert_eq!(rendered(template, variables), text, "{template}");
    }
}

#[test]
fn other_forms_than_a_path_are_text() {
    let variables = r#"{"a": {"b": "x"}, "a b": 1, "": 2, "c": "y"}"#;
    for text in [
        "{a.}",
        "{.a}",
        "{a..b}",
        "{a b}",
        "{a-b}",
        "{a:fmt}",
        "{a|b}",
        "{a. b}",
        "{",
        "}",
        "{{",
        "}}",
        "{{}}",
        "{ }",
        "{#}",
        "{/}",
        "{# }",
        "{#a",
        "{#a b}x{/a b}",
        "{a",
        "{a.b",
        "{(c)}",
        "{!c}",
        "{>c}",
        "{^a}x{/c}",
        "{ #a}x{/ a}",
        "{\u{301}}",
    ] {
        assert_eq!(rendered(text, variables), text);
    }
}

#[test]
fn white_space_and_letters_of_any_script_are_such() {
    let variables = r#"{"a": {"b": "x"}, "имя": "Аня", "名前": "花", "नाम": "अनु", "x٣": "3"}"#;
    for (template, text) in [
        ("{\n a.b\t}", "x"),
        ("{{\u{a0}a.b\u{3000}}}", "x"),
        ("{имя}{名前}{नाम}{x٣}", "Аня花अनु3"),
        ("{#\r\nимя }да{/ имя\t}", "да"),
    ] {
        assert_eq!(rendered(template, variables), text, "{template}");
    }
}

#[test]
fn a_section_has_the_braces_of_its_tags_only() {
    let variables = r#"{"xs": ["a", "b"], "x": "X"}"#;
    for (template, text) in [
        ("{#xs}{_it}\n{/xs}end", "a\nb\nend"),
        ("{#xs}\n{_it}\n{/xs}\nend", "\na\n\nb\n\nend"),
        ("{#xs}{/xs}{#xs}{_it}{/xs}", "ab"),
        ("{/xs}{#xs}{_it}{/xs}{/xs}", "{/xs}ab{/xs}"),
        ("{#no}{x}{/no}{#xs}{x}{/xs}", "XX"),
        ("{#xs}{#no}{/xs}|{/no}", "{#no}{#no}|{/no}"),
    ] {
        assert_eq!(rendered(template, variables), text, "{template}");
    }
}

#[test]
fn placeholders_are_looked_for_in_what_sections_leave() {
    // A tag of a section may stand inside of a placeholder.
    assert_eq!(rendered("{{#s}x{/s}}", r#"{"s": true, "x": "X"}"#), "X");
    assert_eq!(rendered("{{#s}x{/s}}", r#"{"s": false, "x": "X"}"#), "{}");
    // What an item hides is found among the variables in the end.
    assert_eq!(rendered("{#xs}{g.k}{/xs}", r#"{"xs": [{"g": "t"}], "g": {"k": "top"}}"#), "top");
    // A value ends whatever was started before it, even an empty one.
    for value in ["x", ""] {
        let variables = json!({"s": true, "v": value, "x": "X", "xx": "XX"}).to_string();
        assert_eq!(rendered("{#s}{ {v} {/s}}", &variables), format!("{{ {value} }}"));
        assert_eq!(rendered("{#s}{x{v}{/s}}", &variables), format!("{{x{value}}}"));
    }
}

#[test]
fn the_keys_of_an_item_come_before_all_else() {
    let variables =
        r#"{"xs": [{"_it": "own"}, "text", {"a": {"b": 1}}], "_it": "top", "a": {"b": 2, "c": 3}}"#;
    assert_eq!(rendered("{#xs}{_it};{/xs}{_it}", variables), r#"own;text;{"a":{"b":1}};top"#);
    assert_eq!(rendered("{#xs}{a.b}{a.c};{/xs}", variables), "23;23;13;");
}

#[test]
fn a_prompt_has_variables_of_its_own() {
    let prompt: Prompt = serde_json::from_value(json!({
        "template": "{a}{b}{m.k}{#on}!{/on}{c}",
        "variables": {"a": 1, "b": 2, "m": {"k": 3}, "on": true},
    }))
    .expect("a prompt");
    assert_eq!(prompt.render(&map("{}")), "123!{c}");
    // Null is given as well, and maps are not merged.
    assert_eq!(prompt.render(&map(r#"{"b": "B", "on": null, "c": "C"}"#)), "1B3C");
    assert_eq!(prompt.render(&map(r#"{"m": {"other": 1}}"#)), "12{m.k}!{c}");
    assert_eq!(prompt.render_bounded(&map("{}"), 1000).as_deref(), Ok("123!{c}"));
    assert!(prompt.render_bounded(&map("{}"), 3).is_err());
}

#[test]
fn a_template_is_read_once() {
    let template = Template::parse("{#xs}{_it}{/xs}.");
    assert_eq!(template.source(), "{#xs}{_it}{/xs}.");
    assert_eq!(template.render(&map(r#"{"xs": [1]}"#)), "1.");
    assert_eq!(template.render(&map(r#"{"xs": [2, 3]}"#)), "23.");
}

#[test]
fn variables_are_an_object() {
    assert_eq!(variables(json!({"a": 1})).expect("an object"), map(r#"{"a": 1}"#));
    for (value, found) in [(json!([1]), "a list"), (json!(null), "null"), (json!("x"), "a text")] {
        let error = variables(value).expect_err("no object");
        assert_eq!(
            error.to_string(),
            format!("variables are an object of names and values, but this is {found}")
        );
    }
    let keys_are_no_texts = std::collections::BTreeMap::from([(vec![1], 1)]);
    let error = variables(keys_are_no_texts).expect_err("no JSON");
    assert!(matches!(error, VariablesError::NotJson { .. }), "{error}");
}
