//! The shapes of the API, as the contract's documents read and write.

mod documents;
mod leniency;
mod properties;
mod writing;
