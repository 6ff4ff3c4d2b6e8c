//! Prompts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A stored prompt: a template and the variables it is filled with unless others are given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Prompt {
    /// The id of this version of the prompt.
    pub id: String,
    /// The owner.
    pub user_id: String,
    /// The name that all versions share.
    pub slug: String,
    /// The version, from 1; each prompt made under a slug is the next one.
    pub version: u64,
    /// A name of this version, empty where it has none.
    pub tag: String,
    /// The text with its placeholders.
    pub template: String,
    /// What placeholders stand for unless the caller says otherwise.
    pub variables: Map<String, Value>,
    /// Whatever was stored beside it.
    pub metadata: Map<String, Value>,
    /// When it was made, as RFC 3339.
    pub created_at: String,
}
