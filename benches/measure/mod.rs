//! What the benches share: rounds that take turns, figures of a process, and tables of ratios.
//!
//! A machine is never as quiet as one would like. What is compared takes turns within one run,
//! and what counts is a ratio within that run.

pub mod figures;

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Whether anything is to be measured: under `cargo test` and `--list` nothing is.
#[must_use]
pub fn wanted() -> bool {
    let mut args = std::env::args();
    args.any(|arg| arg == "--bench")
}

/// Something that is measured beside others.
pub struct Contender<'a> {
    name: &'a str,
    work: Box<dyn FnMut() + 'a>,
    times: Vec<Duration>,
}

impl<'a> Contender<'a> {
    /// Measures how long `work` takes, including the time in which what it returns is dropped.
    pub fn new<T>(name: &'a str, mut work: impl FnMut() -> T + 'a) -> Self {
        Self { name, work: Box::new(move || drop(black_box(work()))), times: Vec::new() }
    }

    /// The name it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// The shortest round.
    #[must_use]
    pub fn best(&self) -> Duration {
        self.times.iter().copied().min().unwrap_or_default()
    }

    /// The middle one of the rounds.
    #[must_use]
    pub fn median(&self) -> Duration {
        figures::median(self.times.iter().copied())
    }
}

/// Lets the contenders take turns, after one turn each that does not count.
pub fn take_turns(rounds: usize, contenders: &mut [Contender<'_>]) {
    for contender in &mut *contenders {
        (contender.work)();
    }
    for _ in 0..rounds {
        for contender in &mut *contenders {
            let start = Instant::now();
            (contender.work)();
            contender.times.push(start.elapsed());
        }
    }
}

/// Prints a table of rates, with each contender's ratio to the first, which is the floor.
pub fn print_rates(title: &str, rows: usize, contenders: &[Contender<'_>]) {
    println!("\n{title}\n");
    println!("| | rows/s, best | rows/s, median | ns a row, best | of the floor, best | median |");
    println!("|---|---:|---:|---:|---:|---:|");
    let Some(floor) = contenders.first() else { return };
    for contender in contenders {
        let (best, median) = (contender.best(), contender.median());
        println!(
            "| {} | {:.2} M | {:.2} M | {:.1} | {:.2} | {:.2} |",
            contender.name(),
            rows as f64 / best.as_secs_f64() / 1e6,
            rows as f64 / median.as_secs_f64() / 1e6,
            best.as_nanos() as f64 / rows as f64,
            floor.best().as_secs_f64() / best.as_secs_f64(),
            floor.median().as_secs_f64() / median.as_secs_f64(),
        );
    }
}

/// The folder into which benches write, under the target folder; made where it is missing.
///
/// # Errors
/// The folder cannot be made.
pub fn folder(name: &str) -> std::io::Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")),
        PathBuf::from,
    );
    let folder = target.join("benches").join(name);
    std::fs::create_dir_all(&folder)?;
    folder.canonicalize()
}

/// How loaded the machine is: the mean number of processes that wanted to run in the last minute.
#[must_use]
pub fn load() -> String {
    std::fs::read_to_string("/proc/loadavg")
        .ok()
        .and_then(|text| text.split(' ').next().map(str::to_owned))
        .unwrap_or_else(|| "unknown".to_owned())
}

/// The most memory that this process had resident at any time, in MiB; Linux only, else zero.
#[must_use]
pub fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or_default() / 1024.0
}
