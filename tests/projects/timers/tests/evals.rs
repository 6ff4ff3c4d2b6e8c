//! Async tasks and scorers that need a tokio runtime.

use std::sync::Mutex;
use std::time::Duration;

use keystone::{eval, scorer};
use tokio::runtime::{Handle, Id};

#[scorer]
async fn slept_too(output: &str) -> bool {
    tokio::time::sleep(Duration::from_millis(1)).await;
    output == "slept"
}

#[eval(data = ["a", "b"], scores = [slept_too])]
async fn timer(_input: String) -> Result<&'static str, tokio::time::error::Elapsed> {
    tokio::time::sleep(Duration::from_millis(1)).await;
    tokio::time::timeout(Duration::from_secs(60), async { "slept" }).await
}

static RUNTIMES: Mutex<Vec<Id>> = Mutex::new(Vec::new());

/// Whether all tasks so far ran on one runtime.
fn same_runtime() -> bool {
    let mut seen = RUNTIMES.lock().expect("not poisoned");
    seen.push(Handle::current().id());
    seen.iter().all(|id| *id == seen[0])
}

#[eval(data = (0..20u32).map(|n| (n, true)), scores = [|output: bool| output])]
async fn one_runtime(_n: u32) -> bool {
    same_runtime()
}

#[eval(data = (0..20u32).map(|n| (n, true)), scores = [|output: bool| output])]
async fn one_runtime_for_all_evals(_n: u32) -> bool {
    same_runtime()
}

#[eval(data = [(1, 2)], scores = [|output: i64, expected: i64| output == expected])]
async fn spawned(n: i64) -> Result<i64, tokio::task::JoinError> {
    let half = tokio::spawn(async move { n });
    let other = tokio::task::spawn_blocking(move || n);
    Ok(half.await? + other.await?)
}

#[eval(data = ["x"], scores = [slept_too], timeout = "50ms")]
async fn late(_input: String) -> &'static str {
    tokio::time::sleep(Duration::from_secs(3600)).await;
    "slept"
}

keystone_harness::main!();
