//! The place where a thread shows what it is doing.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, TryLockError};

use super::super::RowRecord;
use super::supply::Unit;
use super::tally::Tally;
use crate::Output;

/// The place where a thread shows what it is doing, so that the watchdog can end an overdue row
/// without the thread's help.
///
/// A row belongs to the thread until one of the two, the thread that finishes it or the watchdog,
/// changes `state` from this row's number to nothing. Whoever succeeds writes the row down; the
/// other leaves it alone. The number grows with every row, so that a watchdog that looked at one
/// row cannot end the next.
#[derive(Default)]
pub(super) struct Slot {
    state: AtomicU64,
    row: AtomicUsize,
    started_ns: AtomicU64,
    /// Whether the task of the row has returned.
    returned: AtomicBool,
    unit: Mutex<Option<Unit>>,
    /// The next row of the unit; past its end once the rest was taken away.
    next: AtomicUsize,
    output: RwLock<Option<Output>>,
    done: Mutex<Done>,
}

/// What a thread has finished.
#[derive(Default)]
pub(super) struct Done {
    /// Set once the run has taken everything; a row that ends later was not finished.
    pub(super) closed: bool,
    pub(super) tally: Tally,
    pub(super) lines: Vec<u8>,
    pub(super) rows: Vec<RowRecord>,
}

/// A row that is being run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket(u64);

/// Beyond the end of any unit, and far enough from the largest number to be counted up.
const NONE_LEFT: usize = usize::MAX / 2;

/// A state of no row. A thread whose row was ended by the watchdog stays here for good.
const NOTHING: u64 = 0;

impl Slot {
    /// Shows which rows the thread has taken on.
    pub(super) fn take_on(&self, unit: &Unit) {
        let mut shown = locked(&self.unit);
        *shown = Some(unit.clone());
        self.next.store(unit.rows.start, Ordering::Release);
    }

    /// The next row of the unit that the thread took on, unless there is none left.
    pub(super) fn next_of(&self, unit: &Unit) -> Option<usize> {
        let row = self.next.fetch_add(1, Ordering::AcqRel);
        (row < unit.rows.end).then_some(row)
    }

    /// Takes away the rows of the unit that have not been started.
    pub(super) fn take_rest(&self) -> Option<Unit> {
        let unit = locked(&self.unit);
        let unit = unit.as_ref()?;
        let next = self.next.swap(NONE_LEFT, Ordering::AcqRel);
        (next < unit.rows.end).then(|| Unit { rows: next..unit.rows.end, ..unit.clone() })
    }

    /// Shows that a row has started.
    pub(super) fn start(&self, number: u64, row: usize, now_ns: u64) -> Ticket {
        self.row.store(row, Ordering::Relaxed);
        self.started_ns.store(now_ns, Ordering::Relaxed);
        self.returned.store(false, Ordering::Relaxed);
        self.state.store(number, Ordering::Release);
        Ticket(number)
    }

    /// Shows that the task of the row has returned.
    pub(super) fn task_returned(&self) {
        self.returned.store(true, Ordering::Release);
    }

    /// Whether the task of the row had returned. Only meaningful for whoever has claimed the row.
    pub(super) fn has_returned(&self) -> bool {
        self.returned.load(Ordering::Acquire)
    }

    /// Claims the row; `false` means that the other side was faster.
    #[must_use]
    pub(super) fn claim(&self, ticket: Ticket) -> bool {
        self.state.compare_exchange(ticket.0, NOTHING, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// The row that has been running since before `limit_ns`, if one is.
    pub(super) fn overdue(&self, limit_ns: u64) -> Option<Ticket> {
        let state = self.state.load(Ordering::Acquire);
        (state != NOTHING && self.started_ns.load(Ordering::Relaxed) <= limit_ns)
            .then_some(Ticket(state))
    }

    /// The rows that the thread took on, and which of them it is at. Only meaningful for whoever
    /// has claimed the row.
    pub(super) fn position(&self) -> Option<(Unit, usize, u64)> {
        let unit = locked(&self.unit).take()?;
        Some((unit, self.row.load(Ordering::Relaxed), self.started_ns.load(Ordering::Relaxed)))
    }

    /// Puts the output where the watchdog finds it while scorers run, and calls back with it.
    pub(super) fn with_output<T>(&self, output: Output, f: impl FnOnce(&Output) -> T) -> Option<T> {
        *self.output.write().unwrap_or_else(PoisonError::into_inner) = Some(output);
        let result = {
            let shown = self.output.read().unwrap_or_else(PoisonError::into_inner);
            shown.as_ref().map(f)
        };
        // Dropped only here, after the callback: scorers, record and journal have seen it.
        self.output.write().unwrap_or_else(PoisonError::into_inner).take();
        result
    }

    /// Takes away the output of a row that a panic has ended.
    pub(super) fn take_output(&self) -> Option<Output> {
        self.output.write().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// A copy of the output of a row whose scorers are still running.
    pub(super) fn output(&self) -> Option<Output> {
        self.output.try_read().ok().and_then(|output| output.clone())
    }

    /// What the thread has finished.
    pub(super) fn done(&self) -> MutexGuard<'_, Done> {
        locked(&self.done)
    }
}

/// The lock, unless another thread has it.
pub(super) fn try_locked<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// No panic of a task or scorer happens under these locks, so that a poisoned one is as good as
/// any.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
