//! Data sets kept on a server.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lenient::{is_default, objects, read};

/// A data set without its records.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DatasetInfo {
    /// The id, `ds_…`.
    #[serde(deserialize_with = "read")]
    pub id: String,
    /// The owner.
    #[serde(deserialize_with = "read")]
    pub user_id: String,
    /// The name.
    #[serde(deserialize_with = "read")]
    pub name: String,
    /// What it is for; empty where nothing was said.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub description: String,
    /// The version, from 1; each addition of records makes the next one.
    #[serde(deserialize_with = "read")]
    pub version: u64,
    /// When it was made, as RFC 3339.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub created_at: String,
}

/// One record of a data set: a case to be evaluated.
///
/// ```
/// use keystone::types::DatasetRecord;
/// use serde_json::json;
///
/// let record = DatasetRecord::new(json!({"customer": "alice"}))
///     .expected(json!({"subject": "Renewal"}))
///     .metadata("source", "crm")
///     .tag("pro");
/// # assert_eq!(
/// #     serde_json::to_value(&record)?,
/// #     json!({"input": {"customer": "alice"}, "expected": {"subject": "Renewal"},
/// #         "metadata": {"source": "crm"}, "tags": ["pro"]}),
/// # );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DatasetRecord {
    /// The id, which the server gives; empty in a record to be added.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub id: String,
    /// The data set; empty in a record to be added.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub dataset_id: String,
    /// What the task is given. Servers expect an object.
    #[serde(deserialize_with = "read")]
    pub input: Value,
    /// What it should answer, `None` where that is not known. Servers expect an object.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub expected: Option<Value>,
    /// Whatever was stored beside it.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub metadata: Map<String, Value>,
    /// Labels by which records are chosen.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub tags: Vec<String>,
    /// The version of the data set that brought the record, from 1; 0 in a record to be added.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub version: u64,
}

impl DatasetRecord {
    /// A record with that input and nothing else.
    #[must_use]
    pub fn new(input: impl Into<Value>) -> Self {
        Self { input: input.into(), ..Self::default() }
    }

    /// What the task should answer; JSON null counts as nothing.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<Value>) -> Self {
        self.expected = Some(expected.into()).filter(|value| !value.is_null());
        self
    }

    /// Stores one more value beside it; an earlier one of that name is replaced.
    #[must_use]
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }

    /// Adds a label.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Adds labels.
    #[must_use]
    pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.tags.extend(tags.into_iter().map(Into::into));
        self
    }
}

/// A [`DatasetRecord`] as it was sent: numbers and texts of its input and its expected value are
/// spelled as the server spells them.
#[cfg(all(feature = "client", feature = "eval"))]
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SpelledRecord {
    #[serde(deserialize_with = "read")]
    pub(crate) id: String,
    pub(crate) input: Option<Box<serde_json::value::RawValue>>,
    pub(crate) expected: Option<Box<serde_json::value::RawValue>>,
    #[serde(deserialize_with = "read")]
    pub(crate) metadata: Map<String, Value>,
    #[serde(deserialize_with = "read")]
    pub(crate) tags: Vec<String>,
    #[serde(deserialize_with = "read")]
    pub(crate) version: u64,
}

/// The answer to added records.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Added {
    /// How many records were added.
    #[serde(deserialize_with = "read")]
    pub added: u64,
}

objects!(DatasetInfo, DatasetRecord, Added);
