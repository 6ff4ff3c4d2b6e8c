//! Processes with an environment of their own, since that of this one belongs to all tests.

use std::process::Command;

use keystone::{Error, Keystone};

/// What tells a child process what to do.
const TASK: &str = "E2E_CHILD";

/// What a child said.
pub(super) struct Said {
    /// Its answer.
    pub(super) answer: String,
    /// What came out on standard error.
    pub(super) stderr: String,
}

/// Has a child do one of the tasks below, with these variables and no others of the client's.
pub(super) fn say(task: &str, env: &[(&str, &str)]) -> Said {
    let this = std::env::current_exe().unwrap_or_else(|error| panic!("{error}"));
    let mut command = Command::new(this);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy().to_ascii_uppercase();
        if text.starts_with("KEYSTONE_")
            || text.starts_with("POLARITY_")
            || text.ends_with("_PROXY")
        {
            command.env_remove(&name);
        }
    }
    let output = command
        .args(["--exact", "client::child::does_its_task", "--nocapture"])
        .env(TASK, task)
        .envs(env.iter().copied())
        .output()
        .unwrap_or_else(|error| panic!("cannot start a process: {error}"));
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    // The harness may write the name of the test in front of it.
    let answer = stdout.lines().find_map(|line| line.split_once("answer: ").map(|(_, said)| said));
    let Some(answer) = answer else { panic!("{stdout}\n{stderr}") };
    Said { answer: answer.to_owned(), stderr }
}

/// Not a test of its own: what a child does.
#[test]
fn does_its_task() {
    let Ok(task) = std::env::var(TASK) else { return };
    let done: Result<String, Error> = match task.as_str() {
        "from_sandbox" => Keystone::from_sandbox().send().map(|(_, sandbox)| {
            serde_json::to_string(&*sandbox).unwrap_or_else(|error| error.to_string())
        }),
        "health" => Keystone::new().and_then(|client| {
            // Twice, to see what is said only once.
            client.health().send()?;
            Ok(client.health().send()?.status)
        }),
        "settings" => Keystone::new()
            .map(|client| format!("{} key={}", client.base_url(), client.has_api_key())),
        other => panic!("no task {other}"),
    };
    match done {
        Ok(answer) => println!("\nanswer: {answer}"),
        Err(error) => println!("\nanswer: error {:?}: {error}", error.kind()),
    }
}
