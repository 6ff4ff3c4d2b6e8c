//! How cases get their names.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use serde_json::{Map, Value};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// The longest name that is given from content: 64 bits as hexadecimal digits. Among a million
/// cases two of different content share a name with a chance of 1 in 37 million.
fn name_of(hash: u64) -> String {
    format!("{hash:016x}")
}

/// Hands out names, and notices the ones that come twice.
///
/// Remembers 64 bits a name, so that a million cases take about 20 MiB.
#[derive(Default)]
pub(super) struct Identities {
    seen: HashSet<u64, BuildHasherDefault<Hashed>>,
    repeats: HashMap<u64, u32>,
    repeated_content: u64,
}

impl Identities {
    /// The name of a case without one of its own: a hash of its content, so that the order of a
    /// file changes nothing. Equal content is told apart by `-2`, `-3` in order of appearance.
    pub(super) fn of_content(&mut self, hash: u64) -> String {
        let name = name_of(hash);
        if self.seen.insert(xxh3_64(name.as_bytes())) {
            return name;
        }
        self.repeated_content += 1;
        let count = self.repeats.entry(hash).or_insert(1);
        loop {
            *count += 1;
            let name = format!("{name}-{count}");
            // Unless a case brought this very name along.
            if self.seen.insert(xxh3_64(name.as_bytes())) {
                return name;
            }
        }
    }

    /// Notes a name that a case brings along; `false` if another case has it already.
    #[must_use]
    pub(super) fn note(&mut self, name: &str) -> bool {
        self.seen.insert(xxh3_64(name.as_bytes()))
    }

    /// How many cases repeat the content of an earlier one.
    pub(super) fn repeated_content(&self) -> u64 {
        self.repeated_content
    }
}

/// The content of a case, as what it is told apart by: all that a task can see of it, except for
/// its labels.
pub(super) fn content_hash(
    input: &str,
    expected: Option<&str>,
    context: &[String],
    metadata: &Map<String, Value>,
) -> u64 {
    let mut hash = Xxh3::new();
    field(&mut hash, b'i', |hash| json(hash, input));
    if let Some(expected) = expected {
        field(&mut hash, b'e', |hash| json(hash, expected));
    }
    for text in context {
        field(&mut hash, b'c', |hash| hash.update(text.as_bytes()));
    }
    if !metadata.is_empty() {
        field(&mut hash, b'm', |hash| object(hash, metadata));
    }
    hash.digest()
}

/// A byte that no JSON text and no UTF-8 text holds keeps neighbouring fields apart.
fn field(hash: &mut Xxh3, name: u8, content: impl FnOnce(&mut Xxh3)) {
    hash.update(&[0xff, name]);
    content(hash);
}

/// JSON text without regard to white space and to the order of keys. Scalars, which need neither,
/// are not parsed.
fn json(hash: &mut Xxh3, text: &str) {
    if text.starts_with(['{', '['])
        && let Ok(parsed) = serde_json::from_str::<Value>(text)
    {
        return value(hash, &parsed);
    }
    hash.update(text.as_bytes());
}

fn value(hash: &mut Xxh3, json: &Value) {
    match json {
        Value::Object(map) => object(hash, map),
        Value::Array(items) => {
            hash.update(b"[");
            for item in items {
                value(hash, item);
                hash.update(b",");
            }
            hash.update(b"]");
        }
        scalar => hash.update(scalar.to_string().as_bytes()),
    }
}

fn object(hash: &mut Xxh3, map: &Map<String, Value>) {
    // Sorted here, because a map keeps the order of insertion where any crate of the program
    // turns on that feature of serde_json.
    let mut keys: Vec<&String> = map.keys().collect();
    keys.sort();
    hash.update(b"{");
    for key in keys {
        hash.update(Value::String(key.clone()).to_string().as_bytes());
        hash.update(b":");
        value(hash, &map[key.as_str()]);
        hash.update(b",");
    }
    hash.update(b"}");
}

/// A hasher for numbers that are hashes already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(input: &str, expected: Option<&str>) -> u64 {
        content_hash(input, expected, &[], &Map::new())
    }

    #[test]
    fn white_space_and_key_order_do_not_change_a_name() {
        assert_eq!(hash(r#"{"a":1,"b":[1, 2]}"#, None), hash(r#"{ "b": [1,2], "a": 1 }"#, None));
    }

    #[test]
    fn fields_do_not_run_into_each_other() {
        assert_ne!(hash("\"a\"", Some("\"b\"")), hash("\"a\"\"b\"", None));
        assert_ne!(hash("\"a\"", Some("\"b\"")), hash("\"b\"", Some("\"a\"")));
    }

    #[test]
    fn repeated_content_is_numbered() {
        let mut names = Identities::default();
        let first = names.of_content(7);
        assert_eq!(names.of_content(7), format!("{first}-2"));
        assert_eq!(names.of_content(7), format!("{first}-3"));
        assert_eq!(names.repeated_content(), 2);
        assert!(!names.note(&first));
        assert!(names.note("my own"));
        assert!(!names.note("my own"));
    }

    /// A name must be the same on every machine and in every version, or baselines and resumed
    /// runs lose their rows.
    #[test]
    fn names_are_pinned() {
        assert_eq!(name_of(hash("\"What is 2 + 2?\"", Some("4"))), "f0efb356e30dba54");
    }
}
