//! How deep values may be nested: what is deeper could be written and never be read back.

use serde_json::Value;

/// The most levels. The parser of a journal goes 127 deep, and a value stands within a line.
pub(super) const DEEPEST: usize = 100;

/// Whether a value is nested more than [`DEEPEST`] levels deep.
pub(super) fn too_deep(value: &Value) -> bool {
    deeper(value, DEEPEST)
}

fn deeper(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(_) | Value::Object(_) if levels == 0 => true,
        Value::Array(items) => items.iter().any(|item| deeper(item, levels - 1)),
        Value::Object(map) => map.values().any(|item| deeper(item, levels - 1)),
        _ => false,
    }
}
