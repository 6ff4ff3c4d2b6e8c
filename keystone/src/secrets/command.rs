//! Commands that print a secret.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How a command came to its end.
pub(super) enum Ended {
    /// It succeeded, and wrote this.
    Well(Vec<u8>),
    /// It failed.
    Badly(ExitStatus),
}

/// What keeps a command from coming to its end.
pub(super) enum CommandError {
    /// It ran too long.
    Time,
    /// It wrote too much.
    Size,
    /// It could not be run.
    Io(io::Error),
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Runs a command for so long at most, and takes so many bytes of its output at most.
pub(super) fn run(
    command: &str,
    directory: Option<&Path>,
    longest: Duration,
    largest: u64,
) -> Result<Ended, CommandError> {
    let start = Instant::now();
    let mut shell = shell(command);
    if let Some(directory) = directory {
        shell.current_dir(directory);
    }
    let child = shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut running = Running { child, ended: false };
    let Some(stdout) = running.child.stdout.take() else {
        return Err(io::Error::other("the command has no standard output").into());
    };

    // Reading cannot be given a time, so that another thread does it. It ends with the command,
    // which is killed when it is late.
    let (send, receive) = mpsc::sync_channel(1);
    thread::Builder::new().name("keystone-secret".to_owned()).spawn(move || {
        let mut output = Vec::new();
        let read = stdout.take(largest.saturating_add(1)).read_to_end(&mut output);
        // Nobody listens any more after the time is up.
        let _ = send.send(read.map(|_| output));
    })?;
    let output = match receive.recv_timeout(longest) {
        Ok(read) => read?,
        Err(_) => return Err(CommandError::Time),
    };
    if output.len() as u64 > largest {
        return Err(CommandError::Size);
    }
    let status = running.wait(longest.saturating_sub(start.elapsed()))?;
    Ok(if status.success() { Ended::Well(output) } else { Ended::Badly(status) })
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    use std::os::unix::process::CommandExt as _;

    let mut shell = Command::new("/bin/sh");
    // A group of its own, so that what the command has started can be ended with it.
    shell.arg("-c").arg(command).process_group(0);
    shell
}

#[cfg(windows)]
fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt as _;

    let program = std::env::var_os("COMSPEC").unwrap_or_else(|| "cmd.exe".into());
    let mut shell = Command::new(program);
    shell.arg("/C").raw_arg(command);
    shell
}

#[cfg(not(any(unix, windows)))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command);
    shell
}

/// A command that is killed when it is let go before its end.
struct Running {
    child: Child,
    ended: bool,
}

impl Running {
    /// Waits for the end of a command that has closed its output, which comes soon as a rule.
    fn wait(&mut self, longest: Duration) -> Result<ExitStatus, CommandError> {
        const LONGEST_PAUSE: Duration = Duration::from_millis(20);
        let start = Instant::now();
        let mut pause = Duration::from_micros(200);
        loop {
            if let Some(status) = self.child.try_wait()? {
                self.ended = true;
                return Ok(status);
            }
            if start.elapsed() >= longest {
                return Err(CommandError::Time);
            }
            thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        // Until it is waited for, no other process can have its number, nor the group.
        kill_group(&self.child);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Kills the command and what it has started. The standard library kills single processes only,
/// and the shell has the rest built in.
#[cfg(unix)]
fn kill_group(child: &Child) {
    let _ = Command::new("/bin/sh")
        .arg("-c")
        .arg(format!("kill -9 -{}", child.id()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

#[cfg(not(unix))]
fn kill_group(_: &Child) {}
