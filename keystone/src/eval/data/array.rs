//! The elements of one JSON array, found one at a time.

use std::io::{self, BufRead};
use std::sync::Arc;

use super::json::{self, Parsed};
use super::problem::Problem;
use super::source::{Place, Source};

/// Rows that are the elements of one array.
pub(super) struct Array {
    source: Arc<Source>,
    input: Box<dyn BufRead + Send>,
    /// Where the next byte is.
    place: Place,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was read yet.
    Start,
    /// After the opening bracket.
    First,
    /// After an element.
    Next,
    Done,
    /// A problem ended reading.
    Broken,
}

/// How the text of an element ended.
enum End {
    /// Before a comma or a closing bracket, which is still to be read.
    Whole,
    /// It is larger than the limit; it was skipped as far as its end.
    TooLarge,
    /// The file ends inside.
    Cut,
    /// This bracket closes one of another kind.
    Mismatch(u8, Place),
    /// More brackets are open here than are kept track of.
    TooDeep(Place),
}

/// Brackets open at a time while an element is looked for its end. Far beyond what the parser
/// takes; it only bounds the memory that a file of nothing but brackets costs.
const DEEPEST: usize = 1 << 20;

impl Array {
    pub(super) fn new(source: Arc<Source>, input: Box<dyn BufRead + Send>, offset: u64) -> Self {
        let place = Place { line: 1, column: 1, offset };
        Self { source, input, place, state: State::Start }
    }

    /// Whether a problem ended reading.
    pub(super) fn is_broken(&self) -> bool {
        self.state == State::Broken
    }

    /// The next row. After a problem that ends reading there is no next.
    pub(super) fn next(&mut self) -> Option<Result<Parsed, Problem>> {
        if matches!(self.state, State::Done | State::Broken) {
            return None;
        }
        match self.advance() {
            Ok(Some(row)) => Some(row),
            Ok(None) => {
                self.state = State::Done;
                None
            }
            Err(problem) => {
                self.state = State::Broken;
                Some(Err(problem))
            }
        }
    }

    /// The outer error ends reading, the inner one concerns one row.
    fn advance(&mut self) -> Result<Option<Result<Parsed, Problem>>, Problem> {
        match (self.state, self.peek()?) {
            (State::Start, None) => return Ok(None),
            (State::Start, Some(b'[')) => {
                self.bump();
                self.state = State::First;
                if self.peek()? == Some(b']') {
                    return self.finish();
                }
            }
            (State::Start, Some(_)) => return Err(self.not_an_array()),
            (State::Next, Some(b',')) => {
                self.bump();
                if self.peek()? == Some(b']') {
                    return Err(self.here("a comma before the end of the array; take it away"));
                }
            }
            (State::Next, Some(b']')) => return self.finish(),
            (_, None) => return Err(self.here("the file ends before the array does")),
            (..) => {}
        }
        self.element().map(Some)
    }

    fn element(&mut self) -> Result<Result<Parsed, Problem>, Problem> {
        if self.peek()?.is_none() {
            return Err(self.here("the file ends before the array does"));
        }
        let place = self.place;
        self.state = State::Next;
        let mut text = Vec::new();
        match self.scan(&mut text).map_err(|error| self.source.io(&error, self.place.line))? {
            End::TooLarge => Ok(Err(self.source.too_large(place).at_column(place.column))),
            End::Cut => Err(self
                .source
                .problem("the file ends inside the row that starts here")
                .at_line(place.line)
                .at_column(place.column)),
            End::TooDeep(at) => Err(self
                .source
                .problem(format!(
                    "there are more than {DEEPEST} brackets open here, in the row that starts on \
                     line {}",
                    place.line
                ))
                .at_line(at.line)
                .at_column(at.column)),
            End::Mismatch(byte, at) => Err(self
                .source
                .problem(format!(
                    "`{}` closes what was not opened with its like, in the row that starts on \
                     line {}",
                    char::from(byte),
                    place.line
                ))
                .at_line(at.line)
                .at_column(at.column)),
            End::Whole if text.is_empty() => Ok(Err(self
                .source
                .problem("there is no row between two commas; take one away")
                .at_line(place.line)
                .at_column(place.column))),
            End::Whole => Ok(json::parse(&self.source, place, text)),
        }
    }

    /// Reads past the closing bracket; nothing but white space may follow.
    fn finish(&mut self) -> Result<Option<Result<Parsed, Problem>>, Problem> {
        self.bump();
        match self.peek()? {
            None => Ok(None),
            Some(_) => Err(self.here("there is more after the end of the array; take it away")),
        }
    }

    /// Says what a file is that does not begin as an array does.
    fn not_an_array(&mut self) -> Problem {
        let place = self.place;
        let first = self.peek();
        let mut text = Vec::new();
        let mut objects = 0;
        // Two objects in a row, or the end of the first, tell lines from a single object.
        while objects < 2 && matches!(self.peek(), Ok(Some(b'{'))) {
            text.clear();
            match self.object(&mut text) {
                Ok(true) => objects += 1,
                Ok(false) | Err(_) => break,
            }
        }
        let message = match (first, objects) {
            (Ok(Some(b'{')), 2) => {
                "the file holds one JSON object a line, and a .json file is one array; rename it \
                 to .jsonl"
            }
            (Ok(Some(b'{')), _) => {
                "the file holds one JSON object; put the rows into an array, or rename the file \
                 to .jsonl if it has one object a line"
            }
            _ => "the file is not a JSON array of objects",
        };
        self.source.problem(message).at_line(place.line).at_column(place.column)
    }

    /// Reads one object and nothing after it; whether there was a whole one.
    fn object(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        let mut nesting = Nesting::default();
        while let Some(byte) = self.input.fill_buf()?.first().copied() {
            if text.len() >= self.source.limit || !nesting.take(byte) {
                return Ok(false);
            }
            text.push(byte);
            self.bump();
            if nesting.is_outside() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads the text of an element up to the comma or bracket that ends it.
    fn scan(&mut self, text: &mut Vec<u8>) -> io::Result<End> {
        let mut nesting = Nesting::default();
        let mut too_large = false;
        loop {
            let buffer = match self.input.fill_buf() {
                // A whole element may be the last thing there is: what lacks is the array's end.
                Ok([]) if nesting.is_outside() && !too_large => return Ok(End::Whole),
                Ok([]) => return Ok(End::Cut),
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let mut taken = buffer.len();
            let mut end = None;
            for (index, byte) in buffer.iter().copied().enumerate() {
                if nesting.is_outside() && matches!(byte, b',' | b']' | b'}') {
                    let wrong = byte == b'}';
                    end = Some(if wrong { Err(byte) } else { Ok(()) });
                    taken = index;
                    break;
                }
                if !nesting.take(byte) {
                    end = Some(Err(byte));
                    taken = index;
                    break;
                }
            }
            let part = &buffer[..taken];
            if text.len() + taken > self.source.limit {
                too_large = true;
                *text = Vec::new();
            }
            if !too_large {
                text.extend_from_slice(part);
            }
            self.place = self.place.after(part);
            self.input.consume(taken);
            match end {
                None => {}
                Some(Err(b'[' | b'{')) => return Ok(End::TooDeep(self.place)),
                Some(Err(byte)) => return Ok(End::Mismatch(byte, self.place)),
                Some(Ok(())) if too_large => return Ok(End::TooLarge),
                Some(Ok(())) => return Ok(End::Whole),
            }
        }
    }

    /// The next byte that is not white space. The white space before it is read.
    fn peek(&mut self) -> Result<Option<u8>, Problem> {
        loop {
            let buffer = match self.input.fill_buf() {
                Ok([]) => return Ok(None),
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.source.io(&error, self.place.line)),
            };
            let space = buffer
                .iter()
                .position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
                .unwrap_or(buffer.len());
            let next = buffer.get(space).copied();
            self.place = self.place.after(&buffer[..space]);
            self.input.consume(space);
            if next.is_some() {
                return Ok(next);
            }
        }
    }

    /// Reads the byte that was peeked at, which is not a line end.
    fn bump(&mut self) {
        self.place.offset += 1;
        self.place.column += 1;
        self.input.consume(1);
    }

    fn here(&self, message: &str) -> Problem {
        self.source.problem(message).at_line(self.place.line).at_column(self.place.column)
    }
}

/// What is open at a point of a JSON text: brackets, and perhaps a string.
#[derive(Default)]
struct Nesting {
    /// The closing brackets that are still to come.
    brackets: Vec<u8>,
    string: bool,
    escaped: bool,
}

impl Nesting {
    fn is_outside(&self) -> bool {
        self.brackets.is_empty() && !self.string
    }

    /// Takes the next byte; `false` if it closes a bracket that is not open, or opens one too
    /// many.
    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        if self.string {
            if self.escaped {
                self.escaped = false;
            } else if byte == b'\\' {
                self.escaped = true;
            } else if byte == b'"' {
                self.string = false;
            }
            return true;
        }
        match byte {
            b'"' => self.string = true,
            b'{' | b'[' if self.brackets.len() == DEEPEST => return false,
            b'{' => self.brackets.push(b'}'),
            b'[' => self.brackets.push(b']'),
            b'}' | b']' => return self.brackets.pop() == Some(byte),
            _ => {}
        }
        true
    }
}
