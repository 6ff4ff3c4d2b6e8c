//! What keeps a template from being filled in.

use std::error::Error;
use std::fmt;

/// A rendering that takes more bytes than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TooLarge {
    limit: usize,
}

impl TooLarge {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit }
    }

    /// The bound, in bytes.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the rendered template is larger than {} bytes; shorten the lists that its sections \
             repeat, or the values",
            self.limit
        )
    }
}

impl Error for TooLarge {}

/// Something that is no set of variables.
#[derive(Debug)]
#[non_exhaustive]
pub enum VariablesError {
    /// It has a JSON form, which is no object.
    NotAnObject {
        /// What it is, such as `a list`.
        found: &'static str,
    },
    /// It has no JSON form.
    NotJson {
        /// What the serializer said.
        source: serde_json::Error,
    },
}

impl fmt::Display for VariablesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnObject { found } => {
                write!(f, "variables are an object of names and values, but this is {found}")
            }
            Self::NotJson { source } => write!(f, "variables have no JSON form: {source}"),
        }
    }
}

impl Error for VariablesError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotAnObject { .. } => None,
            Self::NotJson { source } => Some(source),
        }
    }
}
