//! The crate from outside, as its users see it.

#[cfg(feature = "eval")]
mod data;
#[cfg(feature = "eval")]
mod engine;
#[cfg(feature = "macros")]
mod macros_eval;
#[cfg(feature = "macros")]
mod macros_scorer;
// Its cases are written for the default features.
#[cfg(all(feature = "client", feature = "macros"))]
mod macros_ui;
#[cfg(all(feature = "client", feature = "macros"))]
mod remote;
mod shared;
mod types;
