//! One row of a data set.

use serde_json::{Map, Value};

/// One row of a data set: what goes in, what should come out, and what is known about it.
///
/// `I` is the type of the input, `E` that of the expected value; both are JSON unless said
/// otherwise. A task that wants more than its input takes the whole case:
///
/// ```
/// use keystone::Case;
///
/// fn task(case: &Case<String>) -> String {
///     format!("{} ({} tags)", case.input, case.tags.len())
/// }
///
/// let case: Case<String> = Case::new("What is the capital of France?")
///     .expected("Paris")
///     .tag("geography");
/// assert_eq!(task(&case), "What is the capital of France? (1 tags)");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Case<I = Value, E = Value> {
    /// The name of the row, unique in its data set. Where the row has none of its own, the run
    /// gives it one made from its content, before the task sees it.
    pub id: Option<String>,
    /// What the task is given.
    pub input: I,
    /// What a good output looks like, if that is known.
    pub expected: Option<E>,
    /// Labels to select rows by.
    pub tags: Vec<String>,
    /// Anything else that is known about the row.
    pub metadata: Map<String, Value>,
    /// Texts that belong to the row, such as the documents an answer must rest on.
    pub context: Vec<String>,
}

impl<I, E> Case<I, E> {
    /// A case with this input and nothing else.
    #[must_use]
    pub fn new(input: impl Into<I>) -> Self {
        Self {
            id: None,
            input: input.into(),
            expected: None,
            tags: Vec::new(),
            metadata: Map::new(),
            context: Vec::new(),
        }
    }

    /// Sets the name of the row.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets what a good output looks like.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<E>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Adds a label.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Adds one piece of metadata.
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Adds one text of context.
    #[must_use]
    pub fn context(mut self, text: impl Into<String>) -> Self {
        self.context.push(text.into());
        self
    }
}
