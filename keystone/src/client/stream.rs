//! Rows as a stream, for any executor.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::Error;

/// How many rows are read before they are asked for.
const AHEAD: usize = 64;

/// Rows that are fetched on a thread of a pool and awaited on any executor.
///
/// ```no_run
/// # async fn count() -> Result<(), keystone::Error> {
/// use keystone::Keystone;
///
/// let ks = Keystone::new()?;
/// let mut events = ks.export().traces().experiment_id("exp-abc").stream();
/// while let Some(event) = events.next().await {
///     println!("{}", event?.tool);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream does nothing until it is polled"]
pub struct RowStream<T>(Pin<Box<dyn Stream<Item = Result<T, Error>> + Send>>);

impl<T: Send + 'static> RowStream<T> {
    pub(crate) fn new(rows: impl Iterator<Item = Result<T, Error>> + Send + 'static) -> Self {
        // Few rows ahead: whoever stops early should not have paid for pages more.
        Self(Box::pin(blocking::Unblock::with_capacity(AHEAD, rows)))
    }

    /// The next row; none after the last one, and after the first error.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| self.0.as_mut().poll_next(context)).await
    }
}

impl<T> Stream for RowStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<T> fmt::Debug for RowStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream").finish_non_exhaustive()
    }
}
