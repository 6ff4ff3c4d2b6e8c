//! What GitHub Actions shows of a run: a summary of the step, and annotations.

use std::fmt::Write;

use super::text::{clean, one_line, percent, score, time};
use super::{Finished, junit, terminal};
use crate::ExitCode;

/// GitHub shows ten errors of a step and drops the rest.
const ANNOTATIONS: usize = 10;
/// GitHub refuses summaries of more than a megabyte, those of all steps of a job counted.
const LONGEST: usize = 256 * 1024;
/// Failing rows in the summary, for each evaluation.
const ROWS: usize = 10;

/// The summary of a step, in Markdown: a table of the evaluations, then the rows that did not pass.
pub(crate) fn step_summary(finished: &[Finished]) -> String {
    let shown: Vec<&Finished> = finished.iter().filter(|eval| !eval.is_idle()).collect();
    let mut text = String::from(
        "### Evaluations\n\n| | Evaluation | Pass rate | Rows | Fail | Error | Unscored | Means | Time |\n|-|-|-:|-:|-:|-:|-:|-|-:|\n",
    );
    // What is red comes first: the summary may be cut.
    let (good, bad): (Vec<_>, Vec<_>) =
        shown.into_iter().partition(|eval| eval.code() == ExitCode::Passed);
    for eval in bad.iter().chain(&good) {
        text.push_str(&table_row(eval));
        if text.len() > LONGEST / 2 {
            text.push_str("| … | | | | | | | | |\n");
            break;
        }
    }
    for eval in bad.iter().chain(&good) {
        let mut part = String::new();
        details(&mut part, eval);
        if text.len() + part.len() > LONGEST {
            text.push_str("\n… more in the log.\n");
            break;
        }
        text.push_str(&part);
    }
    text.push('\n');
    text
}

fn table_row(eval: &Finished) -> String {
    let mark = match eval.code() {
        ExitCode::Passed => "✅",
        ExitCode::GateMissed => "❌",
        _ => "💥",
    };
    let Some(ran) = eval.ran() else {
        return format!("| {mark} | {} | | | | | | | |\n", code(&eval.name, 80));
    };
    let summary = &ran.summary;
    let means: Vec<String> = summary
        .scorers
        .iter()
        .take(6)
        .map(|scorer| format!("{} {}", code(&scorer.name, 40), score(scorer.stats.mean)))
        .collect();
    let counts = summary.counts;
    format!(
        "| {mark} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
        code(&eval.name, 80),
        summary.pass_rate.map_or_else(String::new, |rate| percent(rate, None)),
        counts.total(),
        counts.fail,
        counts.error,
        counts.unscored,
        means.join(", "),
        time(summary.run.duration_ms)
    )
}

fn details(text: &mut String, eval: &Finished) {
    let red = eval.code() != ExitCode::Passed;
    if red {
        let _ = writeln!(
            text,
            "\n**{}**: {}",
            code(&eval.name, 80),
            plain(&terminal::reason(eval), 400)
        );
    }
    let Some(ran) = eval.ran() else { return };
    let mut remarks: Vec<String> = Vec::new();
    if !ran.summary.partial.is_empty() {
        remarks.push(format!("not the whole data set: {}", ran.summary.partial.join(", ")));
    }
    remarks.extend(ran.summary.warnings.iter().cloned());
    if !red && !remarks.is_empty() {
        let _ = writeln!(text, "\n**{}**", code(&eval.name, 80));
    }
    for remark in remarks.iter().take(5) {
        let _ = writeln!(text, "\n> {}", plain(remark, 400));
    }
    if !red || ran.failures.is_empty() {
        return;
    }
    text.push_str("\n| Row | Outcome | Expected | Output | Why |\n|-|-|-|-|-|\n");
    for row in ran.failures.iter().take(ROWS) {
        let expected = row.expected.as_ref().map(keystone::eval::Json::text).unwrap_or_default();
        let output = row.output_text().unwrap_or_default();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            code(&row.id, 60),
            row.outcome,
            code(&expected, 120),
            code(&output, 120),
            plain(&junit::why(row), 200)
        );
    }
}

/// A text in a table's cell, as code. Backticks and bars would end the one and the other.
fn code(text: &str, chars: usize) -> String {
    let text = one_line(text, chars).replace('`', "ˋ").replace('|', "\\|");
    if text.is_empty() { String::new() } else { format!("`{text}`") }
}

/// A text in a table's cell, none of it taken for Markdown or HTML.
fn plain(text: &str, chars: usize) -> String {
    let mut escaped = String::new();
    for c in clean(&one_line(text, chars)).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' | '~' | '!' | '@' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// An error annotation for each red evaluation, up to as many as GitHub shows. `place` says where
/// in the repository a source file is.
pub(crate) fn annotations(finished: &[Finished], place: &dyn Fn(&Finished) -> String) -> String {
    let red: Vec<&Finished> =
        finished.iter().filter(|eval| eval.code() != ExitCode::Passed).collect();
    let mut text = String::new();
    for (n, eval) in red.iter().enumerate() {
        let mut message = terminal::reason(eval);
        if n + 1 == ANNOTATIONS && red.len() > ANNOTATIONS {
            let _ = write!(message, "\n… and {} more evaluations", red.len() - ANNOTATIONS);
        }
        let word = match eval.code() {
            ExitCode::GateMissed => "failed",
            ExitCode::BadInput => "could not run",
            _ => "errored",
        };
        let _ = writeln!(
            text,
            "::error file={},line={},title={}::{}",
            property(&place(eval)),
            eval.line,
            property(&format!("{} {word}", eval.name)),
            data(&message)
        );
        if n + 1 == ANNOTATIONS {
            break;
        }
    }
    text
}

/// The text of a workflow command, escaped as the runner's toolkit does it
/// (<https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command, escaped likewise.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::Ending;
    use super::super::samples::{failing, finished, ran, row, summary};
    use super::*;
    use insta::assert_snapshot;
    use serde_json::json;

    fn evals() -> Vec<Finished> {
        vec![
            ran(
                "geo::rivers",
                summary("geo::rivers", [5, 0, 0, 0], json!({"partial": ["--first 5"]})),
                vec![],
            ),
            ran(
                "capitals",
                summary("capitals", [30, 10, 0, 0], json!({})),
                vec![
                    failing(3, "fr|1", "<b>`Lyon`</b>\n::error::no"),
                    row(
                        4,
                        "de-1",
                        "unscored",
                        json!({"expected": null, "scores": [
                        {"name": "exact_match", "score": null, "passed": false, "unscored": "no *value*"}]}),
                    ),
                ],
            ),
            finished("broken", Ending::Refused("no such file: data/a,b.jsonl\n100 %".into())),
        ]
    }

    #[test]
    fn the_summary_is_a_table_and_the_rows_that_did_not_pass() {
        assert_snapshot!(step_summary(&evals()));
    }

    #[test]
    fn annotations_are_escaped() {
        assert_snapshot!(annotations(&evals(), &|eval| format!("a:b,c/{}", eval.file)));
    }

    #[test]
    fn both_are_limited() {
        let many: Vec<Finished> = (0..500)
            .map(|n| {
                let rows = vec![failing(0, "x", &"long ".repeat(100)); 10];
                ran(&format!("eval_{n}"), summary("x", [0, 10, 0, 0], json!({})), rows)
            })
            .collect();
        assert!(step_summary(&many).len() < LONGEST + 1000);
        let notes = annotations(&many, &|eval| eval.file.clone());
        assert_eq!(notes.lines().count(), ANNOTATIONS);
        assert!(notes.contains("%0A… and 490 more evaluations"), "{notes}");
    }
}
