//! A million rows streamed from a file of JSON lines through the harness, with journal, summary
//! and JUnit report: how much memory the process has at its peak, and how many rows a second it
//! does.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;

use keystone_benches::{figures, folder, load, wanted};

const ROWS: usize = 1_000_000;
const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    if !wanted() {
        return Ok(());
    }
    let folder = folder("stream")?;
    let rows = folder.join("rows.jsonl");
    generate(&rows)?;
    let megabytes =
        |path: &Path| -> std::io::Result<f64> { Ok(std::fs::metadata(path)?.len() as f64 / 1e6) };
    println!("{ROWS} rows, {:.0} MB, load {}\n", megabytes(&rows)?, load());
    println!("| | peak, MiB | rows/s | s | s of CPU |");
    println!("|---|---:|---:|---:|---:|");
    for (name, more) in [
        ("streamed", [].as_slice()),
        ("streamed, JUnit report once more elsewhere", &["--junit", "elsewhere.xml"]),
        ("streamed, the first ten thousand", &["--first", "10000"]),
    ] {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let mut program = Command::new(env!("CARGO_BIN_EXE_keystone-bench-evals"));
            program.current_dir(&folder).env("KEYSTONE_BENCH_ROWS", &rows);
            program
                .args(["--exact", "streamed", "--run-id", "bench", "--output"])
                .arg(folder.join(figures::RESULTS));
            program.args(more);
            rounds.push(figures::of(&mut program, &folder)?);
        }
        let peak = rounds.iter().map(|round| round.peak_mib).fold(0.0, f64::max);
        let wall = figures::median(rounds.iter().map(|round| round.wall)).as_secs_f64();
        let cpu = figures::median(rounds.iter().map(|round| round.cpu)).as_secs_f64();
        println!("| {name} | {peak:.1} | {:.0} | {wall:.2} | {cpu:.2} |", ROWS as f64 / wall);
    }
    println!("\nThe target is 64 MiB. What was written:");
    for file in ["journal.jsonl", "junit.xml"] {
        let path = folder.join(figures::RESULTS).join("bench").join("streamed").join(file);
        println!("{file} {:.0} MB", megabytes(&path).unwrap_or(f64::NAN));
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

fn generate(path: &Path) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for row in 0..ROWS {
        writeln!(
            file,
            r#"{{"input":"What is {row}, spelled out?","expected":"What is {row}, spelled out?"}}"#
        )?;
    }
    file.flush()
}
