//! Specs.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::lenient::{Lenient, read};

/// A spec as a server understood it.
///
/// Specs are large and grow, so the whole is kept as it came, in [`raw`](Spec::raw), and written
/// from there. The other fields are read out of it; where one of them is of another type than here, it
/// is empty here and whole in `raw`.
///
/// ```
/// use keystone::types::Spec;
///
/// let spec: Spec = serde_json::from_str(
///     r#"{"id": "fix-failing-test", "version": 3, "agent": {"type": "cli"}}"#,
/// )?;
/// assert_eq!(spec.version, 3);
/// assert_eq!(spec.raw["agent"]["type"], "cli");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Spec {
    /// The id.
    pub id: String,
    /// How often it has been uploaded, from 1. The field `version` of the YAML text, always 1, is
    /// another thing.
    pub version: u64,
    /// What it is for.
    pub description: String,
    /// The name; empty where the server gives none.
    pub name: String,
    /// The YAML text; empty where the server does not send it back.
    pub content: String,
    /// When it was uploaded, as RFC 3339.
    pub created_at: String,
    /// The whole as the server sent it.
    pub raw: Map<String, Value>,
}

impl From<Map<String, Value>> for Spec {
    fn from(raw: Map<String, Value>) -> Self {
        fn field<'de, T: Lenient<'de> + Default>(raw: &'de Map<String, Value>, name: &str) -> T {
            raw.get(name).and_then(|value| read(value).ok()).unwrap_or_default()
        }

        Self {
            id: field(&raw, "id"),
            version: field(&raw, "version"),
            description: field(&raw, "description"),
            name: field(&raw, "name"),
            content: field(&raw, "content"),
            created_at: field(&raw, "created_at"),
            raw,
        }
    }
}

impl Serialize for Spec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Spec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::from)
    }
}
