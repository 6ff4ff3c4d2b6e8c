//! Whether the output contains a text.

use serde_json::json;

use super::fold::fold;
use super::quote::quoted;
use super::settings::{Settings, settings_methods, settings_of_scorer};
use crate::scorers::{Rule, Score, Scorer, Subject};

/// Passes where the output contains a text, whatever the case unless
/// [`case_sensitive`](Contains::case_sensitive).
///
/// Scores 1 or 0. An empty text is contained in everything. Rule type `contains` with `text` and
/// `case_sensitive`.
///
/// ```
/// use keystone::scorers::{Contains, Scorer, Subject};
/// use keystone::{Case, Output};
///
/// let (case, output): (Case, _) = (Case::new("Who?"), Output::text("Ada Lovelace."));
/// let subject = Subject::new(&case, &output);
/// assert!(Contains::new("ada").score(&subject).passed());
/// assert!(!Contains::new("ada").case_sensitive().score(&subject).passed());
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Contains {
    text: Option<String>,
    folded: String,
    case_sensitive: bool,
    settings: Settings,
}

impl Contains {
    /// A scorer that looks for this text, whatever its case.
    pub fn new(text: impl Into<String>) -> Self {
        Self::from_text(Some(text.into()))
    }

    /// The scorer of a rule, whose text may be missing.
    pub(in crate::scorers) fn from_text(text: Option<String>) -> Self {
        Self {
            folded: text.as_deref().map(fold).unwrap_or_default(),
            text,
            case_sensitive: false,
            settings: Settings::new("contains"),
        }
    }

    /// Makes capitals matter.
    pub fn case_sensitive(mut self) -> Self {
        self.case_sensitive = true;
        self
    }
}

settings_methods!(Contains);

impl Scorer for Contains {
    settings_of_scorer!();

    fn score(&self, subject: &Subject<'_>) -> Score {
        let Some(text) = &self.text else {
            return Score::unscored("the rule has no `text` to look for");
        };
        let output = subject.output_text();
        // What is contained as it stands is also contained whatever the case.
        let contained = output.contains(text.as_str())
            || (!self.case_sensitive && fold(&output).contains(&self.folded));
        if contained {
            Score::pass()
        } else {
            Score::fail(format!("output does not contain {}", quoted(text)))
        }
    }

    fn rule(&self) -> Option<Rule> {
        let config = json!({"text": self.text, "case_sensitive": self.case_sensitive});
        Some(Rule::new(self.name(), "contains", config))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::grade;
    use super::*;

    #[test]
    fn case_matters_only_on_request() {
        for (text, output, any_case, exact_case) in [
            ("Paris", "It is Paris.", true, true),
            ("paris", "It is PARIS.", true, false),
            ("ÉCOLE", "une école", true, false),
            ("ΟΔΟΣ", "οδοσα", true, false),
            ("", "", true, true),
            ("", "anything", true, true),
            ("x", "", false, false),
            ("Paris ", "Paris", false, false),
        ] {
            let scorer = Contains::new(text);
            assert_eq!(grade(&scorer, output, Value::Null).passed(), any_case, "{text} {output}");
            let scorer = scorer.case_sensitive();
            assert_eq!(grade(&scorer, output, Value::Null).passed(), exact_case, "{text} {output}");
        }
    }

    #[test]
    fn a_failure_quotes_the_text_as_it_was_given() {
        let score = grade(&Contains::new("say \"Hi\""), "hello", Value::Null);
        assert_eq!(score.value(), Some(0.0));
        assert_eq!(score.message_text(), r#"output does not contain "say \"Hi\"""#);
        assert_eq!(grade(&Contains::new("he"), "hello", Value::Null).message_text(), "");
    }

    #[test]
    fn an_output_that_is_no_text_is_searched_as_json() {
        assert!(grade(&Contains::new("\"ok\":true"), json!({"ok": true}), Value::Null).passed());
    }

    #[test]
    fn ten_megabytes_that_nearly_match_everywhere_are_searched() {
        let output = "aab".repeat(3_500_000);
        assert!(!grade(&Contains::new("AAB".repeat(40) + "aa!"), output, Value::Null).passed());
    }
}
