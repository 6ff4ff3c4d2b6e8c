//! The values that were found, and what was not.

use std::collections::BTreeMap;
use std::collections::btree_map;
use std::fmt;
use std::path::PathBuf;

/// Secrets by their names. The values are never in the output of `Debug`.
///
/// ```
/// use keystone::secrets::Collector;
///
/// let secrets = Collector::new()
///     .environment(|name| (name == "API_KEY").then(|| "sk-123".into()))
///     .from_text("secrets: [API_KEY, OTHER_KEY]")?;
/// assert_eq!(secrets.get("API_KEY"), Some("sk-123"));
/// assert_eq!(secrets.withheld()[0].to_string(), "OTHER_KEY: the variable OTHER_KEY is not set");
/// assert!(!format!("{secrets:?}").contains("sk-123"));
/// # Ok::<(), keystone::secrets::SecretsError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secrets {
    pub(super) values: BTreeMap<String, String>,
    pub(super) withheld: Vec<Withheld>,
}

impl Secrets {
    /// Names and values, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a secret.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// How many have a value.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether none has a value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The secrets that are declared and not forwarded, in the order of the spec.
    #[must_use]
    pub fn withheld(&self) -> &[Withheld] {
        &self.withheld
    }

    /// Names and values as a map. It no longer hides the values from `Debug`.
    #[must_use]
    pub fn into_map(self) -> BTreeMap<String, String> {
        self.values
    }
}

impl IntoIterator for Secrets {
    type Item = (String, String);
    type IntoIter = btree_map::IntoIter<String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.into_iter()
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: BTreeMap<_, _> =
            self.values.keys().map(|name| (name, format_args!("[secret]"))).collect();
        f.debug_struct("Secrets").field("values", &names).field("withheld", &self.withheld).finish()
    }
}

/// A secret that is declared and not forwarded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Withheld {
    /// The name of the secret.
    pub name: String,
    /// The line of the spec that says where its value comes from, from 1.
    pub line: u64,
    /// Why it is not forwarded.
    pub reason: WithheldReason,
}

impl fmt::Display for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.reason)
    }
}

/// Why a secret that is declared is not forwarded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WithheldReason {
    /// It is stored on the server, which is where its value comes from.
    Dashboard,
    /// The spec says with `from` what the server makes of it.
    FromSpec,
    /// The environment variable is not set.
    Unset {
        /// The name of the variable.
        variable: String,
    },
    /// The file does not exist.
    NoFile {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The command failed.
    CommandFailed {
        /// How it ended, such as `exit status: 1`.
        how: String,
    },
    /// There is a value, and it is empty.
    Empty,
}

impl WithheldReason {
    /// Whether the spec wants it so, rather than something being absent at the client.
    #[must_use]
    pub fn is_intended(&self) -> bool {
        matches!(self, Self::Dashboard | Self::FromSpec)
    }
}

impl fmt::Display for WithheldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dashboard => f.write_str("it is stored on the server"),
            Self::FromSpec => f.write_str("the server makes it of the spec"),
            Self::Unset { variable } => write!(f, "the variable {variable} is not set"),
            Self::NoFile { path } => write!(f, "the file {} does not exist", path.display()),
            Self::CommandFailed { how } => write!(f, "the command failed ({how})"),
            Self::Empty => f.write_str("its value is empty"),
        }
    }
}
