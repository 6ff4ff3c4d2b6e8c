//! Reading a journal back.

use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use super::{Event, Header, JOURNAL_FILE, SCHEMA};
use crate::eval::{Outcome, RowRecord};

/// A journal that can be read in the order of the data set.
///
/// Opening it reads the file once and keeps 24 bytes a row; rows themselves are read when asked
/// for, so that a journal of any size can be reported.
///
/// ```no_run
/// use keystone::eval::Journal;
///
/// let journal = Journal::open("target/keystone/20261123T194501Z-3f2a/capitals")?;
/// println!("{} has {} rows", journal.header().eval, journal.len());
/// for row in journal.rows()? {
///     let row = row?;
///     println!("{} {}", row.id, row.outcome);
/// }
/// # Ok::<(), keystone::eval::JournalError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Journal {
    path: PathBuf,
    header: Header,
    rows: Vec<Entry>,
    ended: bool,
    interrupted: Option<String>,
}

/// Where a row stands, and enough of it to choose by.
#[derive(Debug, Clone, Copy)]
struct Entry {
    index: u64,
    offset: u64,
    /// 0 for a row that a later line replaces.
    length: u32,
    /// The trial, and in the two lowest bits the outcome.
    trial_and_outcome: u32,
}

impl Entry {
    fn trial(self) -> u32 {
        self.trial_and_outcome >> 2
    }

    fn outcome(self) -> Outcome {
        Outcome::ALL[(self.trial_and_outcome & 3) as usize]
    }
}

/// A journal that cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum JournalError {
    /// The file cannot be opened or read.
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// The run ended before the first line was written.
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A line is not what this version writes.
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1; 0 where it was read by its place in the file.
        line: u64,
        /// What is wrong with it.
        message: String,
    },
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => {
                write!(f, "cannot read the journal {}: {source}", path.display())
            }
            Self::Empty { path } => write!(
                f,
                "{}: the journal is empty: the run ended before its first line was written",
                path.display()
            ),
            Self::Line { path, line: 0, message } => {
                write!(f, "{}: {message}", path.display())
            }
            Self::Line { path, line, message } => {
                write!(f, "{}:{line}: {message}", path.display())
            }
        }
    }
}

impl Error for JournalError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Empty { .. } | Self::Line { .. } => None,
        }
    }
}

/// The little of a row that an entry needs; the rest is skipped over.
#[derive(Deserialize)]
struct Key<'a> {
    index: u64,
    trial: u32,
    #[serde(borrow)]
    id: Cow<'a, str>,
    outcome: Outcome,
}

/// What the header of any version has.
#[derive(Deserialize)]
struct Version {
    schema: u32,
}

impl Journal {
    /// Opens the journal in the folder of an evaluation's results, or the file itself.
    ///
    /// # Errors
    /// Where there is none, it cannot be read, or a line of it is not a journal's. A last line
    /// without a line feed is left out: the process died while it was writing it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let path = path.as_ref();
        let path = if path.is_dir() { path.join(JOURNAL_FILE) } else { path.to_owned() };
        let mut index = Index::read(&path, None)?;
        if index.resumed {
            // Only in a resumed run may a row stand twice, and only then is it worth the memory to
            // find out.
            index = Index::read(&path, Some(HashMap::new()))?;
        }
        let Some(header) = index.header else {
            return Err(JournalError::Empty { path });
        };
        let mut rows = index.rows;
        rows.retain(|entry| entry.length > 0);
        rows.sort_unstable_by_key(|entry| (entry.index, entry.trial()));
        Ok(Self { path, header, rows, ended: index.ended, interrupted: index.interrupted })
    }

    /// What was evaluated, and how.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many rows there are, trials counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether the run reached its end, and was not interrupted.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.ended && self.interrupted.is_none()
    }

    /// How each row ended, in the order of [`Journal::rows`], without reading the rows.
    pub fn outcomes(&self) -> impl Iterator<Item = Outcome> + '_ {
        self.rows.iter().map(|entry| entry.outcome())
    }

    /// All rows, sorted by index and trial.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub fn rows(&self) -> Result<Rows, JournalError> {
        self.rows_where(|_| true)
    }

    /// The rows that ended so, sorted by index and trial. Others are not read.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub fn rows_where(&self, keep: impl Fn(Outcome) -> bool) -> Result<Rows, JournalError> {
        let io = |source| JournalError::Io { path: self.path.clone(), source };
        let file = File::open(&self.path).map_err(io)?;
        let entries: Vec<Entry> =
            self.rows.iter().filter(|entry| keep(entry.outcome())).copied().collect();
        Ok(Rows {
            path: self.path.clone(),
            entries: entries.into_iter(),
            reader: BufReader::with_capacity(64 * 1024, file),
            at: 0,
            line: Vec::new(),
        })
    }
}

/// Rows of a journal, read one at a time.
#[derive(Debug)]
pub struct Rows {
    path: PathBuf,
    entries: std::vec::IntoIter<Entry>,
    reader: BufReader<File>,
    at: u64,
    line: Vec<u8>,
}

impl Rows {
    fn read(&mut self, entry: Entry) -> Result<RowRecord, JournalError> {
        let io = |source| JournalError::Io { path: self.path.clone(), source };
        if entry.offset != self.at {
            // Rows stand nearly in order, so that most steps stay within the buffer.
            match i64::try_from(i128::from(entry.offset) - i128::from(self.at)) {
                Ok(step) => self.reader.seek_relative(step).map_err(io)?,
                Err(_) => self.reader.seek(SeekFrom::Start(entry.offset)).map(drop).map_err(io)?,
            }
        }
        self.line.resize(entry.length as usize, 0);
        self.reader.read_exact(&mut self.line).map_err(io)?;
        self.at = entry.offset + u64::from(entry.length);
        serde_json::from_slice(&self.line).map_err(|error| JournalError::Line {
            path: self.path.clone(),
            line: 0,
            message: format!("row {} is not a journal's: {error}", entry.index),
        })
    }
}

impl Iterator for Rows {
    type Item = Result<RowRecord, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.entries.next()?;
        Some(self.read(entry))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

/// What is gathered while a journal is read through.
#[derive(Default)]
struct Index {
    header: Option<Header>,
    rows: Vec<Entry>,
    /// Which entry a row and trial has, where that is wanted.
    places: Option<HashMap<(u64, u32), usize>>,
    resumed: bool,
    ended: bool,
    interrupted: Option<String>,
}

impl Index {
    fn read(path: &Path, places: Option<HashMap<(u64, u32), usize>>) -> Result<Self, JournalError> {
        let io = |source| JournalError::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut reader = BufReader::with_capacity(256 * 1024, file);
        let mut index = Self { places, ..Self::default() };
        let mut line = Vec::new();
        let (mut offset, mut number) = (0, 0);
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line).map_err(io)?;
            if length == 0 || line.last() != Some(&b'\n') {
                return Ok(index);
            }
            number += 1;
            index.line(&line, offset).map_err(|message| JournalError::Line {
                path: path.to_owned(),
                line: number,
                message,
            })?;
            if index.rows.len() == 1 {
                // Rows are of about one size, so that this is about how many there are.
                let rows = size.saturating_sub(offset) / length as u64;
                index.rows.reserve_exact(usize::try_from(rows.min(1 << 26)).unwrap_or(0));
            }
            offset += length as u64;
        }
    }

    fn line(&mut self, line: &[u8], offset: u64) -> Result<(), String> {
        if self.header.is_none() && !line.starts_with(b"{\"event\":\"header\"") {
            return Err("a journal starts with its header, and this is none".to_owned());
        }
        if !line.starts_with(b"{\"event\"") {
            let key: Key<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
            let length =
                u32::try_from(line.len()).map_err(|_| "the line is over 4 GiB".to_owned())?;
            let outcome = Outcome::ALL.iter().position(|known| *known == key.outcome);
            let trial_and_outcome = key.trial << 2 | outcome.unwrap_or(0) as u32;
            let entry = Entry { index: key.index, offset, length, trial_and_outcome };
            self.row(xxh3_64(key.id.as_bytes()), entry);
            return Ok(());
        }
        if self.header.is_none()
            && let Ok(Version { schema }) = serde_json::from_slice(line)
            && schema > SCHEMA
        {
            // Asked first, because nothing else of a later header can be relied on.
            return Err(format!(
                "the journal has schema {schema}, but this version of keystone reads up to {SCHEMA}; use a newer one"
            ));
        }
        match serde_json::from_slice(line).map_err(|error| error.to_string())? {
            Event::Header(header) => {
                self.header = Some(*header);
                Ok(())
            }
            Event::Resumed { .. } => {
                (self.ended, self.interrupted) = (false, None);
                self.resumed = true;
                Ok(())
            }
            Event::Gone { id, trial } => {
                let key = (xxh3_64(id.as_bytes()), trial);
                if let Some(at) = self.places.as_mut().and_then(|places| places.remove(&key)) {
                    self.rows[at].length = 0;
                }
                Ok(())
            }
            Event::End { interrupted, .. } => {
                (self.ended, self.interrupted) = (true, interrupted);
                Ok(())
            }
        }
    }

    fn row(&mut self, key: u64, entry: Entry) {
        let at = self.rows.len();
        self.rows.push(entry);
        if let Some(places) = &mut self.places
            && let Some(earlier) = places.insert((key, entry.trial()), at)
        {
            self.rows[earlier].length = 0;
        }
    }
}
