//! What model calls cost.
//!
//! [`estimate_cost`] knows the models of a table that comes with the crate, and those that were
//! added to it: for the whole process with [`add`], or for a table of your own with
//! [`Prices::with`].
//!
//! ```
//! use keystone::pricing::estimate_cost;
//!
//! // 4200 tokens in at 3 USD a million, 1800 out at 15, and 1500 of the former from the cache,
//! // which takes nine tenths off.
//! assert_eq!(estimate_cost("claude-sonnet-4-5", 4200, 1800, 1500), Some(0.03555));
//! // What is not known is not free.
//! assert_eq!(estimate_cost("my-model", 4200, 1800, 0), None);
//! ```
//!
//! # Which price
//!
//! Providers, gateways and people write the name of one model in many ways. Names are compared
//! without regard to case, and `.` between digits, `@`, `_` and spaces count as `-`:
//! `Claude Sonnet 4.5` is `claude-sonnet-4-5`. Then the first of these that is known:
//!
//! 1. The name itself.
//! 2. The longest known name in it, from its start or from any other boundary to a boundary, so that
//!    a prefix such as `openai/` does not matter:
//!    `gpt-4o-mini-2024-07-18` has `gpt-4o-mini`, and
//!    `us.anthropic.claude-3-haiku-20240307-v1:0` has `claude-3-haiku-20240307`. A boundary is an
//!    end of the name, or any character but a letter or a digit. Inside of a version there is
//!    none: `gpt-4.5` and `gpt-4-5` do not hold `gpt-4`.
//! 3. The newest known name that is this name and a date: `claude-sonnet-4-5` finds
//!    `claude-sonnet-4-5-20250929`. The prefix of a provider, and `-latest`, `-v1` or `:0` at the
//!    end, do not count.
//!
//! Nothing else: `claude` has no price, nor has a model with another date than those known. Names of
//! more than a kilobyte are only compared as a whole.

mod error;
mod name;
mod price;
mod prices;
mod process;
#[cfg(test)]
mod tests;

pub use error::PriceError;
pub use price::Price;
pub use prices::{Match, Prices};
pub use process::{add, estimate_cost, lookup};
