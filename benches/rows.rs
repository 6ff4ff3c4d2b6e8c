//! What the engine costs a row: a million typed rows in memory, a task that copies its input, one
//! exact match, two threads.
//!
//! The floor is what a rayon loop takes that does the same work without an engine: it copies,
//! looks at the clock around it, compares, and keeps output, score and time. With a journal the
//! floor also writes as many bytes as the journal has. Ours and the floor take turns.
//!
//! `cargo bench --bench rows -- profile` runs nothing but the engine, for a profiler.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::time::Instant;

use keystone::eval::{Data, Eval, Evaluation, RunOptions};
use keystone::scorers::ExactMatch;
use keystone_benches::{Contender, folder, load, peak_mib, print_rates, take_turns, wanted};
use rayon::prelude::*;

const ROWS: usize = 1_000_000;
const THREADS: usize = 2;
const ROUNDS: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    if !wanted() {
        return Ok(());
    }
    rayon::ThreadPoolBuilder::new().num_threads(THREADS).build_global()?;
    println!("{ROWS} rows, {THREADS} threads, {ROUNDS} rounds, load {}", load());

    let rows: Vec<Row> = (0..ROWS)
        .map(|i| Row { input: format!("row {i}"), expected: format!("row {i}") })
        .collect();
    let pairs: Vec<(String, String)> =
        rows.iter().map(|row| (row.input.clone(), row.expected.clone())).collect();
    let start = Instant::now();
    let data = Data::<String, String>::values(pairs);
    println!("`Data::values` of {ROWS} pairs: {:.3} s", start.elapsed().as_secs_f64());
    let evaluation = Eval::new("rows")
        .data(data)
        .task(|input: &String| input.clone())
        .scorer(ExactMatch::new())
        .max_concurrency(THREADS);

    let quiet = RunOptions::new();
    check(&evaluation, &quiet)?;
    // For a profiler: only the engine, again and again.
    if std::env::args().any(|arg| arg == "profile") {
        return (0..4 * ROUNDS).try_for_each(|_| check(&evaluation, &quiet));
    }
    let mut contenders = [
        Contender::new("rayon over typed rows", || loop_over(&rows)),
        Contender::new("keystone, nothing written", || evaluation.run_with(&quiet)),
    ];
    take_turns(ROUNDS, &mut contenders);
    print_rates("Nothing written (target: 0.5 of the floor)", ROWS, &contenders);

    let folder = folder("rows")?;
    let journalled = RunOptions::new().journal(folder.join("keystone"));
    check(&evaluation, &journalled)?;
    let journal = std::fs::read(folder.join("keystone").join("journal.jsonl"))?;
    println!("\nthe journal has {:.1} MB", journal.len() as f64 / 1e6);
    let raw = folder.join("raw");
    let mut contenders = [
        Contender::new("rayon over typed rows, then as many bytes", || {
            (loop_over(&rows), write(&raw, &journal))
        }),
        Contender::new("keystone, journal and summary", || evaluation.run_with(&journalled)),
    ];
    take_turns(ROUNDS, &mut contenders);
    print_rates("Journal and summary written (target: 1 M rows/s)", ROWS, &contenders);
    println!("\npeak of everything above {:.0} MiB, load {}", peak_mib(), load());
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// A bench of a run that went wrong would mean nothing.
fn check(evaluation: &Evaluation, options: &RunOptions) -> Result<(), Box<dyn Error>> {
    let counts = evaluation.run_with(options)?.summary.counts;
    if counts.pass != ROWS as u64 {
        return Err(format!("not every row passed: {counts:?}").into());
    }
    Ok(())
}

struct Row {
    input: String,
    expected: String,
}

/// Output, score and nanoseconds of every row.
fn loop_over(rows: &[Row]) -> Vec<(String, f64, u64)> {
    rows.par_iter()
        .map(|row| {
            let start = Instant::now();
            let output = row.input.clone();
            let took = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
            let score = f64::from(u8::from(output.trim() == row.expected.trim()));
            (output, score, took)
        })
        .collect()
}

/// Writes bytes in pieces of the size that the engine hands to the system.
fn write(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    bytes.chunks(64 * 1024).try_for_each(|chunk| file.write_all(chunk))
}
