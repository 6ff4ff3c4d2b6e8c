//! The lines of a journal that are not rows.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::eval::Gates;
use crate::scorers::{Policy, Rule};

/// The first line of a journal: what was evaluated, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Header {
    /// The version of the format.
    pub schema: u32,
    /// The name of the evaluation.
    pub eval: String,
    /// The labels of the evaluation.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Where the rows came from; `None` where they were made in code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<DataHeader>,
    /// How often the task runs on each case.
    pub trials: u32,
    /// From which composite on a row passes, where the composite decides.
    #[serde(default)]
    pub pass_threshold: Option<f64>,
    /// The bars.
    pub gates: Gates,
    /// The scorers, in the order of the rows' scores.
    pub scorers: Vec<ScorerHeader>,
    /// The filters that were in force; empty for the whole data set.
    #[serde(default)]
    pub partial: Vec<String>,
    /// All that differs between two runs of the same thing.
    pub run: HeaderRun,
}

/// What of a header differs between two runs of the same thing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HeaderRun {
    /// The name of the run.
    pub id: String,
    /// When it started, as RFC 3339 in UTC.
    pub started: String,
    /// The version of this crate.
    pub keystone: String,
}

/// Where rows came from: a file, or a dataset of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DataHeader {
    /// The file, as the evaluation names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The id of the dataset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// The version of the dataset; `None` for the records of all versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The tags of which a record of the dataset has at least one, sorted; empty for all records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl DataHeader {
    pub(in crate::eval) fn of_file(path: &Path) -> Self {
        Self { file: Some(path.to_string_lossy().into_owned()), ..Self::default() }
    }
}

/// A scorer as a journal knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScorerHeader {
    /// The name under which scores appear.
    pub name: String,
    /// How the scorer counts.
    #[serde(flatten)]
    pub policy: Policy,
    /// The scorer as data, where it has such a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
}

/// A line that is not a row.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(in crate::eval) enum Event {
    Header(Box<Header>),
    Resumed { run: HeaderRun },
    Gone { id: String, trial: u32 },
    End { rows: u64, interrupted: Option<String>, run: EndRun },
}

/// What of an end line differs between two runs of the same thing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::eval) struct EndRun {
    pub(in crate::eval) duration_ms: f64,
}
