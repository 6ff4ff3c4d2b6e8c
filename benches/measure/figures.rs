//! What a process knows of itself when it ends, and how the bench that started it gets to know.

use std::error::Error;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use nix::sys::resource::{UsageWho, getrusage};

const FILE: &str = "KEYSTONE_BENCH_FIGURES";

static FIRST_ROW: OnceLock<SystemTime> = OnceLock::new();

/// The figures of a process that has ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// From before it was started until it had ended.
    pub wall: Duration,
    /// Time of all processors, in programs and in the system.
    pub cpu: Duration,
    /// The most memory that was resident at any time, in MiB.
    pub peak_mib: f64,
    /// From before it was started to its first row, where it noted one.
    pub first_row: Option<Duration>,
}

/// Notes that the first row runs. Only the first call counts.
pub fn note_first_row() {
    FIRST_ROW.get_or_init(SystemTime::now);
}

/// Leaves the figures of this process in the file that the bench named; does nothing where no
/// bench did.
///
/// # Errors
/// The file cannot be written.
pub fn leave() -> io::Result<()> {
    let Some(file) = std::env::var_os(FILE) else { return Ok(()) };
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let micros = |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
    let cpu = micros(usage.user_time()) + micros(usage.system_time());
    let since_epoch = |time: &SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).ok();
    let first = FIRST_ROW.get().and_then(since_epoch).unwrap_or_default();
    std::fs::write(file, format!("{cpu} {} {}", super::peak_mib(), first.as_nanos()))
}

/// The folder, within that of the bench, for results of a run; see [`of`].
pub const RESULTS: &str = "run";

/// Runs a program to its end. Its output is shown only where it fails. What an earlier one left
/// in the folder for results is removed first.
///
/// # Errors
/// It cannot be run, does not succeed, or leaves no figures.
pub fn of(command: &mut Command, folder: &Path) -> Result<Figures, Box<dyn Error>> {
    let file = folder.join("figures");
    match std::fs::remove_dir_all(folder.join(RESULTS)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    command.env(FILE, &file).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let (started, start) = (SystemTime::now(), Instant::now());
    let output = command.output()?;
    let wall = start.elapsed();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let printed = String::from_utf8_lossy(&output.stdout);
        return Err(format!("{command:?} ended with {}:\n{printed}{said}", output.status).into());
    }
    let text = std::fs::read_to_string(file)?;
    let [cpu, peak_mib, first] = text.split(' ').collect::<Vec<_>>()[..] else {
        return Err(format!("not the figures of a process: {text}").into());
    };
    let first = Duration::from_nanos(first.parse()?);
    let started = started.duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(Figures {
        wall,
        cpu: Duration::from_micros(cpu.parse()?),
        peak_mib: peak_mib.parse()?,
        first_row: (!first.is_zero()).then(|| first.saturating_sub(started)),
    })
}

/// The middle one of some durations.
#[must_use]
pub fn median(durations: impl IntoIterator<Item = Duration>) -> Duration {
    let mut sorted: Vec<Duration> = durations.into_iter().collect();
    sorted.sort();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
