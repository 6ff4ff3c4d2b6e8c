//! The Python SDK, making its calls.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use keystone_e2e::{python, server::Server};
use serde_json::Value;

/// How a call ended: `ok` or the error, and what it returned.
#[derive(Debug, Clone)]
pub(super) struct Ended {
    pub(super) outcome: String,
    pub(super) result: Value,
}

/// Makes every call of `calls.py` against this server, none where there is no Python for it.
pub(super) fn call_all(server: &Server, folder: &Path) -> Option<BTreeMap<String, Ended>> {
    let script: PathBuf = [env!("CARGO_MANIFEST_DIR"), "python", "calls.py"].iter().collect();
    let mut command = Command::new(python()?);
    // The settings of whoever runs the tests are none of the calls'.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy().to_ascii_uppercase();
        if ["KEYSTONE_", "POLARITY_", "PYTHON"].iter().any(|prefix| text.starts_with(prefix))
            || text.ends_with("_PROXY")
        {
            command.env_remove(&name);
        }
    }
    let output = command
        .env("PYTHONUTF8", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_PROXY", "*")
        .arg(script)
        .args([server.url()])
        .arg(folder)
        .output()
        .unwrap_or_else(|error| panic!("cannot start Python: {error}"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let calls = said.lines().map(|line| {
        let line: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        (text("call"), Ended { outcome: text("outcome"), result: line["result"].clone() })
    });
    Some(calls.collect())
}
