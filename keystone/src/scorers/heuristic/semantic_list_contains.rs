//! How many of a list of texts the output contains.

use serde_json::{Value, json};

use super::expected::{Expected, Found};
use super::fold::fold;
use super::json;
use super::settings::{Settings, check_fraction, settings_methods, settings_of_scorer};
use crate::output::text_of;
use crate::scorers::{Rule, Score, Scorer, Subject, edit_distance};

/// Scores the share of a list of texts that the output contains, whatever the case, and passes
/// from the [`threshold`](SemanticListContains::threshold) on, 1 unless set.
///
/// With [`fuzzy`](SemanticListContains::fuzzy) a text also counts as contained where some window
/// of the output, of similar length, comes near enough: where `1 − edits / length of the text` is
/// at least the [`fuzzy_threshold`](SemanticListContains::fuzzy_threshold), 0.75 unless set
/// ([`edit_distance::partial_similarity`]). One pass over the output finds the best of all
/// windows, so that long outputs cost no more a character than short ones.
///
/// The expected value is a list; its elements are texts, and others count by their JSON. A text
/// that is itself a JSON list is read as one, and any other text or number is a list of one. The
/// texts that were not found are in the metadata of the score as `missing`. Rule type
/// `semantic_list_contains` with `expected`, `expected_key`, `fuzzy`, `fuzzy_threshold` and
/// `threshold`.
///
/// ```
/// use keystone::scorers::{Scorer, SemanticListContains, Subject};
/// use keystone::{Case, Output};
///
/// let case: Case = Case::new("Which islands?").expected(vec!["Iceland", "Ireland", "Malta"]);
/// let output = Output::text("iceland, and Irland too");
/// let subject = Subject::new(&case, &output);
/// let score = SemanticListContains::new().score(&subject);
/// assert_eq!(score.message_text(), "matched 1/3");
/// let score = SemanticListContains::new().fuzzy().threshold(0.6).score(&subject);
/// assert_eq!(score.message_text(), "matched 2/3");
/// assert!(score.passed());
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct SemanticListContains {
    expected: Expected<Items>,
    fuzzy: bool,
    fuzzy_threshold: f64,
    threshold: f64,
    settings: Settings,
}

/// A list of texts in lower case, and the list that it was made of.
#[derive(Debug, Clone)]
struct Items {
    values: Vec<Value>,
    folded: Vec<String>,
}

impl Items {
    fn new(values: Vec<Value>) -> Self {
        Self { folded: values.iter().map(|item| fold(&text_of(item))).collect(), values }
    }
}

impl SemanticListContains {
    /// A scorer that looks for the expected value of the row.
    pub fn new() -> Self {
        Self {
            expected: Expected::default(),
            fuzzy: false,
            fuzzy_threshold: 0.75,
            threshold: 1.0,
            settings: Settings::new("semantic_list_contains"),
        }
    }

    /// Looks for these texts in every row instead.
    pub fn expected<T: Into<Value>>(mut self, expected: impl IntoIterator<Item = T>) -> Self {
        self.expected.given = Some(Items::new(expected.into_iter().map(Into::into).collect()));
        self
    }

    /// Looks for the value of this name instead; see [`Subject::parameter`].
    pub fn expected_key(mut self, key: impl Into<String>) -> Self {
        self.expected.key = Some(key.into());
        self
    }

    /// Counts a text as contained where the output comes near enough to it.
    pub fn fuzzy(mut self) -> Self {
        self.fuzzy = true;
        self
    }

    /// Sets how near that is, from 0 to 1; matters only with [`fuzzy`](Self::fuzzy). Any other
    /// number is an error when the run starts.
    pub fn fuzzy_threshold(mut self, threshold: f64) -> Self {
        self.fuzzy_threshold = threshold;
        self
    }

    /// Sets the share of the texts from which on an output passes, from 0 to 1. Any other number
    /// is an error when the run starts.
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self
    }

    fn grade(&self, output: &str, items: &Items) -> Score {
        let total = items.folded.len();
        if total == 0 {
            return Score::unscored("the list of expected texts is empty");
        }
        if output.trim().is_empty() {
            return Score::fail("empty output");
        }
        let output = fold(output);
        let missing: Vec<Value> = items
            .folded
            .iter()
            .zip(&items.values)
            .filter(|(item, _)| !self.contains(&output, item))
            .map(|(_, value)| value.clone())
            .collect();
        let matched = total - missing.len();
        #[expect(clippy::cast_precision_loss, reason = "no list has 2^53 elements")]
        let share = matched as f64 / total as f64;
        let score = Score::new(share)
            .passed_if(share >= self.threshold)
            .message(format!("matched {matched}/{total}"));
        if missing.is_empty() { score } else { score.metadata("missing", missing) }
    }

    fn contains(&self, output: &str, item: &str) -> bool {
        output.contains(item)
            || (self.fuzzy
                && edit_distance::partial_similarity(item, output) >= self.fuzzy_threshold)
    }
}

/// The list that an expected value stands for.
fn items_of(expected: &Value) -> Result<Items, Score> {
    match expected {
        Value::Array(items) => Ok(Items::new(items.clone())),
        Value::Object(_) => {
            Err(Score::unscored("the expected value is an object, but a list of texts is needed"))
        }
        Value::String(text) if text.trim_start().starts_with('[') => match json::parse(text) {
            Ok(Value::Array(items)) => Ok(Items::new(items)),
            _ => Ok(Items::new(vec![expected.clone()])),
        },
        single => Ok(Items::new(vec![single.clone()])),
    }
}

impl Default for SemanticListContains {
    fn default() -> Self {
        Self::new()
    }
}

settings_methods!(SemanticListContains);

impl Scorer for SemanticListContains {
    settings_of_scorer!();

    fn score(&self, subject: &Subject<'_>) -> Score {
        let output = subject.output_text();
        match self.expected.find(subject) {
            Ok(Found::Given(items)) => self.grade(&output, items),
            Ok(Found::OfRow(value)) => match items_of(value) {
                Ok(items) => self.grade(&output, &items),
                Err(unscored) => unscored,
            },
            Err(unscored) => unscored,
        }
    }

    fn rule(&self) -> Option<Rule> {
        let config = json!({
            "expected": self.expected.given.as_ref().map(|items| &items.values),
            "expected_key": self.expected.key,
            "fuzzy": self.fuzzy,
            "fuzzy_threshold": self.fuzzy_threshold,
            "threshold": self.threshold,
        });
        Some(Rule::new(self.name(), "semantic_list_contains", config))
    }

    fn check(&self) -> Result<(), String> {
        check_fraction("fuzzy threshold", self.fuzzy_threshold)?;
        check_fraction("threshold", self.threshold)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::grade;
    use super::*;

    #[track_caller]
    fn assert_matched(scorer: &SemanticListContains, output: &str, expected: Value, message: &str) {
        let score = grade(scorer, output, expected);
        assert_eq!(score.message_text(), message, "{score:?}");
    }

    #[test]
    fn texts_are_found_whatever_their_case() {
        let scorer = SemanticListContains::new();
        assert_matched(
            &scorer,
            "Red, GREEN and blue",
            json!(["red", "Green", "BLUE"]),
            "matched 3/3",
        );
        assert_matched(&scorer, "red", json!(["red", "green"]), "matched 1/2");
        assert_matched(&scorer, "rouge", json!(["red"]), "matched 0/1");
        assert_matched(&scorer, "une ÉCOLE", json!(["école"]), "matched 1/1");
        let score = grade(&scorer, "red", json!(["red", "Green"]));
        assert_eq!(score.metadata_map().unwrap()["missing"], json!(["Green"]));
        assert_eq!((score.value(), score.passed()), (Some(0.5), false));
    }

    #[test]
    fn an_empty_list_is_unscored_and_an_empty_output_fails() {
        let score = grade(&SemanticListContains::new(), "x", json!([]));
        assert_eq!(score.unscored_reason(), Some("the list of expected texts is empty"));
        let score = grade(&SemanticListContains::new().expected([""; 0]), "x", json!(["x"]));
        assert!(score.is_unscored());
        for output in ["", " \n"] {
            let score = grade(&SemanticListContains::new(), output, json!(["x"]));
            assert_eq!((score.value(), score.message_text()), (Some(0.0), "empty output"));
        }
    }

    #[test]
    fn a_text_is_one_item_or_a_list_and_other_items_count_by_their_json() {
        let scorer = SemanticListContains::new();
        assert_matched(&scorer, "abc", json!("cab"), "matched 0/1");
        assert_matched(&scorer, "the cab", json!("cab"), "matched 1/1");
        assert_matched(&scorer, "the cab", json!(r#"["the", "bus"]"#), "matched 1/2");
        assert_matched(&scorer, "the [cab", json!("[cab"), "matched 1/1");
        assert_matched(&scorer, "1.5 and true", json!([1.5, true, null]), "matched 2/3");
        assert_matched(&scorer, "42", json!(42), "matched 1/1");
        let score = grade(&scorer, "42", json!({"a": 1}));
        assert!(score.unscored_reason().unwrap().contains("a list of texts is needed"));
    }

    #[test]
    fn fuzzy_looks_for_the_best_window_of_a_long_output() {
        let filler = "lorem ipsum dolor sit amet ".repeat(50);
        let output = format!("{filler} the Reykjavik harbour {filler}");
        let scorer = SemanticListContains::new();
        assert_matched(&scorer, &output, json!(["Reykjavík"]), "matched 0/1");
        let scorer = scorer.fuzzy();
        assert_matched(&scorer, &output, json!(["Reykjavík"]), "matched 1/1");
        assert_matched(&scorer, &output, json!(["Copenhagen"]), "matched 0/1");
        let item = "The Reykjavik harbor lorem ipsum dolor sit amet lorem ipsum dolor sit amet";
        assert_matched(&scorer, &output, json!([item]), "matched 1/1");
        assert_matched(&scorer.fuzzy_threshold(1.0), &output, json!([item]), "matched 0/1");
        assert_matched(&SemanticListContains::new().fuzzy(), "Osl", json!(["Oslo"]), "matched 1/1");
    }

    #[test]
    fn a_megabyte_is_searched() {
        let output = "abcdefghij ".repeat(100_000) + "needel";
        let scorer = SemanticListContains::new().fuzzy().fuzzy_threshold(0.6);
        assert_matched(&scorer, &output, json!(["needle", "haystack"]), "matched 1/2");
    }

    #[test]
    fn thresholds_outside_their_range_are_errors() {
        let new = SemanticListContains::new;
        assert_eq!(new().check(), Ok(()));
        assert!(new().threshold(2.0).check().unwrap_err().starts_with("the threshold is 2.0"));
        let why = new().fuzzy_threshold(f64::NAN).check().unwrap_err();
        assert!(why.starts_with("the fuzzy threshold is NaN"));
    }
}
