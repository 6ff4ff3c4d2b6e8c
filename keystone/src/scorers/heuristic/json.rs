//! Strict JSON: RFC 8259, with a limit to the depth.

use serde::de::IgnoredAny;
use serde_json::Value;

/// The most lists and objects that may lie within each other. Deeper texts could exhaust the
/// stack of whatever reads them next, and `serde_json` reads no deeper into a [`Value`].
pub(super) const DEEPEST: usize = 127;

/// Why a text is not JSON, if it is not. Numbers may be as long as they like.
pub(super) fn check(text: &str) -> Result<(), String> {
    // The reader that skips values checks their grammar, but neither their depth nor whether
    // their numbers fit into a type.
    if depth(text) > DEEPEST {
        return Err(format!("nested more than {DEEPEST} levels deep"));
    }
    let Err(error) = serde_json::from_str::<IgnoredAny>(text) else { return Ok(()) };
    // The reader that keeps values has the better words for what is wrong.
    Err(parse(text).err().unwrap_or(error).to_string())
}

/// The value that a text is, or why it is none.
pub(super) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text)
}

/// How many lists and objects are open at once at most.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => {
                // To the end of the string; what follows a backslash does not end it.
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_that_of_the_parser() {
        for depth in [DEEPEST - 1, DEEPEST, DEEPEST + 1, 1_000_000] {
            let text = "[".repeat(depth) + &"]".repeat(depth);
            assert_eq!(check(&text).is_ok(), parse(&text).is_ok(), "{depth}");
            assert_eq!(check(&text).is_ok(), depth <= DEEPEST, "{depth}");
        }
    }

    #[test]
    fn brackets_in_strings_are_no_depth() {
        let text = format!(r#"["\"{}", 1]"#, "[".repeat(1000));
        assert_eq!(depth(&text), 1);
        assert_eq!(check(&text), Ok(()));
    }
}
