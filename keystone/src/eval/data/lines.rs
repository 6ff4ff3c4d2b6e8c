//! A stream of bytes, cut into lines without ever holding more than a line may have.

use std::io::{self, BufRead, Read};

use super::source::Place;

/// What [`Lines::append`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read1 {
    /// A line was appended, with its line end if it has one.
    Line,
    /// The line would have made the buffer larger than the limit. It was skipped to its end; what
    /// was appended of it is taken back.
    TooLarge,
    /// There is nothing left.
    End,
}

/// The lines of a stream, counted.
pub(super) struct Lines {
    input: Box<dyn BufRead + Send>,
    place: Place,
}

impl Lines {
    pub(super) fn new(input: Box<dyn BufRead + Send>, offset: u64) -> Self {
        Self { input, place: Place { line: 1, column: 1, offset } }
    }

    /// Passes over the line that comes next.
    pub(super) fn skip(&mut self) -> io::Result<()> {
        self.place.offset += self.input.skip_until(b'\n')? as u64;
        self.place.line += 1;
        Ok(())
    }

    /// Where the next line starts.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Appends the next line to the buffer, which grows to `limit` bytes at most.
    pub(super) fn append(&mut self, buffer: &mut Vec<u8>, limit: usize) -> io::Result<Read1> {
        let before = buffer.len();
        // One byte more than is allowed tells a line that just fits from one that does not.
        let room = (limit + 1).saturating_sub(before) as u64;
        let read = (&mut self.input).take(room).read_until(b'\n', buffer)?;
        if read == 0 && room > 0 {
            return Ok(Read1::End);
        }
        self.place.offset += read as u64;
        let ended = buffer.len() > before && buffer.ends_with(b"\n");
        let outcome = if buffer.len() > limit || room == 0 {
            buffer.truncate(before);
            if !ended {
                self.place.offset += self.input.skip_until(b'\n')? as u64;
            }
            Read1::TooLarge
        } else {
            Read1::Line
        };
        self.place.line += 1;
        Ok(outcome)
    }
}

/// A line without its line end.
pub(super) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
