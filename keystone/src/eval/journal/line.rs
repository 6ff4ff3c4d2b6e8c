//! Writing a row's line without building a record first.

use serde::Serialize;

use crate::Output;
use crate::eval::work::TaskCase;
use crate::eval::{Outcome, RowError, Timing};
use crate::scorers::Score;

/// A row that is done, in the parts that the engine has at hand. Its line is read back as a
/// [`RowRecord`](crate::eval::RowRecord); a test holds the two together.
pub(in crate::eval) struct RowLine<'a> {
    pub(in crate::eval) index: u64,
    pub(in crate::eval) trial: u32,
    pub(in crate::eval) id: &'a str,
    /// The case, unless the row could not be read.
    pub(in crate::eval) case: Option<&'a dyn TaskCase>,
    pub(in crate::eval) output: Option<&'a Output>,
    pub(in crate::eval) outcome: Outcome,
    pub(in crate::eval) composite: Option<f64>,
    /// The names of the scorers, and what they said in the same order.
    pub(in crate::eval) names: &'a [String],
    pub(in crate::eval) scores: &'a [Score],
    pub(in crate::eval) error: Option<&'a RowError>,
    pub(in crate::eval) timing: Timing,
}

impl RowLine<'_> {
    /// Appends the line, with its line feed.
    pub(in crate::eval) fn write(&self, line: &mut Vec<u8>) {
        line.extend_from_slice(b"{\"index\":");
        json(line, &self.index);
        line.extend_from_slice(b",\"trial\":");
        json(line, &self.trial);
        line.extend_from_slice(b",\"id\":");
        json(line, self.id);
        if let Some(case) = self.case {
            field_unless_empty(line, b",\"tags\":", case.tags());
            write_or_remove(line, b",\"input\":", |line| case.write_input(line).is_ok());
            write_or_remove(line, b",\"expected\":", |line| {
                case.write_expected(line).unwrap_or(false)
            });
            field_unless_empty(line, b",\"context\":", case.context());
            if !case.metadata().is_empty() {
                line.extend_from_slice(b",\"metadata\":");
                json(line, case.metadata());
            }
        }
        if let Some(output) = self.output {
            line.extend_from_slice(b",\"output\":");
            json(line, output.value());
            field_unless_empty(line, b",\"retrieved\":", output.contexts());
            field_unless_empty(line, b",\"tool_calls\":", output.tool_calls());
            if !output.metadata_map().is_empty() {
                line.extend_from_slice(b",\"output_metadata\":");
                json(line, output.metadata_map());
            }
        }
        line.extend_from_slice(b",\"outcome\":");
        json(line, &self.outcome);
        if let Some(composite) = &self.composite {
            line.extend_from_slice(b",\"composite\":");
            json(line, composite);
        }
        line.extend_from_slice(b",\"scores\":[");
        for (at, (name, score)) in self.names.iter().zip(self.scores).enumerate() {
            if at > 0 {
                line.push(b',');
            }
            write_score(line, name, score);
        }
        line.push(b']');
        if let Some(error) = self.error {
            line.extend_from_slice(b",\"error\":");
            json(line, error);
        }
        line.extend_from_slice(b",\"tokens\":null,\"cost_usd\":null,\"spans\":null,\"run\":");
        json(line, &self.timing);
        line.extend_from_slice(b"}\n");
    }
}

fn write_score(line: &mut Vec<u8>, name: &str, score: &Score) {
    line.extend_from_slice(b"{\"name\":");
    json(line, name);
    line.extend_from_slice(b",\"score\":");
    json(line, &score.value());
    line.extend_from_slice(if score.passed() {
        b",\"passed\":true".as_slice()
    } else {
        b",\"passed\":false".as_slice()
    });
    if !score.message_text().is_empty() {
        line.extend_from_slice(b",\"message\":");
        json(line, score.message_text());
    }
    if let Some(reason) = score.unscored_reason() {
        line.extend_from_slice(b",\"unscored\":");
        json(line, reason);
    }
    if let Some(metadata) = score.metadata_map() {
        line.extend_from_slice(b",\"metadata\":");
        json(line, metadata);
    }
    line.push(b'}');
}

fn field_unless_empty<T: Serialize>(line: &mut Vec<u8>, name: &[u8], values: &[T]) {
    if !values.is_empty() {
        line.extend_from_slice(name);
        json(line, values);
    }
}

/// Writes a field, or nothing at all where there is no value.
fn write_or_remove(line: &mut Vec<u8>, name: &[u8], write: impl FnOnce(&mut Vec<u8>) -> bool) {
    let before = line.len();
    line.extend_from_slice(name);
    if !write(line) {
        line.truncate(before);
    }
}

/// Appends a value of our own as JSON. Text, numbers, JSON values and records of them always have
/// a JSON form; should one ever not, the line stays valid.
fn json<T: Serialize + ?Sized>(line: &mut Vec<u8>, value: &T) {
    let before = line.len();
    if serde_json::to_writer(&mut *line, value).is_err() {
        line.truncate(before);
        line.extend_from_slice(b"null");
    }
}
