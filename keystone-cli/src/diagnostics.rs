//! What is wrong, where, and how it is told.

use std::fmt::{self, Display};
use std::io::Write;

use anstyle::{AnsiColor, Style};

/// One thing that is wrong, with its place in the form that editors and terminals can follow.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    file: String,
    line: Option<u64>,
    column: Option<usize>,
    message: String,
}

impl Problem {
    /// A problem with a file as a whole.
    pub(crate) fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, column: None, message: message.into() }
    }

    /// Says on which line it is, from 1.
    pub(crate) fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// Says at which byte of the line it is, from 1.
    pub(crate) fn at_column(mut self, column: usize) -> Self {
        self.column = Some(column);
        self
    }

    /// What a JSON parser said of a text that starts in this file on this line, at this column.
    pub(crate) fn json(
        file: &str,
        (first_line, first_column): (u64, usize),
        text: &str,
        error: &serde_json::Error,
    ) -> Self {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        let message = message.strip_suffix(&place).unwrap_or(&message);
        let found = text
            .split('\n')
            .nth(error.line().saturating_sub(1))
            .and_then(|line| line.get(error.column().saturating_sub(1)..))
            .unwrap_or_default();
        let problem = match not_json(found) {
            Some(literal) => Self::new(
                file,
                format!("{literal} is not JSON; write null where there is no number"),
            ),
            // The parser's own words ("expected ident") do not say what they are about.
            None if error.is_syntax() || error.is_eof() => {
                Self::new(file, format!("not JSON: {message}"))
            }
            None => Self::new(file, message),
        };
        let before = if error.line() <= 1 { first_column.saturating_sub(1) } else { 0 };
        problem
            .at_line(first_line + error.line().saturating_sub(1) as u64)
            .at_column(before + error.column().max(1))
    }
}

/// The literal that some languages write for a number that is none, if the text starts with one.
/// The sign of `-Infinity` does not count: the parser stumbles over what comes after it.
fn not_json(text: &str) -> Option<&'static str> {
    ["NaN", "Infinity"].into_iter().find(|literal| text.starts_with(literal))
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        write!(f, ": {}", self.message)
    }
}

/// Tells of something that keeps the command from doing all that it was asked to.
pub(crate) fn error(message: impl Display) {
    tell(AnsiColor::Red, "error", &message);
}

/// Tells of something that is probably not meant.
pub(crate) fn warning(message: impl Display) {
    tell(AnsiColor::Yellow, "warning", &message);
}

fn tell(colour: AnsiColor, word: &str, message: &dyn Display) {
    let style = Style::new().bold().fg_color(Some(colour.into()));
    // Nobody is left to be told that the standard error cannot be written to.
    let _ = writeln!(anstream::stderr().lock(), "{style}{word}{style:#}: {message}");
}
