//! Secrets that a spec declares.
