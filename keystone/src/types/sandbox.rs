//! Sandboxes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::lenient::{is_default, objects, read, rounded};
use super::open::open_enum;

/// An isolated workspace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Sandbox {
    /// The id, `sb-…`.
    #[serde(deserialize_with = "read")]
    pub id: String,
    /// The spec it was made from.
    #[serde(deserialize_with = "read")]
    pub spec_id: String,
    /// Where it stands.
    #[serde(deserialize_with = "read")]
    pub state: SandboxState,
    /// Where its workspace lies on the server.
    #[serde(deserialize_with = "read")]
    pub path: String,
    /// Where it can be reached.
    #[serde(deserialize_with = "read")]
    pub url: String,
    /// When it was made, as RFC 3339.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub created_at: String,
    /// What the maker noted about it.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub metadata: BTreeMap<String, String>,
    /// The services that run beside it, under their names.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub services: BTreeMap<String, ServiceInfo>,
}

open_enum! {
    /// Where a sandbox stands.
    pub enum SandboxState {
        /// It is being made.
        Creating = "creating",
        /// It can be used.
        Ready = "ready",
        /// A first command has been run in it.
        Running = "running",
        /// It was destroyed or ran out of time.
        Stopped = "stopped",
        /// It could not be made.
        Error = "error",
    }
}

/// How to reach a service that runs beside a sandbox.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ServiceInfo {
    /// The host name, as seen from inside.
    #[serde(deserialize_with = "read")]
    pub host: String,
    /// The TCP port.
    #[serde(deserialize_with = "read")]
    pub port: u16,
    /// Whether it accepts connections.
    #[serde(deserialize_with = "read")]
    pub ready: bool,
}

/// What a command in a sandbox did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CommandResult {
    /// The command.
    #[serde(deserialize_with = "read")]
    pub command: String,
    /// What it printed.
    #[serde(deserialize_with = "read")]
    pub stdout: String,
    /// What it printed as errors.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub stderr: String,
    /// Its exit code; 0 says that it succeeded.
    #[serde(deserialize_with = "read")]
    pub exit_code: i64,
    /// How long it took, in milliseconds.
    #[serde(deserialize_with = "rounded")]
    pub duration_ms: u64,
}

objects!(Sandbox, ServiceInfo, CommandResult);
