//! What a test may do without, and when it may not.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Whether the environment says that something must be there.
fn required(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| value == "1")
}

/// Whether `cargo <tool>` works here. Where it does not, the test that asked says so and returns;
/// with `KEYSTONE_REQUIRE_TOOLS=1` it fails instead.
///
/// # Panics
/// Where the tool is missing and required.
#[must_use]
pub fn tool(name: &str) -> bool {
    let found = Command::new("cargo")
        .args([name, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        assert!(!required("KEYSTONE_REQUIRE_TOOLS"), "cargo {name} is not installed");
        eprintln!("SKIPPED: cargo {name} is not installed (cargo install cargo-{name})");
    }
    found
}

/// A Python that has the SDK which the client is compared with; `.ci/run` makes one and names it in
/// `KEYSTONE_PYTHON`. Where the variable is not set, the test that asked says so and returns; with
/// `KEYSTONE_REQUIRE_TOOLS=1` it fails instead.
///
/// # Panics
/// Where it is missing and required.
#[must_use]
pub fn python() -> Option<PathBuf> {
    let python = std::env::var_os("KEYSTONE_PYTHON").filter(|path| !path.is_empty());
    if python.is_none() {
        assert!(!required("KEYSTONE_REQUIRE_TOOLS"), "KEYSTONE_PYTHON is not set; .ci/run sets it");
        eprintln!(
            "SKIPPED: KEYSTONE_PYTHON names no Python with the packages of \
             tests/python/requirements.txt (`.ci/run test` makes one)"
        );
    }
    python.map(PathBuf::from)
}

/// A file of the data that lies beside the repository. Where it is absent, the test that asked says
/// so and returns; with `KEYSTONE_REQUIRE_SHARED=1` it fails instead.
///
/// # Panics
/// Where the file is absent and required.
#[must_use]
pub fn shared_data(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")).join(name);
    if path.is_file() {
        return path.canonicalize().ok();
    }
    assert!(!required("KEYSTONE_REQUIRE_SHARED"), "../shared/data/{name} is absent");
    eprintln!("SKIPPED: ../shared/data/{name}, beside the repository, is absent");
    None
}
