//! The configuration of a rule.

use serde_json::{Map, Value};

use super::RuleError;
use crate::scorers::{Rule, edit_distance};

/// The fields of a rule's configuration, all of which its kind knows.
pub(super) struct Fields<'a> {
    rule: &'a Rule,
    config: Option<&'a Map<String, Value>>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(rule: &'a Rule, known: &'static [&'static str]) -> Result<Self, RuleError> {
        let fields = Self { rule, config: rule.config.as_object() };
        match (&rule.config, fields.config) {
            (Value::Null, _) => {}
            (_, Some(config)) => {
                if let Some(field) = config.keys().find(|key| !known.contains(&key.as_str())) {
                    return Err(RuleError::UnknownField {
                        rule: rule.name.clone(),
                        kind: rule.kind.clone(),
                        field: field.clone(),
                        suggestion: nearest(field, known.iter().copied()),
                        accepted: known,
                    });
                }
            }
            (other, None) => return Err(fields.bad("config", other, "an object")),
        }
        Ok(fields)
    }

    /// The value of a field; `None` where it is missing or null.
    pub(super) fn value(&self, field: &str) -> Option<&'a Value> {
        self.config?.get(field).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, field: &str) -> Result<Option<String>, RuleError> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(self.bad(field, other, "a text")),
        }
    }

    /// A text without which there is no scorer of this kind.
    pub(super) fn required_text(&self, field: &str) -> Result<String, RuleError> {
        self.text(field)?.ok_or_else(|| self.missing(field, "a text"))
    }

    /// Whether a field is there, be it null.
    pub(super) fn has(&self, field: &str) -> bool {
        self.config.is_some_and(|config| config.contains_key(field))
    }

    pub(super) fn flag(&self, field: &str, default: bool) -> Result<bool, RuleError> {
        match self.value(field) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(self.bad(field, other, "true or false")),
        }
    }

    pub(super) fn number(
        &self,
        field: &str,
        accepted: &str,
        accepts: impl Fn(f64) -> bool,
    ) -> Result<Option<f64>, RuleError> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        match value.as_f64() {
            Some(number) if accepts(number) => Ok(Some(number)),
            _ => Err(self.bad(field, value, accepted)),
        }
    }

    pub(super) fn fraction(&self, field: &str) -> Result<Option<f64>, RuleError> {
        self.number(field, "a number from 0 to 1", |number| (0.0..=1.0).contains(&number))
    }

    pub(super) fn missing(&self, field: &str, accepted: &str) -> RuleError {
        RuleError::Config {
            rule: self.rule.name.clone(),
            field: field.to_owned(),
            found: "missing".to_owned(),
            accepted: accepted.to_owned(),
        }
    }

    pub(super) fn bad(&self, field: &str, found: &Value, accepted: &str) -> RuleError {
        let found = match found {
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
            other => other.to_string(),
        };
        RuleError::Config {
            rule: self.rule.name.clone(),
            field: field.to_owned(),
            found,
            accepted: accepted.to_owned(),
        }
    }
}

/// The name that was probably meant, if any comes near enough.
pub(super) fn nearest(
    given: &str,
    names: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    let given = given.to_lowercase().replace(['-', ' '], "_");
    names
        .map(|name| (edit_distance::similarity(&given, name), name))
        .filter(|(similarity, _)| *similarity >= 0.6)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}
