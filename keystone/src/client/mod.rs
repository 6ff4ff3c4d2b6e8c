//! The client of a Keystone server.

#[cfg(feature = "upload")]
pub mod bundle;
#[cfg(feature = "upload")]
#[cfg_attr(not(test), expect(dead_code, reason = "the agents service is its only caller"))]
pub(crate) mod multipart;
