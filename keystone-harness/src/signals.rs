//! Ctrl-C and its relatives: a run is stopped, not lost.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use keystone::eval::Stop;
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::ExitCode;
use crate::progress::Line;

/// How often the flag that the signal handler sets is looked at. A handler itself may do next to
/// nothing.
const LOOK: Duration = Duration::from_millis(50);

/// From now on the first signal stops the run once the rows in flight are done, the second at
/// once, and the third ends the process whatever it does.
///
/// # Errors
/// Where the system does not let us listen.
pub(crate) fn listen(stop: Stop, line: Arc<Line>) -> io::Result<()> {
    let interrupted = Arc::new(AtomicUsize::new(0));
    for signal in [SIGINT, SIGTERM] {
        let seen = Arc::clone(&interrupted);
        signal_hook::flag::register_usize(signal, seen, 1)?;
    }
    thread::Builder::new().name("keystone-signals".into()).spawn(move || {
        let mut count = 0;
        loop {
            thread::sleep(LOOK);
            if interrupted.swap(0, Ordering::SeqCst) == 0 {
                continue;
            }
            count += 1;
            match count {
                1 => line.note("stopping: waiting for the rows in flight; once more stops at once"),
                2 => line.note("stopping at once; once more ends the process"),
                _ => std::process::exit(ExitCode::Errored.code().into()),
            }
            stop.request();
        }
    })?;
    Ok(())
}
