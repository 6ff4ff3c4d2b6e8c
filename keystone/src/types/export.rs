//! Everything about one experiment.

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::lenient::{Lenient, objects, read};

/// Everything about one experiment in one document.
///
/// It is meant to be kept, so nothing is dropped: every part stays as the server sent it, parts that
/// are not known too. Rows read as their types with [`serde_json::from_value`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ExperimentExport {
    /// The experiment. Servers differ in its shape.
    #[serde(deserialize_with = "read")]
    pub experiment: Value,
    /// Its results.
    #[serde(deserialize_with = "read")]
    pub result: Value,
    /// The results of its scenarios, see [`ScenarioResult`](super::ScenarioResult).
    #[serde(deserialize_with = "read")]
    pub scenarios: Vec<Value>,
    /// The events of its traces, see [`TraceRow`](super::TraceRow).
    #[serde(deserialize_with = "read")]
    pub traces: Vec<Value>,
    /// The scores, see [`ScoreRow`](super::ScoreRow).
    #[serde(deserialize_with = "read")]
    pub scores: Vec<Value>,
    /// Whatever else the server sent.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

objects!(ExperimentExport);

/// One line of an export by lines.
///
/// ```
/// use keystone::types::ExportRecord;
///
/// let line: ExportRecord =
///     serde_json::from_str(r#"{"kind": "header", "experiment_id": "exp-1"}"#)?;
/// assert_eq!(line.kind, "header");
/// assert_eq!(line.rest["experiment_id"], "exp-1");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ExportRecord {
    /// What the line holds: `header` on the first one, then `experiment`, `result`, `scenario`,
    /// `trace` or `score`.
    pub kind: String,
    /// The line without its kind.
    pub rest: Map<String, Value>,
}

impl ExportRecord {
    /// A line of that kind.
    #[must_use]
    pub fn new(kind: impl Into<String>, rest: Map<String, Value>) -> Self {
        Self { kind: kind.into(), rest }
    }
}

impl Serialize for ExportRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut line = serializer.serialize_map(None)?;
        line.serialize_entry("kind", &self.kind)?;
        for (name, value) in self.rest.iter().filter(|(name, _)| *name != "kind") {
            line.serialize_entry(name, value)?;
        }
        line.end()
    }
}

impl<'de> Deserialize<'de> for ExportRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Line)
    }
}

impl<'de> Lenient<'de> for ExportRecord {
    fn lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::lenient::object(deserializer)
    }
}

struct Line;

/// Reads the kind as leniently as any other text.
struct Kind(String);

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer).map(Self)
    }
}

impl<'de> Visitor<'de> for Line {
    type Value = ExportRecord;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object with a kind")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ExportRecord, A::Error> {
        let mut record = ExportRecord::default();
        while let Some(name) = map.next_key::<String>()? {
            if name == "kind" {
                record.kind = map.next_value::<Kind>()?.0;
            } else {
                record.rest.insert(name, map.next_value()?);
            }
        }
        Ok(record)
    }
}
