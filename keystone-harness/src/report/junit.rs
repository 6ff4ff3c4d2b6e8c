//! JUnit XML, for the test pages of CI systems.
//!
//! A `testsuite` per evaluation and a `testcase` per row and trial: a row that failed has a
//! `failure`, one that broke an `error`, and one that could not be graded is `skipped` with its
//! reason, for those systems know no other word for a case that says nothing. The elements and
//! attributes are those of the schema that Jenkins publishes and that GitLab and others read
//! (<https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd>).
//!
//! Rows alone do not always show why a run is red: a mean may be too low though every row passed,
//! or the evaluation could not run. Such a suite has one more case that says so, so that the file
//! is red whenever the run is.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use keystone::eval::{Outcome, RowRecord, Summary, Verdict};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::text::one_line;
use super::{Ending, Finished, terminal};
use crate::paths;

/// The name of the file, in the folder of a run and of each of its evaluations.
pub(crate) const FILE: &str = "junit.xml";

/// The most bytes of one value: CI systems choke on more, and the journal has it all.
const LONGEST: usize = 8 * 1024;

/// The last line of a file.
const CLOSING: &str = "</testsuites>";

/// Writes the report of one evaluation. `rows` come in order and one at a time, so that a million
/// of them need no more memory than one.
///
/// # Errors
/// Of the writer, and of the rows.
pub(crate) fn write<E: Display>(
    out: &mut dyn Write,
    eval: &Finished,
    rows: impl Iterator<Item = Result<RowRecord, E>>,
) -> io::Result<()> {
    let mut xml = Xml(Writer::new(out));
    xml.open()?;
    match &eval.ending {
        Ending::Ran(ran) => suite(&mut xml, eval, &ran.summary, rows)?,
        Ending::Refused(why) => broken_suite(&mut xml, eval, why)?,
        Ending::NotRun => broken_suite(&mut xml, eval, "the run was stopped before it started")?,
        Ending::Empty { .. } | Ending::Spared(_) => {}
    }
    xml.close()
}

fn suite<E: Display>(
    xml: &mut Xml<'_>,
    eval: &Finished,
    summary: &Summary,
    rows: impl Iterator<Item = Result<RowRecord, E>>,
) -> io::Result<()> {
    let counts = summary.counts;
    let extra = verdict_case(summary);
    let failures = counts.fail + u64::from(matches!(extra, Some((Verdict::Fail, _))));
    let errors = counts.error + u64::from(matches!(extra, Some((Verdict::Error, _))));
    let tests = counts.total() + u64::from(extra.is_some());
    xml.start(
        "testsuite",
        &[
            ("name", &eval.name),
            ("tests", &tests.to_string()),
            ("failures", &failures.to_string()),
            ("errors", &errors.to_string()),
            ("skipped", &counts.unscored.to_string()),
            ("time", &seconds(summary.run.duration_ms)),
            ("timestamp", &summary.run.started),
            ("file", &eval.file),
        ],
    )?;
    xml.start("properties", &[])?;
    xml.empty("property", &[("name", "verdict"), ("value", &summary.verdict.to_string())])?;
    for result in &summary.gates {
        let (name, value) = (format!("gate:{}", result.gate), terminal::gate(summary, result));
        xml.empty("property", &[("name", &name), ("value", &value)])?;
    }
    for filter in &summary.partial {
        xml.empty("property", &[("name", "partial"), ("value", filter)])?;
    }
    xml.end("properties")?;
    for row in rows {
        let row = row.map_err(|error| io::Error::other(error.to_string()))?;
        case(xml, eval, &row, summary.trials)?;
    }
    if let Some((verdict, why)) = extra {
        let element = if verdict == Verdict::Fail { "failure" } else { "error" };
        xml.start("testcase", &attributes(eval, "(gates)", "0"))?;
        xml.with_text(element, &[("message", &why)], &why)?;
        xml.end("testcase")?;
    }
    xml.end("testsuite")
}

/// What the rows do not show of a red run.
fn verdict_case(summary: &Summary) -> Option<(Verdict, String)> {
    let shown = match summary.verdict {
        Verdict::Pass => true,
        Verdict::Fail => summary.counts.fail > 0,
        Verdict::Error => summary.counts.error > 0 && summary.interrupted.is_none(),
    };
    if shown {
        return None;
    }
    let mut why: Vec<String> = summary
        .gates
        .iter()
        .filter(|gate| !gate.passed)
        .map(|gate| terminal::gate(summary, gate))
        .collect();
    why.extend(summary.interrupted.iter().map(|why| format!("interrupted: {why}")));
    Some((summary.verdict, why.join("; ")))
}

fn broken_suite(xml: &mut Xml<'_>, eval: &Finished, why: &str) -> io::Result<()> {
    xml.start(
        "testsuite",
        &[
            ("name", &eval.name),
            ("tests", "1"),
            ("failures", "0"),
            ("errors", "1"),
            ("skipped", "0"),
            ("time", "0"),
            ("file", &eval.file),
        ],
    )?;
    xml.start("testcase", &attributes(eval, "(run)", "0"))?;
    xml.with_text("error", &[("message", &one_line(why, 300))], why)?;
    xml.end("testcase")?;
    xml.end("testsuite")
}

fn attributes<'a>(eval: &'a Finished, name: &'a str, time: &'a str) -> [(&'a str, &'a str); 4] {
    [("name", name), ("classname", &eval.name), ("time", time), ("file", &eval.file)]
}

fn case(xml: &mut Xml<'_>, eval: &Finished, row: &RowRecord, trials: u32) -> io::Result<()> {
    let name =
        if trials > 1 { format!("{} (trial {})", row.id, row.trial) } else { row.id.clone() };
    let time = seconds((row.run.task_us + row.run.score_us) as f64 / 1000.0);
    let attributes = attributes(eval, &name, &time);
    let message = one_line(&why(row), 300);
    match row.outcome {
        Outcome::Pass => return xml.empty("testcase", &attributes),
        Outcome::Fail => {
            xml.start("testcase", &attributes)?;
            xml.with_text("failure", &[("message", &message)], &account(row))?;
        }
        Outcome::Error => {
            let kind = row.error.as_ref().and_then(|error| serde_json::to_value(error.kind).ok());
            let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or("error");
            xml.start("testcase", &attributes)?;
            xml.with_text("error", &[("message", &message), ("type", kind)], &account(row))?;
        }
        Outcome::Unscored => {
            xml.start("testcase", &attributes)?;
            let message = format!("unscored: {message}");
            xml.with_text("skipped", &[("message", &message)], &account(row))?;
        }
    }
    xml.end("testcase")
}

/// Why a row ended as it did, in a sentence.
pub(crate) fn why(row: &RowRecord) -> String {
    if let Some(error) = &row.error {
        return format!("{}: {}", error.kind.describe(), error.message.trim());
    }
    let mut parts = Vec::new();
    for score in &row.scores {
        match &score.unscored {
            Some(reason) => parts.push(format!("{}: {reason}", score.name)),
            None if score.passed || row.outcome == Outcome::Unscored => {}
            None if score.message.is_empty() => parts.push(score.name.clone()),
            None => parts.push(format!("{}: {}", score.name, score.message)),
        }
    }
    if parts.is_empty() && row.outcome == Outcome::Fail {
        return "the composite is below the threshold".into();
    }
    parts.join("; ")
}

/// All that is known of a row, in the order in which one asks.
fn account(row: &RowRecord) -> String {
    let mut text = String::new();
    let mut add = |name: &str, value: &str| {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(&shortened(value));
        text.push('\n');
    };
    if let Some(input) = &row.input {
        add("input", &input.text());
    }
    if let Some(expected) = &row.expected {
        add("expected", &expected.text());
    }
    if let Some(output) = row.output_text() {
        add("output", &output);
    }
    if let Some(error) = &row.error {
        add("error", &error.message);
        if let Some(place) = &error.place {
            add("place", place);
        }
    }
    for score in &row.scores {
        let value = match (&score.unscored, score.score) {
            (Some(why), _) => format!("unscored, {why}"),
            (None, Some(value)) => format!("{value} {}", score.message),
            (None, None) => score.message.clone(),
        };
        add(&score.name, value.trim_end());
    }
    text
}

/// A value cut to what a report can bear, with a mark.
fn shortened(text: &str) -> std::borrow::Cow<'_, str> {
    if text.len() <= LONGEST {
        return text.into();
    }
    let end = text.floor_char_boundary(LONGEST);
    format!("{} … [{} more bytes, in journal.jsonl]", &text[..end], text.len() - end).into()
}

fn seconds(ms: f64) -> String {
    format!("{:.3}", ms / 1000.0)
}

/// An XML writer that lets nothing through that XML cannot hold.
struct Xml<'a>(Writer<&'a mut dyn Write>);

impl Xml<'_> {
    fn open(&mut self) -> io::Result<()> {
        self.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        self.line()?;
        self.start("testsuites", &[("name", "keystone")])
    }

    fn close(&mut self) -> io::Result<()> {
        self.end("testsuites")
    }

    fn line(&mut self) -> io::Result<()> {
        self.0.get_mut().write_all(b"\n")
    }

    fn tag<'n>(name: &'n str, attributes: &[(&str, &str)]) -> BytesStart<'n> {
        let mut tag = BytesStart::new(name);
        for (key, value) in attributes {
            let value = legal(value).replace(['\n', '\r', '\t'], " ");
            tag.push_attribute((*key, value.as_str()));
        }
        tag
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.0.write_event(Event::Start(Self::tag(name, attributes)))?;
        self.line()
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.0.write_event(Event::Empty(Self::tag(name, attributes)))?;
        self.line()
    }

    fn end(&mut self, name: &str) -> io::Result<()> {
        self.0.write_event(Event::End(BytesEnd::new(name)))?;
        self.line()
    }

    fn with_text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        self.0.write_event(Event::Start(Self::tag(name, attributes)))?;
        self.0.write_event(Event::Text(BytesText::new(&legal(text))))?;
        self.end(name)
    }
}

/// A text without the characters that XML 1.0 cannot hold (section 2.2), not even escaped; each
/// becomes the replacement character.
fn legal(text: &str) -> std::borrow::Cow<'_, str> {
    let bad = |c: char| {
        (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(bad) { text.replace(bad, "\u{fffd}").into() } else { text.into() }
}

/// Writes the report of a run: the suites of all its evaluations' files, copied as they are.
///
/// # Errors
/// Of reading and writing. A file that is missing is left out.
pub(crate) fn merge(out: &mut dyn Write, files: &[PathBuf]) -> io::Result<()> {
    Xml(Writer::new(&mut *out)).open()?;
    for path in files {
        match File::open(path) {
            Ok(file) => copy_suites(out, file)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Xml(Writer::new(out)).close()
}

/// Copies what stands between the first two lines and the last.
fn copy_suites(out: &mut dyn Write, file: File) -> io::Result<()> {
    let length = file.metadata()?.len();
    let mut reader = BufReader::new(file);
    let mut head = Vec::new();
    let first = reader.read_until(b'\n', &mut head)? as u64;
    let second = reader.read_until(b'\n', &mut head)? as u64;
    let rest = length.saturating_sub(first + second + CLOSING.len() as u64 + 1);
    io::copy(&mut reader.take(rest), out)?;
    Ok(())
}

/// Writes the report of one evaluation to its folder.
///
/// # Errors
/// Of writing, and of the rows.
pub(crate) fn save<E: Display>(
    folder: &Path,
    eval: &Finished,
    rows: impl Iterator<Item = Result<RowRecord, E>>,
) -> io::Result<()> {
    paths::replace_with(&folder.join(FILE), |out| write(out, eval, rows))
}

#[cfg(test)]
mod tests;
