//! Whether a file is there.

use serde_json::json;

use super::Invariant;
use super::place::{check_text, runs_in_sandbox};
use super::settings::{Settings, settings_methods, settings_of_scorer};
use crate::scorers::{Rule, Scorer};

/// Checks in the sandbox that a file exists. The platform calls it `FileExists`.
///
/// The name is `file_exists:` and the path, unless [`named`](FileExists::named) otherwise. Rule
/// type and type of the check are `file_exists`, with `path`.
///
/// ```
/// use keystone::scorers::{FileExists, Scorer};
///
/// let scorer = FileExists::new("out/report.md").weight(2.0);
/// assert_eq!(scorer.name(), "file_exists:out/report.md");
/// assert!(scorer.runs_in_sandbox());
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct FileExists {
    path: String,
    settings: Settings,
}

impl FileExists {
    /// Checks this path, which is relative to the workspace. An empty one is an error of
    /// [`Scorer::check`].
    pub fn new(path: impl Into<String>) -> Self {
        let path = path.into();
        Self { settings: Settings::new(format!("file_exists:{path}")), path }
    }
}

settings_methods!(FileExists);

impl Scorer for FileExists {
    settings_of_scorer!();
    runs_in_sandbox!();

    fn rule(&self) -> Option<Rule> {
        Some(Rule::new(self.name(), "file_exists", json!({"path": self.path})))
    }

    fn invariant(&self) -> Option<Invariant> {
        let check = json!({"type": "file_exists", "path": self.path});
        Some(Invariant::new(format!("{} exists", self.path), check).counted(self.policy()))
    }

    fn check(&self) -> Result<(), String> {
        check_text("path", &self.path)
    }
}
