//! A file of rows, and how to read it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::fields::Fields;
use super::open;
use super::problem::{DataError, Problem};
use super::reader::RowReader;
use super::source::{ROW_LIMIT, Source};
use crate::Case;

/// A file of rows. [What a row means](super#what-a-row-means) is for [`Fields`] to say.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use keystone::eval::data::{Dataset, Fields};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("capitals.jsonl");
/// std::fs::write(&path, r#"{"question": "Capital of France?", "answer": {"value": "Paris"}}"#)?;
///
/// let data = Dataset::file(&path).fields(Fields::default().input("question").expected("answer.value"));
/// let cases = data.load::<String, String>()?;
/// assert_eq!(cases[0].input, "Capital of France?");
/// assert_eq!(cases[0].expected.as_deref(), Some("Paris"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Dataset {
    path: PathBuf,
    root: Option<PathBuf>,
    fields: Fields,
    format: Option<Format>,
    /// Whether the file is a copy of records that a server keeps.
    copied: bool,
}

/// How the rows stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// One JSON object a line: `.jsonl`, `.ndjson`.
    JsonLines,
    /// One array of JSON objects: `.json`.
    Json,
    /// A header and records, their cells separated with commas: `.csv`.
    Csv,
    /// A header and records, their cells separated with tabs: `.tsv`.
    Tsv,
}

impl Format {
    /// The format that the extension of a file stands for, with or without `.gz` after it.
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        match name.rsplit_once('.')?.1 {
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            _ => None,
        }
    }
}

impl Dataset {
    /// The rows of this file. What it holds follows from its extension.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            root: None,
            fields: Fields::default(),
            format: None,
            copied: false,
        }
    }

    /// The records of a server of which this file is a copy.
    #[cfg(feature = "client")]
    pub(super) fn copy(path: PathBuf, fields: Fields) -> Self {
        Self { fields, format: Some(Format::JsonLines), copied: true, ..Self::file(path) }
    }

    /// Says which fields of a row mean what.
    pub fn fields(mut self, fields: Fields) -> Self {
        self.fields = fields;
        self
    }

    /// Says how the rows stand in the file, where its extension does not.
    pub fn format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// Says which folder a relative path starts from; the current one otherwise. Problems show
    /// the path as it was given.
    pub fn relative_to(mut self, folder: impl Into<PathBuf>) -> Self {
        self.root = Some(folder.into());
        self
    }

    /// The path as it was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path that is opened.
    #[must_use]
    pub fn location(&self) -> PathBuf {
        self.root.as_ref().map_or_else(|| self.path.clone(), |root| root.join(&self.path))
    }

    /// Reads all rows.
    ///
    /// # Errors
    /// Everything that is wrong with the file: the first 20 problems, and how many more there
    /// are. A file without rows is one of them.
    pub fn load<I, E>(&self) -> Result<Vec<Case<I, E>>, DataError>
    where
        I: DeserializeOwned,
        E: DeserializeOwned,
    {
        let mut rows = self.open()?;
        let mut cases = Vec::new();
        let mut error = DataError::default();
        for row in rows.by_ref() {
            match row.map_err(|problem| vec![problem]).and_then(|row| row.into_case()) {
                Ok(case) => cases.push(case),
                Err(problems) => problems.into_iter().for_each(|problem| error.push(problem)),
            }
        }
        if error.is_empty() && cases.is_empty() {
            error.push(rows.no_rows());
        }
        if error.is_empty() { Ok(cases) } else { Err(error) }
    }

    /// Opens the file, to read it row by row.
    ///
    /// # Errors
    /// The file cannot be opened, is of no known format, or is a table whose header lacks a
    /// column that is asked for.
    pub(crate) fn open(&self) -> Result<RowReader, Problem> {
        let source = self.source();
        let format = self.known_format()?;
        let text = open::open(&source, &self.location())?;
        RowReader::new(Arc::new(source), format, text)
    }

    /// Reads from elsewhere what the file would hold, with another limit to the size of a row.
    #[cfg(test)]
    pub(super) fn read(
        &self,
        bytes: impl std::io::Read + Send + 'static,
        limit: usize,
    ) -> Result<RowReader, Problem> {
        let source = Source { limit, ..self.source() };
        let text = open::text(&source, bytes)?;
        RowReader::new(Arc::new(source), self.known_format()?, text)
    }

    fn source(&self) -> Source {
        Source {
            path: self.path.clone(),
            fields: self.fields.clone(),
            limit: ROW_LIMIT,
            copied: self.copied,
        }
    }

    fn known_format(&self) -> Result<Format, Problem> {
        let known = self.format.or_else(|| Format::of(&self.path));
        known.ok_or_else(|| {
            let message = "not a kind of file that can be read: its name must end in .jsonl, \
                           .ndjson, .json, .csv or .tsv, with or without .gz after it";
            Problem::new(&self.path, message)
        })
    }
}
