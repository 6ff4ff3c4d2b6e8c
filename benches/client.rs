//! The client: reading a lot, asking often, and being made. The server is in this process, the
//! clients are processes of their own, so that their time and memory are theirs alone.

use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use keystone_benches::{load, wanted};
use serde_json::json;

const ROUNDS: usize = 7;

const ROWS: usize = 1_000_000;

/// How many rows a page has, the most that servers are known to give.
const PAGE: usize = 1_000;

const GETS: usize = 10_000;

const THREADS: usize = 64;

const CLIENTS: usize = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    if !wanted() {
        return Ok(());
    }
    println!("{ROUNDS} rounds, load {}", load());
    let server = Server::start()?;
    let url = server.url();

    println!("\n| | best | median | peak, MiB |\n|---|---:|---:|---:|");
    for page in [100, PAGE] {
        let (seconds, peak) = measure("export", &url, ROWS, page)?;
        println!(
            "| {ROWS} traces exported, {page} a page: rows/s | {:.0} | {:.0} | {peak:.1} |",
            ROWS as f64 / seconds[0],
            ROWS as f64 / seconds[seconds.len() / 2],
        );
    }
    println!("\nTargets: 300,000 rows/s, 32 MiB.");

    println!(
        "\n| | requests/s, best | median | connections | peak, MiB |\n|---|---:|---:|---:|---:|"
    );
    let mut best = Vec::new();
    for (name, kind) in [("bare ureq", "ureq"), ("keystone", "gets")] {
        let before = server.connections.load(Ordering::Relaxed);
        let (seconds, peak) = measure(kind, &url, GETS, THREADS)?;
        let opened = (server.connections.load(Ordering::Relaxed) - before) / (ROUNDS + 1);
        println!(
            "| {name} | {:.0} | {:.0} | {opened} | {peak:.1} |",
            GETS as f64 / seconds[0],
            GETS as f64 / seconds[seconds.len() / 2],
        );
        best.push((seconds[0], seconds[seconds.len() / 2]));
    }
    println!(
        "\nOf bare ureq: {:.2} best, {:.2} median. Targets: 40,000 requests/s or 0.6, 64 connections.",
        best[0].0 / best[1].0,
        best[0].1 / best[1].1
    );

    let (seconds, _) = measure("construction", &url, CLIENTS, 1)?;
    println!(
        "\nA client without TLS is made in {:.1} µs (median {:.1}). Target: 50.",
        seconds[0] / CLIENTS as f64 * 1e6,
        seconds[seconds.len() / 2] / CLIENTS as f64 * 1e6
    );
    Ok(())
}

/// Runs the program several times: what it says of its time, sorted, and its peak memory.
fn measure(
    kind: &str,
    url: &str,
    amount: usize,
    width: usize,
) -> Result<(Vec<f64>, f64), Box<dyn Error>> {
    let mut seconds = Vec::new();
    let mut peak: f64 = 0.0;
    for round in 0..=ROUNDS {
        let mut program = Command::new(env!("CARGO_BIN_EXE_keystone-bench-client"));
        program.args([kind, url, &amount.to_string(), &width.to_string()]);
        let output = program.stderr(Stdio::inherit()).output()?;
        let output = String::from_utf8(output.stdout)?;
        let (took, mib) = output.trim().split_once(' ').ok_or("the program failed")?;
        // The first round warms up.
        if round > 0 {
            seconds.push(took.parse()?);
        }
        peak = peak.max(mib.parse()?);
    }
    seconds.sort_by(f64::total_cmp);
    Ok((seconds, peak))
}

/// As much of a server as is needed: pages of traces, and health.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = listener.local_addr()?;
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::Relaxed);
                // A client that hangs up has all that it wants.
                std::thread::spawn(move || serve(stream));
            }
        });
        Ok(Self { address, connections })
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = [0; 8192];
    let mut pages: Option<(usize, String)> = None;
    loop {
        let mut filled = 0;
        while !buffer[..filled].ends_with(b"\r\n\r\n") {
            match stream.read(&mut buffer[filled..])? {
                0 => return Ok(()),
                read => filled += read,
            }
        }
        let head = String::from_utf8_lossy(&buffer[..filled]);
        let parameter = |name: &str| {
            let value = head
                .lines()
                .next()?
                .split(['?', '&', ' '])
                .find_map(|pair| pair.strip_prefix(name))?;
            value.parse::<usize>().ok()
        };
        let body = if head.starts_with("GET /v1/traces") {
            let limit = parameter("limit=").unwrap_or(100);
            let page = parameter("cursor=").unwrap_or(0);
            if pages.as_ref().is_none_or(|(rows, _)| *rows != limit) {
                pages = Some((limit, rows(limit)));
            }
            let items = pages.as_ref().map_or("", |(_, items)| items);
            let next = if (page + 1) * limit < ROWS {
                format!("\"{}\"", page + 1)
            } else {
                "null".to_owned()
            };
            format!("{{\"items\":[{items}],\"next_cursor\":{next}}}")
        } else {
            "{\"status\":\"ok\"}".to_owned()
        };
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
    }
}

fn rows(amount: usize) -> String {
    let rows: Vec<String> = (0..amount)
        .map(|n| {
            json!({
                "id": n, "ts": "2026-11-23T10:00:00.000000+00:00", "event_type": "llm_call",
                "tool": "openai.create", "phase": "complete", "duration_ms": 812, "status": "ok",
                "span_id": "span_0123456789ab", "root_span_id": "0123456789abcdef",
                "experiment_id": "exp-abc", "created_at": "2026-11-23T10:00:00Z",
                "cost": {"input_tokens": 420, "output_tokens": 180, "model": "gpt-4o", "estimated_usd": 0.00285},
            })
            .to_string()
        })
        .collect();
    rows.join(",")
}
