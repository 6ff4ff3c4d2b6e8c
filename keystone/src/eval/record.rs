//! What is known of one row once it has run: a line of the journal.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{Json, Outcome};
use crate::scorers::Score;
use crate::{Output, ToolCall};

/// What is known of one row and trial once it has run: a line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RowRecord {
    /// The place of the case in its data set, from 0. Readers sort by this.
    pub index: u64,
    /// Which run of the task on this case, from 0.
    pub trial: u32,
    /// The name of the case.
    pub id: String,
    /// The labels of the case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What the task was given; absent only where the row could not be read.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub input: Option<Json>,
    /// What a good output looks like.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub expected: Option<Json>,
    /// The texts that the case came with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<String>,
    /// What else is known about the case.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// What the task returned; absent where it returned nothing.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// The texts that the task retrieved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retrieved: Vec<String>,
    /// The calls of tools that the task made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// What else the task had to say.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub output_metadata: Map<String, Value>,
    /// How the row ended.
    pub outcome: Outcome,
    /// The mean of the scores weighted by the scorers' weights, from 0 to 1; absent where a
    /// scorer that counts gave no score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub composite: Option<f64>,
    /// What each scorer said, in the order of the evaluation's list.
    #[serde(default)]
    pub scores: Vec<ScoreRecord>,
    /// What broke, where the outcome is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<RowError>,
    /// Tokens that the row's model calls used. Reserved: always null until tracing fills it.
    #[serde(default)]
    pub tokens: Option<Value>,
    /// What the row's model calls cost, in US dollars. Reserved, like `tokens`.
    #[serde(default)]
    pub cost_usd: Option<f64>,
    /// The spans of the row. Reserved, like `tokens`.
    #[serde(default)]
    pub spans: Option<Value>,
    /// All that differs between two runs of the same thing.
    pub run: Timing,
}

/// When a row ran, and for how long. Everything in here may differ between two runs of the same
/// thing; nothing outside may.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Timing {
    /// Microseconds from the start of the run to the start of the row.
    pub at_us: u64,
    /// Microseconds that the task took.
    pub task_us: u64,
    /// Microseconds that the scorers took, all together.
    pub score_us: u64,
}

/// What one scorer said of one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScoreRecord {
    /// The name of the scorer.
    pub name: String,
    /// From 0 to 1; null where unscored.
    pub score: Option<f64>,
    /// Whether the scorer passed the output; false where unscored.
    pub passed: bool,
    /// Why the score is what it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Why there is no score, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unscored: Option<String>,
    /// What the scorer noted beside the number.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
}

impl ScoreRecord {
    /// A score under the name of its scorer.
    #[must_use]
    pub fn new(name: impl Into<String>, score: &Score) -> Self {
        Self {
            name: name.into(),
            score: score.value(),
            passed: score.passed(),
            message: score.message_text().to_owned(),
            unscored: score.unscored_reason().map(str::to_owned),
            metadata: score.metadata_map().cloned().unwrap_or_default(),
        }
    }
}

/// What broke a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RowError {
    /// What kind of thing broke.
    pub kind: RowErrorKind,
    /// What happened, in words.
    pub message: String,
    /// Where: a file and line of source for a panic, the scorer's name where a scorer broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl RowError {
    /// An error of this kind.
    #[must_use]
    pub fn new(kind: RowErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), place: None }
    }

    /// Says where it happened.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }
}

/// The kinds of things that break a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RowErrorKind {
    /// The row of the data set does not fit, or could not be read.
    Data,
    /// The task returned an error.
    Task,
    /// The task panicked.
    TaskPanic,
    /// The task's output could not be turned into JSON.
    Output,
    /// A scorer panicked.
    ScorerPanic,
    /// The row missed its deadline.
    Deadline,
}

impl RowErrorKind {
    /// What happened, as the start of a sentence.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Data => "the row could not be read",
            Self::Task => "the task returned an error",
            Self::TaskPanic => "the task panicked",
            Self::Output => "the output could not be turned into JSON",
            Self::ScorerPanic => "a scorer panicked",
            Self::Deadline => "the row missed its deadline",
        }
    }
}

/// A field that is there has a value, which may be null; only one that is not there has none.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl RowRecord {
    /// The output with all that belongs to it, as scorers see it.
    #[must_use]
    pub fn to_output(&self) -> Option<Output> {
        let mut output = Output::from_value(self.output.clone()?);
        for text in &self.retrieved {
            output = output.context(text.clone());
        }
        for call in &self.tool_calls {
            output = output.tool_call(call.clone());
        }
        for (key, value) in &self.output_metadata {
            output = output.metadata(key.clone(), value.clone());
        }
        Some(output)
    }

    /// The output as text: text as it is, anything else as its compact JSON.
    #[must_use]
    pub fn output_text(&self) -> Option<std::borrow::Cow<'_, str>> {
        self.output.as_ref().map(crate::output::text_of)
    }

    /// The score of the scorer of this name.
    #[must_use]
    pub fn score(&self, name: &str) -> Option<&ScoreRecord> {
        self.scores.iter().find(|score| score.name == name)
    }
}
