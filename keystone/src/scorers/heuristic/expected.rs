//! Where the expected value of a scorer comes from.

use std::borrow::Cow;

use serde_json::Value;

use crate::output::text_of;
use crate::scorers::{Score, Subject};

/// What a scorer was told about its expected value: the value itself, in the form `T` that the
/// scorer works with, or the name under which to find it.
#[derive(Debug, Clone)]
pub(super) struct Expected<T> {
    pub(super) given: Option<T>,
    pub(super) key: Option<String>,
}

impl<T> Default for Expected<T> {
    fn default() -> Self {
        Self { given: None, key: None }
    }
}

/// An expected value, once found.
pub(super) enum Found<'a, T> {
    /// The one that the scorer was given.
    Given(&'a T),
    /// One that belongs to the row; never null.
    OfRow(&'a Value),
}

impl<T> Expected<T> {
    /// The expected value for a row, or an unscored score that says why there is none.
    pub(super) fn find<'a>(&'a self, subject: &'a Subject<'_>) -> Result<Found<'a, T>, Score> {
        if let Some(given) = &self.given {
            return Ok(Found::Given(given));
        }
        self.find_in_row(subject).map(Found::OfRow)
    }

    fn find_in_row<'a>(&self, subject: &'a Subject<'_>) -> Result<&'a Value, Score> {
        match &self.key {
            Some(key) => subject.parameter(key).ok_or_else(|| no_value_named(key)),
            None => subject.expected().ok_or_else(|| no_expected_value(subject)),
        }
    }
}

/// A given value beside its text: text as it is, anything else as its JSON.
#[derive(Debug, Clone)]
pub(super) struct Spelled {
    pub(super) value: Value,
    text: String,
}

impl Spelled {
    pub(super) fn new(value: Value) -> Self {
        Self { text: text_of(&value).into_owned(), value }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl Expected<Spelled> {
    /// Sets the value; null is none.
    pub(super) fn give(&mut self, value: Value) {
        self.given = (!value.is_null()).then(|| Spelled::new(value));
    }

    /// The given value for a rule; null if there is none.
    pub(super) fn to_json(&self) -> Value {
        self.given.as_ref().map_or(Value::Null, |given| given.value.clone())
    }

    /// The expected value for a row as text, or an unscored score that says why there is none.
    pub(super) fn find_text<'a>(&'a self, subject: &'a Subject<'_>) -> Result<Cow<'a, str>, Score> {
        match (&self.given, &self.key) {
            (Some(given), _) => Ok(Cow::Borrowed(given.text())),
            (None, Some(_)) => self.find_in_row(subject).map(text_of),
            // A typed text is taken as it is, without a detour by JSON.
            (None, None) => subject.expected_text().ok_or_else(|| no_expected_value(subject)),
        }
    }
}

#[cold]
fn no_value_named(key: &str) -> Score {
    Score::unscored(format!(
        "the row has no value named {key:?}, which `expected_key` names; it is looked for among \
         the parameters, in the expected value, in the metadata and in the input"
    ))
}

#[cold]
fn no_expected_value(subject: &Subject<'_>) -> Score {
    if let Some(problem) = subject.expected_problem() {
        return Score::unscored(format!("the expected value cannot be written as JSON: {problem}"));
    }
    Score::unscored(
        "the row has no expected value; add one to the data, or tell the scorer with \
         `.expected(…)` or `.expected_key(…)`",
    )
}
