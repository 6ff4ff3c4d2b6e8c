//! What expansions of the macros call. Nothing in here is for users, and all of it may change in
//! any release.
//!
//! Macros run before types are known, so whatever depends on a type is told apart here, by
//! autoref specialisation: of several traits with a method of one name the compiler takes the one
//! that needs the fewest references taken off, so the expansion calls the method on a value behind
//! as many references as there are traits, and the impl on the most references comes first. Each
//! such method returns a token type whose method then does the work.

pub mod bind;
mod closure;
pub mod rows;
pub mod task;

use std::future::Future;
use std::pin::Pin;

pub use closure::{FnScorer, Named};
pub use inventory;
pub use serde;
pub use serde_json::{Map, Value, json};

use crate::Score;
use crate::scorers::{Policy, Unscorable};

/// What calling an async scorer function gives.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// How a scorer function counts.
#[must_use]
pub fn policy(weight: f64, gate: bool) -> Policy {
    Policy { weight, gate }
}

/// The score of a scorer function, whose parameters perhaps could not be bound.
pub fn scored(threshold: Option<f64>, score: impl FnOnce() -> Result<Score, Unscorable>) -> Score {
    let score = score().unwrap_or_else(|why| Score::unscored(why.0));
    match threshold {
        Some(threshold) => score.settled(threshold),
        None => score,
    }
}

/// Waits for the future of an async scorer function.
///
/// # Errors
/// Where nothing can wait.
pub fn wait<F: Future>(future: F) -> Result<F::Output, Unscorable> {
    crate::runtime::block_on(future)
        .ok_or_else(|| Unscorable("the scorer's future was dropped before it was done".to_owned()))
}
