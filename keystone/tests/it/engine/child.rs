//! Runs in a process of their own: the test binary starts itself once more, and in there one test,
//! chosen by an environment variable, does something that may kill the process.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{full_disk, killed, panicking, sources};

const ROLE: &str = "KEYSTONE_TEST_ROLE";
const FOLDER: &str = "KEYSTONE_TEST_FOLDER";

/// What a child does; does nothing when the tests are run by anyone else.
#[test]
fn role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("the parent names a folder"));
    match role.as_str() {
        "appends" => killed::appends(&folder),
        "fills_the_disk" => full_disk::fills_the_disk(&folder),
        "fills_the_disk_twice" => full_disk::fills_the_disk_twice(&folder),
        "prints_nothing" => panicking::prints_nothing(),
        "iterator_panics" => sources::iterator_panics(),
        "content_panics" => sources::content_panics(),
        other => panic!("there is no role {other}"),
    }
}

/// The command that starts a child in this role.
pub(super) fn command(role: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the path of this test"));
    command.args(["--exact", "engine::child::role", "--nocapture", "--test-threads=1"]);
    configure(&mut command, role, folder);
    command
}

/// The same, started by a shell that runs these commands before it turns into the child.
pub(super) fn command_after(shell: &str, role: &str, folder: &Path) -> Command {
    let mut command = Command::new("bash");
    command.arg("-c").arg(format!("{shell}; exec \"$0\" \"$@\""));
    command.arg(std::env::current_exe().expect("the path of this test"));
    command.args(["--exact", "engine::child::role", "--nocapture", "--test-threads=1"]);
    configure(&mut command, role, folder);
    command
}

fn configure(command: &mut Command, role: &str, folder: &Path) {
    command.env(ROLE, role).env(FOLDER, folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
}

/// A child that is killed, and waited for, when it is dropped.
pub(super) struct Killed(pub(super) Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
