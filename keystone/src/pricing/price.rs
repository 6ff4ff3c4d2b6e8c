//! The price of a model.

use serde::Deserialize;

/// How much less than another input token one costs that was read from the cache.
const CACHE_DISCOUNT: f64 = 0.9;

/// Prices are per so many tokens.
const UNIT: f64 = 1_000_000.0;

/// What a model costs, in USD per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Price {
    /// For tokens that are sent, in USD per million.
    pub input: f64,
    /// For tokens that come back, in USD per million.
    pub output: f64,
}

impl Price {
    /// The highest price that a table takes: one USD a token.
    pub const MAX: f64 = 1_000_000.0;

    /// A price, in USD per million tokens.
    ///
    /// Whether it is a possible one is checked where it is added to a table.
    #[must_use]
    pub const fn per_million(input: f64, output: f64) -> Self {
        Self { input, output }
    }

    /// What a call costs, in USD, rounded to six decimals (half to even) and never negative.
    ///
    /// `cache` are input tokens that were read from the provider's cache, at a tenth of the price.
    /// They count among `input` as well; where a provider counts them apart, add them. The formula
    /// is that of the Keystone API, in which each cached token takes 0.9 of its price off:
    /// (`input` × price of input + `output` × price of output − `cache` × price of input × 0.9) /
    /// 1,000,000.
    ///
    /// ```
    /// use keystone::pricing::Price;
    ///
    /// let price = Price::per_million(3.0, 15.0);
    /// assert_eq!(price.cost(1000, 200, 0), 0.006);
    /// assert_eq!(price.cost(1000, 200, 1000), 0.0033);
    /// ```
    #[must_use]
    pub fn cost(&self, input: u64, output: u64, cache: u64) -> f64 {
        // In this order, so that the last digits are those of the other clients.
        let cost = input as f64 * self.input / UNIT + output as f64 * self.output / UNIT
            - cache as f64 * self.input * CACHE_DISCOUNT / UNIT;
        // Decimals are rounded in decimal: a product with a power of ten would be rounded first.
        let rounded = format!("{cost:.6}").parse().unwrap_or(cost);
        if rounded > 0.0 { rounded } else { 0.0 }
    }

    /// The first of the prices that is impossible.
    pub(super) fn fault(&self) -> Option<(&'static str, f64)> {
        [("input", self.input), ("output", self.output)]
            .into_iter()
            .find(|(_, value)| !(0.0..=Self::MAX).contains(value))
    }
}
