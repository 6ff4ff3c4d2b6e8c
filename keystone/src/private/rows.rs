//! What `data` can be, where it is neither a path nor a list in the attribute.

use std::fmt::Display;
use std::marker::PhantomData;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Case;
#[cfg(feature = "client")]
use crate::eval::data::RemoteDataset;
use crate::eval::data::{Dataset, Fields};
use crate::eval::{Data, IntoCase};

/// The rows of a file. The bounds are here, on the types as the user wrote them, so that the
/// compiler points there.
#[must_use]
pub fn file<I, E>(dataset: Dataset) -> Data<I, E>
where
    I: DeserializeOwned + Send + Sync + 'static,
    E: DeserializeOwned + Send + Sync + 'static,
{
    Data::file(dataset)
}

/// The records of a dataset of a server.
#[cfg(feature = "client")]
#[must_use]
pub fn remote<I, E>(
    id: impl Into<String>,
    version: Option<u64>,
    tags: &[&str],
    fields: Fields,
) -> Data<I, E>
where
    I: DeserializeOwned + Send + Sync + 'static,
    E: DeserializeOwned + Send + Sync + 'static,
{
    let dataset = RemoteDataset::new(id).tags(tags.iter().copied()).fields(fields);
    Data::remote(match version {
        Some(version) => dataset.version(version),
        None => dataset,
    })
}

/// Where there is no client, nothing can be fetched; the compiler says so.
#[cfg(not(feature = "client"))]
#[must_use]
pub fn remote<I, E>(
    id: impl Fetched,
    _version: Option<u64>,
    _tags: &[&str],
    _fields: Fields,
) -> Data<I, E> {
    id.data()
}

/// Implemented for nothing: its name is in the message for what cannot be fetched.
#[cfg(not(feature = "client"))]
#[diagnostic::on_unimplemented(
    message = "`data = dataset(…)` needs the feature `client` of the crate `keystone`",
    label = "cannot be fetched without the client",
    note = "add `client` to the features of `keystone` in `Cargo.toml`, or leave \
            `default-features = false` out"
)]
pub trait Fetched {
    /// The data.
    fn data<I, E>(self) -> Data<I, E>;
}

/// The rows of a list in the attribute.
#[must_use]
pub fn values<I, E>(cases: impl IntoIterator<Item = Case<I, E>>) -> Data<I, E>
where
    I: Serialize + Send + Sync + 'static,
    E: Serialize + Send + Sync + 'static,
{
    Data::values(cases)
}

/// What was given as `data`, by its type, that of the input and [`AnyExpected`] or [`Expected`].
pub struct Source<F, I, P>(PhantomData<(F, I, P)>);

impl<F, I, P> Source<F, I, P> {
    /// For the type of this value.
    #[must_use]
    pub const fn of(_: &F) -> Self {
        Self(PhantomData)
    }
}

/// Nothing says what an expected value is: it is what the rows have, or JSON.
pub enum AnyExpected {}

/// An expected value is of this type.
pub struct Expected<E>(PhantomData<E>);

/// What is said of the expected values.
pub trait Expectation {
    /// Their type, where the rows do not say more.
    type Type;
}

impl Expectation for AnyExpected {
    type Type = Value;
}

impl<E> Expectation for Expected<E> {
    type Type = E;
}

/// What can be a row: what [`IntoCase`] takes, and references to it, for constants.
pub trait Row<I, P> {
    /// The type of the row's expected value.
    type Expected;
    /// The row as a case.
    fn case(self) -> Case<I, Self::Expected>;
}

impl<I, E> Row<I, AnyExpected> for Case<I, E> {
    type Expected = E;
    fn case(self) -> Self {
        self
    }
}

impl<I, E> Row<I, Expected<E>> for Case<I, E> {
    type Expected = E;
    fn case(self) -> Self {
        self
    }
}

impl<I, P: Expectation, A: Into<I>, B: Into<P::Type>> Row<I, P> for (A, B) {
    type Expected = P::Type;
    fn case(self) -> Case<I, P::Type> {
        self.into_case()
    }
}

impl<I, P, R: Row<I, P> + Clone> Row<I, P> for &R {
    type Expected = R::Expected;
    fn case(self) -> Case<I, R::Expected> {
        self.clone().case()
    }
}

/// What names rows that are read: a file, or a dataset of a server.
pub trait IntoRows {
    /// The data.
    fn into_rows<I: DeserializeOwned, E: DeserializeOwned>(self) -> Data<I, E>;
}

impl IntoRows for Dataset {
    fn into_rows<I: DeserializeOwned, E: DeserializeOwned>(self) -> Data<I, E> {
        Data::file(self)
    }
}

impl IntoRows for &str {
    fn into_rows<I: DeserializeOwned, E: DeserializeOwned>(self) -> Data<I, E> {
        Data::file(Dataset::file(self))
    }
}

impl IntoRows for String {
    fn into_rows<I: DeserializeOwned, E: DeserializeOwned>(self) -> Data<I, E> {
        Data::file(Dataset::file(self))
    }
}

impl IntoRows for PathBuf {
    fn into_rows<I: DeserializeOwned, E: DeserializeOwned>(self) -> Data<I, E> {
        Data::file(Dataset::file(self))
    }
}

#[cfg(feature = "client")]
impl IntoRows for RemoteDataset {
    fn into_rows<I: DeserializeOwned, E: DeserializeOwned>(self) -> Data<I, E> {
        Data::remote(self)
    }
}

macro_rules! choice {
    ($(#[$doc:meta])* $trait:ident -> $token:ident for ($($generics:tt)*) $place:ty
        where $($bounds:tt)*) => {
        $(#[$doc])*
        pub trait $trait<I, E, P> {
            /// What does the work.
            fn kind(&self) -> $token<I, E, P> {
                $token(PhantomData)
            }
        }

        impl<F, I, P, E, $($generics)*> $trait<I, E, P> for $place where $($bounds)* {}

        $(#[$doc])*
        pub struct $token<I, E, P>(PhantomData<(I, E, P)>);
    };
}

choice! {
    /// A value that names a file.
    FileKind -> File for () &&&&&Source<F, I, P>
    where F: IntoRows, P: Expectation<Type = E>
}
choice! {
    /// A function that names a file.
    FileFunctionKind -> FileFunction for (D) &&&&Source<F, I, P>
    where F: Fn() -> D, D: IntoRows, P: Expectation<Type = E>
}
choice! {
    /// A function that returns rows, or an error.
    ResultKind -> Fallible for (T, X) &&&Source<F, I, P>
    where F: Fn() -> Result<T, X>, T: IntoIterator, T::Item: Row<I, P, Expected = E>, X: Display
}
choice! {
    /// A function that returns rows.
    FunctionKind -> Function for (T) &&Source<F, I, P>
    where F: Fn() -> T, T: IntoIterator, T::Item: Row<I, P, Expected = E>
}
choice! {
    /// Rows.
    ListKind -> List for () &Source<F, I, P>
    where F: IntoIterator, F::Item: Row<I, P, Expected = E>
}
choice! {
    /// Nothing that gives rows; the compiler says so.
    UnknownKind -> Unknown for () Source<F, I, P>
    where P: Expectation<Type = E>
}

impl<I: DeserializeOwned, E: DeserializeOwned, P> File<I, E, P> {
    /// The data.
    pub fn data(self, source: impl IntoRows) -> Data<I, E> {
        source.into_rows()
    }
}

impl<I: DeserializeOwned, E: DeserializeOwned, P> FileFunction<I, E, P> {
    /// The data.
    pub fn data<D: IntoRows>(self, source: impl Fn() -> D) -> Data<I, E> {
        source().into_rows()
    }
}

impl<I, E, P> Fallible<I, E, P>
where
    I: Serialize + Send + Sync + 'static,
    E: Serialize + Send + Sync + 'static,
    P: 'static,
{
    /// The data.
    pub fn data<T, X>(self, source: impl Fn() -> Result<T, X> + Send + Sync + 'static) -> Data<I, E>
    where
        T: IntoIterator,
        T::Item: Row<I, P, Expected = E> + 'static,
        T::IntoIter: Send + 'static,
        X: Display,
    {
        Data::try_function(move || source().map(|rows| rows.into_iter().map(Row::case)))
    }
}

impl<I, E, P> Function<I, E, P>
where
    I: Serialize + Send + Sync + 'static,
    E: Serialize + Send + Sync + 'static,
    P: 'static,
{
    /// The data.
    pub fn data<T>(self, source: impl Fn() -> T + Send + Sync + 'static) -> Data<I, E>
    where
        T: IntoIterator,
        T::Item: Row<I, P, Expected = E> + 'static,
        T::IntoIter: Send + 'static,
    {
        Data::function(move || source().into_iter().map(Row::case))
    }
}

impl<I, E, P> List<I, E, P>
where
    I: Serialize + Send + Sync + 'static,
    E: Serialize + Send + Sync + 'static,
{
    /// The data.
    pub fn data<T>(self, source: T) -> Data<I, E>
    where
        T: IntoIterator,
        T::Item: Row<I, P, Expected = E>,
    {
        Data::values(source.into_iter().map(Row::case))
    }
}

impl<I, E, P> Unknown<I, E, P> {
    /// The data.
    pub fn data<F: GivesRows<I, E>>(self, source: F) -> Data<I, E> {
        source.rows()
    }
}

/// Implemented for nothing: its name is in the message for what gives no rows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` gives no rows for this evaluation",
    label = "expected rows of inputs `{I}` and expected values `{E}`",
    note = "`data` is the path of a file, a list, or a function that takes nothing and returns \
            rows (or a `Result` of rows): `Case<{I}, {E}>`, or pairs of what turns into `{I}` and \
            `{E}`"
)]
pub trait GivesRows<I, E> {
    /// The data.
    fn rows(self) -> Data<I, E>;
}
