//! What differs between two texts, word by word.

use std::fmt::Write;
use std::time::Duration;

use anstyle::AnsiColor;
use similar::{ChangeTag, TextDiff};

use super::text::{Paint, clean};

/// Texts longer than this, in bytes, are not compared: nobody reads the result.
const LONGEST: usize = 20_000;

/// How long a comparison may take before it gets coarser.
const PATIENCE: Duration = Duration::from_millis(100);

/// Characters of equal text kept on either side of a change.
const AROUND: usize = 40;

/// What differs between an expected text and the one that came, or nothing where a comparison
/// would not help: equal texts, texts with no word in common, texts that are too long.
///
/// In colour, what is missing is red and struck out and what is new is green; without, they stand
/// in `[-…-]` and `{+…+}` as `wdiff` writes them.
pub(crate) fn words(expected: &str, got: &str, paint: Paint) -> Option<String> {
    if expected == got || expected.len().max(got.len()) > LONGEST {
        return None;
    }
    let diff = TextDiff::configure().timeout(PATIENCE).diff_words(expected, got);
    let mut runs: Vec<(ChangeTag, String)> = Vec::new();
    for change in diff.iter_all_changes() {
        match runs.last_mut() {
            Some((tag, text)) if *tag == change.tag() => text.push_str(change.value()),
            _ => runs.push((change.tag(), change.value().to_owned())),
        }
    }
    let common = |(tag, text): &(ChangeTag, String)| {
        *tag == ChangeTag::Equal && text.contains(char::is_alphanumeric)
    };
    if !runs.iter().any(common) {
        return None;
    }
    let mut shown = String::new();
    let last = runs.len() - 1;
    for (at, (tag, text)) in runs.iter().enumerate() {
        // Spaces and breaks that changed would be invisible.
        let kept = text.trim_end_matches(['\n', '\r', '\t', ' ']);
        let visible = format!("{}{}", clean(kept), visible_space(&text[kept.len()..]));
        let _ = match (tag, paint.0) {
            (ChangeTag::Equal, _) => {
                shown.push_str(&shorten(&clean(text), at > 0, at < last));
                Ok(())
            }
            (ChangeTag::Delete, false) => write!(shown, "[-{visible}-]"),
            (ChangeTag::Insert, false) => write!(shown, "{{+{visible}+}}"),
            (ChangeTag::Delete, true) => {
                write!(
                    shown,
                    "{}",
                    paint.with(AnsiColor::Red.on_default().strikethrough(), visible)
                )
            }
            (ChangeTag::Insert, true) => write!(shown, "{}", paint.good(visible)),
        };
    }
    Some(shown)
}

fn visible_space(text: &str) -> String {
    let mut visible = String::new();
    for c in text.chars() {
        match c {
            ' ' => visible.push('·'),
            '\n' => visible.push_str("\\n"),
            '\r' => visible.push_str("\\r"),
            '\t' => visible.push_str("\\t"),
            other => visible.extend(other.escape_unicode()),
        }
    }
    visible
}

/// Equal text without what is far from any change.
fn shorten(text: &str, after_change: bool, before_change: bool) -> String {
    let count = text.chars().count();
    let head = if after_change { AROUND } else { 0 };
    let tail = if before_change { AROUND } else { 0 };
    if count <= head + tail + AROUND {
        return text.to_owned();
    }
    let byte = |chars: usize| text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    format!("{} … {}", &text[..byte(head)], &text[byte(count - tail)..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(expected: &str, got: &str) -> Option<String> {
        words(expected, got, Paint(false))
    }

    #[test]
    fn words_that_changed_stand_in_brackets() {
        assert_eq!(
            plain("the capital is Paris", "the capital is Lyon today").as_deref(),
            Some("the capital is [-Paris-]{+Lyon today+}")
        );
    }

    #[test]
    fn a_change_of_white_space_is_seen() {
        assert_eq!(plain("one two", "one two\n").as_deref(), Some("one two{+\\n+}"));
        assert_eq!(plain("a b", "a  b").as_deref(), Some("a[-·-]{+··+}b"));
    }

    #[test]
    fn texts_with_nothing_in_common_are_not_compared() {
        assert_eq!(plain("Paris", "Lyon"), None);
        assert_eq!(plain("same", "same"), None);
        assert_eq!(plain(&"a ".repeat(20_000), "a"), None);
    }

    #[test]
    fn equal_text_far_from_a_change_is_left_out() {
        let long = "word ".repeat(100);
        let shown =
            plain(&format!("{long}Paris {long}"), &format!("{long}Lyon {long}")).expect("a diff");
        assert!(shown.chars().count() < 150, "{shown}");
        assert!(shown.contains("[-Paris-]{+Lyon+}"), "{shown}");
    }

    #[test]
    fn colours_replace_the_brackets_and_escapes_are_disarmed() {
        let shown = words("say hello", "say \u{1b}[2J", Paint(true)).expect("a diff");
        assert!(!shown.contains("[-") && !shown.contains("\u{1b}[2J"), "{shown:?}");
        assert!(shown.contains("\\u{1b}[2J"), "{shown:?}");
    }
}
