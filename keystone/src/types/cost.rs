//! Tokens and money.

use serde::{Deserialize, Serialize};

use super::lenient::{is_default, objects, read};

/// The tokens of one model call or of a whole scenario, and what they cost.
///
/// ```
/// use keystone::types::CostInfo;
///
/// let cost = CostInfo::new("gpt-4o", 4200, 1800).cache_read_tokens(1500).estimated_usd(0.0251);
/// assert_eq!(cost.input_tokens, 4200);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CostInfo {
    /// Tokens of the prompts.
    #[serde(deserialize_with = "read")]
    pub input_tokens: u64,
    /// Tokens of the replies.
    #[serde(deserialize_with = "read")]
    pub output_tokens: u64,
    /// Tokens of the prompts that came from the provider's cache.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub cache_read_tokens: u64,
    /// Tokens of the replies that were spent on reasoning.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub reasoning_tokens: u64,
    /// The model, as its provider calls it.
    #[serde(deserialize_with = "read")]
    pub model: String,
    /// The estimated cost in US dollars.
    #[serde(deserialize_with = "read")]
    pub estimated_usd: f64,
}

impl CostInfo {
    /// A call of that model with so many tokens, at no cost yet.
    #[must_use]
    pub fn new(model: impl Into<String>, input_tokens: u64, output_tokens: u64) -> Self {
        Self { model: model.into(), input_tokens, output_tokens, ..Self::default() }
    }

    /// Sets how many tokens of the prompts came from the provider's cache.
    #[must_use]
    pub fn cache_read_tokens(mut self, tokens: u64) -> Self {
        self.cache_read_tokens = tokens;
        self
    }

    /// Sets how many tokens of the replies were spent on reasoning.
    #[must_use]
    pub fn reasoning_tokens(mut self, tokens: u64) -> Self {
        self.reasoning_tokens = tokens;
        self
    }

    /// Sets the estimated cost in US dollars.
    #[must_use]
    pub fn estimated_usd(mut self, usd: f64) -> Self {
        self.estimated_usd = usd;
        self
    }
}

objects!(CostInfo);
