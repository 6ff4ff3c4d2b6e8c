//! Evaluations for the benches to run as processes of their own, through the harness like any
//! test target. When it ends it leaves its figures in the file that `KEYSTONE_BENCH_FIGURES` names.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use keystone::eval;
use keystone::eval::data::Dataset;
use keystone::scorers::ExactMatch;
use keystone_benches::figures;
use ureq::Agent;

/// The rows of a file that the bench made.
fn rows_of_file() -> Dataset {
    Dataset::file(std::env::var_os("KEYSTONE_BENCH_ROWS").map_or_else(PathBuf::new, PathBuf::from))
}

#[eval(data = rows_of_file(), scores = [ExactMatch::new()], max_concurrency = 2)]
fn streamed(input: String) -> String {
    input
}

/// So many rows, each a number that is expected back.
fn numbers(rows: u32) -> impl Iterator<Item = (u32, u32)> {
    (0..rows).map(|number| (number, number))
}

#[eval(data = numbers(20), scores = [ExactMatch::new()])]
fn first_row(number: u32) -> u32 {
    figures::note_first_row();
    number
}

#[eval(data = numbers(20_000), scores = [ExactMatch::new()], max_concurrency = 1_000)]
fn sleeps(number: u32) -> u32 {
    thread::sleep(Duration::from_millis(50));
    number
}

/// A client that keeps a connection for each row in flight.
static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    Agent::config_builder()
        .max_idle_connections(64)
        .max_idle_connections_per_host(64)
        .build()
        .new_agent()
});

static URL: LazyLock<String> =
    LazyLock::new(|| std::env::var("KEYSTONE_BENCH_URL").unwrap_or_default());

#[eval(data = numbers(2_000), scores = [ExactMatch::new()], max_concurrency = 64)]
fn requests(number: u32) -> Result<String, ureq::Error> {
    AGENT.post(&*URL).send(number.to_string())?.body_mut().read_to_string()
}

fn main() -> ExitCode {
    let site = keystone_harness::Site::new(module_path!(), file!());
    let code = keystone_harness::run(site.package(option_env!("CARGO_PKG_NAME")));
    match figures::leave() {
        Ok(()) => code,
        Err(error) => {
            eprintln!("the figures could not be left behind: {error}");
            ExitCode::FAILURE
        }
    }
}
