//! What is wrong with a price.

use std::error::Error;
use std::fmt;

/// An entry that no table of prices takes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum PriceError {
    /// The name holds no letter and no digit, so that it names nothing.
    Name {
        /// The name.
        model: String,
    },
    /// The price is no number, negative, or larger than [`Price::MAX`](super::Price::MAX).
    Price {
        /// The model that it was given for.
        model: String,
        /// Which of its prices: `input` or `output`.
        field: &'static str,
        /// What was given, in USD per million tokens.
        value: f64,
    },
}

impl fmt::Display for PriceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { model } => {
                write!(f, "{model:?} is no name of a model; it needs at least one letter or digit")
            }
            Self::Price { model, field, value } => write!(
                f,
                "the {field} price of {model:?} is {value}, but a number from 0 to {} is needed, \
                 in USD per million tokens",
                super::Price::MAX
            ),
        }
    }
}

impl Error for PriceError {}
