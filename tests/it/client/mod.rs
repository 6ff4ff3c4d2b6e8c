//! The client, seen from the other end of the wire.

mod calls;
mod compared;
mod contract;
mod differences;
mod files;
mod python;
mod seen;
