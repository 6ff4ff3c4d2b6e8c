//! Dates as people write them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A day of the Gregorian calendar, written `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A text that is no day written `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotADate(String);

impl fmt::Display for NotADate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" is not a day written YYYY-MM-DD", self.0)
    }
}

impl std::error::Error for NotADate {}

impl Date {
    /// The day, if the calendar has it and its year is from 1900 to 2199.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = (1900..2200).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// The day this many days later.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        (0..days).fold(self, |date, _| date.next())
    }

    fn next(self) -> Self {
        if self.day < days_in(self.year, self.month) {
            Self { day: self.day + 1, ..self }
        } else if self.month < 12 {
            Self { month: self.month + 1, day: 1, ..self }
        } else {
            Self { year: self.year + 1, month: 1, day: 1 }
        }
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        date(text).filter(|date| date.to_string() == text).ok_or_else(|| NotADate(text.to_owned()))
    }
}

impl TryFrom<String> for Date {
    type Error = NotADate;

    fn try_from(text: String) -> Result<Self, NotADate> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

/// The first date in a text: `2026-03-01`, `1.3.2026`, `03/01/2026` (month first, as in the
/// United States, unless that is no date), `March 1st, 2026`, `1 Mar 2026`.
///
/// ```
/// use keystone_examples::invoice::date;
///
/// let read = date("payable by the 3rd of March 2026").map(|date| date.to_string());
/// assert_eq!(read.as_deref(), Some("2026-03-03"));
/// ```
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let words: Vec<&str> = text
        .split(|letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '(' | ')'))
        .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()))
        .filter(|word| !word.is_empty() && *word != "of")
        .collect();
    (0..words.len()).find_map(|at| in_figures(words[at]).or_else(|| in_words(&words[at..])))
}

/// Three numbers in one word.
fn in_figures(word: &str) -> Option<Date> {
    let separator = word.chars().find(|letter| !letter.is_ascii_digit())?;
    if !matches!(separator, '-' | '.' | '/') {
        return None;
    }
    let mut parts = word.split(separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    if first.len() == 4 {
        return Date::new(first.parse().ok()?, second.parse().ok()?, third.parse().ok()?);
    }
    let year = year(third)?;
    let (first, second) = (first.parse().ok()?, second.parse().ok()?);
    if separator == '/' {
        Date::new(year, first, second).or_else(|| Date::new(year, second, first))
    } else {
        Date::new(year, second, first)
    }
}

/// Three words: a day, the name of a month, a year, with the first two in either order.
fn in_words(words: &[&str]) -> Option<Date> {
    let [first, second, third, ..] = words else {
        return None;
    };
    let year = year(third)?;
    match (month(first), month(second)) {
        (Some(month), _) => Date::new(year, month, day(second)?),
        (_, Some(month)) => Date::new(year, month, day(first)?),
        _ => None,
    }
}

fn day(word: &str) -> Option<u8> {
    word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == '.').parse().ok()
}

fn year(word: &str) -> Option<u16> {
    let year: u16 = word.trim_start_matches('\'').parse().ok()?;
    match word.len() {
        4 => Some(year),
        2 => Some(2000 + year),
        _ => None,
    }
}

fn month(word: &str) -> Option<u8> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let word = word.to_lowercase();
    let at = MONTHS.iter().position(|month| word.starts_with(month))?;
    u8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        date(text).map(|date| date.to_string())
    }

    #[test]
    fn the_calendar_decides_what_a_date_is() {
        assert_eq!(read("29.2.2024").as_deref(), Some("2024-02-29"));
        assert_eq!(read("29.2.2026"), None);
        assert_eq!(read("version 1.2.3"), None);
    }

    #[test]
    fn slashes_are_month_first_unless_that_is_no_date() {
        assert_eq!(read("04/05/2026").as_deref(), Some("2026-04-05"));
        assert_eq!(read("25/05/2026").as_deref(), Some("2026-05-25"));
    }

    #[test]
    fn days_run_over_the_ends_of_months_and_years() {
        let date = Date::new(2023, 12, 30).unwrap();
        assert_eq!(date.plus_days(61).to_string(), "2024-02-29");
    }
}
