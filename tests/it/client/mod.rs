//! The client, seen from the other end of the wire.

mod compared;
mod contract;
mod files;
mod python;
mod seen;
