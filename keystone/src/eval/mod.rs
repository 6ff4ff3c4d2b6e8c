//! Evaluations: the data that they read and what becomes of it.

pub mod data;
