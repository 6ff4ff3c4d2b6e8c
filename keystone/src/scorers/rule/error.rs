//! Why a rule is no scorer.

use std::fmt;

use super::kinds::SUPPORTED;

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
