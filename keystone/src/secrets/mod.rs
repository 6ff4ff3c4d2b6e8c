//! Secrets that a spec declares, from where it says they come.
//!
//! A spec lists under `secrets:` what an agent needs, such as keys, and for each where its value
//! comes from. [`collect_declared`] reads the list and finds the values, so that they can be sent
//! along when a sandbox or an experiment is created.
//!
//! ```no_run
//! let secrets = keystone::secrets::collect_declared("specs/fix-failing-test.yaml")?;
//! for (name, value) in secrets.iter() {
//!     println!("{name}: {} bytes", value.len());
//! }
//! # Ok::<(), keystone::secrets::SecretsError>(())
//! ```
//!
//! # Entries
//! An entry is a name, or an object with `name` and either `source` or `from`:
//!
//! | entry | value |
//! |---|---|
//! | `NAME`, or `source: env` | the environment variable `NAME` |
//! | `source: env:OTHER` | the environment variable `OTHER` |
//! | `source: file:PATH` | the text of the file, trimmed; `~/` is the home folder |
//! | `source: command:SHELL` | what the command writes to its standard output, trimmed |
//! | `source: dashboard` | not forwarded: it is stored on the server |
//! | `from: …` | not forwarded: the server makes it of the spec |
//!
//! Relative paths are relative to the current folder, not to that of the spec, as in the
//! platform's other SDKs; commands run in the current folder, too.
//!
//! A variable that is not set, a file that does not exist, a command that fails and an empty
//! value are no errors: the secret is not forwarded, and [`Secrets::withheld`] says why. A file
//! that is there and cannot be read, a command that does not come to an end and an unknown source
//! are errors that name the secret. All entries are looked at before the first command runs.
//!
//! Reading a spec runs its commands, with the rights of this process: read only specs that you
//! trust as much as a script.
//!
//! # Limits
//! A spec has at most [`LARGEST_SPEC`] bytes, and a value [`LARGEST_VALUE`]. A command ends within
//! a minute, unless [`Collector::command_timeout`] says otherwise; it has no standard input, and
//! what it writes to its standard error is dropped.

mod collected;
mod collector;
mod command;
mod declaration;
mod error;
mod node;

pub use collected::{Secrets, Withheld, WithheldReason};
pub use collector::{Collector, LARGEST_SPEC, LARGEST_VALUE, collect_declared};
pub use error::{SecretsError, SecretsErrorKind};

#[cfg(test)]
mod tests;
