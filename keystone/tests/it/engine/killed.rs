//! A process that is killed while it runs an evaluation, and the run that goes on from there.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;

use keystone::eval::{EvalReport, Evaluation, Journal};

use super::child::{self, Killed};
use super::fixtures::{equal, into, journalled, over_numbers, steady};

const ROWS: u64 = 400;
const THREADS: usize = 4;
const TRACE: &str = "trace";

/// An evaluation whose task leaves a line in a file beside the journal.
fn traced(folder: &Path) -> Evaluation {
    let trace =
        std::fs::OpenOptions::new().create(true).append(true).open(folder.join(TRACE)).unwrap();
    let trace = Mutex::new(trace);
    over_numbers(ROWS, move |n| {
        // Long enough for a kill to find the run half-way, and no measure of anything.
        std::thread::sleep(std::time::Duration::from_micros(200));
        trace.lock().unwrap().write_all(format!("c{n}\n").as_bytes()).unwrap();
        if n % 7 == 0 { n + 1 } else { n }
    })
    .scorer(equal())
    .pass_rate(0.5)
    .max_concurrency(THREADS)
}

/// Done in a process of its own, which is killed meanwhile.
pub(super) fn appends(folder: &Path) {
    let report = traced(folder).run_with(&into(folder).resume()).unwrap();
    assert_eq!(report.summary.counts.total(), ROWS);
}

fn trace(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join(TRACE)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn times(trace: &[String]) -> BTreeMap<&str, usize> {
    let mut times = BTreeMap::new();
    for id in trace {
        *times.entry(id.as_str()).or_default() += 1;
    }
    times
}

#[test]
fn nothing_finished_is_run_again_after_a_kill() {
    // Kills once so many rows were traced, in one run after the other, then lets it finish.
    for kills in [&[1][..], &[37], &[120, 121, 300], &[399]] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let mut lost = Vec::new();
        for kill_at in kills {
            let mut child = Killed(child::command("appends", folder).spawn().unwrap());
            while trace(folder).len() < *kill_at {
                if let Some(status) = child.0.try_wait().unwrap() {
                    assert!(status.success(), "the child failed: {status}");
                    break;
                }
                std::thread::yield_now();
            }
            drop(child);
            let finished: Vec<String> = match Journal::open(folder) {
                Ok(journal) => journal.rows().unwrap().map(|row| row.unwrap().id).collect(),
                Err(_) => Vec::new(),
            };
            let done = trace(folder);
            let unwritten: Vec<String> =
                done.iter().filter(|id| !finished.contains(id)).cloned().collect();
            // A thread loses the row that it is at, and at most one more: a line that another
            // thread was about to take along.
            assert!(unwritten.len() <= 2 * THREADS, "{} rows were lost", unwritten.len());
            lost.extend(unwritten);
        }
        let report: EvalReport = traced(folder).run_with(&into(folder).resume()).unwrap();
        let done = trace(folder);
        let times = times(&done);
        assert_eq!(times.len(), ROWS as usize);
        for (id, count) in times {
            let lost = lost.iter().filter(|lost| *lost == id).count();
            // A lost row may be listed in several kills, though it was run once for each at most.
            assert!(count <= 1 + lost, "{id} ran {count} times and was lost {lost} times");
        }
        assert_eq!(report.summary.counts.total(), ROWS);
        assert_eq!(journalled(folder), report.rows);
        let other = tempfile::tempdir().unwrap();
        let whole = traced(other.path()).run().unwrap();
        assert_eq!(steady(&report.summary), steady(&whole.summary));
    }
}
