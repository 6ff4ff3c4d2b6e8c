//! What a task returned.

use std::any::Any;
use std::borrow::Cow;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a task returned: a value, and what a richer task has to say about how it got there.
///
/// Most tasks return plain text, a number or a struct, and never name this type. A task that
/// retrieves documents or calls tools returns an `Output`, so that scorers can see them:
///
/// ```
/// use keystone::{Output, ToolCall};
///
/// let output = Output::text("Paris, says the atlas.")
///     .context("The capital of France is Paris.")
///     .tool_call(ToolCall::new("atlas").arguments(serde_json::json!({"country": "France"})));
/// assert_eq!(output.as_text(), "Paris, says the atlas.");
/// assert_eq!(output.contexts().len(), 1);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Whole")]
pub struct Output {
    value: Value,
    // Most outputs are a value and nothing else. Whatever is moved from hand to hand on the way
    // from a task to its scorers is a third of the size without the rest.
    #[serde(flatten)]
    rest: Option<Box<Rest>>,
}

/// What a richer task has to say. Never empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
struct Rest {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    context: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<ToolCall>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    metadata: Map<String, Value>,
}

/// An output as it is read.
#[derive(Deserialize)]
struct Whole {
    value: Value,
    #[serde(default)]
    context: Vec<String>,
    #[serde(default)]
    tool_calls: Vec<ToolCall>,
    #[serde(default)]
    metadata: Map<String, Value>,
}

impl From<Whole> for Output {
    fn from(whole: Whole) -> Self {
        let Whole { value, context, tool_calls, metadata } = whole;
        let rest = Rest { context, tool_calls, metadata };
        Self { value, rest: (rest != Rest::default()).then(|| Box::new(rest)) }
    }
}

/// The metadata of outputs that have none.
static NO_METADATA: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

impl Output {
    /// An output that is text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::from_value(Value::String(text.into()))
    }

    /// An output that is a JSON value. A JSON string is the same as [`Output::text`].
    #[must_use]
    pub fn from_value(value: Value) -> Self {
        Self { value, rest: None }
    }

    /// An output from anything serialisable, scored as its JSON.
    ///
    /// # Errors
    /// The serialiser's, for what JSON cannot hold, such as a map whose keys are not text.
    pub fn json(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::to_value(value).map(Self::from_value)
    }

    /// Adds a text that the task retrieved and based its answer on.
    #[must_use]
    pub fn context(mut self, text: impl Into<String>) -> Self {
        self.rest.get_or_insert_default().context.push(text.into());
        self
    }

    /// Adds a call of a tool, in the order in which they were made.
    #[must_use]
    pub fn tool_call(mut self, call: ToolCall) -> Self {
        self.rest.get_or_insert_default().tool_calls.push(call);
        self
    }

    /// Adds one piece of metadata.
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.rest.get_or_insert_default().metadata.insert(key.into(), value.into());
        self
    }

    /// The output as text: text as it is, anything else as its compact JSON.
    #[must_use]
    pub fn as_text(&self) -> Cow<'_, str> {
        text_of(&self.value)
    }

    /// The output as a JSON value.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The texts that the task retrieved.
    #[must_use]
    pub fn contexts(&self) -> &[String] {
        self.rest.as_ref().map_or(&[], |rest| &rest.context)
    }

    /// The calls of tools that the task made.
    #[must_use]
    pub fn tool_calls(&self) -> &[ToolCall] {
        self.rest.as_ref().map_or(&[], |rest| &rest.tool_calls)
    }

    /// What else the task had to say.
    #[must_use]
    pub fn metadata_map(&self) -> &Map<String, Value> {
        self.rest.as_ref().map_or_else(|| &*NO_METADATA, |rest| &rest.metadata)
    }
}

/// A JSON value as text: a string as it is, anything else as its compact JSON.
pub(crate) fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// One call of a tool that a task made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolCall {
    /// The name of the tool.
    pub name: String,
    /// What it was called with.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub arguments: Value,
    /// What it answered.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub result: Value,
}

impl ToolCall {
    /// A call of the tool of this name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Sets what the tool was called with.
    #[must_use]
    pub fn arguments(mut self, arguments: impl Into<Value>) -> Self {
        self.arguments = arguments.into();
        self
    }

    /// Sets what the tool answered.
    #[must_use]
    pub fn result(mut self, result: impl Into<Value>) -> Self {
        self.result = result.into();
        self
    }
}

/// What a task may return: text, numbers, booleans, anything serialisable, or an [`Output`].
///
/// Implemented for every `T: Serialize + 'static`; nobody needs to implement it by hand.
#[diagnostic::on_unimplemented(
    message = "a task cannot return `{Self}`",
    note = "derive `serde::Serialize` for it, or return an `Output`"
)]
pub trait IntoOutput {
    /// The value as an [`Output`].
    ///
    /// # Errors
    /// Says what of the value JSON cannot hold.
    fn into_output(self) -> Result<Output, String>;
}

impl<T: Serialize + 'static> IntoOutput for T {
    fn into_output(self) -> Result<Output, String> {
        // One blanket implementation serves every type; the types that need no serialiser are
        // told apart by their type id, which the compiler resolves at compile time.
        let mut slot = Some(self);
        let any: &mut dyn Any = &mut slot;
        if let Some(text) = any.downcast_mut::<Option<String>>() {
            return Ok(Output::text(text.take().unwrap_or_default()));
        }
        if let Some(output) = any.downcast_mut::<Option<Output>>() {
            return Ok(output.take().unwrap_or_default());
        }
        if let Some(value) = any.downcast_mut::<Option<Value>>() {
            return Ok(Output::from_value(value.take().unwrap_or_default()));
        }
        let number = any
            .downcast_ref::<Option<f64>>()
            .copied()
            .or_else(|| any.downcast_ref::<Option<f32>>().map(|number| number.map(f64::from)))
            .flatten();
        if let Some(number) = number.filter(|number| !number.is_finite()) {
            return Err(format!("{number} has no form in JSON"));
        }
        match &slot {
            Some(value) => Output::json(value).map_err(|error| error.to_string()),
            None => Ok(Output::default()),
        }
    }
}
