//! What a task is given and what it gives back.

use std::fmt::Display;
use std::future::Future;
use std::time::Instant;

use super::{RowError, RowErrorKind};
use crate::{Case, IntoOutput, Output};

/// What a task came to.
pub type TaskResult = Result<Output, RowError>;

/// What a task is given: the case, and what the run knows about this call.
#[non_exhaustive]
pub struct TaskContext<'a, I, E> {
    /// The case.
    pub case: &'a Case<I, E>,
    /// Which run of the task on this case, from 0.
    pub trial: u32,
    /// When the row must be done.
    pub deadline: Option<Instant>,
    pub(crate) input_json: &'a dyn Fn() -> Result<String, String>,
}

impl<I, E> TaskContext<'_, I, E> {
    /// The input as JSON text.
    ///
    /// # Errors
    /// Says why a typed input could not be turned into JSON.
    pub fn input_json(&self) -> Result<String, String> {
        (self.input_json)()
    }

    /// Waits for a future: on the shared tokio runtime with the feature `tokio`, where it is
    /// dropped at the deadline; else on this thread.
    ///
    /// # Errors
    /// With the feature `tokio`: a [`RowErrorKind::Deadline`] error at the deadline.
    pub fn wait<F: Future>(&self, future: F) -> Result<F::Output, RowError> {
        crate::runtime::block_on_until(future, self.deadline).ok_or_else(|| {
            RowError::new(RowErrorKind::Deadline, "the task was dropped at its deadline")
        })
    }
}

/// An output or error value as a task's result.
pub(crate) fn plain(value: impl IntoOutput) -> TaskResult {
    value.into_output().map_err(|why| RowError::new(RowErrorKind::Output, why))
}

/// A `Result` as a task's result.
pub(crate) fn fallible<T: IntoOutput, E: Display>(value: Result<T, E>) -> TaskResult {
    match value {
        Ok(value) => plain(value),
        // The alternate form prints the whole chain of causes of anyhow and eyre errors.
        Err(error) => Err(RowError::new(RowErrorKind::Task, format!("{error:#}"))),
    }
}
