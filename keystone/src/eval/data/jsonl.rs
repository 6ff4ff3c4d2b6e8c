//! Rows that stand on a line each.

use std::sync::Arc;

use super::json::{self, Parsed};
use super::lines::{Lines, Read1, without_end};
use super::problem::Problem;
use super::source::Source;

/// Rows that stand on a line each.
pub(super) struct JsonLines {
    source: Arc<Source>,
    lines: Lines,
    scratch: Vec<u8>,
    /// Whether no line was read yet that is not blank.
    first: bool,
    broken: bool,
}

/// Lines up to this size are read into a buffer that is used again, and copied out of it once
/// their length is known, which is quicker than growing a buffer for each.
const SCRATCH: usize = 64 * 1024;

impl JsonLines {
    pub(super) fn new(source: Arc<Source>, lines: Lines) -> Self {
        Self { source, lines, scratch: Vec::new(), first: true, broken: false }
    }

    /// Whether a problem ended reading.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// The row of the next line that is not blank.
    pub(super) fn next(&mut self) -> Option<Result<Parsed, Problem>> {
        while !self.broken {
            self.scratch.clear();
            let place = self.lines.place();
            match self.lines.append(&mut self.scratch, self.source.limit) {
                Err(error) => {
                    self.broken = true;
                    return Some(Err(self.source.io(&error, place.line)));
                }
                Ok(Read1::End) => return None,
                Ok(Read1::TooLarge) => {
                    self.first = false;
                    self.scratch = Vec::new();
                    return Some(Err(self.source.too_large(place)));
                }
                Ok(Read1::Line) => {}
            }
            let line = without_end(&self.scratch);
            let (length, text) = (line.len(), line.trim_ascii());
            if text.is_empty() {
                continue;
            }
            if std::mem::take(&mut self.first) && begins_array_of_objects(text) {
                self.broken = true;
                let message = "the file holds one JSON array, and a .jsonl file one object a \
                               line; rename it to .json";
                return Some(Err(self.source.problem(message).at_line(place.line)));
            }
            self.scratch.truncate(length);
            let line = if length > SCRATCH {
                std::mem::take(&mut self.scratch)
            } else {
                self.scratch.clone()
            };
            return Some(json::parse(&self.source, place, line));
        }
        None
    }
}

/// Whether this is how a file begins that is one array of rows.
fn begins_array_of_objects(line: &[u8]) -> bool {
    match line.strip_prefix(b"[") {
        None => false,
        Some(rest) => rest.trim_ascii_start().first().is_none_or(|byte| *byte == b'{'),
    }
}
