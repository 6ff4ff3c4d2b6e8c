//! What holds for every document of the contract's shapes, whatever was done to it on the way.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::documents::{Document, all};

/// Drops fields, puts null for them and adds unknown ones, as the choices say.
fn bend(value: Value, document: &Document, fixed: bool, choose: &mut impl FnMut() -> u8) -> Value {
    match value {
        Value::Object(fields) => {
            let mut bent = Map::new();
            for (name, value) in fields {
                match choose() {
                    0 | 1 => {}
                    2 | 3 => drop(bent.insert(name, Value::Null)),
                    _ => {
                        let fixed = document.maps.contains(&name.as_str());
                        let value = bend(value, document, fixed, choose);
                        bent.insert(name, value);
                    }
                }
            }
            if !fixed && choose() > 4 {
                let extra = json!({"nested": [{"deep": choose()}, null, "text"], "n": -1.5});
                bent.insert("a field of tomorrow".to_owned(), extra);
            }
            Value::Object(bent)
        }
        Value::Array(values) => {
            let mut bent = Vec::new();
            for value in values {
                match choose() {
                    0 => {}
                    1 | 2 => bent.push(Value::Null),
                    _ => bent.push(bend(value, document, false, choose)),
                }
            }
            Value::Array(bent)
        }
        scalar => scalar,
    }
}

/// Writes numbers as text and whole numbers as floats, as the choices say.
fn retype(value: Value, document: &Document, choose: &mut impl FnMut() -> u8) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, value)| {
                    let free = document.free.contains(&name.as_str());
                    let value = if free { value } else { retype(value, document, choose) };
                    (name, value)
                })
                .collect(),
        ),
        Value::Array(values) => {
            values.into_iter().map(|value| retype(value, document, choose)).collect()
        }
        Value::Number(number) => match choose() {
            0..=3 => Value::String(number.to_string()),
            4..=5 => json!(number.as_f64()),
            6 => json!(number.as_f64().map(|number| format!(" {number:.6} "))),
            _ => Value::Number(number),
        },
        Value::Bool(value) => match choose() {
            0..=2 => json!(u8::from(value)),
            3..=5 => json!(value.to_string()),
            _ => json!(value),
        },
        other => other,
    }
}

fn choices() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0_u8..10, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents_with_fields_dropped_nulled_or_added_decode(choices in choices()) {
        for document in all() {
            let mut choices = choices.iter().copied().cycle();
            let bent =
                bend(document.whole.clone(), &document, false, &mut || choices.next().unwrap());
            let pass = (document.pass)(&bent.to_string());
            match pass {
                Ok(pass) => prop_assert!(pass.same, "{}: {bent} became {}", document.name, pass.written),
                Err(error) => prop_assert!(false, "{}: {error}: {bent}", document.name),
            }
        }
    }

    #[test]
    fn numbers_and_booleans_in_other_clothes_read_as_themselves(choices in choices()) {
        for document in all().into_iter().filter(|document| !document.loose) {
            let mut choices = choices.iter().copied().cycle();
            let retyped =
                retype(document.whole.clone(), &document, &mut || choices.next().unwrap());
            let plain = (document.pass)(&document.whole.to_string()).unwrap();
            match (document.pass)(&retyped.to_string()) {
                Ok(pass) => prop_assert_eq!(pass.written, plain.written, "{}", document.name),
                Err(error) => prop_assert!(false, "{}: {error}: {retyped}", document.name),
            }
        }
    }
}

#[test]
fn whole_documents_are_written_as_they_came() {
    for document in all() {
        let pass = (document.pass)(&document.whole.to_string())
            .unwrap_or_else(|error| panic!("{}: {error}", document.name));
        assert_eq!(pass.written, document.whole, "{}", document.name);
        assert!(pass.same, "{}", document.name);
    }
}

#[test]
fn empty_documents_are_read() {
    for document in all() {
        let pass =
            (document.pass)("{}").unwrap_or_else(|error| panic!("{}: {error}", document.name));
        assert!(pass.same, "{}", document.name);
        if let Value::Object(fields) = pass.written {
            for time in ["created_at", "ran_at", "captured_at", "fired_at", "ts"] {
                assert!(!fields.contains_key(time), "{} writes an empty {time}", document.name);
            }
        }
    }
}
