//! Prompts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lenient::{is_default, objects, read};

/// A stored prompt: a template and the variables it is filled with unless others are given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Prompt {
    /// The id of this version of the prompt.
    #[serde(deserialize_with = "read")]
    pub id: String,
    /// The owner.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub user_id: String,
    /// The name that all versions share.
    #[serde(deserialize_with = "read")]
    pub slug: String,
    /// The version, from 1; each prompt made under a slug is the next one.
    #[serde(deserialize_with = "read")]
    pub version: u64,
    /// A name of this version, empty where it has none.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub tag: String,
    /// The text with its placeholders.
    #[serde(deserialize_with = "read")]
    pub template: String,
    /// What placeholders stand for unless the caller says otherwise.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub variables: Map<String, Value>,
    /// Whatever was stored beside it.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub metadata: Map<String, Value>,
    /// When it was made, as RFC 3339.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub created_at: String,
}

/// A prompt that the server filled in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Rendered {
    /// The text.
    #[serde(deserialize_with = "read")]
    pub rendered: String,
}

objects!(Prompt, Rendered);
