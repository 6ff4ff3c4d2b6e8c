//! What holds for any template and any values.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::prompts::{Template, render};

/// Texts that are made of the pieces of tags, so that many tags come about.
fn template() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{", "}", "{{", "}}", "{a}", "{b.a}", "{_it}", "{#a}", "{/a}", "{#b}", "{/b}", "{# b }",
        "{/ b}", "#", "/", "a", "b", ".", " ", "\n", "é", "text",
    ]);
    prop_oneof![vec(piece, 0..24).prop_map(|pieces| pieces.concat()), any::<String>()]
}

fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![template(), any::<String>()];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-10.0..10.0f64).prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map("[ab]|_it", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn variables() -> impl Strategy<Value = Map<String, Value>> {
    btree_map("[ab]|_it", value(), 0..4).prop_map(|fields| fields.into_iter().collect())
}

proptest! {
    #[test]
    fn nothing_panics(template in template(), variables in variables()) {
        let template = Template::parse(&template);
        let text = template.render(&variables);
        for leftover in template.leftovers(&variables) {
            prop_assert!(template.source()[leftover.offset..].starts_with(&leftover.tag));
        }
        // A bound takes nothing away from what fits it.
        prop_assert_eq!(template.render_bounded(&variables, usize::MAX), Ok(text.clone()));
        if let Ok(bounded) = template.render_bounded(&variables, text.len()) {
            prop_assert_eq!(bounded, text);
        }
    }

    #[test]
    fn a_bound_is_never_passed(template in template(), variables in variables(), limit in 0..64usize) {
        let template = Template::parse(&template);
        match template.render_bounded(&variables, limit) {
            Ok(text) => prop_assert!(text.len() <= limit),
            Err(error) => prop_assert_eq!(error.limit(), limit),
        }
    }

    #[test]
    fn a_text_without_braces_is_left_alone(text in "[^{}]*", variables in variables()) {
        prop_assert_eq!(render(&text, &variables), text);
    }

    #[test]
    fn a_text_without_variables_loses_only_sections(text in template()) {
        let without_sections = text.replace('#', "");
        prop_assert_eq!(render(&without_sections, &Map::new()), without_sections);
    }

    #[test]
    fn values_come_out_as_they_are(text in prop_oneof![template(), any::<String>()]) {
        let Value::Object(variables) = json!({
            "v": text, "a": "A", "on": true, "xs": [text, text], "ys": [{"v": text}],
        }) else { unreachable!() };
        prop_assert_eq!(render("<{v}>", &variables), format!("<{text}>"));
        prop_assert_eq!(render("{{v}}{v}", &variables), format!("{text}{text}"));
        prop_assert_eq!(render("{#on}<{v}>{/on}{a}", &variables), format!("<{text}>A"));
        prop_assert_eq!(render("{#xs}{_it}|{/xs}", &variables), format!("{text}|{text}|"));
        prop_assert_eq!(render("{{#ys}{v}{/ys}}", &variables), format!("{{{text}}}"));
    }
}
