//! Waiting for a run to end.

use std::time::{Duration, Instant};

use super::address::Address;
use super::call::Line;
use super::experiments::RESULTS;
use super::http::Wishes;
use crate::types::RunResults;
use crate::{Error, ErrorKind};

/// How to wait.
pub(crate) struct Waiting {
    pub(crate) interval: Duration,
    pub(crate) timeout: Duration,
    pub(crate) tell: Option<Tell>,
}

type Tell = Box<dyn FnMut(&RunResults) + Send>;

impl Default for Waiting {
    fn default() -> Self {
        Self { interval: Duration::from_secs(1), timeout: Duration::from_secs(600), tell: None }
    }
}

/// Looks at the results until they are complete. A server that fails for a while, or cannot be
/// reached, does not end the wait: the run, which costs money, goes on without us.
pub(crate) fn wait(
    line: &Line<'_>,
    experiment: &Address,
    mut waiting: Waiting,
) -> Result<RunResults, Error> {
    let started = Instant::now();
    // A run is asked for at most a hundred times a second, whatever the interval.
    let interval = waiting.interval.max(Duration::from_millis(10));
    let mut heard = None;
    loop {
        let left = waiting.timeout.saturating_sub(started.elapsed());
        let patience = line.wishes.deadline.unwrap_or(left).min(left).max(interval);
        let wishes = Wishes { deadline: Some(patience), ..line.wishes.clone() };
        let look = Line { wishes: &wishes, ..*line };
        let trouble = match look
            .get(experiment.clone())
            .and_then(|reply| reply.json_of::<RunResults>(&RESULTS))
        {
            Ok(results) => {
                if let Some(tell) = &mut waiting.tell {
                    tell(&results);
                }
                if results.is_complete() {
                    return Ok(results);
                }
                heard = Some((results.finished(), results.total_scenarios));
                None
            }
            Err(error) if passes(&error) => Some(error),
            Err(error) => {
                return Err(error.and(
                    "the run was started and goes on; do not start it again, ask for its results",
                ));
            }
        };
        let left = waiting.timeout.saturating_sub(started.elapsed());
        if left.is_zero() {
            let seconds = waiting.timeout;
            let what = match heard {
                None => format!("the server did not say how the run goes for {seconds:?}"),
                Some((_, 0)) => format!("the run has no scenarios after {seconds:?}"),
                Some((done, total)) => {
                    format!("{done} of {total} scenarios have ended after {seconds:?}")
                }
            };
            let error = Error::new(
                ErrorKind::NotFinished,
                format!("{what}; it goes on, and its results can be asked for later"),
            )
            .with_request("GET", experiment.path());
            return Err(match trouble {
                Some(trouble) => error.with_source(trouble),
                None => error,
            });
        }
        std::thread::sleep(interval.min(left));
    }
}

/// Whether looking again may go better.
fn passes(error: &Error) -> bool {
    // A web page in the place of an answer is what a server that is being replaced sends.
    error.is_retryable() || matches!(error.kind(), ErrorKind::Server | ErrorKind::Decode)
}
