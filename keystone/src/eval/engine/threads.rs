//! The threads of a run.

use std::sync::{Arc, Condvar, Mutex};

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::slot::locked;

/// Threads of a rayon pool of their own, each of which calls one function once.
///
/// The function is called from the pool's start handler, and a thread that is done with it waits
/// there for the end of the run. A thread of rayon that has nothing to do looks through the queues
/// of all others, again and again for a while, which for a thousand threads takes longer than most
/// runs; these never get to that.
///
/// Dropping this does not wait for a thread that is still busy, so that a task that never returns
/// holds up nothing.
pub(super) struct Threads {
    pool: Option<ThreadPool>,
    gate: Arc<Gate>,
}

/// Lets threads in once all of them have been started, and out once the run is over.
#[derive(Default)]
struct Gate {
    phase: Mutex<Phase>,
    changed: Condvar,
}

#[derive(Default, Clone, Copy, PartialEq, PartialOrd)]
enum Phase {
    #[default]
    Starting,
    Running,
    Over,
}

impl Threads {
    /// Starts so many threads, each of which calls the function with its number. Where the system
    /// does not give as many, none calls it.
    ///
    /// A task that uses rayon itself does so in the pool of its thread, all of whose threads are
    /// busy with rows. A few more are added to do such work, or whoever waits for a job that was
    /// spawned would wait for ever.
    pub(super) fn start(
        threads: usize,
        work: impl Fn(usize) + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let gate = Arc::new(Gate::default());
        let theirs = Arc::clone(&gate);
        let idle = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads + idle)
            .thread_name(|at| format!("keystone-{at}"))
            .start_handler(move |at| {
                if at < threads && theirs.wait_for(Phase::Running) == Phase::Running {
                    work(at);
                    theirs.wait_for(Phase::Over);
                }
            })
            .build();
        match pool {
            Ok(pool) => {
                gate.enter(Phase::Running);
                Ok(Self { pool: Some(pool), gate })
            }
            Err(error) => {
                gate.enter(Phase::Over);
                Err(error.to_string())
            }
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // In this order, threads find that the pool is closed when they come out of the gate.
        drop(self.pool.take());
        self.gate.enter(Phase::Over);
    }
}

impl Gate {
    fn enter(&self, phase: Phase) {
        *locked(&self.phase) = phase;
        self.changed.notify_all();
    }

    /// Waits until the phase has come, or a later one, and says which it is.
    fn wait_for(&self, phase: Phase) -> Phase {
        let now = self
            .changed
            .wait_while(locked(&self.phase), |now| *now < phase)
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *now
    }
}
