//! The files and processes of a sandbox at one time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lenient::{is_default, objects, read};

/// The files of a sandbox at one time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct StateSnapshot {
    /// The sandbox; empty where the server does not say.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub sandbox_id: String,
    /// When, as RFC 3339.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub captured_at: String,
    /// The files, under their paths.
    #[serde(deserialize_with = "read")]
    pub files: BTreeMap<String, FileState>,
    /// The processes, where the server looks at them.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub processes: Vec<ProcessInfo>,
    /// Whatever else the server noted.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub metadata: Map<String, Value>,
}

/// One file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FileState {
    /// The size in bytes.
    #[serde(deserialize_with = "read")]
    pub size: u64,
    /// The permissions, as the server writes them.
    #[serde(deserialize_with = "read")]
    pub mode: String,
    /// The digest of its content.
    #[serde(deserialize_with = "read")]
    pub checksum: String,
}

/// One process.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ProcessInfo {
    /// The process id.
    #[serde(deserialize_with = "read")]
    pub pid: u32,
    /// The command.
    #[serde(deserialize_with = "read")]
    pub command: String,
    /// What it is doing, as the server calls it.
    #[serde(deserialize_with = "read")]
    pub status: String,
}

/// What changed between two snapshots, by path.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct StateDiff {
    /// The sandbox; empty where the server does not say.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub sandbox_id: String,
    /// Files that are new.
    #[serde(deserialize_with = "read")]
    pub added: Vec<String>,
    /// Files that are gone.
    #[serde(deserialize_with = "read")]
    pub removed: Vec<String>,
    /// Files that have another content.
    #[serde(deserialize_with = "read")]
    pub modified: Vec<String>,
}

impl StateDiff {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.modified.is_empty()
    }
}

objects!(StateSnapshot, FileState, ProcessInfo, StateDiff);
