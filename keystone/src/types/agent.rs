//! Agent snapshots.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::lenient::{is_default, objects, read};

/// One version of an agent's bundle, addressed by its content.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AgentSnapshot {
    /// The id, `snap_…`; it never changes its meaning.
    #[serde(deserialize_with = "read")]
    pub id: String,
    /// The name that all versions of the agent share.
    #[serde(deserialize_with = "read")]
    pub name: String,
    /// The version that the server gave it, from 1; 0 when the answer held none.
    #[serde(deserialize_with = "read")]
    pub version: u64,
    /// The name of this version, such as `v2.1`; empty where it has none.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub tag: String,
    /// The digest of the bundle, `sha256:…`.
    #[serde(deserialize_with = "read")]
    pub digest: String,
    /// The size of the bundle in bytes.
    #[serde(deserialize_with = "read")]
    pub size_bytes: u64,
    /// Where the server keeps it; empty where it does not say.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub storage_path: String,
    /// What it runs on, such as `python3.12`; empty where that was not said.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub runtime: String,
    /// The command that starts it, one argument each.
    #[serde(deserialize_with = "read")]
    pub entrypoint: Vec<String>,
    /// What it needs to log in elsewhere.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub auth: Option<AgentAuth>,
    /// When it was uploaded, as RFC 3339.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub created_at: String,
}

/// What an agent needs to log in elsewhere: names and templates, never the secrets themselves.
///
/// ```
/// use keystone::types::AgentAuth;
///
/// let auth = AgentAuth::new()
///     .required_env("ANTHROPIC_API_KEY")
///     .config_file(".env", "KEY={{ANTHROPIC_API_KEY}}")
///     .egress("llm", ["api.anthropic.com"]);
/// assert_eq!(auth.config_files[0].path, ".env");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AgentAuth {
    /// Environment variables that must be set.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub required_env: Vec<String>,
    /// Files that are written into the sandbox before the agent starts.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub config_files: Vec<ConfigFile>,
    /// Hosts that the agent may reach, under a name for each group.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub egress: BTreeMap<String, Vec<String>>,
}

impl AgentAuth {
    /// Nothing needed yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an environment variable that must be set.
    #[must_use]
    pub fn required_env(mut self, name: impl Into<String>) -> Self {
        self.required_env.push(name.into());
        self
    }

    /// Adds a file that is written before the agent starts.
    #[must_use]
    pub fn config_file(mut self, path: impl Into<String>, template: impl Into<String>) -> Self {
        self.config_files.push(ConfigFile::new(path, template));
        self
    }

    /// Adds hosts that the agent may reach to the group of that name.
    #[must_use]
    pub fn egress<H: Into<String>>(
        mut self,
        group: impl Into<String>,
        hosts: impl IntoIterator<Item = H>,
    ) -> Self {
        self.egress.entry(group.into()).or_default().extend(hosts.into_iter().map(Into::into));
        self
    }
}

/// A file made from a template and written into the sandbox.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ConfigFile {
    /// Where it is written, relative to the workspace.
    #[serde(deserialize_with = "read")]
    pub path: String,
    /// Its text, with placeholders for secrets.
    #[serde(deserialize_with = "read")]
    pub template: String,
}

impl ConfigFile {
    /// A file at that path.
    #[must_use]
    pub fn new(path: impl Into<String>, template: impl Into<String>) -> Self {
        Self { path: path.into(), template: template.into() }
    }
}

objects!(AgentSnapshot, AgentAuth, ConfigFile);
