//! How this crate waits for futures.
//!
//! Without the feature `tokio` a future runs on the thread that waits for it. With it there is one
//! shared multi-thread runtime, started on first use and kept until the program ends: clients that
//! were made in one evaluation stay usable in the next, which a runtime per evaluation would break.

use std::future::Future;
use std::time::Instant;

/// Waits for a future, until the deadline where the runtime has timers; `None` means that the
/// deadline came first and the future was dropped.
#[cfg(not(feature = "tokio"))]
pub(crate) fn block_on_until<F: Future>(
    future: F,
    _deadline: Option<Instant>,
) -> Option<F::Output> {
    Some(pollster::block_on(future))
}

/// Waits for a future, until the deadline where the runtime has timers; `None` means that the
/// deadline came first and the future was dropped.
#[cfg(feature = "tokio")]
pub(crate) fn block_on_until<F: Future>(future: F, deadline: Option<Instant>) -> Option<F::Output> {
    let Some(handle) = shared() else {
        return Some(pollster::block_on(future));
    };
    handle.block_on(async {
        match deadline {
            None => Some(future.await),
            Some(at) => tokio::time::timeout_at(at.into(), future).await.ok(),
        }
    })
}

/// Waits for a future.
#[cfg(feature = "macros")]
pub(crate) fn block_on<F: Future>(future: F) -> Option<F::Output> {
    block_on_until(future, None)
}

/// The shared runtime; `None` where the operating system gives no threads for one.
#[cfg(feature = "tokio")]
fn shared() -> Option<&'static tokio::runtime::Handle> {
    static RUNTIME: std::sync::OnceLock<Option<tokio::runtime::Runtime>> =
        std::sync::OnceLock::new();
    RUNTIME
        .get_or_init(|| {
            tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .thread_name("keystone-tokio")
                .build()
                .ok()
        })
        .as_ref()
        .map(tokio::runtime::Runtime::handle)
}
