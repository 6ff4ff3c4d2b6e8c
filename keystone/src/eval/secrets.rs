//! Keeping secrets of the environment out of what is written about errors.
//!
//! Errors of model clients quote requests, and with them keys. What a task returns as its output is
//! the user's and is kept as it is; what it says of an error is masked before it is kept.

use std::borrow::Cow;

/// Parts of names of environment variables whose values are taken for secrets.
const NAMES: [&str; 5] = ["KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL"];

/// Shorter values are no secrets, and would be found in innocent words.
const SHORTEST: usize = 8;

/// What stands in the place of a secret.
const MASK: &str = "[secret]";

/// The text without the secrets of this process's environment.
pub(super) fn masked(text: &str) -> Cow<'_, str> {
    mask(
        text,
        std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }),
    )
}

fn mask(text: &str, variables: impl Iterator<Item = (String, String)>) -> Cow<'_, str> {
    let mut secrets: Vec<String> = variables
        .filter(|(name, value)| {
            let name = name.to_uppercase();
            value.len() >= SHORTEST && NAMES.iter().any(|part| name.contains(part))
        })
        .map(|(_, value)| value)
        .collect();
    // The longest first: one secret may be a part of another.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let mut text = Cow::Borrowed(text);
    for secret in secrets {
        if text.contains(&secret) {
            text = Cow::Owned(text.replace(&secret, MASK));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> impl Iterator<Item = (String, String)> {
        [
            ("OPENAI_API_KEY", "sk-0123456789"),
            ("Service_Token", "sk-0123456789-and-more"),
            ("SHORT_KEY", "abc"),
            ("EDITOR", "some-long-editor"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    }

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let text = "401: bad key sk-0123456789, twice sk-0123456789";
        assert_eq!(mask(text, environment()), "401: bad key [secret], twice [secret]");
    }

    #[test]
    fn the_longer_of_two_secrets_goes_whole() {
        assert_eq!(mask("x sk-0123456789-and-more y", environment()), "x [secret] y");
    }

    #[test]
    fn short_values_and_other_variables_stay() {
        let text = "abc some-long-editor";
        assert!(matches!(mask(text, environment()), Cow::Borrowed(same) if same == text));
    }
}
