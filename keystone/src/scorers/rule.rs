//! Scorers from rules, their form as data.

use std::fmt;

use serde_json::{Map, Value};

use super::{
    Contains, ExactMatch, JsonDiff, JsonValidity, Levenshtein, NumericDiff, Rule, Scorer,
    SemanticListContains, edit_distance,
};

/// The kinds that a scorer can be made of.
const SUPPORTED: [&str; 7] = [
    "contains",
    "exact_match",
    "json_diff",
    "json_validity",
    "levenshtein",
    "numeric_diff",
    "semantic_list_contains",
];

/// The kinds that need more than the output and the row: a model, an embedding or a sandbox.
const UNSUPPORTED: [&str; 8] = [
    "command_exit",
    "custom",
    "embedding_similarity",
    "file_content",
    "file_exists",
    "llm_as_judge",
    "regex",
    "sql",
];

/// Why a rule is no scorer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleError {
    /// No scorer is of this kind.
    UnknownType {
        /// The name of the rule.
        rule: String,
        /// The kind that it asks for.
        kind: String,
        /// The kind that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// The kind exists, but cannot be made from a rule by this version.
    UnsupportedType {
        /// The name of the rule.
        rule: String,
        /// The kind that it asks for.
        kind: String,
    },
    /// A field of the configuration, or all of it, has a value that makes no sense.
    Config {
        /// The name of the rule.
        rule: String,
        /// The field, such as `threshold`; `config` for the whole.
        field: String,
        /// What was found there.
        found: String,
        /// What would be accepted.
        accepted: String,
    },
    /// The configuration has a field that scorers of this kind do not know.
    UnknownField {
        /// The name of the rule.
        rule: String,
        /// The kind of the rule.
        kind: String,
        /// The field.
        field: String,
        /// The field that was probably meant.
        suggestion: Option<&'static str>,
        /// The fields that the kind knows.
        accepted: &'static [&'static str],
    },
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let did_you_mean = |suggestion: &Option<&str>| {
            suggestion.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
        };
        match self {
            Self::UnknownType { rule, kind, suggestion: suggestion @ Some(_) } => {
                write!(f, "rule {rule:?}: unknown type {kind:?}{}", did_you_mean(suggestion))
            }
            Self::UnknownType { rule, kind, suggestion: None } => write!(
                f,
                "rule {rule:?}: unknown type {kind:?}; the types are {}",
                SUPPORTED.join(", ")
            ),
            Self::UnsupportedType { rule, kind } => write!(
                f,
                "rule {rule:?}: type {kind:?} is not supported yet: it needs more than the output \
                 and the row"
            ),
            Self::Config { rule, field, found, accepted } => {
                write!(f, "rule {rule:?}: `{field}` is {found}, but {accepted} is needed")
            }
            Self::UnknownField { rule, kind, field, suggestion, accepted } => {
                write!(f, "rule {rule:?}: unknown field {field:?}{}", did_you_mean(suggestion))?;
                if suggestion.is_some() {
                    return Ok(());
                }
                if accepted.is_empty() {
                    write!(f, "; rules of type `{kind}` have none")
                } else {
                    write!(f, "; rules of type `{kind}` have {}", accepted.join(", "))
                }
            }
        }
    }
}

impl std::error::Error for RuleError {}

/// The scorer that a rule describes. Fields of its configuration that are missing or null have
/// their defaults.
///
/// ```
/// use keystone::scorers::{Rule, from_rule};
/// use serde_json::json;
///
/// let scorer = from_rule(&Rule::new("near", "levenshtein", json!({"threshold": 0.9})))?;
/// assert_eq!(scorer.name(), "near");
///
/// let error = from_rule(&Rule::new("near", "levenstein", json!({}))).err();
/// assert_eq!(
///     error.map(|error| error.to_string()).as_deref(),
///     Some(r#"rule "near": unknown type "levenstein"; did you mean `levenshtein`?"#),
/// );
/// # Ok::<(), keystone::scorers::RuleError>(())
/// ```
///
/// # Errors
/// For a kind that is unknown or not supported yet, and for a configuration with a field that the
/// kind does not know or a value that makes no sense there.
pub fn from_rule(rule: &Rule) -> Result<Box<dyn Scorer>, RuleError> {
    let scorer: Box<dyn Scorer> = match rule.kind.as_str() {
        "contains" => Box::new(contains(rule)?),
        "exact_match" => Box::new(exact_match(rule)?),
        "json_diff" => Box::new(json_diff(rule)?),
        "json_validity" => {
            Fields::of(rule, &[])?;
            Box::new(JsonValidity::new().named(&rule.name))
        }
        "levenshtein" => Box::new(levenshtein(rule)?),
        "numeric_diff" => Box::new(numeric_diff(rule)?),
        "semantic_list_contains" => Box::new(semantic_list_contains(rule)?),
        kind => return Err(no_such_type(rule, kind)),
    };
    Ok(scorer)
}

fn no_such_type(rule: &Rule, kind: &str) -> RuleError {
    let (rule, kind) = (rule.name.clone(), kind.to_owned());
    if UNSUPPORTED.contains(&kind.as_str()) {
        return RuleError::UnsupportedType { rule, kind };
    }
    let suggestion = nearest(&kind, SUPPORTED.into_iter().chain(UNSUPPORTED));
    RuleError::UnknownType { rule, kind, suggestion }
}

fn contains(rule: &Rule) -> Result<Contains, RuleError> {
    let fields = Fields::of(rule, &["text", "case_sensitive"])?;
    let mut scorer = Contains::from_text(fields.text("text")?).named(&rule.name);
    if fields.flag("case_sensitive", false)? {
        scorer = scorer.case_sensitive();
    }
    Ok(scorer)
}

fn exact_match(rule: &Rule) -> Result<ExactMatch, RuleError> {
    let fields = Fields::of(rule, &["expected", "expected_key", "case_sensitive", "strip"])?;
    let mut scorer = ExactMatch::new().named(&rule.name);
    if let Some(expected) = fields.value("expected") {
        scorer = scorer.expected(expected.clone());
    }
    if let Some(key) = fields.text("expected_key")? {
        scorer = scorer.expected_key(key);
    }
    if !fields.flag("case_sensitive", true)? {
        scorer = scorer.ignore_case();
    }
    if !fields.flag("strip", true)? {
        scorer = scorer.keep_whitespace();
    }
    Ok(scorer)
}

fn levenshtein(rule: &Rule) -> Result<Levenshtein, RuleError> {
    let fields = Fields::of(rule, &["expected", "expected_key", "threshold"])?;
    let mut scorer = Levenshtein::new().named(&rule.name);
    if let Some(expected) = fields.value("expected") {
        scorer = scorer.expected(expected.clone());
    }
    if let Some(key) = fields.text("expected_key")? {
        scorer = scorer.expected_key(key);
    }
    if let Some(threshold) = fields.fraction("threshold")? {
        scorer = scorer.threshold(threshold);
    }
    Ok(scorer)
}

fn numeric_diff(rule: &Rule) -> Result<NumericDiff, RuleError> {
    let fields = Fields::of(rule, &["expected", "expected_key", "tolerance"])?;
    let mut scorer = NumericDiff::new().named(&rule.name);
    if let Some(expected) = fields.number("expected", "a number", |_| true)? {
        scorer = scorer.expected(expected);
    }
    if let Some(key) = fields.text("expected_key")? {
        scorer = scorer.expected_key(key);
    }
    let from_zero = |number| number >= 0.0;
    if let Some(tolerance) = fields.number("tolerance", "a number from 0 up", from_zero)? {
        scorer = scorer.tolerance(tolerance);
    }
    Ok(scorer)
}

fn json_diff(rule: &Rule) -> Result<JsonDiff, RuleError> {
    let fields = Fields::of(rule, &["expected", "expected_key", "threshold"])?;
    let mut scorer = JsonDiff::new().named(&rule.name);
    if let Some(expected) = fields.value("expected") {
        scorer = scorer.expected(expected.clone());
    }
    if let Some(key) = fields.text("expected_key")? {
        scorer = scorer.expected_key(key);
    }
    if let Some(threshold) = fields.fraction("threshold")? {
        scorer = scorer.threshold(threshold);
    }
    Ok(scorer)
}

fn semantic_list_contains(rule: &Rule) -> Result<SemanticListContains, RuleError> {
    let known = &["expected", "expected_key", "fuzzy", "fuzzy_threshold", "threshold"];
    let fields = Fields::of(rule, known)?;
    let mut scorer = SemanticListContains::new().named(&rule.name);
    match fields.value("expected") {
        None => {}
        Some(Value::Array(items)) => scorer = scorer.expected(items.iter().cloned()),
        Some(other) => return Err(fields.bad("expected", other, "a list of texts")),
    }
    if let Some(key) = fields.text("expected_key")? {
        scorer = scorer.expected_key(key);
    }
    if fields.flag("fuzzy", false)? {
        scorer = scorer.fuzzy();
    }
    if let Some(threshold) = fields.fraction("fuzzy_threshold")? {
        scorer = scorer.fuzzy_threshold(threshold);
    }
    if let Some(threshold) = fields.fraction("threshold")? {
        scorer = scorer.threshold(threshold);
    }
    Ok(scorer)
}

/// The fields of a rule's configuration, all of which its kind knows.
struct Fields<'a> {
    rule: &'a Rule,
    config: Option<&'a Map<String, Value>>,
}

impl<'a> Fields<'a> {
    fn of(rule: &'a Rule, known: &'static [&'static str]) -> Result<Self, RuleError> {
        let fields = Self { rule, config: rule.config.as_object() };
        match (&rule.config, fields.config) {
            (Value::Null, _) => {}
            (_, Some(config)) => {
                if let Some(field) = config.keys().find(|key| !known.contains(&key.as_str())) {
                    return Err(RuleError::UnknownField {
                        rule: rule.name.clone(),
                        kind: rule.kind.clone(),
                        field: field.clone(),
                        suggestion: nearest(field, known.iter().copied()),
                        accepted: known,
                    });
                }
            }
            (other, None) => return Err(fields.bad("config", other, "an object")),
        }
        Ok(fields)
    }

    /// The value of a field; `None` where it is missing or null.
    fn value(&self, field: &str) -> Option<&'a Value> {
        self.config?.get(field).filter(|value| !value.is_null())
    }

    fn text(&self, field: &str) -> Result<Option<String>, RuleError> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(self.bad(field, other, "a text")),
        }
    }

    fn flag(&self, field: &str, default: bool) -> Result<bool, RuleError> {
        match self.value(field) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(self.bad(field, other, "true or false")),
        }
    }

    fn number(
        &self,
        field: &str,
        accepted: &str,
        accepts: impl Fn(f64) -> bool,
    ) -> Result<Option<f64>, RuleError> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        match value.as_f64() {
            Some(number) if accepts(number) => Ok(Some(number)),
            _ => Err(self.bad(field, value, accepted)),
        }
    }

    fn fraction(&self, field: &str) -> Result<Option<f64>, RuleError> {
        self.number(field, "a number from 0 to 1", |number| (0.0..=1.0).contains(&number))
    }

    fn bad(&self, field: &str, found: &Value, accepted: &str) -> RuleError {
        let found = match found {
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
            other => other.to_string(),
        };
        RuleError::Config {
            rule: self.rule.name.clone(),
            field: field.to_owned(),
            found,
            accepted: accepted.to_owned(),
        }
    }
}

/// The name that was probably meant, if any comes near enough.
fn nearest(given: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let given = given.to_lowercase().replace(['-', ' '], "_");
    names
        .map(|name| (edit_distance::similarity(&given, name), name))
        .filter(|(similarity, _)| *similarity >= 0.6)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scorers::ScorerExt;

    fn error(kind: &str, config: Value) -> RuleError {
        from_rule(&Rule::new("r", kind, config)).err().unwrap()
    }

    #[test]
    fn rules_of_scorers_make_the_same_scorers() {
        let scorers: Vec<Box<dyn Scorer>> = vec![
            Box::new(Contains::new("needle")),
            Box::new(Contains::new("").case_sensitive().named("c")),
            Box::new(ExactMatch::new()),
            Box::new(
                ExactMatch::new().expected("x").expected_key("k").ignore_case().keep_whitespace(),
            ),
            Box::new(ExactMatch::new().expected(json!({"a": [1.0, true]})).named("e")),
            Box::new(Levenshtein::new()),
            Box::new(Levenshtein::new().expected("").expected_key("k").threshold(0.0)),
            Box::new(NumericDiff::new()),
            Box::new(NumericDiff::new().expected(-1e300).expected_key("k").tolerance(0.5)),
            Box::new(JsonDiff::new()),
            Box::new(JsonDiff::new().expected(json!([1])).expected_key("k").threshold(0.25)),
            Box::new(JsonValidity::new()),
            Box::new(JsonValidity::new().named("v")),
            Box::new(SemanticListContains::new()),
            Box::new(
                SemanticListContains::new()
                    .expected([json!("a"), json!(1)])
                    .expected_key("k")
                    .fuzzy()
                    .fuzzy_threshold(0.5)
                    .threshold(0.5)
                    .named("s"),
            ),
            Box::new(SemanticListContains::new().expected([""; 0])),
        ];
        for scorer in scorers {
            let rule = scorer.rule().unwrap();
            let again = from_rule(&rule).unwrap();
            assert_eq!(again.rule(), Some(rule));
            assert_eq!(again.name(), scorer.name());
            assert_eq!(again.check(), Ok(()));
        }
    }

    #[test]
    fn rules_have_the_fields_of_the_platform() {
        let config = |scorer: &dyn Scorer| scorer.rule().unwrap().config;
        assert_eq!(config(&Contains::new("x")), json!({"text": "x", "case_sensitive": false}));
        assert_eq!(
            config(&ExactMatch::new()),
            json!({"expected": null, "expected_key": null, "case_sensitive": true, "strip": true})
        );
        assert_eq!(
            config(&Levenshtein::new()),
            json!({"expected": null, "expected_key": null, "threshold": 0.8})
        );
        assert_eq!(
            config(&NumericDiff::new()),
            json!({"expected": null, "expected_key": null, "tolerance": 0.01})
        );
        assert_eq!(
            config(&JsonDiff::new()),
            json!({"expected": null, "expected_key": null, "threshold": 1.0})
        );
        assert_eq!(config(&JsonValidity::new()), json!({}));
        assert_eq!(
            config(&SemanticListContains::new()),
            json!({"expected": null, "expected_key": null, "fuzzy": false,
                   "fuzzy_threshold": 0.75, "threshold": 1.0})
        );
    }

    #[test]
    fn weight_and_gate_are_not_in_a_rule() {
        let rule = Levenshtein::new().weight(2.0).gate().rule().unwrap();
        let again = from_rule(&rule).unwrap().named("again");
        assert_eq!((again.policy().weight, again.policy().gate), (1.0, false));
        assert_eq!(rule, Levenshtein::new().rule().unwrap());
    }

    #[test]
    fn nulls_and_an_absent_configuration_are_defaults() {
        for config in [Value::Null, json!({}), json!({"threshold": null, "expected": null})] {
            let scorer = from_rule(&Rule::new("levenshtein", "levenshtein", config)).unwrap();
            assert_eq!(scorer.rule(), Levenshtein::new().rule());
        }
        let scorer = from_rule(&Rule::new("c", "contains", json!({"text": null}))).unwrap();
        let (case, output) = (crate::Case::new("in"), crate::Output::text("out"));
        assert!(scorer.score(&crate::scorers::Subject::new(&case, &output)).is_unscored());
    }

    #[test]
    fn unknown_types_are_told_from_those_not_supported_yet() {
        for (kind, meant) in [
            ("exactmatch", Some("exact_match")),
            ("Exact-Match", Some("exact_match")),
            ("json_valid", Some("json_validity")),
            ("llm_as_a_judge", Some("llm_as_judge")),
            ("vibes", None),
            ("", None),
        ] {
            let RuleError::UnknownType { suggestion, .. } = error(kind, json!({})) else {
                panic!("{kind}")
            };
            assert_eq!(suggestion, meant, "{kind}");
        }
        for kind in UNSUPPORTED {
            let error = error(kind, json!({"anything": 1}));
            assert!(matches!(error, RuleError::UnsupportedType { .. }), "{kind}");
            assert!(error.to_string().contains("is not supported yet"));
        }
    }

    #[test]
    fn a_bad_configuration_says_what_is_needed() {
        for (kind, config, message) in [
            ("levenshtein", json!([]), "`config` is a list, but an object is needed"),
            (
                "levenshtein",
                json!({"threshold": 1.5}),
                "`threshold` is 1.5, but a number from 0 to 1 is needed",
            ),
            (
                "levenshtein",
                json!({"threshold": "0.9"}),
                "`threshold` is \"0.9\", but a number from 0 to 1 is needed",
            ),
            (
                "levenshtein",
                json!({"expected_key": 7}),
                "`expected_key` is 7, but a text is needed",
            ),
            (
                "levenshtein",
                json!({"treshold": 1}),
                "unknown field \"treshold\"; did you mean `threshold`?",
            ),
            (
                "levenshtein",
                json!({"model": "m"}),
                "unknown field \"model\"; rules of type `levenshtein` have expected, expected_key, threshold",
            ),
            (
                "json_validity",
                json!({"x": null}),
                "unknown field \"x\"; rules of type `json_validity` have none",
            ),
            (
                "numeric_diff",
                json!({"tolerance": -1}),
                "`tolerance` is -1, but a number from 0 up is needed",
            ),
            (
                "numeric_diff",
                json!({"expected": "many"}),
                "`expected` is \"many\", but a number is needed",
            ),
            ("contains", json!({"text": 1}), "`text` is 1, but a text is needed"),
            (
                "contains",
                json!({"case_sensitive": "yes"}),
                "`case_sensitive` is \"yes\", but true or false is needed",
            ),
            (
                "semantic_list_contains",
                json!({"expected": "a"}),
                "`expected` is \"a\", but a list of texts is needed",
            ),
        ] {
            assert_eq!(error(kind, config).to_string(), format!("rule \"r\": {message}"));
        }
    }
}
