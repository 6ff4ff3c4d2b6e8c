//! Numbers in prose.

/// A number in a text, and where it is.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Number {
    value: f64,
    start: usize,
    end: usize,
    /// Whether the number is part of a word or name, as the 4 of `GPT-4`.
    attached: bool,
}

/// The number that the whole of a text is, white space aside.
pub(super) fn whole(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = next_number(text, 0, None)?;
    (number.start == 0 && number.end == text.len()).then_some(number.value)
}

/// The number that a text gives as its answer: the first of these that there is.
/// 1. The number after the last mark of an answer: `####`, `\boxed{`, or `answer` or `result`
///    followed by a colon, an equals sign, `is` or `equals`.
/// 2. The first number, or, where that belongs to the left side of an equation, what the
///    equation comes to.
/// 3. The first number that is part of a word.
pub(super) fn answer(text: &str) -> Option<f64> {
    if let Some(number) = after_mark(text) {
        return Some(number.value);
    }
    let mut attached = None;
    let mut last = None;
    while let Some(number) = next_number(text, last.map_or(0, |last: Number| last.end), last) {
        if !number.attached {
            return Some(right_side(text, number).value);
        }
        attached = attached.or(Some(number.value));
        last = Some(number);
    }
    attached
}

/// How many marks of an answer are looked at, from the end of the text on.
const MARKS: usize = 8;

/// The number after the last mark of an answer that a number follows, on its line or, where
/// nothing else is said on that line, on the next that says something.
fn after_mark(text: &str) -> Option<Number> {
    let lower = text.to_ascii_lowercase();
    let mut before = lower.len();
    for _ in 0..MARKS {
        let (start, end) = last_mark(&lower[..before])?;
        let number = first_free(text, end);
        if number.is_some_and(|number| !breaks_line(&text[end..number.start])) {
            return number;
        }
        before = start;
    }
    None
}

/// Whether a line ends between two places after something was said on it.
fn breaks_line(between: &str) -> bool {
    between.trim_end_matches(|c| c != '\n').contains(char::is_alphanumeric)
}

/// Where the last mark of an answer begins and ends, in a text in lower case.
fn last_mark(lower: &str) -> Option<(usize, usize)> {
    const FIXED: [&str; 2] = ["####", "\\boxed{"];
    let fixed = FIXED
        .iter()
        .filter_map(|mark| Some((lower.rfind(mark)?, mark.len())))
        .max()
        .map(|(at, length)| (at, at + length));
    let worded = ["answer", "result"].iter().filter_map(|word| last_worded(lower, word)).max();
    fixed.max(worded)
}

/// The last place where a word is followed by what makes it the mark of an answer.
fn last_worded(lower: &str, word: &str) -> Option<(usize, usize)> {
    lower.rmatch_indices(word).find_map(|(start, _)| {
        let after = start + word.len();
        let rest = lower[after..].trim_start_matches(['*', '_', '`', '"', '\'', ' ', '\t']);
        let mark =
            [":", "=", "is ", "is:", "equals "].iter().find(|mark| rest.starts_with(**mark))?;
        Some((start, lower.len() - rest.len() + mark.len()))
    })
}

/// The first number from a place on that is no part of a word.
fn first_free(text: &str, from: usize) -> Option<Number> {
    let mut last = None;
    let mut at = from;
    loop {
        let number = next_number(text, at, last)?;
        if !number.attached {
            return Some(number);
        }
        at = number.end;
        last = Some(number);
    }
}

/// What an equation comes to whose left side begins with this number; the number itself if it
/// does not begin one.
fn right_side(text: &str, number: Number) -> Number {
    let mut side = number;
    let mut last = number;
    loop {
        // Between the terms of an equation there is nothing but operators.
        let Some(next) = next_number(text, last.end, Some(last)) else {
            return side;
        };
        let between = &text[last.end..next.start];
        if !between.chars().all(|c| " \t+-−*/×÷·^%()=$€£¥\u{a0}".contains(c)) || next.attached
        {
            return side;
        }
        if between.contains('=') {
            side = next;
        }
        last = next;
    }
}

/// The first number at or after a place. `last` is the number that ends there, if any.
fn next_number(text: &str, from: usize, last: Option<Number>) -> Option<Number> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at += bytes[at..].iter().position(|&byte| byte.is_ascii_digit() || byte == b'.')?;
        let before = text[..at].chars().next_back();
        let leading_dot = bytes[at] == b'.';
        if leading_dot
            && (!bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
                || before.is_some_and(|c| c.is_alphanumeric() || c == '.'))
        {
            at += 1;
            continue;
        }
        let end = end_of_number(text, at);
        let (start, negative) = sign(text, at);
        let digits: String = text[at..end]
            .chars()
            .filter_map(|c| match c {
                '\u{2212}' => Some('-'),
                c if c.is_ascii() && c != ',' => Some(c),
                _ => None,
            })
            .collect();
        let value = digits.parse::<f64>().ok()?;
        return Some(Number {
            value: if negative { -value } else { value },
            start,
            end,
            attached: is_attached(text, at, last),
        });
    }
}

/// Where the number ends that begins, after its sign, at this place.
fn end_of_number(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let digits =
        |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = digits(start);
    if (1..=3).contains(&(end - start)) {
        // Groups of three, all with the same separator in front.
        let separator = text[end..]
            .chars()
            .next()
            .filter(|c| matches!(c, ',' | '\u{a0}' | '\u{202f}' | '\u{2009}'));
        if let Some(separator) = separator {
            while text[end..].starts_with(separator)
                && digits(end + separator.len_utf8()) == end + separator.len_utf8() + 3
            {
                end += separator.len_utf8() + 3;
            }
        }
    }
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let rest = &text[end + 1..];
        let sign = rest.chars().next().filter(|c| matches!(c, '+' | '-' | '\u{2212}'));
        let from = end + 1 + sign.map_or(0, char::len_utf8);
        let to = digits(from);
        if to > from && !text[to..].starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            end = to;
        }
    }
    end
}

/// Where the number with its sign begins, and whether the sign is a minus. A currency sign may
/// stand between the two. A hyphen after a letter, a digit or a closing bracket is no sign.
fn sign(text: &str, at: usize) -> (usize, bool) {
    let mut before = text[..at].char_indices().rev();
    let mut candidate = before.next();
    if matches!(candidate, Some((_, '$' | '€' | '£' | '¥'))) {
        candidate = before.next();
    }
    let Some((start, sign @ ('-' | '\u{2212}' | '+'))) = candidate else {
        return (at, false);
    };
    let boundary = before.next().is_none_or(|(_, c)| {
        !c.is_alphanumeric() && !matches!(c, '-' | '\u{2212}' | '+' | ')' | ']' | '_')
    });
    if boundary { (start, sign != '+') } else { (at, false) }
}

/// Whether a number belongs to a word: a letter stands right before it, or a letter and a hyphen,
/// or another number of which the same is true.
fn is_attached(text: &str, at: usize, last: Option<Number>) -> bool {
    let mut before = text[..at].char_indices().rev();
    match before.next() {
        Some((_, c)) if c.is_alphanumeric() || c == '_' => true,
        Some((joint, '-' | '.')) => {
            last.is_some_and(|last| last.attached && last.end == joint)
                || before.next().is_some_and(|(_, c)| c.is_alphabetic())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_read_in_every_usual_form() {
        for (text, value) in [
            ("42", 42.0),
            ("It is 42.", 42.0),
            ("3.25", 3.25),
            ("1,234", 1234.0),
            ("1,234,567.89", 1_234_567.89),
            ("12\u{202f}345", 12345.0),
            ("1,2345", 1.0),
            ("1234,567", 1234.0),
            ("1, 2 and 3", 1.0),
            ("1e3", 1000.0),
            ("2.5E-2", 0.025),
            ("1e\u{2212}2", 0.01),
            ("1e3x", 1.0),
            ("3e", 3.0),
            (".5", 0.5),
            ("-.5", -0.5),
            ("about .25 of it", 0.25),
            ("...7", 7.0),
            ("-4", -4.0),
            ("\u{2212}4", -4.0),
            ("+4", 4.0),
            ("(-4)", -4.0),
            ("x=-4", -4.0),
            ("-$5.50", -5.5),
            ("$-5", -5.0),
            ("$1,200", 1200.0),
            ("50%", 50.0),
            ("42km", 42.0),
            ("2024-05-01", 2024.0),
            ("3-5 days", 3.0),
            ("007", 7.0),
            ("1.2.3", 1.2),
        ] {
            assert_eq!(answer(text), Some(value), "{text}");
        }
    }

    #[test]
    fn a_hyphen_inside_a_word_is_no_sign_and_a_number_in_a_name_gives_way() {
        for (text, value) in [
            ("GPT-4", 4.0),
            ("GPT-4 says 42", 42.0),
            ("Llama-3-8B says 42", 42.0),
            ("v1.2.3 gives 42", 42.0),
            ("Q3 came to -7", -7.0),
            ("10-3", 10.0),
            ("a--5", 5.0),
        ] {
            assert_eq!(answer(text), Some(value), "{text}");
        }
    }

    #[test]
    fn the_answer_is_taken_rather_than_the_first_number() {
        for (text, value) in [
            ("2 + 2 = 4", 4.0),
            ("(48 / 2) = 24 and then some", 24.0),
            ("1 + 1 = 4 / 2 = 2", 2.0),
            ("x = 5 and y = 6", 5.0),
            ("3 apples, so n = 7", 3.0),
            ("There are 3 boxes of 4. The answer is 12.", 12.0),
            ("3 boxes of 4.\n**Answer:** 12", 12.0),
            ("3 boxes of 4.\nAnswer:\n\n12", 12.0),
            ("The answer is **$1,200**, since 3 * 400 = 1200", 1200.0),
            ("First answer: 3. No: the final answer is 5", 5.0),
            ("48 / 2 = 24, 48 + 24 = 72\n#### 72", 72.0),
            (r"so $x = 3$ and \boxed{-9}", -9.0),
            ("The answer is unknown, 3 of 4 say", 3.0),
            ("7 is it. The answer is plain\nto see\n8", 7.0),
            ("the answers: 5", 5.0),
            ("Result: GPT-4 wins with 90", 90.0),
        ] {
            assert_eq!(answer(text), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "none", ".", "-", "٣٤", "四", "é"] {
            assert_eq!(answer(text), None, "{text}");
        }
    }

    #[test]
    fn a_whole_number_has_nothing_around_it() {
        for (text, value) in [(" 1,234 ", 1234.0), ("-.5", -0.5), ("\u{2212}1e3", -1000.0)] {
            assert_eq!(whole(text), Some(value), "{text}");
        }
        for text in ["", "4 apples", "about 4", "GPT-4", "1 2", "4."] {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "[0-9.,eE+\u{2212}$a=#\\-\\PC\n]{0,60}") {
            let _ = answer(&text);
            let _ = whole(&text);
        }

        #[test]
        fn what_is_written_is_read(value in -1e15_f64..1e15) {
            prop_assert_eq!(whole(&value.to_string()), Some(value));
            prop_assert_eq!(whole(&format!("{value:e}")), Some(value));
            prop_assert_eq!(answer(&format!("It is {value} m")), Some(value));
        }
    }
}
