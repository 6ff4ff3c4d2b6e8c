//! What is evaluated.
