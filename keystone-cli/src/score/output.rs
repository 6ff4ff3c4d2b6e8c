//! The answers: a line a row, on the standard output.

use std::io::{self, StdoutLock, Write};

use keystone::Score;
use rayon::prelude::*;
use serde::ser::{Serialize, Serializer};

use crate::diagnostics::{Problem, error};
use crate::ending::Ending;

/// How many broken rows are told of on the standard error; of the rest only the number is. All of
/// them have their line among the answers.
const TOLD: u64 = 20;

/// How many rows one thread takes at a time at most: enough to outweigh the handing over. Of fewer
/// rows, which are long ones or come in slowly, each thread takes several shares, so that a slow
/// row holds up few others.
const SHARE: usize = 64;
const SHARES_PER_THREAD: usize = 4;

/// What a rule says of a row.
#[derive(Debug)]
pub(super) struct Graded<'a> {
    pub(super) rule: &'a str,
    pub(super) score: Score,
}

/// One line of the answers.
#[derive(Debug, serde::Serialize)]
pub(super) struct Answer<'a, I> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) eval: Option<&'a str>,
    pub(super) id: I,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) trial: Option<u32>,
    /// Why there was nothing to score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<&'a str>,
    pub(super) scores: Scored<'a>,
    pub(super) unscored: Unscored<'a>,
}

impl<'a, I> Answer<'a, I> {
    pub(super) fn new(id: I, graded: &'a [Graded<'a>]) -> Self {
        Self {
            eval: None,
            id,
            index: None,
            trial: None,
            error: None,
            scores: Scored(graded),
            unscored: Unscored(graded),
        }
    }
}

/// Those of the grades that are scores.
#[derive(Debug)]
pub(super) struct Scored<'a>(&'a [Graded<'a>]);

/// Those of the grades that are none.
#[derive(Debug)]
pub(super) struct Unscored<'a>(&'a [Graded<'a>]);

impl Serialize for Scored<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Line<'a> {
            name: &'a str,
            score: f64,
            passed: bool,
            message: &'a str,
        }
        serializer.collect_seq(self.0.iter().filter_map(|Graded { rule, score }| {
            let (passed, message) = (score.passed(), score.message_text());
            score.value().map(|value| Line { name: rule, score: value, passed, message })
        }))
    }
}

impl Serialize for Unscored<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Line<'a> {
            name: &'a str,
            reason: &'a str,
        }
        serializer.collect_seq(self.0.iter().filter_map(|Graded { rule, score }| {
            score.unscored_reason().map(|reason| Line { name: rule, reason })
        }))
    }
}

/// The answers to rows that follow each other.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: Vec<u8>,
    rows: u64,
    with_output: bool,
    problems: Vec<Problem>,
}

impl Page {
    /// Adds the line of a row.
    pub(super) fn answer<I: serde::Serialize>(&mut self, answer: &Answer<'_, I>) {
        let before = self.text.len();
        if let Err(error) = serde_json::to_writer(&mut self.text, answer) {
            // Texts and numbers always have a JSON form; should one ever not, the line is left
            // out whole, and missed aloud.
            self.text.truncate(before);
            self.problem(Problem::new("standard output", error.to_string()));
            return;
        }
        self.text.push(b'\n');
        self.rows += 1;
    }

    /// Notes that there was an output to score.
    pub(super) fn note_output(&mut self) {
        self.with_output = true;
    }

    /// Adds a row that could not be read.
    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// Why no more answers can be written.
#[derive(Debug)]
pub(super) enum Stop {
    /// Whoever read them has gone, which is nobody's fault: `head` does so.
    Closed,
    /// The system says no, for instance because the disk is full.
    Failed(io::Error),
}

/// All answers, written as they are made.
#[derive(Debug)]
pub(super) struct Answers {
    out: StdoutLock<'static>,
    rows: u64,
    broken: u64,
    with_output: bool,
    failed: bool,
}

impl Answers {
    pub(super) fn new() -> Self {
        Self { out: io::stdout().lock(), rows: 0, broken: 0, with_output: false, failed: false }
    }

    /// Makes the lines of these rows, on all processors, and writes them in the order of the rows
    /// before it returns.
    pub(super) fn add<T: Sync>(
        &mut self,
        rows: &[T],
        answer: impl Fn(&T, &mut Page) + Sync,
    ) -> Result<(), Stop> {
        let page = |rows: &[T]| {
            let mut page = Page::default();
            rows.iter().for_each(|row| answer(row, &mut page));
            page
        };
        let pages: Vec<Page> = if rows.len() == 1 {
            vec![page(rows)]
        } else {
            let shares = rayon::current_num_threads() * SHARES_PER_THREAD;
            rows.par_chunks((rows.len() / shares).clamp(1, SHARE)).map(page).collect()
        };
        let mut text = Vec::with_capacity(pages.iter().map(|page| page.text.len()).sum());
        for page in pages {
            text.extend_from_slice(&page.text);
            self.rows += page.rows;
            self.with_output |= page.with_output;
            for problem in page.problems {
                self.broken += 1;
                if self.broken <= TOLD {
                    error(problem);
                }
            }
        }
        let written = self.out.write_all(&text).and_then(|()| self.out.flush());
        written.map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Stop::Closed,
            _ => Stop::Failed(error),
        })
    }

    /// How many lines there are.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether there were outputs, none of which held anything.
    pub(super) fn nothing_but_empty_outputs(&self) -> bool {
        self.rows > self.broken && !self.with_output
    }

    /// Tells of something that is missing from the answers.
    pub(super) fn fail(&mut self, problem: &Problem) {
        error(problem);
        self.failed = true;
    }

    /// Whether something was told to be missing.
    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    /// Sums up what went wrong, if anything did.
    pub(super) fn finish(self) -> Ending {
        if self.broken > TOLD {
            error(format!("… and {} more rows that could not be read", self.broken - TOLD));
        }
        if self.broken == 0 && !self.failed { Ending::Complete } else { Ending::Incomplete }
    }
}
