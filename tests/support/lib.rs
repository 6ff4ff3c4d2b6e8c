//! Projects as users have them, and the real commands run in them.
//!
//! A [`Project`] is a package that depends on the crates of this workspace; a [`Bench`] is a place
//! of a test's own to run its evaluations in, and [`Ran`] is what came of it. All projects share
//! one target folder, so that only the first one compiles what they depend on.
//!
//! A [`server::Server`] is what clients talk to: it records every byte, and misbehaves on request.

mod bench;
mod project;
mod ran;
mod require;
pub mod server;
mod xml;

pub use bench::Bench;
pub use project::Project;
pub use ran::{Ran, journal, read_json};
pub use require::{python, shared_data, tool};
pub use xml::Element;
