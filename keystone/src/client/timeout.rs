//! Times as the API writes them.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// How long something may take, as the API writes it: `30s`, `10m`, `1h30m`, `500ms`.
///
/// A text is sent as it is, for the server to judge; a [`Duration`] is written in that form.
///
/// ```
/// use std::time::Duration;
/// use keystone::client::Timeout;
///
/// assert_eq!(Timeout::from("10m").as_str(), "10m");
/// assert_eq!(Timeout::from(Duration::from_secs(5400)).as_str(), "1h30m");
/// assert_eq!(Timeout::from("1m30.5s").to_std(), Some(Duration::from_millis(90_500)));
/// assert_eq!(Timeout::from("soon").to_std(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Timeout(String);

/// The units of such a text, and their lengths in seconds.
const UNITS: [(&str, f64); 7] = [
    ("ns", 1e-9),
    ("us", 1e-6),
    ("µs", 1e-6),
    ("ms", 1e-3),
    ("h", 3600.0),
    ("m", 60.0),
    ("s", 1.0),
];

impl Timeout {
    /// The text that is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The time itself, where the text is one.
    #[must_use]
    pub fn to_std(&self) -> Option<Duration> {
        let mut rest = self.0.trim();
        if rest.is_empty() {
            return None;
        }
        let mut seconds = 0.0;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
            let number: f64 = rest[..end].parse().ok()?;
            rest = &rest[end..];
            let (unit, length) = UNITS.iter().find(|(unit, _)| rest.starts_with(unit))?;
            rest = &rest[unit.len()..];
            seconds += number * length;
        }
        Duration::try_from_secs_f64(seconds).ok()
    }
}

impl From<&str> for Timeout {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Timeout {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Duration> for Timeout {
    fn from(time: Duration) -> Self {
        let (seconds, nanos) = (time.as_secs(), time.subsec_nanos());
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let mut text = String::new();
        for (amount, unit) in [(hours, "h"), (minutes, "m"), (seconds, "s")] {
            if amount > 0 {
                text.push_str(&format!("{amount}{unit}"));
            }
        }
        if nanos % 1_000_000 != 0 {
            text.push_str(&format!("{nanos}ns"));
        } else if nanos > 0 || text.is_empty() {
            text.push_str(&format!("{}ms", nanos / 1_000_000));
        }
        Self(text)
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_comes_back_from_its_text() {
        for millis in [0, 1, 999, 1_000, 61_001, 3_600_000, 36_061_500] {
            let time = Duration::from_millis(millis);
            assert_eq!(Timeout::from(time).to_std(), Some(time), "{}", Timeout::from(time));
        }
        assert_eq!(Timeout::from(Duration::from_nanos(1_000_001)).as_str(), "1000001ns");
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "10", "m", "10 m", "-1s", "1.2.3s", "ten"] {
            assert_eq!(Timeout::from(text).to_std(), None, "{text}");
        }
    }
}
