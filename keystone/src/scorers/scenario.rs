//! Scenarios: outputs that were recorded elsewhere, with their parameters.

use std::any::Any;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{CaseData, Subject};
use crate::Output;

/// An output that was recorded elsewhere, and the parameters that it was made with: the form in
/// which the platform hands results around.
///
/// Read leniently: every field may be missing or null, and fields that are not known are passed
/// over. A scenario has no expected value of its own, so that scorers which compare with one need
/// to be given it, or to be told with `expected_key` which parameter holds it.
///
/// ```
/// use keystone::scorers::{ExactMatch, Scenario, Scorer};
///
/// let scenario: Scenario = serde_json::from_str(
///     r#"{"id": "fr", "agent_output": "Paris", "parameters": {"capital": "Paris"}}"#,
/// )?;
/// let output = scenario.output();
/// let subject = scenario.subject(&output);
/// assert!(ExactMatch::new().expected_key("capital").score(&subject).passed());
/// assert!(ExactMatch::new().score(&subject).is_unscored());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(expecting = "an object with `id`, `agent_output` and `parameters`")]
#[non_exhaustive]
pub struct Scenario {
    /// The name of the scenario as it was given, usually a text; null where it has none.
    #[serde(default)]
    pub id: Value,
    /// What the agent answered; null where that is not known.
    #[serde(default)]
    pub agent_output: Value,
    /// What the scenario was made with, by name.
    #[serde(default, deserialize_with = "parameters")]
    pub parameters: Map<String, Value>,
}

impl Scenario {
    /// A scenario with this output and no parameters.
    #[must_use]
    pub fn new(agent_output: impl Into<Value>) -> Self {
        Self { agent_output: agent_output.into(), ..Self::default() }
    }

    /// Sets the name of the scenario.
    #[must_use]
    pub fn id(mut self, id: impl Into<Value>) -> Self {
        self.id = id.into();
        self
    }

    /// Adds a parameter.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }

    /// The output as scorers take it: text as it is, anything else as the JSON that it is. Where
    /// there is nothing to speak of (null, `""`, `false`, `0`, `[]`, `{}`) it is the empty text,
    /// as the platform's own scorers have it.
    #[must_use]
    pub fn output(&self) -> Output {
        if is_nothing(&self.agent_output) {
            Output::text("")
        } else {
            Output::from_value(self.agent_output.clone())
        }
    }

    /// What scorers look at: an output, usually [`Scenario::output`], with the parameters of this
    /// scenario.
    #[must_use]
    pub fn subject<'a>(&'a self, output: &'a Output) -> Subject<'a> {
        Subject::over(self, output)
    }
}

/// Whether a value counts as none, in the languages that the platform's scorers come from.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

impl CaseData for Scenario {
    fn id(&self) -> Option<&str> {
        self.id.as_str()
    }
    fn input(&self) -> Option<&dyn Any> {
        None
    }
    fn input_json(&self) -> Result<Value, String> {
        Err("a scenario has parameters, but no input".to_owned())
    }
    fn expected(&self) -> Option<&dyn Any> {
        None
    }
    fn expected_json(&self) -> Option<Result<Value, String>> {
        None
    }
    fn tags(&self) -> &[String] {
        &[]
    }
    fn metadata(&self) -> &Map<String, Value> {
        &self.parameters
    }
    fn context(&self) -> &[String] {
        &[]
    }
    fn parameter(&self, key: &str) -> Option<&Value> {
        self.parameters.get(key)
    }
}

/// Reads an object or null, and names the field where it is something else.
fn parameters<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    struct Parameters;

    impl<'de> Visitor<'de> for Parameters {
        type Value = Map<String, Value>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("`parameters` to be an object")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Map::new())
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Map::deserialize(MapAccessDeserializer::new(map))
        }
    }

    deserializer.deserialize_any(Parameters)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_nothing_is_the_empty_text_and_the_rest_is_its_json() {
        for nothing in [
            json!(null),
            json!(""),
            json!(false),
            json!(0),
            json!(0.0),
            json!(-0.0),
            json!([]),
            json!({}),
        ] {
            assert_eq!(Scenario::new(nothing.clone()).output(), Output::text(""), "{nothing}");
        }
        for (value, text) in [
            (json!("0"), "0"),
            (json!(" "), " "),
            (json!(true), "true"),
            (json!(1.0), "1.0"),
            (json!([0]), "[0]"),
            (json!({"a": null}), r#"{"a":null}"#),
        ] {
            assert_eq!(Scenario::new(value).output().as_text(), text);
        }
    }

    #[test]
    fn all_fields_may_be_missing_or_null_and_others_are_passed_over() {
        for text in [
            "{}",
            r#"{"id": null, "agent_output": null, "parameters": null}"#,
            r#"{"wall_ms": 12, "status": "pass"}"#,
        ] {
            assert_eq!(
                serde_json::from_str::<Scenario>(text).expect("lenient"),
                Scenario::default()
            );
        }
    }

    #[test]
    fn parameters_that_are_no_object_are_an_error_that_names_them() {
        let error = serde_json::from_str::<Scenario>(r#"{"parameters": [1]}"#).unwrap_err();
        let message = error.to_string();
        let wanted = "invalid type: sequence, expected `parameters` to be an object at line 1";
        assert!(message.starts_with(wanted), "{message}");
    }

    #[test]
    fn parameters_are_found_by_name_and_nothing_else_is() {
        let scenario = Scenario::new("x")
            .id(7)
            .parameter("expected", "Paris")
            .parameter("input", json!({"city": "Paris"}))
            .parameter("none", Value::Null);
        let output = scenario.output();
        let subject = scenario.subject(&output);
        assert_eq!(subject.parameter("expected"), Some(&json!("Paris")));
        assert_eq!(subject.parameter("none"), None);
        assert_eq!(subject.parameter("city"), None);
        assert_eq!(subject.expected(), None);
        assert!(subject.input().is_err());
    }
}
