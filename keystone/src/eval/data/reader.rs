//! Reading a file row by row, whatever its format.

use std::sync::Arc;

use super::array::Array;
use super::dataset::Format;
use super::fields::Role;
use super::json::{Parsed, missing};
use super::jsonl::JsonLines;
use super::lines::Lines;
use super::open::Text;
use super::problem::Problem;
use super::row::RowText;
use super::source::Source;
use super::table::Table;
use super::values::keys;

/// The rows of a file, in its order.
///
/// After a broken row the next one follows, where it can be found. A problem that ends reading
/// comes last.
pub(crate) struct RowReader {
    source: Arc<Source>,
    rows: Rows,
    seen: Seen,
    done: bool,
}

enum Rows {
    Lines(JsonLines),
    Array(Array),
    Table(Box<Table>),
}

/// Which of the fields that somebody named were in any row.
struct Seen {
    /// The roles whose field was in no row yet.
    outstanding: u16,
    /// The fields of the first row, to say what there is instead.
    names: Vec<String>,
    rows: u64,
}

impl RowReader {
    pub(super) fn new(source: Arc<Source>, format: Format, text: Text) -> Result<Self, Problem> {
        let Text { input, offset } = text;
        let mut outstanding = source.fields.counted_on();
        let rows = match format {
            Format::JsonLines => {
                let mut lines = Lines::new(input, offset);
                if source.copied {
                    // The line that says what the file is a copy of.
                    lines.skip().map_err(|error| source.io(&error, 1))?;
                }
                Rows::Lines(JsonLines::new(Arc::clone(&source), lines))
            }
            Format::Json => Rows::Array(Array::new(Arc::clone(&source), input, offset)),
            Format::Csv | Format::Tsv => {
                // The header has shown already that the columns are there.
                outstanding = 0;
                let delimiter = if format == Format::Csv { b',' } else { b'\t' };
                let lines = Lines::new(input, offset);
                Rows::Table(Box::new(Table::new(Arc::clone(&source), lines, delimiter)?))
            }
        };
        let seen = Seen { outstanding, names: Vec::new(), rows: 0 };
        Ok(Self { source, rows, seen, done: false })
    }

    /// The problem of a file without a row, for whoever finds that nothing came.
    pub(crate) fn no_rows(&self) -> Problem {
        self.source.problem("there are no rows in the file")
    }

    fn parsed(&mut self) -> Option<Result<Parsed, Problem>> {
        match &mut self.rows {
            Rows::Lines(lines) => lines.next(),
            Rows::Array(array) => array.next(),
            Rows::Table(table) => {
                table.next().map(|row| row.map(|row| Parsed { row, roles: u16::MAX }))
            }
        }
    }

    /// Whether a problem ended reading before the file did.
    fn is_broken(&self) -> bool {
        match &self.rows {
            Rows::Lines(lines) => lines.is_broken(),
            Rows::Array(array) => array.is_broken(),
            Rows::Table(_) => false,
        }
    }

    /// A named field that no row had; each is told once.
    fn never_seen(&mut self) -> Option<Problem> {
        if self.seen.rows == 0 || self.is_broken() {
            return None;
        }
        let role = Role::ALL.into_iter().find(|role| self.seen.outstanding & role.bit() != 0)?;
        self.seen.outstanding &= !role.bit();
        let name = &self.source.fields.slot(role).name;
        let message = missing(role, name, &self.seen.names, "the first row has");
        Some(self.source.problem(format!("in no row that could be read: {message}")))
    }
}

impl Iterator for RowReader {
    type Item = Result<RowText, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        match self.parsed() {
            None => {
                let problem = self.never_seen();
                self.done = problem.is_none();
                problem.map(Err)
            }
            Some(Err(problem)) => Some(Err(problem)),
            Some(Ok(Parsed { row, roles })) => {
                if self.seen.outstanding != 0 {
                    if self.seen.rows == 0 {
                        self.seen.names = keys(&row.text);
                    }
                    self.seen.outstanding &= !roles;
                }
                self.seen.rows += 1;
                Some(Ok(row))
            }
        }
    }
}
