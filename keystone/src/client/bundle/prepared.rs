//! A bundle that is ready to be sent.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::error::BundleError;
use super::options::BundleOptions;

/// A gzip-compressed tar archive that is ready to be sent, its size and its digest.
#[derive(Debug)]
pub struct Bundle {
    pub(super) file: File,
    pub(super) size_bytes: u64,
    pub(super) digest: String,
    pub(super) summary: Option<Summary>,
}

impl Bundle {
    /// Prepares what is at `path` with the usual rules; [`BundleOptions`] changes them.
    ///
    /// # Errors
    ///
    /// See [`BundleOptions::prepare`].
    pub fn prepare(path: impl AsRef<Path>) -> Result<Self, BundleError> {
        BundleOptions::new().prepare(path)
    }

    /// The archive, open for reading. Its position is wherever the last reader left it; seek to the
    /// start first. A packed archive has no name and goes away with its last handle.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Gives the archive away, with its position at the start unless [`file`](Self::file) moved it.
    #[must_use]
    pub fn into_file(self) -> File {
        self.file
    }

    /// Size of the archive in bytes.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// `sha256:` and 64 hexadecimal digits, over the bytes of the archive.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What was packed and what was left out; `None` for an archive that is sent as it is.
    #[must_use]
    pub fn summary(&self) -> Option<&Summary> {
        self.summary.as_ref()
    }
}

/// What was packed and what was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Files packed.
    pub files: u64,
    /// Folders packed, without the outermost.
    pub folders: u64,
    /// Symbolic links packed.
    pub links: u64,
    /// Bytes of content, before compression.
    pub content_bytes: u64,
    /// What was left out; of a folder only itself, not what is in it.
    pub skipped: Vec<Skipped>,
    /// Links that were packed although what they lead to was not, be it left out or not there.
    pub dangling_links: Vec<PathBuf>,
}

/// Something that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// Relative to the folder.
    pub path: PathBuf,
    /// Why.
    pub reason: SkipReason,
}

/// Why something was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// It is never part of an agent; the list stands with [`BundleOptions`].
    Junk,
    /// A `.gitignore` in the folder names it.
    Gitignored,
    /// It is a pipe, a socket or a device.
    Special,
}
