//! What is in a file.

use serde_json::json;

use super::Invariant;
use super::place::{check_text, runs_in_sandbox};
use super::settings::{Settings, settings_methods, settings_of_scorer};
use crate::scorers::{Rule, Scorer};

/// Checks in the sandbox what a file contains. The platform calls it `FileContains`.
///
/// All conditions that are given have to hold. An empty text is no condition. The pattern is a
/// regular expression of whoever runs the check, and is not looked at here.
///
/// The name is `file_content:` and the path, unless [`named`](FileContains::named) otherwise. Rule
/// type and type of the check are `file_content`, with `path`, `contains`, `not_contains` and
/// `pattern`.
///
/// ```
/// use keystone::scorers::{FileContains, Scorer};
/// use serde_json::json;
///
/// let scorer = FileContains::new("app.log").contains("ready").not_contains("panicked");
/// let invariant = scorer.invariant().map(|invariant| invariant.check);
/// assert_eq!(
///     invariant,
///     Some(json!({
///         "type": "file_content",
///         "path": "app.log",
///         "contains": "ready",
///         "not_contains": "panicked",
///     }))
/// );
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct FileContains {
    path: String,
    contains: Option<String>,
    not_contains: Option<String>,
    pattern: Option<String>,
    settings: Settings,
}

impl FileContains {
    /// Checks the file at this path, which is relative to the workspace. An empty path, or no
    /// condition at all, is an error of [`Scorer::check`].
    pub fn new(path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            settings: Settings::new(format!("file_content:{path}")),
            path,
            contains: None,
            not_contains: None,
            pattern: None,
        }
    }

    /// The file has to contain this text.
    pub fn contains(mut self, text: impl Into<String>) -> Self {
        self.contains = Some(text.into());
        self
    }

    /// The file must not contain this text.
    pub fn not_contains(mut self, text: impl Into<String>) -> Self {
        self.not_contains = Some(text.into());
        self
    }

    /// The file has to match this regular expression somewhere.
    pub fn pattern(mut self, pattern: impl Into<String>) -> Self {
        self.pattern = Some(pattern.into());
        self
    }

    /// The conditions that say something, by the names of their fields.
    fn conditions(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("contains", &self.contains),
            ("not_contains", &self.not_contains),
            ("pattern", &self.pattern),
        ]
        .into_iter()
        .filter_map(|(field, text)| Some((field, text.as_deref()?)))
        .filter(|(_, text)| !text.is_empty())
    }
}

settings_methods!(FileContains);

impl Scorer for FileContains {
    settings_of_scorer!();
    runs_in_sandbox!();

    fn rule(&self) -> Option<Rule> {
        let config = json!({
            "path": self.path,
            "contains": self.contains,
            "not_contains": self.not_contains,
            "pattern": self.pattern,
        });
        Some(Rule::new(self.name(), "file_content", config))
    }

    fn invariant(&self) -> Option<Invariant> {
        let mut check = json!({"type": "file_content", "path": self.path});
        for (field, text) in self.conditions() {
            check[field] = text.into();
        }
        Some(Invariant::new(format!("{} content check", self.path), check).counted(self.policy()))
    }

    fn check(&self) -> Result<(), String> {
        check_text("path", &self.path)?;
        if self.conditions().next().is_none() {
            return Err(
                "there is no condition: give `contains`, `not_contains` or `pattern`".to_owned()
            );
        }
        Ok(())
    }
}
