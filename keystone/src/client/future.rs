//! Calls as futures, for any executor.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Call;
use crate::Error;

/// A [`Call`] under way, on a thread of a pool that grows with the calls and shrinks when they are
/// done. It needs no runtime, and none of its own is started.
///
/// Once it runs, dropping it does not take the request back: it ends unobserved.
#[must_use = "a future does nothing until it is awaited"]
pub struct Sending<T> {
    state: State<T>,
}

enum State<T> {
    Ready(Option<Call<T>>),
    Running(blocking::Task<Result<T, Error>>),
}

impl<T> Sending<T> {
    pub(crate) fn new(call: Call<T>) -> Self {
        Self { state: State::Ready(Some(call)) }
    }
}

impl<T> Unpin for Sending<T> {}

impl<T: Send + 'static> Future for Sending<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::Ready(call) = &mut self.state {
            let Some(call) = call.take() else {
                return Poll::Pending;
            };
            self.state = State::Running(blocking::unblock(|| call.send()));
        }
        match &mut self.state {
            State::Running(task) => Pin::new(task).poll(context),
            State::Ready(_) => Poll::Pending,
        }
    }
}

impl<T> fmt::Debug for Sending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}
