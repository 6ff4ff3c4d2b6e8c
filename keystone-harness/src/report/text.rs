//! Texts of any origin made fit for a report: cut, cleaned, measured, quoted.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Whether a report is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paint(pub(crate) bool);

impl Paint {
    pub(crate) fn good(self, text: impl Display) -> Painted<impl Display> {
        self.with(AnsiColor::Green.on_default(), text)
    }

    pub(crate) fn bad(self, text: impl Display) -> Painted<impl Display> {
        self.with(AnsiColor::Red.on_default(), text)
    }

    pub(crate) fn warn(self, text: impl Display) -> Painted<impl Display> {
        self.with(AnsiColor::Yellow.on_default(), text)
    }

    pub(crate) fn bold(self, text: impl Display) -> Painted<impl Display> {
        self.with(Style::new().bold(), text)
    }

    pub(crate) fn dim(self, text: impl Display) -> Painted<impl Display> {
        self.with(Style::new().dimmed(), text)
    }

    pub(crate) fn with<T: Display>(self, style: Style, text: T) -> Painted<T> {
        Painted { style: self.0.then_some(style), text }
    }
}

/// A text and its colour, where it has one.
pub(crate) struct Painted<T> {
    style: Option<Style>,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.style {
            Some(style) => write!(f, "{style}{}{style:#}", self.text),
            None => self.text.fmt(f),
        }
    }
}

/// Whether a character would do something to a terminal instead of being shown: control
/// characters, and the marks that turn the direction of writing around.
fn is_active(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// A text without characters that do something to a terminal; they are shown as their number.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(is_active) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            c if is_active(c) => cleaned.extend(c.escape_unicode()),
            c => cleaned.push(c),
        }
    }
    Cow::Owned(cleaned)
}

/// The start of a text that has at most so many characters and lines, and how many characters
/// were left out. Does not look further than that, but for counting.
pub(crate) fn cut(text: &str, chars: usize, lines: usize) -> (&str, usize) {
    let mut line = 1;
    for (n, (at, c)) in text.char_indices().enumerate() {
        if c == '\n' {
            line += 1;
        }
        if n == chars || line > lines {
            let (head, tail) = text.split_at(at);
            // A break or two at the end are not worth a mark.
            let left = tail.trim_end_matches(['\n', '\r']).chars().count();
            return (head, left);
        }
    }
    (text, 0)
}

/// The start of a text, on one line, with a mark where something was left out.
pub(crate) fn one_line(text: &str, chars: usize) -> String {
    let (head, left) = cut(text.trim(), chars, 1);
    // The mark takes the place of the last character, so that no line is longer than asked for.
    let kept = match head.char_indices().nth(chars.saturating_sub(1)) {
        Some((at, _)) if left > 0 => &head[..at],
        _ => head,
    };
    let mark = if left > 0 { "…" } else { "" };
    format!("{}{mark}", clean(kept).replace('\t', " ").trim_end_matches('\n'))
}

/// How many columns a text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// A text cut to a number of columns, with a mark where something was left out.
pub(crate) fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut used = 0;
    let mut fitting = String::new();
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used >= columns {
            break;
        }
        fitting.push(c);
    }
    fitting.push('…');
    Cow::Owned(fitting)
}

/// A text filled up with spaces to a number of columns.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// A share from 0 to 1 in percent, with one digit behind the point; more where rounding would
/// make it look whole, or equal to a bound that it does not reach.
pub(crate) fn percent(share: f64, bound: Option<f64>) -> String {
    let digits = (1..6).find(|digits| {
        let text = format!("{:.digits$}", share * 100.0);
        let value: f64 = text.parse().unwrap_or(share);
        let whole = share != 0.0 && share != 1.0 && (value == 0.0 || value == 100.0);
        let blurred = bound.is_some_and(|bound| {
            // What differs by rounding noise alone is the same number.
            (bound - share).abs() > 1e-9 && (value < bound * 100.0) != (share < bound)
        });
        !whole && !blurred
    });
    let text = format!("{:.*}", digits.unwrap_or(6), share * 100.0);
    // `90.0` says nothing that `90` does not.
    format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
}

/// A bound from 0 to 1 in percent, as it was written.
pub(crate) fn percent_bound(bound: f64) -> String {
    format!("{} %", shortened(&format!("{:.6}", bound * 100.0)))
}

/// A score from 0 to 1, with three digits behind the point; `–` where there is none.
pub(crate) fn score(value: Option<f64>) -> String {
    value.map_or_else(|| "–".into(), |value| format!("{value:.3}"))
}

/// A number with three digits behind the point, and more where it would look like a bound that it
/// does not reach.
pub(crate) fn number(value: f64, bound: f64) -> String {
    let digits = (3..9).find(|digits| {
        let shown: f64 = format!("{value:.digits$}").parse().unwrap_or(value);
        (value - bound).abs() < 1e-9 || (shown < bound) == (value < bound)
    });
    shortened(&format!("{value:.*}", digits.unwrap_or(9)))
}

fn shortened(text: &str) -> String {
    if !text.contains('.') {
        return text.into();
    }
    text.trim_end_matches('0').trim_end_matches('.').into()
}

/// A time as people read it: `0.8 s`, `2 min 03 s`, `1 h 02 min`.
pub(crate) fn time(ms: f64) -> String {
    let seconds = ms / 1000.0;
    if ms < 1000.0 {
        return format!("{ms:.0} ms");
    }
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours} h {minutes:02} min")
    } else {
        format!("{minutes} min {seconds:02} s")
    }
}

/// A count and its noun.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let mut text = String::new();
    let plural = if count == 1 { "" } else { "s" };
    let _ = write!(text, "{count} {noun}{plural}");
    text
}

/// A word of a command line, quoted where a shell would not take it as it is.
pub(crate) fn shell(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return Cow::Borrowed(word);
    }
    if cfg!(windows) {
        return Cow::Owned(format!("\"{}\"", word.replace('"', "\\\"")));
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_acts_on_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\r\nc\td\u{7}\r"), "a\\u{1b}[31mb\nc\td\\u{7}\\u{d}");
        assert_eq!(clean("\u{202e}abc\u{9b}"), "\\u{202e}abc\\u{9b}");
        assert!(matches!(clean("Zürich 東京 🦀"), Cow::Borrowed(_)));
    }

    #[test]
    fn cutting_never_splits_a_character() {
        assert_eq!(cut("東京東京", 3, 9), ("東京東", 1));
        assert_eq!(cut("a\nb\nc\nd", 99, 2), ("a\nb", 4));
        assert_eq!(cut("ab\n", 99, 1), ("ab", 0));
        assert_eq!(cut("abc", 3, 1), ("abc", 0));
        assert_eq!(one_line("  one\ntwo", 20), "one…");
        assert_eq!(one_line("abcdef", 4), "abc…");
        assert_eq!(one_line("abcd", 4), "abcd");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(width(&pad("東京", 6)), 6);
        assert_eq!(fit("東京東京", 5), "東京…");
        assert_eq!(fit("abcde", 5), "abcde");
    }

    #[test]
    fn rounding_hides_neither_a_miss_nor_an_imperfection() {
        assert_eq!(percent(0.975, Some(0.9)), "97.5 %");
        assert_eq!(percent(1.0, None), "100 %");
        assert_eq!(percent(0.0, None), "0 %");
        assert_eq!(percent(0.89996, Some(0.9)), "89.996 %");
        assert_eq!(percent(0.99999, None), "99.999 %");
        assert_eq!(percent(0.9, Some(0.9)), "90 %");
        assert_eq!(percent(0.216_830, None), "21.7 %");
        assert_eq!(percent(0.975, Some(0.9751)), "97.5 %");
        assert_eq!(percent_bound(0.9751), "97.51 %");
        assert_eq!(percent_bound(0.7), "70 %");
        assert_eq!(number(0.89996, 0.9), "0.89996");
        assert_eq!(number(0.9, 0.9), "0.9");
        assert_eq!(number(3.0, 0.0), "3");
        assert_eq!(score(None), "–");
    }

    #[test]
    fn times_are_readable_at_every_length() {
        assert_eq!(time(12.3), "12 ms");
        assert_eq!(time(830.0), "830 ms");
        assert_eq!(time(12_340.0), "12.3 s");
        assert_eq!(time(123_000.0), "2 min 03 s");
        assert_eq!(time(3_720_000.0), "1 h 02 min");
    }

    #[cfg(unix)]
    #[test]
    fn a_pasted_command_means_what_it_says() {
        assert_eq!(shell("fr-1"), "fr-1");
        assert_eq!(shell("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(shell(""), "''");
        assert_eq!(shell("a\nb"), "'a\nb'");
    }
}
