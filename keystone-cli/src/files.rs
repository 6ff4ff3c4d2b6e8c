//! Files that are read whole, the standard input among them, and what is said of them.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::diagnostics::{Problem, error};
use crate::ending::Ending;

/// A text, and what messages call the file that it is from.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Text {
    /// Reads a file, or the standard input for `-`. A byte order mark is left out.
    pub(crate) fn read(path: &Path) -> Result<Self, Problem> {
        let (name, bytes) = if is_stdin(path) {
            let name = "<stdin>".to_owned();
            let mut bytes = Vec::new();
            match io::stdin().lock().read_to_end(&mut bytes) {
                Ok(_) => (name, bytes),
                Err(error) => return Err(unreadable(&name, path, &error)),
            }
        } else {
            let name = shown(path);
            match fs::read(path) {
                Ok(bytes) => (name, bytes),
                Err(error) => return Err(unreadable(&name, path, &error)),
            }
        };
        match String::from_utf8(bytes) {
            Ok(mut text) => {
                if text.starts_with('\u{feff}') {
                    text.drain(..'\u{feff}'.len_utf8());
                }
                Ok(Self { name, text })
            }
            Err(error) => Err(not_utf8(&name, error.as_bytes(), error.utf8_error().valid_up_to())),
        }
    }

    /// A problem at a place of the text, given in bytes from 0.
    pub(crate) fn problem(&self, at: usize, message: impl Into<String>) -> Problem {
        place(Problem::new(&self.name, message), self.text.as_bytes(), at)
    }
}

fn not_utf8(name: &str, bytes: &[u8], at: usize) -> Problem {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Problem::new(name, "the file is UTF-16; save it as UTF-8");
    }
    let byte = bytes.get(at).copied().unwrap_or_default();
    let message = format!("not UTF-8 (byte 0x{byte:02x}); save the file as UTF-8");
    place(Problem::new(name, message), bytes, at)
}

fn place(problem: Problem, text: &[u8], at: usize) -> Problem {
    let (line, column) = position(text, at);
    problem.at_line(line).at_column(column)
}

/// The line of a byte and its place within that, both from 1.
pub(crate) fn position(text: &[u8], at: usize) -> (u64, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    (line, before.len() - start + 1)
}

/// Whether a path stands for the standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// A path as messages show it.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Why a file could not be opened.
pub(crate) fn unreadable(file: &str, path: &Path, error: &io::Error) -> Problem {
    let message = match error.kind() {
        io::ErrorKind::NotFound => {
            let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            format!("there is no such file: {}", whole.display())
        }
        io::ErrorKind::IsADirectory => "is a folder, but a file is needed".to_owned(),
        _ => format!("cannot be read: {error}"),
    };
    Problem::new(file, message)
}

/// Writes a text to the standard output, as it is.
pub(crate) fn write(text: &str) -> Ending {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ending::Complete,
        // Whoever read it has gone, which is nobody's fault.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ending::Complete,
        Err(problem) => {
            error(Problem::new("standard output", format!("cannot be written: {problem}")));
            Ending::Incomplete
        }
    }
}
