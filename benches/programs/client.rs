//! The client and, beside it, bare ureq: what reading a lot and asking often cost. Prints how
//! many seconds it took, and the most memory that was resident, in MiB.

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use keystone::Keystone;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [kind, url, amount, width] = &args[..] else {
        return Err("usage: KIND URL AMOUNT WIDTH".into());
    };
    let (amount, width) = (amount.parse()?, width.parse()?);
    let client = Keystone::builder().base_url(url).build()?;
    let took = match kind.as_str() {
        "export" => export(&client, amount, width)?,
        "gets" => {
            together(amount, width, |_| client.health().send().is_ok_and(|health| health.is_ok()))?
        }
        "ureq" => {
            let agent = ureq::Agent::config_builder()
                .max_idle_connections(width)
                .max_idle_connections_per_host(width)
                .build()
                .new_agent();
            let url = format!("{url}/health");
            together(amount, width, |_| {
                let answer =
                    agent.get(&url).call().map(|mut answer| answer.body_mut().read_to_vec());
                matches!(answer, Ok(Ok(body)) if body.starts_with(b"{"))
            })?
        }
        "construction" => {
            let start = Instant::now();
            for _ in 0..amount {
                std::hint::black_box(Keystone::builder().base_url(url).build()?);
            }
            start.elapsed()
        }
        other => return Err(format!("no kind `{other}`").into()),
    };
    println!("{} {}", took.as_secs_f64(), keystone_benches::peak_mib());
    Ok(())
}

/// Reads all rows, and checks that they are all there.
fn export(client: &Keystone, rows: usize, page: usize) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    let mut read = 0;
    let mut tokens = 0;
    for event in client.export().traces().page_size(u32::try_from(page)?) {
        let event = event?;
        read += 1;
        tokens += event.cost.map_or(0, |cost| cost.input_tokens);
    }
    let took = start.elapsed();
    if read != rows || tokens == 0 {
        return Err(format!("{read} rows were read, not {rows}").into());
    }
    Ok(took)
}

/// Does the same thing many times on several threads, each time as it should be.
fn together(
    amount: usize,
    threads: usize,
    work: impl Fn(usize) -> bool + Sync,
) -> Result<Duration, Box<dyn Error>> {
    let next = AtomicUsize::new(0);
    let wrong = AtomicUsize::new(0);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= amount {
                        break;
                    }
                    if !work(number) {
                        wrong.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let took = start.elapsed();
    match wrong.into_inner() {
        0 => Ok(took),
        wrong => Err(format!("{wrong} of {amount} requests went wrong").into()),
    }
}
