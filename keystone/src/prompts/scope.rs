//! What names stand for.

use serde_json::{Map, Value};

/// The name of the item inside of a section over a list.
const ITEM: &str = "_it";

/// The variables of a rendering: those of the caller over those that are stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variables<'a> {
    given: &'a Map<String, Value>,
    stored: Option<&'a Map<String, Value>>,
}

impl<'a> Variables<'a> {
    pub(super) fn new(given: &'a Map<String, Value>) -> Self {
        Self { given, stored: None }
    }

    /// Says what names stand for that are not given.
    pub(super) fn over(self, stored: &'a Map<String, Value>) -> Self {
        Self { stored: Some(stored), ..self }
    }

    /// The value of a variable.
    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.given.get(name).or_else(|| self.stored?.get(name))
    }

    /// The value at the end of a path.
    pub(super) fn find(self, path: &str) -> Option<&'a Value> {
        walk(path, |name| self.get(name))
    }

    /// The value at the end of a path that starts in an item of a list, or else here.
    pub(super) fn find_in(self, item: &'a Value, path: &str) -> Option<&'a Value> {
        walk(path, |name| {
            let own = item.as_object().and_then(|fields| fields.get(name));
            own.or_else(|| (name == ITEM).then_some(item)).or_else(|| self.get(name))
        })
    }
}

fn walk<'a>(path: &str, first: impl FnOnce(&str) -> Option<&'a Value>) -> Option<&'a Value> {
    let mut names = path.split('.');
    let value = first(names.next()?)?;
    names.try_fold(value, |value, name| value.as_object()?.get(name))
}

/// How often a section is filled in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Repeat<'a> {
    Never,
    Once,
    /// Once for each of these.
    Each(&'a [Value]),
}

impl<'a> Repeat<'a> {
    /// What the value of its variable makes of a section.
    pub(super) fn of(value: Option<&'a Value>) -> Self {
        let truthy = match value {
            Some(Value::Array(items)) => return Self::Each(items),
            None | Some(Value::Null) => false,
            Some(Value::Bool(value)) => *value,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Object(fields)) => !fields.is_empty(),
        };
        if truthy { Self::Once } else { Self::Never }
    }
}
