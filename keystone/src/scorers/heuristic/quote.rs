//! Texts in messages.

/// The most characters of a text that a message repeats. The journal holds the whole of it.
const LONGEST: usize = 200;

/// A text in quotes, with white space and control characters escaped, and cut where it is long.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => format!("{text:?}"),
        Some((end, _)) => {
            format!("{:?}… ({} characters)", &text[..end], text.chars().count())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(quoted("a\n\"b\""), r#""a\n\"b\"""#);
        assert_eq!(quoted(&"é".repeat(200)), format!("\"{}\"", "é".repeat(200)));
        assert_eq!(quoted(&"é".repeat(201)), format!("\"{}\"… (201 characters)", "é".repeat(200)));
    }
}
