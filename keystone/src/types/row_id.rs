//! Ids of stored rows.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// The id of a stored row: a number on most servers, a text on others. A text
/// that is a whole number is that number.
///
/// ```
/// use keystone::types::RowId;
///
/// assert_eq!(serde_json::from_str::<RowId>("7")?, 7);
/// let named: RowId = serde_json::from_str("\"sp_1\"")?;
/// assert_eq!(named.to_string(), "sp_1");
/// assert_eq!(serde_json::to_string(&named)?, "\"sp_1\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RowId {
    /// A number.
    Number(u64),
    /// A text.
    Text(String),
}

impl Default for RowId {
    fn default() -> Self {
        Self::Number(0)
    }
}

impl PartialEq<u64> for RowId {
    fn eq(&self, other: &u64) -> bool {
        matches!(self, Self::Number(number) if number == other)
    }
}

impl From<u64> for RowId {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for RowId {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl Serialize for RowId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for RowId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;

        impl Visitor<'_> for Reading {
            type Value = RowId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id, which is a whole number or a text")
            }

            fn visit_unit<E>(self) -> Result<RowId, E> {
                Ok(RowId::default())
            }

            fn visit_u64<E>(self, number: u64) -> Result<RowId, E> {
                Ok(RowId::Number(number))
            }

            fn visit_i64<E>(self, number: i64) -> Result<RowId, E> {
                Ok(u64::try_from(number)
                    .map_or_else(|_| RowId::Text(number.to_string()), RowId::Number))
            }

            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<RowId, E> {
                // Up to 2^53 every whole number is one of these.
                if number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number) {
                    Ok(RowId::Number(number as u64))
                } else {
                    Err(E::invalid_value(serde::de::Unexpected::Float(number), &self))
                }
            }

            fn visit_str<E>(self, text: &str) -> Result<RowId, E> {
                // A number in the clothes of a text is a number still; `007` is a name.
                let plain = text.trim();
                let plain = match plain.split_once('.') {
                    Some((whole, zeros)) if zeros.bytes().all(|digit| digit == b'0') => whole,
                    _ => plain,
                };
                match plain.parse::<u64>() {
                    Ok(number) if number.to_string() == plain => Ok(RowId::Number(number)),
                    _ => Ok(RowId::Text(text.to_owned())),
                }
            }
        }

        deserializer.deserialize_any(Reading)
    }
}
