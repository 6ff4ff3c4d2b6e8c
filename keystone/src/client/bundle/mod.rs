//! What an upload of an agent sends: one gzip-compressed tar archive.
//!
//! [`Bundle::prepare`] takes a folder, a single file or a finished `.tar.gz`:
//!
//! - A **folder** is packed with names relative to it. What is no part of an agent is left out:
//!   version control, `node_modules`, `target` and the like (see [`BundleOptions`]), and whatever a
//!   `.gitignore` inside the folder names. Files of environment variables (`.env`) stop the
//!   preparation, as they tend to hold secrets.
//! - A **file** becomes an archive of one member that has the file's base name.
//! - A path that ends in **`.tar.gz`** or **`.tgz`** is sent as it is.
//!
//! Equal content gives equal bytes, hence an equal digest: members are sorted, owners are 0, times
//! are 2000-01-01, and of the mode only "executable by its owner" is kept. Names are those of the
//! GNU tar format, so that paths of any length and bytes, and files of any size, come through.
//! Compression is the one thing that another release of Keystone may do differently.
//!
//! The archive is written to a file without a name in the folder for temporary files and goes away
//! with the [`Bundle`]; memory holds the list of names, never the content.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use keystone::client::bundle::Bundle;
//!
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("main.py"), "print('hello')")?;
//! std::fs::create_dir(folder.path().join("__pycache__"))?;
//!
//! let bundle = Bundle::prepare(folder.path())?;
//! assert!(bundle.digest().starts_with("sha256:"));
//! let summary = bundle.summary().ok_or("a folder is packed, not sent as it is")?;
//! assert_eq!(summary.files, 1);
//! assert_eq!(summary.skipped[0].path.to_str(), Some("__pycache__"));
//! # Ok(())
//! # }
//! ```

mod archive;
mod dotenv;
mod error;
mod gitignore;
mod junk;
mod link;
mod options;
mod prepared;
mod progress;
#[cfg(test)]
mod tests;
mod walk;

pub use error::{BundleError, BundleErrorKind};
pub use options::BundleOptions;
pub use prepared::{Bundle, SkipReason, Skipped, Summary};
pub use progress::Progress;
