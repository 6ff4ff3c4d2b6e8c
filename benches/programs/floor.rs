//! `floor URL ROWS IN_FLIGHT`: the floor under waiting tasks. As many requests as there are rows,
//! so many of them in flight, by tokio and reqwest with nothing around them. `sleep` instead of a
//! URL waits for 50 ms each.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use keystone_benches::figures;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [url, rows, in_flight] = args.as_slice() else {
        return Err("usage: floor URL|sleep ROWS IN_FLIGHT".into());
    };
    let (rows, in_flight): (u32, usize) = (rows.parse()?, in_flight.parse()?);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(all(url, rows, in_flight))?;
    figures::leave()?;
    Ok(())
}

async fn all(url: &str, rows: u32, in_flight: usize) -> Result<(), Box<dyn Error>> {
    let permits = Arc::new(Semaphore::new(in_flight));
    let client = reqwest::Client::builder().pool_max_idle_per_host(in_flight).build()?;
    let mut tasks = JoinSet::new();
    for row in 0..rows {
        let permit = Arc::clone(&permits).acquire_owned().await?;
        let (client, url) = (client.clone(), url.to_owned());
        tasks.spawn(async move {
            let answered = one(&client, &url, row).await;
            drop(permit);
            answered
        });
    }
    while let Some(answered) = tasks.join_next().await {
        answered??;
    }
    Ok(())
}

async fn one(client: &reqwest::Client, url: &str, row: u32) -> Result<(), reqwest::Error> {
    if url == "sleep" {
        tokio::time::sleep(Duration::from_millis(50)).await;
        return Ok(());
    }
    let answer = client.post(url).body(row.to_string()).send().await?.text().await?;
    assert_eq!(answer, row.to_string());
    Ok(())
}
