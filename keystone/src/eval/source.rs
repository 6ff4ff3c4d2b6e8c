//! Where the cases of an evaluation come from.

use std::fmt::Display;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

#[cfg(feature = "client")]
use super::data::RemoteDataset;
use super::data::{DataError, Dataset, Problem, RowText};
use super::identity::{Identities, content_hash};
use super::nesting::{DEEPEST, too_deep};
use super::panics;
use super::work::{CODE, DUPLICATE};
use crate::Case;

/// Where the cases of an evaluation come from: a file, a dataset of a server, values in code, or a
/// function.
pub struct Data<I, E> {
    pub(super) kind: DataKind<I, E>,
}

pub(super) enum DataKind<I, E> {
    File {
        dataset: Box<Dataset>,
        decode: Decode<I, E>,
    },
    #[cfg(feature = "client")]
    Remote {
        dataset: Box<RemoteDataset>,
        decode: Decode<I, E>,
    },
    Values {
        cases: Arc<Vec<Case<I, E>>>,
        problems: DataError,
        repeated: u64,
        codec: Codec<I, E>,
    },
    Function {
        make: MakeCases<I, E>,
        codec: Codec<I, E>,
    },
}

pub(super) type CaseIter<I, E> = Box<dyn Iterator<Item = Case<I, E>> + Send>;
type MakeCases<I, E> = Box<dyn Fn() -> Result<CaseIter<I, E>, String> + Send + Sync>;

/// How a row of a file becomes typed values. Function pointers, so that only this module knows
/// that the types can be read.
pub(super) struct Decode<I, E> {
    pub(super) input: fn(&RowText) -> Result<I, Problem>,
    pub(super) expected: fn(&RowText) -> Result<Option<E>, Problem>,
}

/// How typed values made in code become JSON.
pub(super) struct Codec<I, E> {
    pub(super) input: fn(&I, &mut Vec<u8>) -> Result<(), serde_json::Error>,
    pub(super) expected: fn(&E, &mut Vec<u8>) -> Result<(), serde_json::Error>,
}

impl<I, E> Clone for Decode<I, E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<I, E> Copy for Decode<I, E> {}
impl<I, E> Clone for Codec<I, E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<I, E> Copy for Codec<I, E> {}

impl<I, E> Codec<I, E> {
    pub(super) fn write_input(&self, input: &I, line: &mut Vec<u8>) -> Result<(), String> {
        let from = line.len();
        (self.input)(input, line)
            .map_err(|error| format!("the input cannot be turned into JSON: {error}"))?;
        on_one_line(&mut line[from..]);
        Ok(())
    }

    pub(super) fn write_expected(&self, expected: &E, line: &mut Vec<u8>) -> Result<(), String> {
        let from = line.len();
        (self.expected)(expected, line)
            .map_err(|error| format!("the expected value cannot be turned into JSON: {error}"))?;
        on_one_line(&mut line[from..]);
        Ok(())
    }

    /// The hash of the case's content; `scratch` is any buffer that can be used again.
    pub(super) fn content_hash(
        &self,
        case: &Case<I, E>,
        scratch: &mut Vec<u8>,
    ) -> Result<u64, String> {
        scratch.clear();
        let cut = panics::catch(|| {
            self.write_input(&case.input, scratch)?;
            let cut = scratch.len();
            if let Some(expected) = &case.expected {
                self.write_expected(expected, scratch)?;
            }
            Ok::<_, String>(cut)
        })
        .unwrap_or_else(|caught| Err(caught.to_string()))?;
        let (input, expected) = scratch.split_at(cut);
        let text = |bytes| std::str::from_utf8(bytes).map_err(|error| error.to_string());
        let expected = if expected.is_empty() { None } else { Some(text(expected)?) };
        Ok(content_hash(text(input)?, expected, &case.context, &case.metadata))
    }
}

pub(super) fn metadata_is_too_deep() -> String {
    format!("the metadata is nested more than {DEEPEST} levels deep")
}

/// Line feeds of a JSON text stand between its tokens, and only where the type keeps JSON as text.
fn on_one_line(json: &mut [u8]) {
    for byte in json {
        if matches!(*byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}

impl<I: Serialize, E: Serialize> Codec<I, E> {
    fn new() -> Self {
        Self {
            input: |value, buffer| serde_json::to_writer(buffer, value),
            expected: |value, buffer| serde_json::to_writer(buffer, value),
        }
    }
}

impl<I: DeserializeOwned, E: DeserializeOwned> Decode<I, E> {
    fn new() -> Self {
        Self { input: RowText::input, expected: RowText::expected }
    }
}

impl<I: DeserializeOwned, E: DeserializeOwned> Data<I, E> {
    /// The rows of a file.
    #[must_use]
    pub fn file(dataset: Dataset) -> Self {
        Self { kind: DataKind::File { dataset: Box::new(dataset), decode: Decode::new() } }
    }

    /// The records of a dataset that a Keystone server keeps. They are fetched when the evaluation
    /// runs, and not before; [`RemoteDataset`] says when the copy on disk will do.
    ///
    /// ```no_run
    /// use keystone::eval::data::RemoteDataset;
    /// use keystone::eval::{Data, Eval};
    /// use keystone::scorers::ExactMatch;
    ///
    /// let report = Eval::new("shout")
    ///     .data(Data::<String, String>::remote(RemoteDataset::new("ds_abc").version(3).tag("pro")))
    ///     .task(|word: &String| word.to_uppercase())
    ///     .scorer(ExactMatch::new())
    ///     .run()?;
    /// # Ok::<(), keystone::eval::EvalError>(())
    /// ```
    #[cfg(feature = "client")]
    #[must_use]
    pub fn remote(dataset: RemoteDataset) -> Self {
        Self { kind: DataKind::Remote { dataset: Box::new(dataset), decode: Decode::new() } }
    }
}

impl<I, E> Data<I, E>
where
    I: Serialize + Send + Sync + 'static,
    E: Serialize + Send + Sync + 'static,
{
    /// Cases that are at hand: [`Case`]s or `(input, expected)` pairs.
    #[must_use]
    pub fn values<R: IntoCase<I, E>>(rows: impl IntoIterator<Item = R>) -> Self {
        let codec = Codec::new();
        let mut cases: Vec<_> = rows.into_iter().map(IntoCase::into_case).collect();
        let mut problems = DataError::default();
        let mut names = Identities::default();
        let mut scratch = Vec::new();
        for (index, case) in cases.iter_mut().enumerate() {
            let problem = |message: &str| Problem::new(CODE, format!("row {index}: {message}"));
            if case.metadata.values().any(too_deep) {
                problems.push(problem(&metadata_is_too_deep()).of_row(case.id.as_deref()));
            }
            match &case.id {
                Some(id) if names.note(id) => {}
                Some(id) => problems.push(problem(DUPLICATE).of_row(Some(id))),
                None => match codec.content_hash(case, &mut scratch) {
                    Ok(hash) => case.id = Some(names.of_content(hash)),
                    Err(why) => problems.push(problem(&why)),
                },
            }
        }
        Self {
            kind: DataKind::Values {
                cases: Arc::new(cases),
                problems,
                repeated: names.repeated_content(),
                codec,
            },
        }
    }

    /// Cases that a function makes, one after the other, when the evaluation runs.
    #[must_use]
    pub fn function<R, T>(make: impl Fn() -> T + Send + Sync + 'static) -> Self
    where
        R: IntoCase<I, E> + 'static,
        T: IntoIterator<Item = R>,
        T::IntoIter: Send + 'static,
    {
        Self::try_function(move || Ok::<_, std::convert::Infallible>(make()))
    }

    /// The same for a function that may fail.
    #[must_use]
    pub fn try_function<R, T, X>(make: impl Fn() -> Result<T, X> + Send + Sync + 'static) -> Self
    where
        R: IntoCase<I, E> + 'static,
        T: IntoIterator<Item = R>,
        T::IntoIter: Send + 'static,
        X: Display,
    {
        let make = move || -> Result<CaseIter<I, E>, String> {
            let rows = make().map_err(|error| format!("{error:#}"))?;
            Ok(Box::new(rows.into_iter().map(IntoCase::into_case).fuse()))
        };
        Self { kind: DataKind::Function { make: Box::new(make), codec: Codec::new() } }
    }
}

/// What can be a row in code: a [`Case`], or an `(input, expected)` pair.
pub trait IntoCase<I, E> {
    /// The row as a case.
    fn into_case(self) -> Case<I, E>;
}

impl<I, E> IntoCase<I, E> for Case<I, E> {
    fn into_case(self) -> Self {
        self
    }
}

impl<I, E, A: Into<I>, B: Into<E>> IntoCase<I, E> for (A, B) {
    fn into_case(self) -> Case<I, E> {
        Case::new(self.0).expected(self.1)
    }
}
