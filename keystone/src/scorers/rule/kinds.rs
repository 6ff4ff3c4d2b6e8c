//! The kinds of rules.

use super::fields::{Fields, nearest};
use super::{RuleError, heuristic, sandbox};
use crate::scorers::{JsonValidity, Rule, Scorer};

/// The kinds that a scorer can be made of.
pub(super) const SUPPORTED: [&str; 12] = [
    "command_exit",
    "contains",
    "exact_match",
    "file_content",
    "file_exists",
    "json_diff",
    "json_validity",
    "levenshtein",
    "llm_as_judge",
    "numeric_diff",
    "semantic_list_contains",
    "sql",
];

/// The kinds that need what this version does not have, such as an embedding.
pub(super) const UNSUPPORTED: [&str; 3] = ["custom", "embedding_similarity", "regex"];

/// The scorer that a rule describes. Fields of its configuration that are missing or null have
/// their defaults.
///
/// Some kinds give scorers that grade nothing here, since they run in the sandbox; see
/// [`Scorer::runs_in_sandbox`]. A rule of type `llm_as_judge` is one of those where it has
/// `criteria`. Without, it is one of the platform's own judges, which are not supported yet.
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
        "command_exit" => Box::new(sandbox::command_exit(rule)?),
        "contains" => Box::new(heuristic::contains(rule)?),
        "exact_match" => Box::new(heuristic::exact_match(rule)?),
        "file_content" => Box::new(sandbox::file_content(rule)?),
        "file_exists" => Box::new(sandbox::file_exists(rule)?),
        "json_diff" => Box::new(heuristic::json_diff(rule)?),
        "json_validity" => {
            Fields::of(rule, &[])?;
            Box::new(JsonValidity::new().named(&rule.name))
        }
        "levenshtein" => Box::new(heuristic::levenshtein(rule)?),
        "llm_as_judge" => Box::new(sandbox::llm_as_judge(rule)?),
        "numeric_diff" => Box::new(heuristic::numeric_diff(rule)?),
        "semantic_list_contains" => Box::new(heuristic::semantic_list_contains(rule)?),
        "sql" => Box::new(sandbox::sql(rule)?),
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
