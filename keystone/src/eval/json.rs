//! A JSON value kept as the text it came as.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// A JSON value kept as the text it came as, so that a journal holds what the data set says:
/// `1.0` stays `1.0`, and a number of forty digits keeps all of them.
#[derive(Clone)]
pub struct Json(Box<RawValue>);

impl Json {
    /// The JSON text, on one line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> Value {
        // The text was checked when it became a `Json`; only nesting past the parser's limit
        // could fail here, and then the text itself is the best account of the value.
        serde_json::from_str(self.0.get())
            .unwrap_or_else(|_| Value::String(self.0.get().to_owned()))
    }

    /// The value as text: a JSON string as what it says, anything else as its JSON.
    #[must_use]
    pub fn text(&self) -> String {
        crate::output::text_of(&self.value()).into_owned()
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self)
    }
}
