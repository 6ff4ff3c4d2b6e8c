//! Catching panics of tasks and scorers, with their message and place.
//!
//! A panic's place is known only to the panic hook. The hook that this module installs, once,
//! keeps it for panics that a row is about to catch, and hands all others to the hook that was
//! there before.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static CATCHING: Cell<State> = const { Cell::new(State::Idle) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What a thread is at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Catching,
    /// The place of a panic was kept.
    Panicked,
}

/// A panic that was caught.
#[derive(Debug)]
pub(super) struct Caught {
    pub(super) message: String,
    pub(super) place: Option<String>,
}

impl std::fmt::Display for Caught {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a panic: {}", self.message)?;
        match &self.place {
            Some(place) => write!(f, " ({place})"),
            None => Ok(()),
        }
    }
}

/// Installs the hook; further calls do nothing.
pub(super) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if CATCHING.get() != State::Idle {
                let place = info
                    .location()
                    .map(|at| format!("{}:{}:{}", at.file(), at.line(), at.column()));
                PLACE.with_borrow_mut(|kept| *kept = place);
                CATCHING.set(State::Panicked);
            } else {
                previous(info);
            }
        }));
    });
}

/// Calls the function and catches its panic.
pub(super) fn catch<T>(function: impl FnOnce() -> T) -> Result<T, Caught> {
    let outermost = CATCHING.get() == State::Idle;
    if outermost {
        CATCHING.set(State::Catching);
    }
    let result = panic::catch_unwind(AssertUnwindSafe(function));
    if CATCHING.get() == State::Panicked {
        if result.is_ok() {
            // The function caught a panic of its own; its place must not be taken for that of a
            // later panic.
            PLACE.with_borrow_mut(|kept| *kept = None);
        }
        CATCHING.set(State::Catching);
    }
    if outermost {
        CATCHING.set(State::Idle);
    }
    result.map_err(|payload| Caught {
        message: message_of(payload),
        place: PLACE.with_borrow_mut(Option::take),
    })
}

fn message_of(payload: Box<dyn Any + Send>) -> String {
    let message = match payload.downcast::<String>() {
        Ok(text) => return *text,
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(text) => return (*text).to_owned(),
            Err(payload) => payload,
        },
    };
    // The payload's own destructor may panic as well, which must not escape from here.
    let _ = panic::catch_unwind(AssertUnwindSafe(move || drop(message)));
    "a panic whose message is not text".to_owned()
}
