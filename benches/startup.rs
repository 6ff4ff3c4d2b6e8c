//! From the start of a test binary to its first row: an evaluation of twenty rows through the
//! harness, which notes when its task is first called.

use std::error::Error;
use std::process::Command;

use keystone_benches::{figures, folder, load, wanted};

const ROUNDS: usize = 41;

fn main() -> Result<(), Box<dyn Error>> {
    if !wanted() {
        return Ok(());
    }
    let folder = folder("startup")?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let mut program = Command::new(env!("CARGO_BIN_EXE_keystone-bench-evals"));
        program
            .args(["--exact", "first_row", "--run-id", "bench", "--output"])
            .arg(folder.join(figures::RESULTS));
        rounds.push(figures::of(&mut program, &folder)?);
    }
    let mut first: Vec<_> = rounds.iter().filter_map(|round| round.first_row).collect();
    first.sort();
    let ms = |at: usize| first.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3);
    println!("{ROUNDS} starts, load {}\n", load());
    println!("| to the first row | best | median | slowest | target |");
    println!("|---|---:|---:|---:|---:|");
    let last = first.len().saturating_sub(1);
    println!("| ms | {:.2} | {:.2} | {:.2} | 15 |", ms(0), ms(last / 2), ms(last));
    let whole = figures::median(rounds.iter().map(|round| round.wall));
    println!("\nfrom start to end {:.2} ms, median", whole.as_secs_f64() * 1e3);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
