//! Why a bundle cannot be prepared.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What kind of thing keeps a bundle from being prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BundleErrorKind {
    /// There is nothing at the path.
    NotFound,
    /// A file or folder cannot be read.
    Unreadable,
    /// The path is neither a file nor a folder: a pipe, a socket, a device.
    NotAFile,
    /// A path that ends in `.tar.gz` or `.tgz` is no gzip-compressed tar archive.
    NotAnArchive,
    /// Nothing is left to send.
    Empty,
    /// A file of environment variables would be sent.
    EnvFile,
    /// A symbolic link leads out of the folder, or in a circle.
    Link,
    /// A line of a `.gitignore` cannot be understood.
    Gitignore,
    /// A path that was to be let in is not there, or not inside the folder.
    Include,
    /// A file changed while it was packed.
    Changed,
    /// A name cannot be written into an archive on this system.
    Name,
    /// There is no room for the archive.
    StorageFull,
    /// The archive cannot be written to the folder for temporary files.
    Temporary,
}

/// Why a bundle cannot be prepared: the path, what is wrong with it, and what to do next.
///
/// ```
/// use keystone::client::bundle::{Bundle, BundleErrorKind};
///
/// let error = Bundle::prepare("no/such/agent").unwrap_err();
/// assert_eq!(error.kind(), BundleErrorKind::NotFound);
/// assert!(error.to_string().contains("no/such/agent"));
/// ```
#[derive(Debug)]
pub struct BundleError {
    kind: BundleErrorKind,
    path: PathBuf,
    what: String,
    source: Option<io::Error>,
}

impl BundleError {
    pub(super) fn new(kind: BundleErrorKind, path: &Path, what: impl Into<String>) -> Self {
        Self { kind, path: path.to_owned(), what: what.into(), source: None }
    }

    /// For a file or folder of the user that does not open or read.
    pub(super) fn reading(path: &Path, source: io::Error) -> Self {
        let (kind, what) = match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                (BundleErrorKind::NotFound, "there is nothing at this path")
            }
            _ => (BundleErrorKind::Unreadable, "it cannot be read"),
        };
        Self { source: Some(source), ..Self::new(kind, path, what) }
    }

    /// For a file that was there when the folder was listed and is not as it was then.
    pub(super) fn changed(path: &Path, what: &str) -> Self {
        Self::new(BundleErrorKind::Changed, path, what)
    }

    /// For the archive itself, in the folder for temporary files.
    pub(super) fn writing(folder: &Path, source: io::Error) -> Self {
        let (kind, what) = match source.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => {
                (BundleErrorKind::StorageFull, "there is no room for the archive in this folder")
            }
            _ => (BundleErrorKind::Temporary, "the archive cannot be written to this folder"),
        };
        Self { source: Some(source), ..Self::new(kind, folder, what) }
    }

    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> BundleErrorKind {
        self.kind
    }

    /// The file or folder that it is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What to do next.
    fn advice(&self) -> &'static str {
        match self.kind {
            BundleErrorKind::NotFound => {
                "give the path of a folder, a file or a `.tar.gz`; a relative one starts at the current folder"
            }
            BundleErrorKind::Unreadable => {
                "make it readable, or leave it out with a line in the `.gitignore` of its folder"
            }
            BundleErrorKind::NotAFile => "give the path of a folder, a file or a `.tar.gz`",
            BundleErrorKind::NotAnArchive => {
                "make it anew (`tar -czf`), or give the folder itself and let it be packed"
            }
            BundleErrorKind::Empty => {
                "give the folder that holds the agent; files that git ignores come along with `no_gitignore()` or, one by one, with `include(path)`"
            }
            BundleErrorKind::EnvFile => {
                "such files tend to hold secrets: have the server ask for the variables instead (`required_env`), leave the file out with a line in `.gitignore`, or let it in by name with `include(path)`"
            }
            BundleErrorKind::Link => {
                "put the file itself in the place of the link, link to something inside the folder with a relative path, or leave the link out with a line in `.gitignore`"
            }
            BundleErrorKind::Gitignore => {
                "correct it, so that nothing is sent which was meant to stay, or read no such files (`no_gitignore()`)"
            }
            BundleErrorKind::Include => {
                "`include` takes the path of something inside the folder, relative to it"
            }
            BundleErrorKind::Changed => {
                "wait until nothing writes there any more and try again, or leave the file out with a line in `.gitignore`"
            }
            BundleErrorKind::Name => "rename it",
            BundleErrorKind::StorageFull | BundleErrorKind::Temporary => {
                "make room, or have the archive written elsewhere with `temp_dir(folder)` or the variable of the system for temporary files (`TMPDIR`, on Windows `TEMP`)"
            }
        }
    }
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot bundle `{}`: {}", self.path.display(), self.what)?;
        if let Some(source) = &self.source {
            write!(f, ": {source}")?;
        }
        write!(f, "\n  {}", self.advice())
    }
}

impl Error for BundleError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as &(dyn Error + 'static))
    }
}
