//! One page of a long list.

use serde::{Deserialize, Serialize};

use super::lenient::{is_default, non_empty, read, rows};

/// One page of a list that is handed out in pages.
///
/// ```
/// use keystone::types::{Page, TraceRow};
///
/// let page: Page<TraceRow> =
///     serde_json::from_str(r#"{"items": [{"id": 7, "tool": "bash"}], "next_cursor": ""}"#)?;
/// assert_eq!(page.items[0].tool, "bash");
/// assert_eq!(page.next_cursor, None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de>"))]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows. Nulls among them are left out.
    #[serde(deserialize_with = "rows")]
    pub items: Vec<T>,
    /// What asks for the next page; `None` on the last one, also where the server sends `""`.
    #[serde(deserialize_with = "non_empty", skip_serializing_if = "is_default")]
    pub next_cursor: Option<String>,
    /// How many rows the server counted, where it does.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub count: Option<u64>,
}

impl<T> Page<T> {
    /// The rows of a page, and what asks for the next one.
    #[must_use]
    pub fn new(items: Vec<T>, next_cursor: Option<String>) -> Self {
        Self { items, next_cursor: next_cursor.filter(|cursor| !cursor.is_empty()), count: None }
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self::new(Vec::new(), None)
    }
}
