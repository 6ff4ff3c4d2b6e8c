//! The live line on a terminal: how far the evaluation that runs has got.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use keystone::eval::{Observer, Progress, Started};

use crate::report::text::{fit, percent};

/// Where the live line goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nowhere: stderr is no terminal.
    Nowhere,
    /// On a line of its own.
    OwnLine,
    /// Behind `test NAME ... `, which was printed and waits for its `ok`. Names are padded to this
    /// many characters.
    BehindName(usize),
}

/// Names longer than this leave no room behind them.
const ROOM: usize = 50;

/// How long the line stays away when an evaluation is over, so that its result is printed first.
const PAUSE: Duration = Duration::from_millis(200);

/// The live line. Nothing of it goes into a pipe.
#[derive(Debug)]
pub(crate) struct Line {
    place: Place,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The evaluation whose name was printed last.
    open: Option<String>,
    /// Whether something stands there.
    drawn: bool,
    /// When the last evaluation was over.
    closed: Option<Instant>,
}

impl Line {
    /// The line for a run that prints its list in this way: `one_by_one` where each name is
    /// printed before its evaluation runs, padded to `name_width`.
    pub(crate) fn new(one_by_one: bool, name_width: usize) -> Self {
        let terminal = io::stderr().is_terminal()
            && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb");
        let place = match (terminal, one_by_one && io::stdout().is_terminal()) {
            (false, _) => Place::Nowhere,
            (true, true) if name_width <= ROOM => Place::BehindName(name_width),
            (true, _) => Place::OwnLine,
        };
        Self { place, state: Mutex::new(State::default()) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of an evaluation was printed.
    pub(crate) fn opened(&self, name: &str) {
        self.state().open = Some(name.to_owned());
    }

    /// The result of an evaluation is about to be printed.
    pub(crate) fn closed(&self) {
        let mut state = self.state();
        self.wipe(&mut state);
        state.open = None;
        state.closed = Some(Instant::now());
    }

    /// Prints a line that stays, where a terminal is watched; and in a pipe too.
    pub(crate) fn note(&self, text: &str) {
        let mut state = self.state();
        self.wipe(&mut state);
        let start = if matches!(self.place, Place::BehindName(_)) { "\n" } else { "" };
        let _ = writeln!(io::stderr().lock(), "{start}{text}");
    }

    fn wipe(&self, state: &mut State) {
        if !std::mem::take(&mut state.drawn) {
            return;
        }
        let _ = io::stderr().lock().write_all(self.start().as_bytes());
    }

    /// Goes to where the line starts and wipes what stands there.
    fn start(&self) -> String {
        match self.place {
            // `test `, the name, ` ... `; columns count from 1.
            Place::BehindName(width) => format!("\x1b[{}G\x1b[K", 5 + width + 5 + 1),
            _ => "\r\x1b[K".into(),
        }
    }

    fn draw(&self, progress: &Progress) {
        let mut state = self.state();
        let text = match self.place {
            Place::Nowhere => return,
            Place::BehindName(_) if state.open.as_ref() != Some(&progress.eval) => return,
            Place::BehindName(_) => describe(progress.into()),
            Place::OwnLine => {
                if state.closed.is_some_and(|at| at.elapsed() < PAUSE) {
                    return;
                }
                format!("{}  {}", fit(&progress.eval, 40), describe(progress.into()))
            }
        };
        // Automatic wrapping is off meanwhile, so that the line never becomes two.
        let end = if self.place == Place::OwnLine { "\r" } else { "" };
        let line = format!("{}\x1b[?7l{text}\x1b[?7h{end}", self.start());
        state.drawn = io::stderr().lock().write_all(line.as_bytes()).is_ok();
    }
}

impl Observer for Line {
    fn started(&self, _run: &Started) {}

    fn progress(&self, progress: &Progress) {
        self.draw(progress);
    }

    fn finished(&self, _progress: &Progress) {
        let mut state = self.state();
        self.wipe(&mut state);
    }
}

/// The numbers of a live line.
#[derive(Debug, Clone, Copy)]
struct Standing {
    done: u64,
    passed: u64,
    errors: u64,
    total: Option<u64>,
    elapsed: Duration,
    stopping: bool,
}

impl From<&Progress> for Standing {
    fn from(progress: &Progress) -> Self {
        let &Progress { done, passed, errors, total, elapsed, stopping, .. } = progress;
        Self { done, passed, errors, total, elapsed, stopping }
    }
}

/// How far an evaluation is, in a line: rows, pass rate so far, time, time left, speed.
fn describe(progress: Standing) -> String {
    let mut parts = Vec::new();
    let done = progress.done;
    match progress.total {
        Some(total) => parts.push(format!("{done}/{total} rows")),
        None => parts.push(format!("{done} rows")),
    }
    if done > 0 {
        let rate = percent(progress.passed as f64 / done as f64, None);
        parts.push(format!("{rate} passed"));
    }
    if progress.errors > 0 {
        let plural = if progress.errors == 1 { "" } else { "s" };
        parts.push(format!("{} error{plural}", progress.errors));
    }
    let elapsed = progress.elapsed.as_secs_f64();
    parts.push(format!("{} elapsed", clock(elapsed)));
    if progress.stopping {
        parts.push("stopping: waiting for the rows in flight".into());
    } else if done > 0 && elapsed > 0.0 {
        let rate = done as f64 / elapsed;
        if let Some(total) = progress.total {
            let left = total.saturating_sub(done) as f64 / rate;
            parts.push(format!("{} left", clock(left)));
        }
        parts.push(if rate >= 100.0 {
            format!("{rate:.0} rows/s")
        } else {
            format!("{rate:.1} rows/s")
        });
    }
    parts.join("  ")
}

/// Seconds as `00:12`, or `1:02:03` from an hour on.
fn clock(seconds: f64) -> String {
    // A float that is too large becomes the largest number, which is late enough.
    let seconds = seconds.round() as u64;
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{rest:02}")
    } else {
        format!("{minutes:02}:{rest:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_and_how_long() {
        let mut standing = Standing {
            done: 120,
            passed: 111,
            errors: 0,
            total: Some(400),
            elapsed: Duration::from_millis(12_250),
            stopping: false,
        };
        assert_eq!(
            describe(standing),
            "120/400 rows  92.5 % passed  00:12 elapsed  00:29 left  9.8 rows/s"
        );
        standing.total = None;
        standing.errors = 1;
        assert_eq!(
            describe(standing),
            "120 rows  92.5 % passed  1 error  00:12 elapsed  9.8 rows/s"
        );
        standing.stopping = true;
        assert!(describe(standing).ends_with("stopping: waiting for the rows in flight"));
        standing =
            Standing { done: 0, passed: 0, stopping: false, total: Some(4), errors: 0, ..standing };
        assert_eq!(describe(standing), "0/4 rows  00:12 elapsed");
    }

    #[test]
    fn a_clock_reads_as_one() {
        assert_eq!(clock(12.4), "00:12");
        assert_eq!(clock(3723.0), "1:02:03");
        assert_eq!(clock(59.6), "01:00");
    }
}
