//! What a scorer looks at.

use std::any::Any;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::output::text_of;
use crate::{Case, Output};

/// What a scorer looks at: one output, and the case that it answers.
///
/// Everything is looked up when a scorer asks for it, so that a scorer that reads only the
/// output costs nothing for the rest.
///
/// ```
/// use keystone::{Case, Output, scorers::Subject};
///
/// let case: Case = Case::new("2 + 2").expected(4);
/// let output = Output::text("4");
/// let subject = Subject::new(&case, &output);
/// assert_eq!(subject.output_text(), "4");
/// assert_eq!(subject.expected_text().as_deref(), Some("4"));
/// ```
pub struct Subject<'a> {
    output: &'a Output,
    case: &'a dyn CaseData,
    input: OnceCell<Result<Value, String>>,
    expected: OnceCell<Option<Result<Value, String>>>,
}

/// A value that a scorer cannot work with, and why. It becomes the reason of an unscored score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unscorable(pub String);

impl std::fmt::Display for Unscorable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unscorable {}

/// Where the fields of a case come from: a typed case of a run, a row of a journal, or the
/// parameters of a scenario. Typed values are offered as `Any` so that the common case costs no
/// serialisation.
pub(crate) trait CaseData {
    fn id(&self) -> Option<&str>;
    fn input(&self) -> Option<&dyn Any>;
    fn input_json(&self) -> Result<Value, String>;
    fn expected(&self) -> Option<&dyn Any>;
    fn expected_json(&self) -> Option<Result<Value, String>>;
    fn tags(&self) -> &[String];
    fn metadata(&self) -> &Map<String, Value>;
    fn context(&self) -> &[String];
    /// A value that only scenarios have, by its parameter name.
    fn parameter(&self, _key: &str) -> Option<&Value> {
        None
    }
    /// The typed case itself.
    fn as_any(&self) -> Option<&dyn Any> {
        None
    }
}

impl CaseData for Case<Value, Value> {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
    fn input(&self) -> Option<&dyn Any> {
        Some(&self.input)
    }
    fn input_json(&self) -> Result<Value, String> {
        Ok(self.input.clone())
    }
    fn expected(&self) -> Option<&dyn Any> {
        self.expected.as_ref().map(|value| value as &dyn Any)
    }
    fn expected_json(&self) -> Option<Result<Value, String>> {
        self.expected.clone().map(Ok)
    }
    fn tags(&self) -> &[String] {
        &self.tags
    }
    fn metadata(&self) -> &Map<String, Value> {
        &self.metadata
    }
    fn context(&self) -> &[String] {
        &self.context
    }
    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

/// A typed value that was at hand, or one that was made from JSON for this call.
#[derive(Debug)]
pub enum Bound<'a, T> {
    /// The value that the case holds.
    Borrowed(&'a T),
    /// A value made for this call.
    Owned(T),
}

impl<T> Deref for Bound<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Borrowed(value) => value,
            Self::Owned(value) => value,
        }
    }
}

impl<'a> Subject<'a> {
    /// An output and the case that it answers.
    #[must_use]
    pub fn new(case: &'a Case, output: &'a Output) -> Self {
        Self::over(case, output)
    }

    pub(crate) fn over(case: &'a dyn CaseData, output: &'a Output) -> Self {
        Self { output, case, input: OnceCell::new(), expected: OnceCell::new() }
    }

    /// The output.
    #[must_use]
    pub fn output(&self) -> &'a Output {
        self.output
    }

    /// The output as text: text as it is, anything else as its compact JSON.
    #[must_use]
    pub fn output_text(&self) -> Cow<'a, str> {
        self.output.as_text()
    }

    /// The name of the case.
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        self.case.id()
    }

    /// The input as JSON.
    ///
    /// # Errors
    /// Says why a typed input could not be turned into JSON.
    pub fn input(&self) -> Result<&Value, Unscorable> {
        if let Some(value) = self.case.input().and_then(|any| any.downcast_ref::<Value>()) {
            return Ok(value);
        }
        self.input
            .get_or_init(|| self.case.input_json())
            .as_ref()
            .map_err(|why| Unscorable(format!("the input is not available as JSON: {why}")))
    }

    /// The input as text: text as it is, anything else as its compact JSON.
    ///
    /// # Errors
    /// Says why a typed input could not be turned into JSON.
    pub fn input_text(&self) -> Result<Cow<'_, str>, Unscorable> {
        if let Some(text) = self.case.input().and_then(|any| any.downcast_ref::<String>()) {
            return Ok(Cow::Borrowed(text));
        }
        self.input().map(text_of)
    }

    /// The expected value as JSON; `None` where the case has none, or an explicit null.
    #[must_use]
    pub fn expected(&self) -> Option<&Value> {
        let value =
            if let Some(value) = self.case.expected().and_then(|any| any.downcast_ref::<Value>()) {
                value
            } else {
                self.expected.get_or_init(|| self.case.expected_json()).as_ref()?.as_ref().ok()?
            };
        (!value.is_null()).then_some(value)
    }

    /// Why [`Subject::expected`] is `None` although the case has an expected value.
    pub(crate) fn expected_problem(&self) -> Option<&str> {
        let made = self.expected.get_or_init(|| self.case.expected_json());
        made.as_ref()?.as_ref().err().map(String::as_str)
    }

    /// The expected value as text: text as it is, anything else as its compact JSON.
    #[must_use]
    pub fn expected_text(&self) -> Option<Cow<'_, str>> {
        if let Some(text) = self.case.expected().and_then(|any| any.downcast_ref::<String>()) {
            return Some(Cow::Borrowed(text));
        }
        self.expected().map(text_of)
    }

    /// The labels of the case.
    #[must_use]
    pub fn tags(&self) -> &'a [String] {
        self.case.tags()
    }

    /// What else is known about the case.
    #[must_use]
    pub fn metadata(&self) -> &'a Map<String, Value> {
        self.case.metadata()
    }

    /// The texts to grade against: what the task retrieved, or else what the case came with.
    #[must_use]
    pub fn context(&self) -> &'a [String] {
        if self.output.contexts().is_empty() { self.case.context() } else { self.output.contexts() }
    }

    /// A value by name, for scorers whose `expected_key` and the like name one. Looked up in this
    /// order: the parameters of a scenario; `input` and `expected` themselves; a field of the
    /// expected value; the metadata; a field of the input. Null counts as absent.
    #[must_use]
    pub fn parameter(&self, key: &str) -> Option<&Value> {
        if let Some(value) = self.case.parameter(key) {
            return Some(value).filter(|value| !value.is_null());
        }
        let found = match key {
            "input" => self.input().ok(),
            "expected" => self.expected(),
            _ => self
                .expected()
                .and_then(|value| value.get(key))
                .or_else(|| self.case.metadata().get(key))
                .or_else(|| self.input().ok().and_then(|value| value.get(key))),
        };
        found.filter(|value| !value.is_null())
    }

    /// The input as the type that a scorer function asks for.
    ///
    /// # Errors
    /// Says where the input does not fit the type.
    pub fn input_as<T: DeserializeOwned + 'static>(&self) -> Result<Bound<'_, T>, Unscorable> {
        if let Some(value) = self.case.input().and_then(|any| any.downcast_ref::<T>()) {
            return Ok(Bound::Borrowed(value));
        }
        from_value("input", self.input()?).map(Bound::Owned)
    }

    /// The expected value as the type that a scorer function asks for.
    ///
    /// # Errors
    /// Says that there is none, or where it does not fit the type.
    pub fn expected_as<T: DeserializeOwned + 'static>(&self) -> Result<Bound<'_, T>, Unscorable> {
        self.expected_if::<T>()?
            .ok_or_else(|| Unscorable("the row has no expected value".to_owned()))
    }

    /// The expected value as the type that a scorer function asks for, if there is one.
    ///
    /// # Errors
    /// Says where the expected value does not fit the type.
    pub fn expected_if<T: DeserializeOwned + 'static>(
        &self,
    ) -> Result<Option<Bound<'_, T>>, Unscorable> {
        if let Some(value) = self.case.expected().and_then(|any| any.downcast_ref::<T>()) {
            return Ok(Some(Bound::Borrowed(value)));
        }
        match self.expected() {
            Some(value) => {
                from_value("expected value", value).map(|value| Some(Bound::Owned(value)))
            }
            None => Ok(None),
        }
    }

    /// The output as the type that a scorer function asks for. Text that is not of that type is
    /// read as JSON, since models answer in text.
    ///
    /// # Errors
    /// Says where the output does not fit the type.
    pub fn output_as<T: DeserializeOwned + 'static>(&self) -> Result<T, Unscorable> {
        let value = self.output.value();
        match (T::deserialize(value), value) {
            (Ok(typed), _) => Ok(typed),
            (Err(error), Value::String(text)) => {
                serde_json::from_str(text.trim()).map_err(|inner| {
                    Unscorable(format!(
                        "the output does not fit the scorer's type: {error}; read as JSON: {inner}"
                    ))
                })
            }
            (Err(error), _) => {
                Err(Unscorable(format!("the output does not fit the scorer's type: {error}")))
            }
        }
    }

    /// The whole case as the type that a scorer function asks for.
    ///
    /// # Errors
    /// Says which part of the case does not fit the type.
    pub fn case_as<I, E>(&self) -> Result<Bound<'_, Case<I, E>>, Unscorable>
    where
        I: DeserializeOwned + 'static,
        E: DeserializeOwned + 'static,
    {
        if let Some(case) = self.case.as_any().and_then(|any| any.downcast_ref::<Case<I, E>>()) {
            return Ok(Bound::Borrowed(case));
        }
        Ok(Bound::Owned(Case {
            id: self.case.id().map(str::to_owned),
            input: from_value("input", self.input()?)?,
            expected: self
                .expected()
                .map(|value| from_value("expected value", value))
                .transpose()?,
            tags: self.case.tags().to_vec(),
            metadata: self.case.metadata().clone(),
            context: self.case.context().to_vec(),
        }))
    }
}

fn from_value<T: DeserializeOwned>(what: &str, value: &Value) -> Result<T, Unscorable> {
    T::deserialize(value)
        .map_err(|error| Unscorable(format!("the {what} does not fit the scorer's type: {error}")))
}
