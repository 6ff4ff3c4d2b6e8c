//! The journal of a run: what happened, one line an event, never changed once written.
//!
//! # Format
//! `journal.jsonl` is JSON Lines in UTF-8. A line is one of:
//!
//! | line | when |
//! |---|---|
//! | `{"event":"header","schema":1,…}` | first: what was evaluated and how, see [`Header`] |
//! | `{"index":0,"trial":0,…}` | a row that is done, see [`RowRecord`](super::RowRecord) |
//! | `{"event":"resumed",…}` | the run was interrupted and goes on from here |
//! | `{"event":"gone","id":…}` | a row of before the interruption that the data set no longer has |
//! | `{"event":"end",…}` | the run reached its end |
//!
//! Rows stand in the order in which they ended. Where a row and trial stands twice, which happens
//! only in resumed runs, the later line counts. A last line without a line feed was being written
//! when the process died, and does not count. What differs between two runs of the same thing
//! stands under the key `run` of each line; the rest is equal byte for byte once the rows are
//! sorted by index and trial.

mod header;
mod line;
mod reader;
mod writer;

pub use header::{DataHeader, Header, HeaderRun, ScorerHeader};
pub use reader::{Journal, JournalError, Rows};

pub(super) use header::{EndRun, Event};
pub(super) use line::RowLine;
pub(super) use writer::Writer;

/// The version of the journal's format.
pub const SCHEMA: u32 = 1;

/// The name of the journal in the folder of an evaluation's results.
pub const JOURNAL_FILE: &str = "journal.jsonl";

/// The name of the summary in the folder of an evaluation's results.
pub const SUMMARY_FILE: &str = "summary.json";
