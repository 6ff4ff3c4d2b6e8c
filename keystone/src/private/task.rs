//! The arguments and the results of task functions.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::{Debug, Display, Write as _};
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::eval::{RowError, RowErrorKind, TaskContext, TaskResult};
use crate::{IntoOutput, Output};

/// The input of a task with several parameters, read from a row that was made in code.
///
/// # Errors
/// Says which field is missing or does not fit its parameter.
pub fn fields<T: DeserializeOwned, E>(context: &TaskContext<'_, Value, E>) -> Result<T, RowError> {
    T::deserialize(&context.case.input).map_err(|error| {
        RowError::new(
            RowErrorKind::Data,
            format!("the input does not fit the parameters of the task: {error}"),
        )
    })
}

/// A value of the case that a task takes by value.
pub struct Argument<'a, T, I, E> {
    value: &'a T,
    context: &'a TaskContext<'a, I, E>,
}

impl<'a, T, I, E> Argument<'a, T, I, E> {
    /// The value, and the call that it is for.
    #[must_use]
    pub fn new(value: &'a T, context: &'a TaskContext<'a, I, E>) -> Self {
        Self { value, context }
    }
}

/// First choice: the value is cloned.
pub trait ByClone<T, I> {
    /// The value.
    ///
    /// # Errors
    /// None; it is a `Result` like that of [`Again::take`].
    fn take(&self, part: impl FnOnce(I) -> T) -> Result<T, RowError>;
}

impl<T: Clone, I, E> ByClone<T, I> for &&Argument<'_, T, I, E> {
    fn take(&self, _: impl FnOnce(I) -> T) -> Result<T, RowError> {
        Ok(self.value.clone())
    }
}

/// Second choice: the input is read again.
pub trait Again<T, I> {
    /// The value.
    ///
    /// # Errors
    /// Says why the input could not be read again.
    fn take(&self, part: impl FnOnce(I) -> T) -> Result<T, RowError>;
}

impl<T, I: DeserializeOwned, E> Again<T, I> for &Argument<'_, T, I, E> {
    fn take(&self, part: impl FnOnce(I) -> T) -> Result<T, RowError> {
        let unreadable = |why: String| RowError::new(RowErrorKind::Data, why);
        let json = self.context.input_json().map_err(unreadable)?;
        serde_json::from_str(&json).map(part).map_err(|error| {
            unreadable(format!("the input cannot be read again for a task that takes it: {error}"))
        })
    }
}

/// Last choice: the compiler says what is missing.
pub trait Unowned<T, I> {
    /// The value.
    ///
    /// # Errors
    /// Never: the bound cannot be met.
    fn take(&self, part: impl FnOnce(I) -> T) -> Result<T, RowError>
    where
        T: TakenByValue;
}

impl<T, I, E> Unowned<T, I> for Argument<'_, T, I, E> {
    fn take(&self, _: impl FnOnce(I) -> T) -> Result<T, RowError>
    where
        T: TakenByValue,
    {
        Err(RowError::new(RowErrorKind::Data, "the input cannot be taken by value"))
    }
}

/// Implemented for nothing: its name is in the message for what cannot be taken by value.
#[diagnostic::on_unimplemented(
    message = "a task that takes `{Self}` by value needs it to be `Clone`",
    label = "neither `Clone` nor `Deserialize`",
    note = "take a reference, `&{Self}`, or derive `Clone`"
)]
pub trait TakenByValue {}

/// Something that a task returned, by its type.
pub struct Probe<T>(PhantomData<T>);

impl<T> Probe<T> {
    /// For the type of this value.
    #[must_use]
    pub const fn of(_: &T) -> Self {
        Self(PhantomData)
    }
}

macro_rules! choice {
    ($(#[$doc:meta])* $trait:ident::$method:ident -> $token:ident
        for ($($generics:tt)*) $place:ty $(where $($bounds:tt)*)?) => {
        $(#[$doc])*
        pub trait $trait {
            /// What does the work.
            fn $method(&self) -> $token {
                $token
            }
        }

        impl<$($generics)*> $trait for $place $(where $($bounds)*)? {}

        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $token;
    };
}

choice! {
    /// A `Result` whose error knows its causes.
    ChainOutcome::outcome -> Chain for (T, E) &&&Probe<Result<T, E>> where E: Error
}
choice! {
    /// A `Result` whose error can be shown.
    DisplayOutcome::outcome -> Displayed for (T, E) &&Probe<Result<T, E>> where E: Display
}
choice! {
    /// A `Result` whose error can at least be debugged.
    DebugOutcome::outcome -> Debugged for (T, E) &Probe<Result<T, E>> where E: Debug
}
choice! {
    /// Anything else.
    PlainOutcome::outcome -> Plain for (T) Probe<T>
}

fn failed(message: String) -> RowError {
    RowError::new(RowErrorKind::Task, message)
}

impl Chain {
    /// The value, or the error with its causes.
    ///
    /// # Errors
    /// The task's.
    pub fn split<T, E: Error>(self, result: Result<T, E>) -> Result<T, RowError> {
        result.map_err(|error| {
            let mut message = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                let text = error.to_string();
                // Some errors say what caused them in their own text already.
                if !message.contains(&text) {
                    let _ = write!(message, ": {text}");
                }
                cause = error.source();
            }
            failed(message)
        })
    }
}

impl Displayed {
    /// The value, or the error.
    ///
    /// # Errors
    /// The task's.
    pub fn split<T, E: Display>(self, result: Result<T, E>) -> Result<T, RowError> {
        // The alternate form prints the whole chain of causes of anyhow and eyre errors.
        result.map_err(|error| failed(format!("{error:#}")))
    }
}

impl Debugged {
    /// The value, or the error.
    ///
    /// # Errors
    /// The task's.
    pub fn split<T, E: Debug>(self, result: Result<T, E>) -> Result<T, RowError> {
        result.map_err(|error| failed(format!("{error:?}")))
    }
}

impl Plain {
    /// The value.
    ///
    /// # Errors
    /// None; it is a `Result` like that of the others.
    pub fn split<T>(self, value: T) -> Result<T, RowError> {
        Ok(value)
    }
}

choice! {
    /// What is an output without being serialised.
    DirectOutput::output -> Direct for (T) &&Probe<T> where T: AsItIs
}
choice! {
    /// What is an output once it is serialised. Other than [`IntoOutput`] this takes values that
    /// borrow from the input.
    JsonOutput::output -> Serialised for (T) &Probe<T> where T: Serialize
}
choice! {
    /// What is perhaps an output by itself; else the compiler says what is missing.
    OtherOutput::output -> Other for (T) Probe<T>
}

impl Direct {
    /// The output.
    ///
    /// # Errors
    /// None; it is a `Result` like that of the others.
    pub fn make(self, value: impl AsItIs) -> TaskResult {
        Ok(value.output())
    }
}

impl Serialised {
    /// The output.
    ///
    /// # Errors
    /// What JSON cannot hold.
    pub fn make(self, value: impl Serialize) -> TaskResult {
        Output::json(&value).map_err(|error| RowError::new(RowErrorKind::Output, error.to_string()))
    }
}

impl Other {
    /// The output.
    ///
    /// # Errors
    /// What keeps the value from being an output.
    pub fn make(self, value: impl IntoOutput) -> TaskResult {
        value.into_output().map_err(|why| RowError::new(RowErrorKind::Output, why))
    }
}

/// What is an output without being serialised.
pub trait AsItIs {
    /// The output.
    fn output(self) -> Output;
}

impl AsItIs for Output {
    fn output(self) -> Output {
        self
    }
}

impl AsItIs for Value {
    fn output(self) -> Output {
        Output::from_value(self)
    }
}

impl AsItIs for String {
    fn output(self) -> Output {
        Output::text(self)
    }
}

impl AsItIs for &str {
    fn output(self) -> Output {
        Output::text(self)
    }
}

impl AsItIs for Cow<'_, str> {
    fn output(self) -> Output {
        Output::text(self)
    }
}
