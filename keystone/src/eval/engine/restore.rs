//! Going on with a run that was interrupted.

use std::collections::HashMap;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use super::super::journal::{Event, Header, Writer};
use super::super::{EvalError, Journal, JournalError, Outcome, RowRecord};
use super::Shared;
use super::tally::{Mark, Tally};

/// The rows of an interrupted run. They are told apart by name and trial, so that it does not
/// matter where in the data set they stand now.
pub(super) struct Restored {
    journal: Journal,
    rows: HashMap<(u64, u32), Row>,
}

struct Row {
    index: u64,
    outcome: Outcome,
    composite: Option<f64>,
    marks: Box<[Mark]>,
    /// Where the row stands now; `None` until the data set has come to it.
    now: Option<u64>,
}

impl Restored {
    /// Opens the journal in this folder; `None` where the run ended before its first line.
    pub(super) fn open(folder: &Path, header: &Header) -> Result<Option<Self>, EvalError> {
        let refused = |why: String| EvalError::Resume { path: folder.to_owned(), why };
        let journal = match Journal::open(folder) {
            Ok(journal) => journal,
            Err(JournalError::Empty { .. }) => return Ok(None),
            Err(error) => return Err(refused(error.to_string())),
        };
        fits(journal.header(), header).map_err(refused)?;
        let mut rows = HashMap::with_capacity(journal.len());
        for row in journal.rows().map_err(|error| refused(error.to_string()))? {
            let row = row.map_err(|error| refused(error.to_string()))?;
            let marks =
                row.scores.iter().map(|score| Mark { value: score.score, passed: score.passed });
            let kept = Row {
                index: row.index,
                outcome: row.outcome,
                composite: row.composite,
                marks: marks.collect(),
                now: None,
            };
            rows.insert(key(&row.id, row.trial), kept);
        }
        Ok(Some(Self { journal, rows }))
    }

    /// Takes a row over, if the interrupted run finished it. Rows that ended in an error are run
    /// again.
    pub(super) fn take(&mut self, id: &str, trial: u32, index: u64, tally: &mut Tally) -> bool {
        let Some(row) = self.rows.get_mut(&key(id, trial)) else {
            return false;
        };
        row.now = Some(index);
        if row.outcome == Outcome::Error {
            return false;
        }
        tally.add(row.outcome, row.composite, row.marks.iter().copied());
        tally.resumed += 1;
        true
    }

    /// Hands rows that were taken over to those who want to see them, and writes those that moved
    /// once more, under their new index.
    pub(super) fn deliver(&self, shared: &Shared, rows: &mut Vec<RowRecord>) {
        let moved = |row: &Row| row.now.is_some_and(|now| now != row.index);
        let any_moved = self.rows.values().any(moved);
        let wanted = |outcome| {
            outcome != Outcome::Error && (any_moved || shared.keep || outcome != Outcome::Pass)
        };
        let Ok(records) = self.journal.rows_where(wanted) else {
            return;
        };
        for mut record in records.flatten() {
            let Some(row) = self.rows.get(&key(&record.id, record.trial)) else {
                continue;
            };
            let Some(now) = row.now else { continue };
            if now != record.index {
                record.index = now;
                if let Some(journal) = &shared.journal {
                    journal.event(&record);
                }
            }
            if record.outcome != Outcome::Pass {
                shared.failures.keep(&record);
            }
            if shared.keep {
                rows.push(record);
            }
        }
    }

    /// Strikes out the rows that the data set no longer has, once it was read to its end.
    pub(super) fn finish(&self, whole: bool, journal: Option<&Writer>) -> Option<String> {
        let gone = self.rows.values().filter(|row| row.now.is_none()).count();
        if !whole || gone == 0 {
            return None;
        }
        if let (Some(journal), Ok(records)) = (journal, self.journal.rows()) {
            for record in records.flatten() {
                if self
                    .rows
                    .get(&key(&record.id, record.trial))
                    .is_some_and(|row| row.now.is_none())
                {
                    journal.event(&Event::Gone { id: record.id, trial: record.trial });
                }
            }
        }
        let rows = if gone == 1 { "row" } else { "rows" };
        Some(format!(
            "{gone} {rows} of the resumed run are no longer in the data set and do not count any more"
        ))
    }
}

fn key(id: &str, trial: u32) -> (u64, u32) {
    (xxh3_64(id.as_bytes()), trial)
}

/// Whether the rows of an earlier run can stand beside new ones.
fn fits(earlier: &Header, now: &Header) -> Result<(), String> {
    if earlier.eval != now.eval {
        return Err(format!("it is a run of `{}`", earlier.eval));
    }
    if earlier.partial != now.partial {
        let filters = if earlier.partial.is_empty() {
            "no filters".to_owned()
        } else {
            format!("`{}`", earlier.partial.join(" "))
        };
        return Err(format!("it was started with {filters}; give the same, or start a new run"));
    }
    if earlier.scorers != now.scorers {
        return Err(
            "its rows were scored by other scorers; score them anew with --rescore, or start a new run"
                .to_owned(),
        );
    }
    if earlier.pass_threshold != now.pass_threshold {
        return Err(
            "its rows passed by another pass_threshold; score them anew with --rescore, or start a new run"
                .to_owned(),
        );
    }
    Ok(())
}
