//! Where rows come from, and where in it a row is.

use std::path::PathBuf;

use super::fields::{Fields, Role};
use super::problem::Problem;

/// What all rows of one file share.
#[derive(Debug)]
pub(super) struct Source {
    /// The file, as the data set names it.
    pub(super) path: PathBuf,
    pub(super) fields: Fields,
    /// The largest row that is read, in bytes.
    pub(super) limit: usize,
    /// Whether the file is a copy of records that a server keeps: its first line says so, and in
    /// its rows `{"value": …}` stands for what is in it.
    pub(super) copied: bool,
}

/// The largest row that is read. It bounds the memory that a broken file can take.
pub(super) const ROW_LIMIT: usize = 32 * 1024 * 1024;

impl Source {
    pub(super) fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(&self.path, message)
    }

    /// The problem of a row that is larger than the limit.
    pub(super) fn too_large(&self, place: Place) -> Problem {
        let limit = match self.limit / (1024 * 1024) {
            0 => format!("{} bytes", self.limit),
            mebibytes => format!("{mebibytes} MiB"),
        };
        self.problem(format!("the row is larger than {limit}, the most that is read of one row"))
            .at_line(place.line)
    }

    /// Why text that is not UTF-8 cannot be read; the caller adds where it is.
    pub(super) fn not_utf8(&self, byte: u8) -> Problem {
        self.problem(format!("not UTF-8 (byte 0x{byte:02x}); save the file as UTF-8"))
    }

    /// The problem of a read that failed.
    pub(super) fn io(&self, error: &std::io::Error, line: u64) -> Problem {
        use std::io::ErrorKind;
        let message = match error.kind() {
            ErrorKind::UnexpectedEof => {
                "the gzip data stops short of its end; the file was cut off, get it again"
                    .to_owned()
            }
            ErrorKind::InvalidData | ErrorKind::InvalidInput => {
                format!("the gzip data is damaged ({error}); get the file again")
            }
            _ => format!("cannot be read: {error}"),
        };
        self.problem(message).at_line(line)
    }

    /// What to write so that a field of this name is taken for the role.
    pub(super) fn option_for(role: Role, name: &str) -> String {
        format!("{} = {name:?}", role.option())
    }
}

/// Where a row starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The line, from 1.
    pub(crate) line: u64,
    /// The byte within the line, from 1.
    pub(crate) column: u64,
    /// The byte within the file, from 0; within the decompressed text where it is compressed.
    pub(crate) offset: u64,
}

impl Place {
    /// The place after this text.
    pub(super) fn after(self, text: &[u8]) -> Self {
        let (line, column) = self.locate(text, text.len());
        Self { line, column, offset: self.offset + text.len() as u64 }
    }

    /// The line and column of a byte of the text that starts here.
    pub(super) fn locate(self, text: &[u8], offset: usize) -> (u64, u64) {
        let before = &text[..offset.min(text.len())];
        match before.iter().rposition(|byte| *byte == b'\n') {
            None => (self.line, self.column + before.len() as u64),
            Some(newline) => {
                let lines = before.iter().filter(|byte| **byte == b'\n').count();
                (self.line + lines as u64, (before.len() - newline) as u64)
            }
        }
    }
}
