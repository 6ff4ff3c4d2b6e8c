//! The scorers that compute, from their rules.

use serde_json::Value;

use super::RuleError;
use super::fields::Fields;
use crate::scorers::{
    Contains, ExactMatch, JsonDiff, Levenshtein, NumericDiff, Rule, SemanticListContains,
};

pub(super) fn contains(rule: &Rule) -> Result<Contains, RuleError> {
    let fields = Fields::of(rule, &["text", "case_sensitive"])?;
    let mut scorer = Contains::from_text(fields.text("text")?).named(&rule.name);
    if fields.flag("case_sensitive", false)? {
        scorer = scorer.case_sensitive();
    }
    Ok(scorer)
}

pub(super) fn exact_match(rule: &Rule) -> Result<ExactMatch, RuleError> {
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

pub(super) fn levenshtein(rule: &Rule) -> Result<Levenshtein, RuleError> {
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

pub(super) fn numeric_diff(rule: &Rule) -> Result<NumericDiff, RuleError> {
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

pub(super) fn json_diff(rule: &Rule) -> Result<JsonDiff, RuleError> {
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

pub(super) fn semantic_list_contains(rule: &Rule) -> Result<SemanticListContains, RuleError> {
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
