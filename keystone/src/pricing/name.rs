//! How names of models are compared.

/// A name as it is compared: in lower case, with one sign for all that stands between words.
pub(super) fn fold(name: &str) -> String {
    let name = name.trim();
    let mut folded = String::with_capacity(name.len());
    let mut before = None;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let between = match c {
            // 3.5 and 3-5 are one version.
            '.' => before.is_some_and(is_digit) && chars.peek().copied().is_some_and(is_digit),
            _ => c == '@' || c == '_' || c.is_whitespace(),
        };
        if between {
            folded.push('-')
        } else {
            folded.extend(c.to_lowercase())
        }
        before = Some(c);
    }
    folded
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Whether a folded name names anything.
pub(super) fn is_name(folded: &str) -> bool {
    folded.contains(char::is_alphanumeric)
}

/// The places in a folded name where another may start.
pub(super) fn starts(name: &str) -> impl Iterator<Item = usize> {
    let mut before = None;
    name.char_indices().filter_map(move |(at, c)| {
        let open = before.is_none_or(|before: char| !before.is_alphanumeric());
        before = Some(c);
        // The digits behind a digit and a dash are the rest of a version.
        let version = is_digit(c)
            && name[..at].strip_suffix('-').is_some_and(|head| head.ends_with(is_digit));
        (open && !version).then_some(at)
    })
}

/// Whether a known name, both folded, may end where `rest` follows.
pub(super) fn ends(known: &str, rest: &str) -> bool {
    match rest.chars().next() {
        None => true,
        Some(c) if c.is_alphanumeric() => false,
        Some('-') if known.ends_with(is_digit) => !continues_version(&rest[1..]),
        Some(_) => true,
    }
}

/// Whether what stands behind a number and a dash is the next number of a version: one digit or
/// two, and no month with its year.
fn continues_version(rest: &str) -> bool {
    let (number, rest) = digits(rest);
    if !(1..=2).contains(&number.len()) || rest.starts_with(char::is_alphanumeric) {
        return false;
    }
    let year = rest.strip_prefix('-').map(|rest| digits(rest).0);
    !year.is_some_and(|year| year.len() == 4 && year.starts_with("20"))
}

/// The digits that a text starts with, and what follows.
fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c| !is_digit(c)).unwrap_or(text.len()))
}

/// The names that a folded name may be when what providers put around it is left out.
pub(super) fn stems(name: &str) -> impl Iterator<Item = &str> {
    starts(name)
        .filter(|at| *at == 0 || name[..*at].ends_with(['/', '.', ':']))
        .map(|at| stem(&name[at..]))
}

fn stem(name: &str) -> &str {
    let name = name.split_once(':').map_or(name, |(name, _)| name);
    let name = match name.rsplit_once("-v") {
        Some((name, version)) if digits(version) == (version, "") && !version.is_empty() => name,
        _ => name,
    };
    name.strip_suffix("-latest").unwrap_or(name)
}

/// A date as names have it, to tell which is newer: year, month, day. What a name leaves out is 0,
/// so that a date without a year counts as older than any that has one.
pub(super) type Date = (u16, u8, u8);

/// Cuts the date off the end of a folded name.
///
/// Dates are written `20250929`, `2024-07-18`, `08-2024`, `2411` (year and month) or `0709` (month
/// and day).
pub(super) fn dated(name: &str) -> Option<(&str, Date)> {
    let (head, last) = name.rsplit_once('-')?;
    if last.is_empty() || !last.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (stem, date) = match last.len() {
        8 => (head, date(&last[..4], &last[4..6], &last[6..])?),
        4 => {
            let month = head.rsplit_once('-').filter(|(_, month)| month.len() == 2);
            let with_month = month.and_then(|(stem, month)| Some((stem, date(last, month, "")?)));
            let alone = || {
                let day = date("", &last[..2], &last[2..]);
                let month = || date(&format!("20{}", &last[..2]), &last[2..], "");
                Some((head, day.or_else(month)?))
            };
            with_month.or_else(alone)?
        }
        2 => {
            let (head, month) = head.rsplit_once('-')?;
            let (stem, year) = head.rsplit_once('-')?;
            (stem, (year.len() == 4).then(|| date(year, month, last))??)
        }
        _ => return None,
    };
    is_name(stem).then_some((stem, date))
}

/// A date of its digits, unless the calendar has none such. Empty ones are left out.
fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let number = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<u16>().ok() };
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let known = (year == 0 || (2000..2100).contains(&year))
        && (1..=12).contains(&month)
        && day <= 31
        && (year != 0 || day != 0);
    known.then(|| Some((year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_the_same_are_equal() {
        for name in ["claude-sonnet-4-5", "Claude Sonnet 4.5", " CLAUDE_sonnet-4.5\n"] {
            assert_eq!(fold(name), "claude-sonnet-4-5");
        }
        assert_eq!(fold("claude-3-haiku@20240307"), "claude-3-haiku-20240307");
        assert_eq!(fold("Amazon.Nova-Pro"), "amazon.nova-pro");
        assert_eq!(fold("a.1.b.2.3."), "a.1.b.2-3.");
        assert_eq!(fold("МОДЕЛЬ"), "модель");
    }

    #[test]
    fn dates_are_told_from_other_numbers() {
        for (name, stem, date) in [
            ("m-20250929", "m", (2025, 9, 29)),
            ("m-2024-07-18", "m", (2024, 7, 18)),
            ("m-08-2024", "m", (2024, 8, 0)),
            ("m-2411", "m", (2024, 11, 0)),
            ("m-0709", "m", (0, 7, 9)),
            ("grok-2-1212", "grok-2", (0, 12, 12)),
            ("m-13-0709", "m-13", (0, 7, 9)),
        ] {
            assert_eq!(dated(name), Some((stem, date)), "{name}");
        }
        for name in [
            "m",
            "m-1",
            "m-4-5",
            "m-001",
            "m-32768",
            "m-20251301",
            "m-20250132",
            "m-99991231",
            "m-0000",
            "m-latest",
            "m-20250929x",
            "-20250929",
            "20250929",
            "m20250929",
            "m-1234567890",
            "m-24-07-18",
            "m-",
            "",
        ] {
            assert_eq!(dated(name), None, "{name}");
        }
    }
}
