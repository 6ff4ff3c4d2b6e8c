//! One row, its text read but not yet given a type.

use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

use super::cell::{self, Cell};
use super::fields::Role;
use super::problem::Problem;
use super::source::{Place, Source};
use super::values::{Member, compact, kind, member, offset_in};
use crate::Case;

/// One row of a file: its text, and where in the text the input and the expected value are.
#[derive(Debug)]
pub(crate) struct RowText {
    pub(super) source: Arc<Source>,
    pub(super) place: Place,
    /// The row as JSON. All ranges point into it.
    pub(super) text: String,
    pub(super) input: Part,
    pub(super) expected: Option<Part>,
    /// The row's own name. Neither empty nor very long.
    pub(crate) id: Option<String>,
    /// Labels to select rows by.
    pub(crate) tags: Vec<String>,
    /// Anything else that is known about the row.
    pub(crate) metadata: Map<String, Value>,
    /// Texts that belong to the row.
    pub(crate) context: Vec<String>,
}

/// A value within the text of a row.
#[derive(Debug)]
pub(super) struct Part {
    range: Range<usize>,
    /// The value without white space between its tokens, where the file has some.
    compact: Option<Box<str>>,
    shape: Shape,
}

/// What a JSON text stands for, which decides how it becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Itself.
    Json,
    /// Itself, which in the row is the `value` of an object of nothing else.
    Lone,
    /// A JSON string that is a cell of a table.
    Cell,
    /// A JSON object whose values are cells of a table.
    Record,
}

impl Part {
    pub(super) fn new(text: &str, range: Range<usize>, shape: Shape) -> Self {
        Self { compact: compact(&text[range.clone()]), range, shape }
    }

    fn source<'a>(&self, text: &'a str) -> &'a str {
        &text[self.range.clone()]
    }

    fn json<'a>(&'a self, text: &'a str) -> &'a str {
        self.compact.as_deref().unwrap_or_else(|| self.source(text))
    }
}

impl RowText {
    /// The input as JSON on one line, with no white space between its tokens. Numbers and texts
    /// are spelled as the file spells them.
    pub(crate) fn input_json(&self) -> &str {
        self.input.json(&self.text)
    }

    /// The expected value as JSON on one line; `None` where it is absent or `null`.
    pub(crate) fn expected_json(&self) -> Option<&str> {
        self.expected.as_ref().map(|part| part.json(&self.text))
    }

    /// Where the row starts.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// A problem with the row as a whole, such as an id that another row has too.
    pub(crate) fn problem(&self, message: impl Into<String>) -> Problem {
        self.source.problem(message).at_line(self.place.line).of_row(self.id.as_deref())
    }

    /// The input as the type that the task takes.
    ///
    /// # Errors
    /// Where in the file the value does not fit the type.
    pub(crate) fn input<I: DeserializeOwned>(&self) -> Result<I, Problem> {
        self.read(&self.input, Role::Input)
    }

    /// The expected value as the type that scorers compare with.
    ///
    /// # Errors
    /// Where in the file the value does not fit the type.
    pub(crate) fn expected<E: DeserializeOwned>(&self) -> Result<Option<E>, Problem> {
        self.expected.as_ref().map(|part| self.read(part, Role::Expected)).transpose()
    }

    /// The row as a case.
    ///
    /// # Errors
    /// All that does not fit the types: one problem for the input, one for the expected value.
    pub(crate) fn into_case<I, E>(self) -> Result<Case<I, E>, Vec<Problem>>
    where
        I: DeserializeOwned,
        E: DeserializeOwned,
    {
        match (self.input(), self.expected()) {
            (Ok(input), Ok(expected)) => Ok(Case {
                id: self.id,
                input,
                expected,
                tags: self.tags,
                metadata: self.metadata,
                context: self.context,
            }),
            (input, expected) => Err(input.err().into_iter().chain(expected.err()).collect()),
        }
    }

    fn read<T: DeserializeOwned>(&self, part: &Part, role: Role) -> Result<T, Problem> {
        let json = part.source(&self.text);
        match part.shape {
            Shape::Json | Shape::Lone => {
                serde_json::from_str(json).map_err(|_| self.explain::<T>(part, role))
            }
            Shape::Cell => {
                let cell: String =
                    serde_json::from_str(json).map_err(|error| self.unreadable(role, &error))?;
                Cell(&cell).read().map_err(|error| self.unreadable(role, &error))
            }
            Shape::Record => {
                let cells = serde_json::from_str::<Cells>(json)
                    .map_err(|error| self.unreadable(role, &error))?
                    .0;
                T::deserialize(cell::record(&cells)).map_err(|_| {
                    match serde_path_to_error::deserialize::<_, T>(cell::record(&cells)) {
                        Ok(_) => self.problem("was read the second time, but not the first"),
                        Err(error) => self
                            .problem(without_place(error.inner()))
                            .in_field(joined(".", error.path())),
                    }
                })
            }
        }
    }

    fn unreadable(&self, role: Role, error: &serde_json::Error) -> Problem {
        self.problem(without_place(error)).in_field(&*self.source.fields.slot(role).name)
    }

    /// Reads a value that does not fit once more, to see which part of it does not.
    #[cold]
    fn explain<T: DeserializeOwned>(&self, part: &Part, role: Role) -> Problem {
        let json = part.source(&self.text);
        let name = &*self.source.fields.slot(role).name;
        let inside;
        let (name, hint) = if part.shape == Shape::Lone {
            inside = format!("{name}.value");
            let whole = Source::option_for(role, name);
            let hint =
                format!("; for the object around it, which has no other field, write `{whole}`");
            (&*inside, hint)
        } else {
            (name, String::new())
        };
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let Err(error) = serde_path_to_error::deserialize::<_, T>(&mut deserializer) else {
            // A type whose own implementation answers differently each time is asked.
            return self.problem("was read the second time, but not the first").in_field(name);
        };
        let (field, inner) = (joined(name, error.path()), error.inner());
        let message = without_place(inner);
        // Of a value that does not fit, the parser knows the end; the path leads to its start.
        let within = if inner.is_data() || message == "number out of range" {
            value_at(json, error.path())
        } else {
            offset_of(json, inner)
        };
        self.at(part.range.start + within, message + &hint).in_field(field)
    }

    /// A problem at a byte of the row's text.
    fn at(&self, offset: usize, message: impl Into<String>) -> Problem {
        let (line, column) = self.place.locate(self.text.as_bytes(), offset);
        self.problem(message).at_line(line).at_column(column)
    }
}

/// The message of an error without the place, which is a place in a part of a row and not in the
/// file.
pub(super) fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = text.strip_suffix(&place).unwrap_or(&text);
    if message == "recursion limit exceeded" {
        return "nested more than 127 levels deep, which is all that is read".to_owned();
    }
    message.to_owned()
}

/// The byte of the text at which the parser stopped.
pub(super) fn offset_of(text: &str, error: &serde_json::Error) -> usize {
    let line = match error.line() {
        0 | 1 => 0,
        line => text.match_indices('\n').nth(line - 2).map_or(0, |(newline, _)| newline + 1),
    };
    let offset = (line + error.column().saturating_sub(1)).min(text.len());
    if error.to_string().starts_with("control character") {
        // Here the parser says where the text before the character ends.
        let control = text.as_bytes()[offset..].iter().position(|byte| *byte < b' ');
        return offset + control.unwrap_or_default();
    }
    offset
}

/// Where the value at the end of the path starts, or the innermost one around it that is there.
fn value_at(text: &str, path: &Path) -> usize {
    let mut at = text;
    for segment in path {
        let key = match segment {
            Segment::Seq { index } => &index.to_string(),
            Segment::Map { key } | Segment::Enum { variant: key } => key,
            Segment::Unknown => break,
        };
        match member(at, key) {
            Member::Found(raw) => at = raw.get(),
            Member::Absent | Member::Twice => break,
        }
    }
    offset_in(text, at)
}

/// A path within a field, as a path from the top of the row.
fn joined(name: &str, path: &Path) -> String {
    let mut joined = if name == "." { String::new() } else { name.to_owned() };
    for segment in path {
        match segment {
            Segment::Seq { index } => joined.push_str(&format!("[{index}]")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                if !joined.is_empty() {
                    joined.push('.');
                }
                joined.push_str(key);
            }
            Segment::Unknown => {}
        }
    }
    if joined.is_empty() { name.to_owned() } else { joined }
}

/// The cells of a record, by column, in their order.
struct Cells(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Cells {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> serde::de::Visitor<'de> for Pairs {
            type Value = Cells;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a record")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Cells, A::Error> {
                let mut cells = Vec::new();
                while let Some(cell) = map.next_entry()? {
                    cells.push(cell);
                }
                Ok(Cells(cells))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// The longest id that is read, in bytes.
pub(super) const ID_LIMIT: usize = 1024;

/// Whether a text can be the id of a row.
pub(super) fn check_id(id: &str) -> Result<(), String> {
    if id.is_empty() {
        return Err("the id is empty; leave the field out to have one made".to_owned());
    }
    if id.len() > ID_LIMIT {
        return Err(format!(
            "the id is {} bytes long, and {ID_LIMIT} is the most that is read; name a field \
             that tells rows apart by less",
            id.len()
        ));
    }
    Ok(())
}

/// The id that a JSON value is.
pub(super) fn id_of(json: &str) -> Result<Option<String>, String> {
    let id = match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).map_err(|error| without_place(&error))?,
        Some(b'-' | b'0'..=b'9') => json.to_owned(),
        Some(b'n') => return Ok(None),
        _ => {
            return Err(format!("the id is {}, expected a text or a number", kind(json)));
        }
    };
    check_id(&id).map(|()| Some(id))
}

/// The texts that a JSON value is a list of. A text by itself is allowed where `lone` is.
pub(super) fn texts_of(json: &str, lone: bool) -> Result<Vec<String>, String> {
    let expected = if lone { "a text or a list of texts" } else { "a list of texts" };
    match json.as_bytes().first() {
        Some(b'[') => serde_json::from_str(json)
            .map_err(|error| format!("{}; expected {expected}", without_place(&error))),
        Some(b'"') if lone => {
            serde_json::from_str(json).map(|text| vec![text]).map_err(|error| without_place(&error))
        }
        Some(b'n') => Ok(Vec::new()),
        _ => Err(format!("is {}, expected {expected}", kind(json))),
    }
}

/// The metadata that a JSON value is.
pub(super) fn metadata_of(json: &str) -> Result<Map<String, Value>, String> {
    match json.as_bytes().first() {
        Some(b'{') => serde_json::from_str(json).map_err(|error| without_place(&error)),
        Some(b'n') => Ok(Map::new()),
        _ => Err(format!("is {}, expected an object", kind(json))),
    }
}
