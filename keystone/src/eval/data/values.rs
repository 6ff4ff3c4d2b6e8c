//! Looking into JSON text without turning it into a tree.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// What is found under a key, or at an index, of a JSON text.
pub(super) enum Member<'a> {
    Found(&'a RawValue),
    Absent,
    /// An object with this key more than once.
    Twice,
}

/// Looks up a key of an object or, where the key is a number, an item of a list.
pub(super) fn member<'a>(text: &'a str, key: &str) -> Member<'a> {
    let mut json = serde_json::Deserializer::from_str(text);
    // Text and numbers have no members: the visitor refuses them, and so they are absent.
    json.deserialize_any(Lookup { key }).unwrap_or(Member::Absent)
}

/// Follows a path of keys and indices.
pub(super) fn follow<'a>(text: &'a str, path: &[String]) -> Member<'a> {
    let mut at = text;
    let mut found = Member::Absent;
    for key in path {
        found = member(at, key);
        match &found {
            Member::Found(raw) => at = raw.get(),
            Member::Absent | Member::Twice => break,
        }
    }
    found
}

/// Where a part of a text starts in it. The part must have been borrowed from the text.
pub(super) fn offset_in(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// The keys of an object, in their order; none if it is not one.
pub(super) fn keys(text: &str) -> Vec<String> {
    struct Keys;
    impl<'de> Visitor<'de> for Keys {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut keys = Vec::new();
            while let Some((key, IgnoredAny)) = map.next_entry()? {
                keys.push(key);
            }
            Ok(keys)
        }
    }
    serde_json::Deserializer::from_str(text).deserialize_map(Keys).unwrap_or_default()
}

/// What is in `{"value": …}`, an object of nothing else, unless it is an object itself.
pub(super) fn lone_value(text: &str) -> Option<&str> {
    if !text.starts_with('{') || keys(text) != ["value"] {
        return None;
    }
    match member(text, "value") {
        Member::Found(raw) if !raw.get().starts_with('{') => Some(raw.get()),
        _ => None,
    }
}

/// What kind of value a JSON text is, in words.
pub(super) fn kind(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a text",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// The text without the white space between its tokens; `None` if it has none.
///
/// The text must be valid JSON. Line ends can only stand between tokens, so what comes out is one
/// line.
pub(super) fn compact(text: &str) -> Option<Box<str>> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let space = next_space(text.as_bytes(), 0)?;
    let mut compact = String::with_capacity(text.len());
    let (mut from, mut space) = (0, Some(space));
    while let Some(at) = space {
        compact.push_str(&text[from..at]);
        from = at + 1;
        space = next_space(text.as_bytes(), from);
    }
    compact.push_str(&text[from..]);
    Some(compact.into_boxed_str())
}

/// The next white space outside strings; `from` must be outside a string.
fn next_space(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(byte) = text.get(at) {
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => return Some(at),
            b'"' => {
                at += 1;
                while let Some(byte) = text.get(at) {
                    match byte {
                        b'"' => break,
                        b'\\' => at += 2,
                        _ => at += 1,
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

struct Lookup<'k> {
    key: &'k str,
}

impl<'de> Visitor<'de> for Lookup<'_> {
    type Value = Member<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Member::Absent;
        while let Some(same) = map.next_key_seed(Same(self.key))? {
            if !same {
                map.next_value::<IgnoredAny>()?;
            } else if let Member::Absent = found {
                found = Member::Found(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
                found = Member::Twice;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let wanted = self.key.parse::<usize>().ok();
        let mut found = Member::Absent;
        let mut index = 0;
        while let Some(raw) = seq.next_element::<&RawValue>()? {
            if wanted == Some(index) {
                found = Member::Found(raw);
            }
            index += 1;
        }
        Ok(found)
    }
}

/// Whether a key is this one.
struct Same<'k>(&'k str);

impl<'de> DeserializeSeed<'de> for Same<'_> {
    type Value = bool;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Same<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}
