//! A row that did not pass, as a terminal shows it.

use std::fmt::Write;

use keystone::eval::{Outcome, RowRecord, ScoreRecord};

use super::diff;
use super::text::{Paint, clean, cut, one_line, score, shell};

/// How much of an input or output is shown.
const CHARS: usize = 600;
const LINES: usize = 12;
/// How much of a message is shown.
const MESSAGE: usize = 400;
/// Width of the names of what is shown.
const LABEL: usize = 10;

/// A row that did not pass: what went in, what came out and what was expected, what the scorers
/// said, and the command that runs just this row again.
pub(crate) fn block(row: &RowRecord, again: &str, trials: u32, paint: Paint) -> String {
    let mut text = String::new();
    let trial = if trials > 1 { format!(" (trial {})", row.trial) } else { String::new() };
    let _ = writeln!(
        text,
        "  {} {}{trial}  {}",
        mark(row.outcome, paint),
        paint.bold(one_line(&row.id, 120)),
        outcome(row.outcome, paint)
    );
    if let Some(input) = &row.input {
        field(&mut text, "input", &input.text(), paint);
    }
    let expected =
        row.expected.as_ref().map(|expected| (expected.text(), expected.as_str().starts_with('"')));
    if let Some((expected, _)) = &expected {
        field(&mut text, "expected", expected, paint);
    }
    let output = row.output_text();
    if let Some(output) = &output {
        field(&mut text, "output", output, paint);
    }
    if let (Some((expected, true)), Some(output), true) =
        (&expected, &output, row.output.as_ref().is_some_and(serde_json::Value::is_string))
        && let Some(diff) = diff::words(expected, output, paint)
    {
        label(&mut text, "diff", paint);
        lines(&mut text, &diff, LINES, paint);
    }
    if let Some(error) = &row.error {
        let place = error.place.as_ref().map(|place| format!(" ({})", one_line(place, 200)));
        label(&mut text, "error", paint);
        let message = format!("{}{}: ", error.kind.describe(), place.unwrap_or_default());
        let (head, left) = cut(error.message.trim(), CHARS, LINES);
        lines(&mut text, &format!("{message}{}", clean(head)), LINES + 1, paint);
        more(&mut text, left, paint);
        if let Some(hint) = hint(&error.message) {
            label(&mut text, "hint", paint);
            lines(&mut text, hint, LINES, paint);
        }
    }
    for record in &row.scores {
        scorer(&mut text, record, paint);
    }
    label(&mut text, "again", paint);
    let _ = writeln!(text, "{}", paint.dim(command(again, &row.id)));
    text
}

/// What to do about an error whose own words do not say it to somebody who did not choose the
/// runtime.
fn hint(error: &str) -> Option<&'static str> {
    // tokio's words where its timers, sockets and `spawn` find no runtime.
    let no_runtime =
        error.contains("there is no reactor running") || error.contains("context of a Tokio 1.x");
    no_runtime.then_some(
        "tokio needs its runtime: write an `async fn`, and in Cargo.toml `keystone = { …, features = [\"tokio\"] }`",
    )
}

/// The command that runs just this row again.
pub(crate) fn command(again: &str, id: &str) -> String {
    let id = clean(id);
    // An id that looks like a flag must not be taken for one.
    if id.starts_with('-') {
        return format!("{again} {}", shell(&format!("--case={id}")));
    }
    format!("{again} --case {}", shell(&id))
}

pub(crate) fn mark(outcome: Outcome, paint: Paint) -> String {
    match outcome {
        Outcome::Pass => paint.good("✓").to_string(),
        Outcome::Fail => paint.bad("✗").to_string(),
        Outcome::Error => paint.bad("!").to_string(),
        Outcome::Unscored => paint.warn("?").to_string(),
    }
}

fn outcome(outcome: Outcome, paint: Paint) -> String {
    match outcome {
        Outcome::Unscored => paint.warn(outcome).to_string(),
        Outcome::Pass => paint.good(outcome).to_string(),
        Outcome::Fail | Outcome::Error => paint.bad(outcome).to_string(),
    }
}

fn scorer(text: &mut String, record: &ScoreRecord, paint: Paint) {
    let (mark, value, message) = match &record.unscored {
        Some(why) => (mark(Outcome::Unscored, paint), "unscored".to_owned(), why),
        None if record.passed => (mark(Outcome::Pass, paint), score(record.score), &record.message),
        None => (mark(Outcome::Fail, paint), score(record.score), &record.message),
    };
    let name = one_line(&record.name, 40);
    let message = one_line(message, MESSAGE);
    let line = format!("    {mark} {name} {value}  {message}");
    let _ = writeln!(text, "{}", line.trim_end());
}

fn label(text: &mut String, name: &str, paint: Paint) {
    let _ = write!(text, "    {}", paint.dim(format!("{name:LABEL$}")));
}

fn field(text: &mut String, name: &str, value: &str, paint: Paint) {
    label(text, name, paint);
    if value.is_empty() {
        let _ = writeln!(text, "{}", paint.dim("(empty text)"));
        return;
    }
    let (head, left) = cut(value, CHARS, LINES);
    // White space at the ends would be invisible, and often is what is wrong.
    if left == 0 && head.trim() != head {
        lines(text, &format!("{}", clean(&format!("{head:?}"))), LINES, paint);
        return;
    }
    lines(text, &clean(head), LINES, paint);
    more(text, left, paint);
}

fn lines(text: &mut String, value: &str, limit: usize, paint: Paint) {
    let mut rest = value.lines();
    for (n, line) in rest.by_ref().take(limit).enumerate() {
        let indent = if n == 0 { 0 } else { 4 + LABEL };
        let _ = writeln!(text, "{:indent$}{line}", "");
    }
    let left = rest.count();
    if left > 0 {
        let _ = writeln!(
            text,
            "{:indent$}{}",
            "",
            paint.dim(format!("… {left} more lines")),
            indent = 4 + LABEL
        );
    }
}

fn more(text: &mut String, left: usize, paint: Paint) {
    if left > 0 {
        let note = format!("… {left} more characters, in journal.jsonl");
        let _ = writeln!(text, "{:indent$}{}", "", paint.dim(note), indent = 4 + LABEL);
    }
}
