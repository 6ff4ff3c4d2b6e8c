//! The crate from outside, as its users see it.

#[cfg(feature = "eval")]
mod data;
mod shared;
