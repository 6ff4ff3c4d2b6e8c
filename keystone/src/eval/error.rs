//! What keeps an evaluation from running.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use super::data::DataError;

/// What keeps an evaluation from running at all. What breaks a single row is in the report.
#[derive(Debug)]
#[non_exhaustive]
pub enum EvalError {
    /// The evaluation itself is not valid: a bar that is no number from 0 to 1, two scorers of one
    /// name, a gate on a scorer that is not there. All that is wrong with it.
    Config {
        /// The name of the evaluation.
        eval: String,
        /// Everything that is wrong, a sentence each.
        problems: Vec<String>,
    },
    /// The data set cannot be used.
    Data {
        /// The name of the evaluation.
        eval: String,
        /// What is wrong with it, and where.
        source: DataError,
    },
    /// The data set has no rows.
    NoRows {
        /// The name of the evaluation.
        eval: String,
        /// Where rows were expected.
        place: String,
    },
    /// No row is left after the selection.
    NothingSelected {
        /// The name of the evaluation.
        eval: String,
        /// What was asked for.
        selection: String,
        /// Names that are close to the ones that were asked for.
        close: Vec<String>,
    },
    /// The results cannot be written or read.
    Journal {
        /// The file or folder.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// The operating system does not give as many threads as the evaluation wants.
    Threads {
        /// The name of the evaluation.
        eval: String,
        /// How many were wanted.
        threads: usize,
        /// What the system said.
        why: String,
    },
    /// The run that should be continued does not fit the evaluation.
    Resume {
        /// The file or folder.
        path: PathBuf,
        /// Why not, and what to do instead.
        why: String,
    },
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config { eval, problems } => {
                write!(f, "evaluation `{eval}` is not valid")?;
                for problem in problems {
                    write!(f, "\n  {problem}")?;
                }
                Ok(())
            }
            Self::Data { eval, source } => {
                write!(f, "the data set of `{eval}` cannot be used")?;
                for line in source.to_string().lines() {
                    write!(f, "\n  {line}")?;
                }
                Ok(())
            }
            Self::NoRows { eval, place } => write!(
                f,
                "the data set of `{eval}` has no rows: {place}\n  an evaluation of nothing is not a pass; add rows, or remove the evaluation"
            ),
            Self::NothingSelected { eval, selection, close } => {
                write!(f, "no row of `{eval}` matches {selection}")?;
                if !close.is_empty() {
                    write!(f, "; did you mean {}?", close.join(" or "))?;
                }
                Ok(())
            }
            Self::Journal { path, source } => write!(
                f,
                "cannot write results to {}: {source}\n  name another folder with --output DIR or KEYSTONE_OUTPUT",
                path.display()
            ),
            Self::Threads { eval, threads, why } => write!(
                f,
                "cannot start {threads} threads for `{eval}`: {why}\n  ask for fewer with --concurrency N"
            ),
            Self::Resume { path, why } => {
                write!(f, "cannot go on with the run in {}: {why}", path.display())
            }
        }
    }
}

impl Error for EvalError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Data { source, .. } => Some(source),
            Self::Journal { source, .. } => Some(source),
            _ => None,
        }
    }
}
