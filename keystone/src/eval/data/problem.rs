//! What is wrong with a data set, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// One thing wrong with a data set: where it is, and what to do about it.
///
/// Shown the way compilers show theirs, so that editors and terminals find the place:
///
/// ```
/// use keystone::eval::data::Dataset;
///
/// let error = Dataset::file("data/no-such-file.jsonl").load::<String, String>().unwrap_err();
/// let problem = &error.problems()[0];
/// assert!(problem.to_string().starts_with("data/no-such-file.jsonl: there is no such file"));
/// assert_eq!(problem.line(), None);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Problem(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    path: PathBuf,
    line: Option<u64>,
    column: Option<u64>,
    field: Option<String>,
    id: Option<String>,
    message: String,
}

impl Problem {
    /// A problem with the file as a whole.
    pub(crate) fn new(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            path: path.into(),
            line: None,
            column: None,
            field: None,
            id: None,
            message: message.into(),
        }))
    }

    /// Says on which line it is, from 1.
    #[must_use]
    pub(crate) fn at_line(mut self, line: u64) -> Self {
        self.0.line = Some(line);
        self
    }

    /// Says at which byte of the line it is, from 1.
    #[must_use]
    pub(crate) fn at_column(mut self, column: u64) -> Self {
        self.0.column = Some(column);
        self
    }

    /// Says in which field it is.
    #[must_use]
    pub(crate) fn in_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Says in which row it is, if the row has an id.
    #[must_use]
    pub(crate) fn of_row(mut self, id: Option<&str>) -> Self {
        self.0.id = id.map(str::to_owned);
        self
    }

    /// The file, as the data set names it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// The line, from 1; `None` where the file as a whole is at fault.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.0.line
    }

    /// The byte within the line, from 1, where it is known. A byte order mark is not counted.
    #[must_use]
    pub fn column(&self) -> Option<u64> {
        self.0.column
    }

    /// The field at fault, as a path from the top of the row (`input.population`), or the column
    /// of a table.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The id of the row, where it has one that could be read.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.0.id.as_deref()
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details { path, line, column, field, id, message } = &*self.0;
        write!(f, "{}", path.display())?;
        if let Some(line) = line {
            write!(f, ":{line}")?;
            if let Some(column) = column {
                write!(f, ":{column}")?;
            }
        }
        f.write_str(": ")?;
        if let Some(field) = field {
            write!(f, "field {field:?}: ")?;
        }
        f.write_str(message)?;
        match id {
            Some(id) => write!(f, " (row {id:?})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Problem {}

/// Everything that is wrong with a data set: the first 20 problems, and how many more there are.
///
/// ```
/// use keystone::eval::data::Dataset;
///
/// let error = Dataset::file("data/capitals.txt").load::<String, String>().unwrap_err();
/// assert_eq!(error.problems().len(), 1);
/// assert_eq!(error.more(), 0);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DataError {
    problems: Vec<Problem>,
    more: u64,
}

impl DataError {
    /// How many problems are kept; of the rest only the number is.
    pub(crate) const LIMIT: usize = 20;

    /// Adds one, or counts it where the list is full.
    pub(crate) fn push(&mut self, problem: Problem) {
        if self.problems.len() < Self::LIMIT {
            self.problems.push(problem);
        } else {
            self.more += 1;
        }
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// The problems, in the order of the file: 20 at most.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many problems there are beyond those that are listed.
    #[must_use]
    pub fn more(&self) -> u64 {
        self.more
    }
}

impl From<Problem> for DataError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem], more: 0 }
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        match self.more {
            0 => Ok(()),
            1 => f.write_str("\n… and 1 more problem"),
            more => write!(f, "\n… and {more} more problems"),
        }
    }
}

impl std::error::Error for DataError {}
