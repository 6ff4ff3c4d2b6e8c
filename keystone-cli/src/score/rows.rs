//! Rows from a file or from the standard input, as they come in.
//!
//! A thread reads, so that rows are scored while the next ones are on their way. What it has read
//! it hands over as soon as that holds a whole line: somebody who writes a row into a pipe and
//! waits for the answer gets it.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use flate2::bufread::MultiGzDecoder;
use keystone::scorers::Scenario;
use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::diagnostics::Problem;
use crate::files::{is_stdin, shown, unreadable};

/// The largest row that is read, in bytes, as for data sets. It bounds the memory that a broken
/// file can take.
const ROW_LIMIT: usize = 32 * 1024 * 1024;

/// Bytes asked of the system at a time.
const BLOCK: usize = 256 * 1024;

/// How many blocks may wait to be scored.
const WAITING: usize = 2;

/// The rows of a file, in blocks.
#[derive(Debug)]
pub(super) struct Rows {
    name: String,
    read: Receiver<Read1>,
    line: u64,
    failure: Option<Problem>,
}

/// What the reading thread found next.
#[derive(Debug)]
enum Read1 {
    /// Whole lines; only the last of a file may lack its line feed.
    Lines(Vec<u8>),
    /// A line over the limit, which was skipped.
    TooLong,
    /// Reading cannot go on.
    Failed(String),
}

impl Rows {
    /// Opens a file, or the standard input for `-`.
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        let (name, input): (String, Box<dyn Read + Send>) = if is_stdin(path) {
            ("<stdin>".to_owned(), Box::new(io::stdin()))
        } else {
            let name = shown(path);
            if path.is_dir() {
                return Err(Problem::new(name, "is a folder, but a file of rows is needed"));
            }
            match File::open(path) {
                Ok(file) => (name, Box::new(file)),
                Err(error) => return Err(unreadable(&name, path, &error)),
            }
        };
        let (sender, read) = sync_channel(WAITING);
        // The thread is not waited for: should the answers be wanted no more, it may be waiting
        // for rows that never come.
        thread::Builder::new()
            .name("rows".to_owned())
            .spawn(move || {
                if let Err(message) = read_all(input, &sender) {
                    // Nobody listens when nobody wants more answers.
                    let _ = sender.send(Read1::Failed(message));
                }
            })
            .map_err(|error| Problem::new(&name, format!("cannot be read: {error}")))?;
        Ok(Self { name, read, line: 1, failure: None })
    }

    /// What messages call the file.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Waits for the next rows; `None` at the end, or where reading failed.
    pub(super) fn next(&mut self) -> Option<Block> {
        let first_line = self.line;
        match self.read.recv().ok()? {
            Read1::Lines(text) => {
                let feeds = text.iter().filter(|byte| **byte == b'\n').count() as u64;
                self.line += feeds;
                Some(Block { text: Some(text), first_line })
            }
            Read1::TooLong => {
                self.line += 1;
                Some(Block { text: None, first_line })
            }
            Read1::Failed(message) => {
                self.failure = Some(Problem::new(&self.name, message).at_line(self.line));
                None
            }
        }
    }

    /// Why reading ended before the end.
    pub(super) fn failure(&mut self) -> Option<Problem> {
        self.failure.take()
    }
}

/// Lines that were read together.
#[derive(Debug)]
pub(super) struct Block {
    /// None for a single line over the limit.
    text: Option<Vec<u8>>,
    first_line: u64,
}

/// A line that is not blank.
#[derive(Debug)]
pub(super) struct Line<'a> {
    number: u64,
    /// None for a line over the limit.
    text: Option<&'a [u8]>,
}

/// A line that is no row.
#[derive(Debug)]
pub(super) struct Broken {
    /// The id, where at least that can be read.
    pub(super) id: Value,
    pub(super) problem: Problem,
}

impl Block {
    /// The lines, without those that are blank.
    pub(super) fn lines(&self) -> Vec<Line<'_>> {
        let Some(text) = &self.text else {
            return vec![Line { number: self.first_line, text: None }];
        };
        (self.first_line..)
            .zip(text.split(|byte| *byte == b'\n'))
            .filter(|(_, line)| !line.trim_ascii().is_empty())
            .map(|(number, line)| Line { number, text: Some(line) })
            .collect()
    }
}

impl Line<'_> {
    /// Reads the row of the line.
    pub(super) fn scenario(&self, file: &str) -> Result<Scenario, Box<Broken>> {
        let broken = |id, problem: Problem| Box::new(Broken { id, problem });
        let at = |column, message: String| {
            let problem = Problem::new(file, message).at_line(self.number).at_column(column);
            broken(Value::Null, problem)
        };
        let Some(bytes) = self.text else {
            let limit = ROW_LIMIT / (1024 * 1024);
            let message =
                format!("the row is larger than {limit} MiB, the most that is read of one row");
            let problem = Problem::new(file, message).at_line(self.number);
            return Err(broken(Value::Null, problem));
        };
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
            let message = format!("not UTF-8 (byte 0x{byte:02x}); save the file as UTF-8");
            at(error.valid_up_to() + 1, message)
        })?;
        // An array would be taken for the fields of a row in their order.
        let start = text.trim_ascii_start();
        if start.starts_with('[') {
            let message = "a row is an object, but this is an array; where the file is one array, \
                           `jq -c '.[]'` makes lines of it";
            return Err(at(text.len() - start.len() + 1, message.to_owned()));
        }
        serde_json::from_str(text).map_err(|error| {
            broken(id_in(text), Problem::json(file, (self.number, 1), text, &error))
        })
    }
}

/// The id of a row that is broken somewhere after it.
fn id_in(row: &str) -> Value {
    struct Id<'a>(&'a mut Value);

    impl<'de> Visitor<'de> for Id<'_> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                if key == "id" {
                    *self.0 = map.next_value()?;
                    break;
                }
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }

    let mut id = Value::Null;
    // That the row is broken is known; what counts is how far the reading came.
    let _ = serde_json::Deserializer::from_str(row).deserialize_map(Id(&mut id));
    id
}

/// Reads all lines and hands them over, until the end or until nobody wants more.
fn read_all(input: impl Read + Send + 'static, lines: &SyncSender<Read1>) -> Result<(), String> {
    let failed = |error: io::Error| failure(&error);
    let (head, rest) = head(input).map_err(failed)?;
    let compressed = head.starts_with(&[0x1f, 0x8b]);
    let whole = Cursor::new(head).chain(rest);
    if compressed {
        let text = MultiGzDecoder::new(BufReader::with_capacity(BLOCK, whole));
        let (head, rest) = self::head(text).map_err(failed)?;
        read_text(head, rest, lines)
    } else {
        let (head, rest) = self::head(whole).map_err(failed)?;
        read_text(head, rest, lines)
    }
}

fn read_text(mut head: Vec<u8>, rest: impl Read, lines: &SyncSender<Read1>) -> Result<(), String> {
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Err("the file is UTF-16; save it as UTF-8".to_owned());
    }
    if head.starts_with(&[0xef, 0xbb, 0xbf]) {
        head.drain(..3);
    }
    read_lines(Cursor::new(head).chain(rest), lines).map_err(|error| failure(&error))
}

fn read_lines(mut input: impl Read, lines: &SyncSender<Read1>) -> io::Result<()> {
    // The start of a line whose end is not there yet, and then what comes after it.
    let mut text: Vec<u8> = Vec::new();
    let mut skipping = false;
    loop {
        let before = text.len();
        text.resize(before + BLOCK, 0);
        let read = match input.read(&mut text[before..]) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                text.truncate(before);
                continue;
            }
            Err(error) => return Err(error),
        };
        text.truncate(before + read);
        if read == 0 {
            break;
        }
        if skipping {
            match text.iter().position(|byte| *byte == b'\n') {
                None => {
                    text.clear();
                    continue;
                }
                Some(end) => {
                    text.drain(..=end);
                    skipping = false;
                }
            }
        }
        // What was there before holds no line feed.
        let from = before.min(text.len());
        let end = text[from..].iter().rposition(|byte| *byte == b'\n').map(|end| from + end + 1);
        let found = if let Some(end) = end {
            let rest = text.split_off(end);
            Read1::Lines(std::mem::replace(&mut text, rest))
        } else if text.len() > ROW_LIMIT {
            text = Vec::new();
            skipping = true;
            Read1::TooLong
        } else {
            continue;
        };
        if lines.send(found).is_err() {
            return Ok(());
        }
    }
    if !text.is_empty() && !skipping {
        // If nobody listens any more, nobody misses the last line.
        let _ = lines.send(Read1::Lines(text));
    }
    Ok(())
}

/// Reads the first bytes, as few as tell what the file is: a row may be shorter than that, and
/// nothing may follow it for long.
fn head<R: Read>(mut input: R) -> io::Result<(Vec<u8>, R)> {
    let mut head = Vec::with_capacity(3);
    let marks: [&[u8]; 4] = [&[0x1f, 0x8b], &[0xef, 0xbb, 0xbf], &[0xff, 0xfe], &[0xfe, 0xff]];
    while marks.iter().any(|mark| mark.len() > head.len() && mark.starts_with(&head)) {
        let mut byte = [0];
        match input.read(&mut byte) {
            Ok(0) => break,
            Ok(_) => head.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((head, input))
}

/// Why reading failed, and what to do about it.
fn failure(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            "the gzip data stops short of its end; the file was cut off, get it again".to_owned()
        }
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            format!("the gzip data is damaged ({error}); get the file again")
        }
        _ => format!("cannot be read: {error}"),
    }
}
