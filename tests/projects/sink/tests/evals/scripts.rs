//! A task that does what the row says, one word after the other.
//!
//! `E2E_MARKS` names a file that every row adds its name to when it starts, and once more, behind a
//! full stop, when it ends; tests look there to know how far a run is. `E2E_GATE` names a file
//! that `wait` waits for.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use keystone::eval::data::Dataset;
use keystone::scorers::ExactMatch;
use keystone::{Case, eval};

fn file() -> Dataset {
    Dataset::file(std::env::var("E2E_DATA").unwrap_or_else(|_| "data/script.jsonl".into()))
}

/// Adds a line to the file of marks, in one write.
pub fn mark(line: &str) {
    let Some(path) = std::env::var_os("E2E_MARKS") else { return };
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("marks");
    file.write_all(format!("{line}\n").as_bytes()).expect("a mark");
}

/// Waits for the gate to open.
fn wait() {
    let gate = std::env::var_os("E2E_GATE").expect("E2E_GATE");
    while !Path::new(&gate).exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn carry_out(case: &Case<String, String>) -> Result<String, String> {
    let id = case.id.clone().unwrap_or_default();
    mark(&id);
    let mut said = String::new();
    let mut words = case.input.split(' ');
    while let Some(word) = words.next() {
        match word {
            "panic" => panic!("told to, by {id}"),
            "error" => return Err(format!("told to fail, by {id}")),
            "spin" => loop {
                std::hint::spin_loop();
            },
            "big" => return Ok("ü".repeat(5 * 1024 * 1024)),
            "wait" => wait(),
            "work" => std::thread::sleep(Duration::from_millis(1)),
            "secret" => said.push_str(&std::env::var("E2E_WORD").unwrap_or_default()),
            "fail-once" => {
                let done = std::env::var("E2E_GATE").expect("E2E_GATE");
                if !Path::new(&done).exists() {
                    return Err("not yet".into());
                }
                said.push_str("fine");
            }
            word => said.push_str(word),
        }
    }
    mark(&format!(".{id}"));
    Ok(said)
}

#[eval(data = file(), scores = [ExactMatch::new()], timeout = "60s")]
fn script(case: &Case<String, String>) -> Result<String, String> {
    carry_out(case)
}

#[eval(data = file(), scores = [ExactMatch::new()], timeout = "60s")]
fn script_again(case: &Case<String, String>) -> Result<String, String> {
    carry_out(case)
}

#[eval(data = file(), scores = [ExactMatch::new()], timeout = "60s", max_error_rate = 0.5, pass_rate = 0.5)]
fn lenient(case: &Case<String, String>) -> Result<String, String> {
    carry_out(case)
}
