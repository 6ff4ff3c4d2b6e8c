//! Whether a server is up.

use serde::{Deserialize, Serialize};

use super::lenient::{objects, read};

/// The answer of a server that is up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Health {
    /// `ok`.
    #[serde(deserialize_with = "read")]
    pub status: String,
}

impl Health {
    /// Whether the server says that all is well.
    pub fn is_ok(&self) -> bool {
        self.status == "ok"
    }
}

objects!(Health);
