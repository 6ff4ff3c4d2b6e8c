//! Rows that are the records of a table: comma- or tab-separated.

use std::sync::Arc;

use csv_core::{ReadRecordResult, ReaderBuilder, Terminator};
use serde_json::Map;

use super::fields::Role;
use super::json::missing;
use super::lines::{Lines, Read1, without_end};
use super::problem::Problem;
use super::row::{Part, RowText, Shape, check_id, id_of, metadata_of, texts_of, without_place};
use super::source::{Place, Source};
use super::values::{Member, follow};

/// Rows that are the records of a table.
pub(super) struct Table {
    source: Arc<Source>,
    records: Records,
    names: Vec<String>,
    columns: [Column; Role::COUNT],
}

/// Where the value of a role is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    None,
    /// A cell, as text.
    Cell(usize),
    /// Something inside a cell that is JSON, at the slot's path.
    Inside(usize),
    /// All cells.
    Record,
}

impl Table {
    /// Reads the header and finds the columns in it.
    pub(super) fn new(source: Arc<Source>, lines: Lines, delimiter: u8) -> Result<Self, Problem> {
        let mut records = Records::new(lines, delimiter);
        let mut table = match records.next(&source) {
            None => Self { source, records, names: Vec::new(), columns: [Column::None; 6] },
            Some(Err(problem)) => return Err(problem),
            Some(Ok(_)) => {
                let names = records.cells().map(|cell| cell.trim().to_owned()).collect();
                Self { source, records, names, columns: [Column::None; 6] }
            }
        };
        if table.names.is_empty() {
            table.records.done = true;
            return Ok(table);
        }
        table.check_names()?;
        for role in Role::ALL {
            table.columns[role as usize] = table.column(role)?;
        }
        Ok(table)
    }

    fn check_names(&self) -> Result<(), Problem> {
        let line = self.records.place.line;
        for (index, name) in self.names.iter().enumerate() {
            if name.contains('\r') {
                let message = "lines end with carriage returns alone; save the file with line \
                               feeds";
                return Err(self.source.problem(message).at_line(line));
            }
            // Spreadsheets leave columns without a name; nobody can ask for those.
            let earlier = self.names[..index].iter().position(|earlier| earlier == name);
            if let Some(earlier) = earlier.filter(|_| !name.is_empty()) {
                let message = format!(
                    "columns {} and {} have the same name; give each its own",
                    earlier + 1,
                    index + 1
                );
                return Err(self.source.problem(message).at_line(line).in_field(name));
            }
        }
        Ok(())
    }

    fn column(&self, role: Role) -> Result<Column, Problem> {
        let slot = self.source.fields.slot(role);
        let named = |wanted: &str| self.names.iter().position(|name| name == wanted);
        if slot.is_whole() {
            return Ok(Column::Record);
        }
        if slot.is_none() && role != Role::Input {
            return Ok(Column::None);
        }
        if let Some(index) = named(&slot.name) {
            return Ok(Column::Cell(index));
        }
        if let Some(index) = slot.path.first().and_then(|head| named(head)) {
            return Ok(Column::Inside(index));
        }
        if slot.explicit || role == Role::Input {
            let mut message = missing(role, &slot.name, &self.names, "the columns are");
            if self.names.len() == 1 && self.names[0].contains([';', '\t', '|']) {
                message.push_str("; cells are separated with commas in .csv, with tabs in .tsv");
            }
            return Err(self.source.problem(message).at_line(self.records.place.line));
        }
        Ok(Column::None)
    }

    pub(super) fn next(&mut self) -> Option<Result<RowText, Problem>> {
        loop {
            let record = match self.records.next(&self.source)? {
                Ok(record) => record,
                Err(problem) => return Some(Err(problem)),
            };
            let (found, wanted) = (self.records.count, self.names.len());
            // A record of empty cells says nothing, however many there are.
            if wanted > 1 && self.records.output_len() == 0 {
                continue;
            }
            if found != wanted {
                let cells = if found == 1 { "cell" } else { "cells" };
                let message = format!(
                    "the record has {found} {cells}, and the header {wanted}; put cells that \
                     hold the separator or a line end into quotes"
                );
                return Some(Err(self.source.problem(message).at_line(record.line)));
            }
            return Some(self.row(record));
        }
    }

    fn row(&self, place: Place) -> Result<RowText, Problem> {
        let wrong = |role: Role, id: Option<&str>| {
            let name = self.name(role).to_owned();
            let id = id.map(str::to_owned);
            move |message: String| {
                let problem = self.source.problem(message).at_line(place.line);
                problem.in_field(name).of_row(id.as_deref())
            }
        };
        let id = match self.value(Role::Id).map_err(wrong(Role::Id, None))? {
            Found::None | Found::Cell("") => None,
            Found::Cell(cell) => {
                check_id(cell).map_err(wrong(Role::Id, None))?;
                Some(cell.to_owned())
            }
            Found::Json(json) => id_of(&json).map_err(wrong(Role::Id, None))?,
        };
        let named = id.as_deref();
        let value = |role| self.value(role).map_err(wrong(role, named));

        let tags = match value(Role::Tags)? {
            Found::None => Vec::new(),
            Found::Cell(cell) => cell
                .split([',', ';', '|'])
                .map(str::trim)
                .filter(|tag| !tag.is_empty())
                .map(str::to_owned)
                .collect(),
            Found::Json(json) => texts_of(&json, false).map_err(wrong(Role::Tags, named))?,
        };
        let metadata = match value(Role::Metadata)? {
            Found::None | Found::Cell("") => Map::new(),
            Found::Cell(cell) => metadata_of(cell.trim()).map_err(wrong(Role::Metadata, named))?,
            Found::Json(json) => metadata_of(&json).map_err(wrong(Role::Metadata, named))?,
        };
        let context = match value(Role::Context)? {
            Found::None | Found::Cell("") => Vec::new(),
            // A text may well begin with a bracket; a list of texts it is only if it reads as one.
            Found::Cell(cell) => {
                serde_json::from_str(cell).unwrap_or_else(|_| vec![cell.to_owned()])
            }
            Found::Json(json) => texts_of(&json, true).map_err(wrong(Role::Context, named))?,
        };

        let mut text = String::new();
        let mut part = |role: Role, found: Found<'_>| -> Result<Part, String> {
            let start = text.len();
            let shape = match (&found, self.columns[role as usize]) {
                (Found::Json(_), Column::Record) => Shape::Record,
                (Found::Json(_), _) => Shape::Json,
                _ => Shape::Cell,
            };
            match found {
                Found::None => text.push_str("null"),
                Found::Cell(cell) => text.push_str(&json_text(cell)?),
                Found::Json(json) => text.push_str(&json),
            }
            Ok(Part::new(&text, start..text.len(), shape))
        };
        let input = match value(Role::Input)? {
            Found::None => {
                let message = "the row has no such value in its cell".to_owned();
                return Err(wrong(Role::Input, named)(message));
            }
            found => part(Role::Input, found).map_err(wrong(Role::Input, named))?,
        };
        let expected = match value(Role::Expected)? {
            Found::None | Found::Cell("") => None,
            Found::Json(json) if json == "null" => None,
            found => Some(part(Role::Expected, found).map_err(wrong(Role::Expected, named))?),
        };
        let source = Arc::clone(&self.source);
        Ok(RowText { source, place, text, input, expected, id, tags, metadata, context })
    }

    /// The value of a role in the record that was read last.
    fn value(&self, role: Role) -> Result<Found<'_>, String> {
        let cell = |index| self.records.cells().nth(index).unwrap_or_default();
        match self.columns[role as usize] {
            Column::None => Ok(Found::None),
            Column::Cell(index) => Ok(Found::Cell(cell(index))),
            Column::Record => self.record().map(Found::Json),
            Column::Inside(index) => {
                let cell = cell(index).trim();
                if cell.is_empty() {
                    return Ok(Found::None);
                }
                serde_json::from_str::<&serde_json::value::RawValue>(cell).map_err(|error| {
                    format!("the cell is not JSON, to look into: {}", without_place(&error))
                })?;
                match follow(cell, &self.source.fields.slot(role).path[1..]) {
                    Member::Found(raw) => Ok(Found::Json(raw.get().to_owned())),
                    Member::Absent => Ok(Found::None),
                    Member::Twice => Err("a key on the way there is given twice".to_owned()),
                }
            }
        }
    }

    /// The record as a JSON object of texts.
    fn record(&self) -> Result<String, String> {
        let mut json = String::from("{");
        for (name, cell) in self.names.iter().zip(self.records.cells()) {
            if name.is_empty() {
                continue;
            }
            if json.len() > 1 {
                json.push(',');
            }
            json.push_str(&json_text(name)?);
            json.push(':');
            json.push_str(&json_text(cell)?);
        }
        json.push('}');
        Ok(json)
    }

    fn name(&self, role: Role) -> &str {
        match self.columns[role as usize] {
            Column::Cell(index) => &self.names[index],
            _ => &self.source.fields.slot(role).name,
        }
    }
}

/// A value as it stands in a record.
enum Found<'a> {
    None,
    Cell(&'a str),
    Json(String),
}

fn json_text(text: &str) -> Result<String, String> {
    serde_json::to_string(text).map_err(|error| error.to_string())
}

/// The records of a table, one at a time, none larger than the limit.
///
/// Lines are counted and bounded here and handed to the parser one by one, so that a quote that
/// is never closed costs no more memory than a row may have.
struct Records {
    lines: Lines,
    parser: csv_core::Reader,
    /// The record as the file has it.
    raw: Vec<u8>,
    /// The cells, one after the other.
    output: String,
    ends: Vec<usize>,
    count: usize,
    /// Where the record starts.
    place: Place,
    done: bool,
}

impl Records {
    fn new(lines: Lines, delimiter: u8) -> Self {
        let parser =
            ReaderBuilder::new().delimiter(delimiter).terminator(Terminator::Any(b'\n')).build();
        let place = lines.place();
        Self {
            lines,
            parser,
            raw: Vec::new(),
            output: String::new(),
            ends: vec![0; 16],
            count: 0,
            place,
            done: false,
        }
    }

    fn output_len(&self) -> usize {
        self.output.len()
    }

    fn cells(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends[..self.count]).map(|(start, end)| &self.output[start..*end])
    }

    /// Reads the next record, and says where it starts.
    fn next(&mut self, source: &Source) -> Option<Result<Place, Problem>> {
        if self.done {
            return None;
        }
        let read = self.read(source);
        // What a failed read left in the parser is no beginning of the next record.
        if !matches!(read, Some(Ok(_))) {
            self.parser.reset();
        }
        read
    }

    fn read(&mut self, source: &Source) -> Option<Result<Place, Problem>> {
        self.raw.clear();
        let mut output = std::mem::take(&mut self.output).into_bytes();
        let (mut written, mut cells) = (0, 0);
        loop {
            let from = self.raw.len();
            if from == 0 {
                self.place = self.lines.place();
            }
            match self.lines.append(&mut self.raw, source.limit) {
                Err(error) => {
                    self.done = true;
                    return Some(Err(source.io(&error, self.lines.place().line)));
                }
                Ok(Read1::TooLarge) if from == 0 => return Some(Err(source.too_large(self.place))),
                Ok(Read1::TooLarge) => {
                    let problem = source.problem(
                        "a quote is opened in this record and not closed within the most that \
                         is read of one row",
                    );
                    return Some(Err(problem.at_line(self.place.line)));
                }
                Ok(Read1::End) if from == 0 => {
                    self.done = true;
                    return None;
                }
                Ok(Read1::End) => {
                    self.done = true;
                    let message = "a quote is opened in this record and never closed";
                    return Some(Err(source.problem(message).at_line(self.place.line)));
                }
                Ok(Read1::Line) => {}
            }
            if from == 0 && without_end(&self.raw).is_empty() {
                self.raw.clear();
                continue;
            }
            if !self.raw.ends_with(b"\n") {
                self.raw.push(b'\n');
            }
            if self.feed(from, &mut output, &mut written, &mut cells) {
                break;
            }
        }
        self.count = cells;
        output.truncate(written);
        // The parser leaves the carriage return before a line feed in the last cell.
        if self.raw.ends_with(b"\r\n") && output.last() == Some(&b'\r') {
            output.pop();
            if let Some(last) = self.ends.get_mut(cells.saturating_sub(1)) {
                *last = output.len();
            }
        }
        Some(self.text(source, output))
    }

    /// Hands the parser what was read from here on; whether the record is whole.
    fn feed(
        &mut self,
        mut from: usize,
        output: &mut Vec<u8>,
        written: &mut usize,
        cells: &mut usize,
    ) -> bool {
        loop {
            let (result, read, wrote, ended) = self.parser.read_record(
                &self.raw[from..],
                &mut output[*written..],
                &mut self.ends[*cells..],
            );
            from += read;
            *written += wrote;
            *cells += ended;
            match result {
                ReadRecordResult::InputEmpty => return false,
                ReadRecordResult::OutputFull => {
                    // Cells are never longer than what they were read from.
                    output.resize(self.raw.len().max(output.len() + 1), 0);
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => return true,
            }
        }
    }

    fn text(&mut self, source: &Source, output: Vec<u8>) -> Result<Place, Problem> {
        let at = |offset| {
            let (line, column) = self.place.locate(&self.raw, offset);
            move |problem: Problem| problem.at_line(line).at_column(column)
        };
        if let Err(error) = std::str::from_utf8(&self.raw) {
            let offset = error.valid_up_to();
            return Err(at(offset)(source.not_utf8(self.raw[offset])));
        }
        if let Some(offset) = self.raw.iter().position(|byte| *byte == 0) {
            let message = "the file holds NUL bytes, so it is damaged or not UTF-8";
            return Err(at(offset)(source.problem(message)));
        }
        // Taking quotes out of UTF-8 leaves UTF-8.
        self.output = String::from_utf8(output)
            .map_err(|error| source.problem(error.to_string()).at_line(self.place.line))?;
        Ok(self.place)
    }
}
