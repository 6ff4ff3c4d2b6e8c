//! The prices of the whole process: the one place of this module that keeps state.
//!
//! The table starts as the built-in one. Entries are meant to be added at start; whoever looks
//! something up takes a reference to the table of that moment and holds no lock.

use std::sync::{LazyLock, PoisonError, RwLock};

use super::error::PriceError;
use super::price::Price;
use super::prices::{Match, Prices};

static TABLE: LazyLock<RwLock<Prices>> = LazyLock::new(|| RwLock::new(Prices::builtin()));

/// Adds a model for the whole process, or gives one that is known another price.
///
/// For the prices of one client, use [`Prices::with`].
///
/// ```
/// use keystone::pricing::{Price, add, estimate_cost};
///
/// add("my-custom-model", Price::per_million(1.0, 5.0))?;
/// assert_eq!(estimate_cost("my-custom-model", 1_000_000, 0, 0), Some(1.0));
/// # Ok::<(), keystone::pricing::PriceError>(())
/// ```
///
/// # Errors
/// Where the price is no number, negative or beyond [`Price::MAX`], or the name has neither letters
/// nor digits.
pub fn add(model: impl Into<String>, price: Price) -> Result<(), PriceError> {
    // A table is whole even where a thread that held the lock panicked.
    TABLE.write().unwrap_or_else(PoisonError::into_inner).insert(model, price)
}

/// The price of a model by the table of the process, and the name that it was found by; `None`
/// where it is not known. See [the module](super).
#[must_use]
pub fn lookup(model: &str) -> Option<Match> {
    table().lookup(model)
}

/// What a call costs by the table of the process, in USD, rounded to six decimals and never
/// negative; `None` where the model is not known.
///
/// `input`, `output` and `cache` are numbers of tokens; those read from the cache, `cache`, count
/// among `input` too. See [`Price::cost`] for the formula and [the module](super) for the names.
///
/// ```
/// use keystone::pricing::estimate_cost;
///
/// assert_eq!(estimate_cost("gpt-4o-mini", 1_000_000, 0, 0), Some(0.15));
/// assert_eq!(estimate_cost("no-such-model", 1_000_000, 0, 0), None);
/// ```
#[must_use]
pub fn estimate_cost(model: &str, input: u64, output: u64, cache: u64) -> Option<f64> {
    table().estimate(model, input, output, cache)
}

/// The table of this moment.
pub(super) fn table() -> Prices {
    TABLE.read().unwrap_or_else(PoisonError::into_inner).clone()
}
