//! Tasks that wait: what the threads of a run cost where all they do is wait for the network or
//! the clock. The floor is tokio with nothing around it. Each run is a process of its own, so that
//! its processor time and its memory are the client's alone; the server is in this process.

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use keystone_benches::figures::{self, Figures};
use keystone_benches::{folder, load, wanted};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const ROUNDS: usize = 7;

/// How long the server takes to answer.
const WAIT: Duration = Duration::from_millis(50);

fn main() -> Result<(), Box<dyn Error>> {
    if !wanted() {
        return Ok(());
    }
    let folder = folder("waits")?;
    println!("{ROUNDS} rounds, load {}", load());

    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))))?;
    let url = format!("http://{}/", listener.local_addr()?);
    runtime.spawn(serve(listener));

    compare(
        "2,000 requests of 50 ms, 64 at once: 1.5625 s, in whole waves 1.6 s",
        &mut [
            ("tokio and reqwest", floor(&[&url, "2000", "64"])),
            ("keystone and ureq", evals("requests", &url, &folder)),
        ],
        &folder,
    )?;
    println!("\nTargets: 1.05 of the floor, 30 MiB, 0.2 s of CPU.");
    compare(
        "20,000 sleeps of 50 ms, 1,000 at once: 1 s",
        &mut [
            ("tokio", floor(&["sleep", "20000", "1000"])),
            ("keystone", evals("sleeps", &url, &folder)),
        ],
        &folder,
    )?;
    println!("\nTarget: 1.2 s.");
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

fn floor(args: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_keystone-bench-floor"));
    program.args(args);
    program
}

fn evals(name: &str, url: &str, folder: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_keystone-bench-evals"));
    program.env("KEYSTONE_BENCH_URL", url);
    program
        .args(["--exact", name, "--run-id", "bench", "--output"])
        .arg(folder.join(figures::RESULTS));
    program
}

/// Runs the programs in turns, and prints their figures beside those of the first.
fn compare(
    title: &str,
    programs: &mut [(&str, Command)],
    folder: &Path,
) -> Result<(), Box<dyn Error>> {
    let mut rounds: Vec<Vec<Figures>> = vec![Vec::new(); programs.len()];
    let mut runs = Vec::new();
    for _ in 0..ROUNDS {
        for ((_, program), rounds) in programs.iter_mut().zip(&mut rounds) {
            rounds.push(figures::of(program, folder)?);
            runs.extend(duration(folder));
        }
    }
    runs.sort();
    println!("\n{title}\n");
    println!(
        "| | s, best | s, median | of the floor, best | median | s of CPU, best | median | peak, MiB |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    let best = |rounds: &[Figures], of: fn(&Figures) -> Duration| {
        rounds.iter().map(of).min().unwrap_or_default().as_secs_f64()
    };
    let median = |rounds: &[Figures], of: fn(&Figures) -> Duration| {
        figures::median(rounds.iter().map(of)).as_secs_f64()
    };
    for ((name, _), mine) in programs.iter().zip(&rounds) {
        println!(
            "| {name} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.1} |",
            best(mine, |round| round.wall),
            median(mine, |round| round.wall),
            best(mine, |round| round.wall) / best(&rounds[0], |round| round.wall),
            median(mine, |round| round.wall) / median(&rounds[0], |round| round.wall),
            best(mine, |round| round.cpu),
            median(mine, |round| round.cpu),
            mine.iter().map(|round| round.peak_mib).fold(0.0, f64::max),
        );
    }
    if let (Some(best), Some(median)) = (runs.first(), runs.get(runs.len() / 2)) {
        println!(
            "\nOf that the run itself, without start and reports: {best:.3?}, {median:.3?} median."
        );
    }
    Ok(())
}

/// How long the run took that just left its results, if it was one of ours.
fn duration(folder: &Path) -> Option<Duration> {
    let results = std::fs::read_dir(folder.join(figures::RESULTS).join("bench")).ok()?;
    let summary = results
        .filter_map(Result::ok)
        .find_map(|entry| std::fs::read(entry.path().join("summary.json")).ok())?;
    let summary: serde_json::Value = serde_json::from_slice(&summary).ok()?;
    summary["run"]["duration_ms"].as_f64().map(|ms| Duration::from_secs_f64(ms / 1e3))
}

async fn serve(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            // A client that hangs up has all that it wants.
            let _ = answer(stream).await;
        });
    }
}

/// As much of HTTP/1.1 as the two clients speak: requests with a length, one after the other on a
/// connection that is kept. Each is answered with its own body.
async fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut read = Vec::new();
    loop {
        let head = loop {
            if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        };
        let length = length_of(&String::from_utf8_lossy(&read[..head]));
        while read.len() < head + length {
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        }
        tokio::time::sleep(WAIT).await;
        let mut response = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
        )
        .into_bytes();
        response.extend_from_slice(&read[head..head + length]);
        read.drain(..head + length);
        stream.write_all(&response).await?;
    }
}

fn length_of(head: &str) -> usize {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or_default()
}
