//! Why secrets could not be collected.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why the secrets of a spec could not be collected: what, in which secret, and where.
///
/// Values of secrets are never in it, neither in `Display` nor in `Debug`.
///
/// ```
/// use keystone::secrets::{Collector, SecretsErrorKind};
///
/// let error = Collector::new().from_text("secrets:\n- {name: KEY, source: vault:prod}").unwrap_err();
/// assert_eq!(error.kind(), SecretsErrorKind::UnknownSource);
/// assert_eq!((error.secret(), error.line(), error.column()), (Some("KEY"), Some(2), Some(23)));
/// assert_eq!(
///     error.to_string(),
///     "2:23: secret \"KEY\": unknown source `vault:`; a source is `env`, `env:NAME`, \
///      `file:PATH`, `command:SHELL` or `dashboard`",
/// );
/// ```
pub struct SecretsError {
    // Boxed, so that a `Result` of it stays small.
    repr: Box<Repr>,
}

#[derive(Debug)]
struct Repr {
    kind: SecretsErrorKind,
    path: Option<PathBuf>,
    place: Option<Place>,
    secret: Option<String>,
    message: String,
    source: Option<io::Error>,
}

/// What kind of error it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecretsErrorKind {
    /// The spec cannot be read, or is not a file.
    Read,
    /// The spec is larger than [`LARGEST_SPEC`](super::LARGEST_SPEC).
    TooLarge,
    /// The spec is not UTF-8.
    NotUtf8,
    /// The spec is not YAML, is several documents, or stretches what it says by aliases.
    Yaml,
    /// The spec is YAML, but its `secrets` are not a list of names and objects.
    Shape,
    /// Two secrets have the same name.
    Duplicate,
    /// The source of a secret is none that exists.
    UnknownSource,
    /// The source exists, and gives no value that could be used: a file that cannot be read, a
    /// command that does not come to an end, a value that is too large or is not UTF-8.
    Source,
}

/// A line and a column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) column: u64,
}

impl SecretsError {
    pub(super) fn new(kind: SecretsErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            repr: Box::new(Repr {
                kind,
                path: None,
                place: None,
                secret: None,
                message,
                source: None,
            }),
        }
    }

    pub(super) fn at(mut self, place: Place) -> Self {
        self.repr.place = Some(place);
        self
    }

    pub(super) fn of(mut self, secret: &str) -> Self {
        self.repr.secret = Some(secret.to_owned());
        self
    }

    pub(super) fn in_file(mut self, path: &Path) -> Self {
        self.repr.path = Some(path.to_owned());
        self
    }

    pub(super) fn because(mut self, source: io::Error) -> Self {
        self.repr.source = Some(source);
        self
    }

    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> SecretsErrorKind {
        self.repr.kind
    }

    /// The spec, where it was read from a file.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.repr.path.as_deref()
    }

    /// The line of the spec, from 1.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.repr.place.map(|place| place.line)
    }

    /// The character in the line of the spec, from 1.
    #[must_use]
    pub fn column(&self) -> Option<u64> {
        self.repr.place.map(|place| place.column)
    }

    /// The name of the secret that it is about, if it is about one.
    #[must_use]
    pub fn secret(&self) -> Option<&str> {
        self.repr.secret.as_deref()
    }
}

impl fmt::Display for SecretsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Repr { path, place, secret, message, source, .. } = &*self.repr;
        if let Some(path) = path {
            write!(f, "{}:", path.display())?;
        }
        if let Some(Place { line, column }) = place {
            write!(f, "{line}:{column}:")?;
        }
        if path.is_some() || place.is_some() {
            f.write_str(" ")?;
        }
        if let Some(secret) = secret {
            write!(f, "secret {secret:?}: ")?;
        }
        f.write_str(message)?;
        match source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for SecretsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Repr { kind, path, place, secret, message, source } = &*self.repr;
        f.debug_struct("SecretsError")
            .field("kind", kind)
            .field("path", path)
            .field("place", place)
            .field("secret", secret)
            .field("message", message)
            .field("source", source)
            .finish()
    }
}

impl Error for SecretsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The message ends with the words of the cause already; those of its own cause follow.
        self.repr.source.as_ref().and_then(Error::source)
    }
}
