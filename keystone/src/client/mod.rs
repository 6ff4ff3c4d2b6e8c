//! The client of a Keystone server.

#[cfg(feature = "upload")]
pub mod bundle;
