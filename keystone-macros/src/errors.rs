//! Mistakes, collected so that all of them are reported at once.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    /// Adds a mistake.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Adds a mistake that these tokens made.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds a mistake at this place.
    pub(crate) fn at_span(&mut self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, message));
    }

    /// Adds the mistake of a result that has one.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// All mistakes as `compile_error!` calls; nothing where there are none.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.map(|error| error.to_compile_error()).unwrap_or_default()
    }

    /// All mistakes as text, for tests.
    #[cfg(test)]
    pub(crate) fn messages(self) -> Vec<String> {
        self.0.into_iter().flatten().map(|error| error.to_string()).collect()
    }
}

/// The known word that was most likely meant.
pub(crate) fn did_you_mean<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    // A part of a name (`threshold` of `pass_threshold`), or more than the name (`dataset` for
    // `data`), is closer than the count of edits says.
    let part = |name: &&&str| {
        name.split('_').any(|part| part == word) || (name.len() >= 4 && word.starts_with(**name))
    };
    known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&word, name), *name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= (word.len().max(name.len()) / 3).max(1))
        .map(|(_, name)| name)
        .or_else(|| known.iter().find(part).copied())
}

/// "unknown option `…`; did you mean `…`?" and the list of what there is.
pub(crate) fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    let meant = did_you_mean(word, known)
        .map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default();
    format!("unknown {what} `{word}`{meant}\nthere is {}", list(known, "and"))
}

/// "`a`, `b` and `c`".
pub(crate) fn list(words: &[&str], last: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., end] => format!("{} {last} {end}", init.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_is_suggested_and_nothing_that_is_far() {
        let known = ["data", "scores", "pass_rate", "pass_threshold", "max_concurrency", "timeout"];
        for (word, meant) in [
            ("scorers", Some("scores")),
            ("pas_rate", Some("pass_rate")),
            ("threshold", Some("pass_threshold")),
            ("concurrency", Some("max_concurrency")),
            ("dataset", Some("data")),
            ("time_out", Some("timeout")),
            ("colour", None),
        ] {
            assert_eq!(did_you_mean(word, &known), meant, "{word}");
        }
    }
}
