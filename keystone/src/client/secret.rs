//! Values that are sent and never shown.

use std::collections::BTreeMap;
use std::fmt;

/// What is shown in the place of a secret.
const MASK: &str = "[secret]";

/// Shorter texts are no secrets, and would be found in innocent words.
const SHORTEST: usize = 4;

/// A key. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself, for a header.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// The text with this secret masked.
    pub(crate) fn mask(&self, text: String) -> String {
        mask(text, &self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// Secrets by name, as they are forwarded to a sandbox. `Debug` shows the names.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct SecretMap(BTreeMap<String, String>);

impl SecretMap {
    pub(crate) fn insert(&mut self, name: String, value: String) {
        self.0.insert(name, value);
    }

    /// Adds a secret unless there is one of that name.
    #[cfg(feature = "yaml")]
    pub(crate) fn insert_default(&mut self, name: &str, value: &str) {
        self.0.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }

    /// The values by name, for a body.
    pub(crate) fn expose(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// The text with these secrets masked: servers quote what they could not use.
    pub(crate) fn mask(&self, text: String) -> String {
        let mut values: Vec<&String> = self.0.values().collect();
        // The longest first: one secret may be a part of another.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.into_iter().fold(text, |text, value| mask(text, value))
    }
}

impl fmt::Debug for SecretMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The names are enough; a type of its own shows the mask without quotes.
        let mask = Secret(String::new());
        f.debug_map().entries(self.0.keys().map(|name| (name, &mask))).finish()
    }
}

fn mask(mut text: String, secret: &str) -> String {
    if secret.len() < SHORTEST {
        return text;
    }
    if text.contains(secret) {
        text = text.replace(secret, MASK);
    }
    // Servers that send back a request send it as JSON, in which quotes and line breaks look
    // otherwise.
    if let Ok(quoted) = serde_json::to_string(secret)
        && let Some(written) = quoted.get(1..quoted.len() - 1)
        && written != secret
        && text.contains(written)
    {
        text = text.replace(written, MASK);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_show_nowhere() {
        let key = Secret::new("ks_live_123".to_owned());
        assert_eq!(format!("{key:?}"), "[secret]");
        assert_eq!(key.mask("bad key ks_live_123!".to_owned()), "bad key [secret]!");
        let mut map = SecretMap::default();
        map.insert("A".to_owned(), "abcdef".to_owned());
        map.insert("B".to_owned(), "abcdefghi".to_owned());
        assert_eq!(format!("{map:?}"), r#"{"A": [secret], "B": [secret]}"#);
        assert_eq!(map.mask("abcdefghi abcdef".to_owned()), "[secret] [secret]");
        let pem = Secret::new("-----BEGIN\nKEY\"".to_owned());
        assert_eq!(pem.mask(r#"{"k": "-----BEGIN\nKEY\""}"#.to_owned()), r#"{"k": "[secret]"}"#);
    }
}
