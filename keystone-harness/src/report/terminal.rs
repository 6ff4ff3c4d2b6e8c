//! The report at the end of a run, for people.

use std::fmt::Write;
use std::path::Path;

use keystone::eval::{
    Counts, Direction, GateResult, Outcome, ScorerSummary, Stats, Summary, Verdict,
};

use super::text::{
    Paint, clean, counted, fit, number, one_line, pad, percent, percent_bound, score, time, width,
};
use super::{Ending, Finished, Ran, row};
use crate::ExitCode;

/// Evaluations that passed get a block each up to this many, and a line each beyond.
const BLOCKS: usize = 8;
/// Evaluations whose failing rows are shown; the others are named only.
const DETAILED: usize = 20;
/// Columns that the name of a scorer may take.
const NAME: usize = 40;
/// Rows that a red run's last lines name.
const NAMED_ROWS: usize = 5;

/// How a report looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Colours.
    pub(crate) paint: Paint,
    /// A line each for evaluations that passed.
    pub(crate) quiet: bool,
}

/// The report on all evaluations of a run: what passed, then what did not, then what it comes to.
/// `run` is the folder of the results, `resume` the command that goes on with a run.
pub(crate) fn report(
    finished: &[Finished],
    run: Option<&Path>,
    resume: &str,
    look: Look,
) -> String {
    let paint = look.paint;
    let mut text = String::new();
    let shown: Vec<&Finished> = finished.iter().filter(|eval| !eval.is_idle()).collect();
    let short = look.quiet || shown.len() > BLOCKS;
    let name_width = shown.iter().map(|eval| width(&eval.name)).max().unwrap_or(0).min(60);
    let (good, bad): (Vec<_>, Vec<_>) =
        shown.into_iter().partition(|eval| eval.code() == ExitCode::Passed);
    for eval in good {
        if let Some(ran) = eval.ran() {
            if short {
                text.push_str(&line(eval, ran, name_width, paint));
            } else {
                text.push_str(&block(eval, ran, paint));
                text.push('\n');
            }
        }
    }
    let mut detailed = 0;
    for eval in &bad {
        if short && !text.is_empty() && !text.ends_with("\n\n") {
            text.push('\n');
        }
        match &eval.ending {
            Ending::Ran(ran) => {
                text.push_str(&block(eval, ran, paint));
                detailed += 1;
                if detailed <= DETAILED {
                    rows(&mut text, eval, ran, paint);
                } else if let Some(folder) = &eval.folder {
                    let note = format!("  rows that did not pass: {}", folder.display());
                    let _ = writeln!(text, "{}", paint.dim(note));
                }
            }
            Ending::Refused(why) => {
                let _ =
                    writeln!(text, "{}  {}", paint.bold(&eval.name), paint.bad("could not run"));
                for line in clean(why).lines() {
                    let _ = writeln!(text, "  {line}");
                }
                notes(&mut text, eval, paint);
            }
            Ending::Empty { .. } | Ending::Spared(_) | Ending::NotRun => continue,
        }
        text.push('\n');
    }
    conclusion(&mut text, finished, &bad, run, resume, paint);
    text
}

/// An evaluation that passed, on one line, and what must be known about it.
fn line(eval: &Finished, ran: &Ran, name_width: usize, paint: Paint) -> String {
    let summary = &ran.summary;
    let mut text = format!(
        "{} {}  {:>7} of {}",
        paint.good("✓"),
        paint.bold(pad(&fit(&eval.name, name_width), name_width)),
        rate(summary),
        counted(summary.counts.total(), "row"),
    );
    // Green by a tolerant gate or not: what broke and what was not graded is always said.
    for outcome in [Outcome::Error, Outcome::Unscored] {
        let rows = summary.counts.of(outcome);
        if rows > 0 {
            let _ = write!(text, "  {}", paint.warn(format!("{rows} {outcome}")));
        }
    }
    for scorer in summary.scorers.iter().take(4) {
        let _ = write!(text, "  {} {}", one_line(&scorer.name, NAME), score(scorer.stats.mean));
    }
    if summary.scorers.len() > 4 {
        text.push_str("  …");
    }
    let _ = writeln!(text, "  {}", paint.dim(time(summary.run.duration_ms)));
    remarks(&mut text, ran, paint);
    notes(&mut text, eval, paint);
    text
}

fn rate(summary: &Summary) -> String {
    summary.pass_rate.map_or_else(|| "–".into(), |rate| percent(rate, None))
}

/// Name and verdict, counts, the table of scorers, the gates.
fn block(eval: &Finished, ran: &Ran, paint: Paint) -> String {
    let summary = &ran.summary;
    let verdict = match summary.verdict {
        Verdict::Pass => paint.good("passed").to_string(),
        Verdict::Fail => paint.bad("failed").to_string(),
        Verdict::Error if summary.interrupted.is_some() => paint.bad("interrupted").to_string(),
        Verdict::Error => paint.bad("errored").to_string(),
    };
    let mut text = format!("{}  {verdict}\n", paint.bold(&eval.name));
    let trials =
        if summary.trials > 1 { format!(" ({} trials)", summary.trials) } else { String::new() };
    let resumed = match summary.run.resumed {
        0 => String::new(),
        rows => format!("  {rows} taken over"),
    };
    let _ = writeln!(
        text,
        "  {}{trials}  {}{resumed}  {}",
        counted(summary.counts.total(), "row"),
        counts(&summary.counts, paint),
        paint.dim(time(summary.run.duration_ms))
    );
    table(&mut text, summary, paint);
    for result in &summary.gates {
        let mark = if result.passed {
            paint.good("✓").to_string()
        } else {
            paint.bad("✗").to_string()
        };
        let _ = writeln!(text, "  {mark} {}", gate(summary, result));
    }
    remarks(&mut text, ran, paint);
    notes(&mut text, eval, paint);
    // Rows that a gate tolerates are worth a look, not a page.
    if summary.verdict == Verdict::Pass && !ran.failures.is_empty() {
        let rest = summary.counts.total() - summary.counts.pass;
        let ids = ids(ran, NAMED_ROWS);
        let _ =
            writeln!(text, "  {} {} did not pass: {ids}", paint.warn("·"), counted(rest, "row"));
        let again = ran.failures.first().map(|row| row::command(&eval.again, &row.id));
        let _ = writeln!(text, "    {}", paint.dim(again.unwrap_or_default()));
    }
    text
}

fn counts(counts: &Counts, paint: Paint) -> String {
    let words = Outcome::ALL.map(|outcome| {
        let text = format!("{} {outcome}", counts.of(outcome));
        match (counts.of(outcome), outcome) {
            (0, _) => paint.dim(text).to_string(),
            (_, Outcome::Pass) => paint.good(text).to_string(),
            (_, Outcome::Unscored) => paint.warn(text).to_string(),
            _ => paint.bad(text).to_string(),
        }
    });
    words.join("  ")
}

fn table(text: &mut String, summary: &Summary, paint: Paint) {
    if summary.scorers.is_empty() {
        return;
    }
    let label = |scorer: &ScorerSummary| {
        let gate = if scorer.policy.gate { " (gate)" } else { "" };
        format!("{}{gate}", fit(&clean(&scorer.name), NAME))
    };
    let composite = summary.scorers.len() > 1 && summary.composite.count > 0;
    let names = summary.scorers.iter().map(|scorer| width(&label(scorer)));
    let column = names.chain([width("composite")]).max().unwrap_or(0);
    let head = format!(
        "  {}  {:>6}  {:>6}  {:>6}  {:>7}  {:>7}  {:>8}",
        pad("scorer", column),
        "mean",
        "p50",
        "p95",
        "pass",
        "fail",
        "unscored"
    );
    let _ = writeln!(text, "{}", paint.dim(head));
    let numbers = |stats: &Stats| {
        format!("{:>6}  {:>6}  {:>6}", score(stats.mean), score(stats.p50), score(stats.p95))
    };
    for scorer in &summary.scorers {
        let _ = writeln!(
            text,
            "  {}  {}  {:>7}  {:>7}  {:>8}",
            pad(&label(scorer), column),
            numbers(&scorer.stats),
            scorer.passed,
            scorer.failed,
            scorer.unscored
        );
    }
    if composite {
        // Rows without a composite: a scorer that counts in it gave no score.
        let graded = summary.counts.total() - summary.counts.error;
        let unscored = match graded.saturating_sub(summary.composite.count) {
            0 => String::new(),
            rows => format!("  {:>7}  {:>7}  {rows:>8}", "", ""),
        };
        let _ = writeln!(
            text,
            "  {}  {}{unscored}",
            pad("composite", column),
            numbers(&summary.composite)
        );
    }
}

/// A gate and what was reached: `pass_rate 97.5 % ≥ 90 %`. A mean that is not that of all rows
/// says so: `mean(judge) 1 ≥ 0.9, of 2 of 40 rows`.
pub(crate) fn gate(summary: &Summary, result: &GateResult) -> String {
    let share = matches!(result.gate.as_str(), "pass_rate" | "error_rate");
    let bound =
        if share { percent_bound(result.bound) } else { number(result.bound, result.bound) };
    let sign = match (result.direction, result.passed) {
        (Direction::AtLeast, true) => "≥",
        (Direction::AtLeast, false) => "<",
        (Direction::AtMost, true) => "≤",
        (Direction::AtMost, false) => ">",
    };
    let name = one_line(&result.gate, NAME + 8);
    let Some(reached) = result.reached else {
        let least = match result.direction {
            Direction::AtLeast => "at least",
            Direction::AtMost => "at most",
        };
        return format!("{name} could not be measured, and must be {least} {bound}");
    };
    let reached =
        if share { percent(reached, Some(result.bound)) } else { number(reached, result.bound) };
    let rows = summary.counts.total();
    let scorer = summary.scorers.iter().find(|scorer| result.gate == mean_of(&scorer.name));
    let partial = match scorer.map(|scorer| scorer.stats.count) {
        Some(scored) if scored < rows => format!(", of {scored} of {}", counted(rows, "row")),
        _ => String::new(),
    };
    format!("{name} {reached} {sign} {bound}{partial}")
}

/// What the gate on the mean of a scorer is called.
fn mean_of(scorer: &str) -> String {
    format!("mean({scorer})")
}

/// What a reader must know before trusting the numbers. Never left out.
fn remarks(text: &mut String, ran: &Ran, paint: Paint) {
    let summary = &ran.summary;
    if let Some(why) = &summary.interrupted {
        let _ = writeln!(text, "  {} interrupted: {}", paint.warn("!"), clean(why));
    }
    if !summary.partial.is_empty() {
        let filters = clean(&summary.partial.join(", ")).into_owned();
        let _ = writeln!(text, "  {} this is not the whole data set: {filters}", paint.warn("!"));
    }
    for warning in &summary.warnings {
        let _ = writeln!(text, "  {} {}", paint.warn("!"), clean(warning).replace('\n', "\n    "));
    }
    if let Some(rescued) = &ran.rescued {
        let _ = writeln!(text, "  {} {}", paint.warn("!"), clean(rescued).replace('\n', "\n    "));
    }
}

fn notes(text: &mut String, eval: &Finished, paint: Paint) {
    for note in &eval.notes {
        let _ = writeln!(text, "  {} {}", paint.warn("!"), clean(note));
    }
}

fn rows(text: &mut String, eval: &Finished, ran: &Ran, paint: Paint) {
    for failing in &ran.failures {
        text.push('\n');
        text.push_str(&row::block(failing, &eval.again, ran.summary.trials, paint));
    }
    let all = ran.summary.counts.total() - ran.summary.counts.pass;
    let left = all.saturating_sub(ran.failures.len() as u64);
    if left > 0 && !ran.failures.is_empty() {
        let note = format!("  … {left} more did not pass; --failures {all} shows them all");
        let _ = writeln!(text, "\n{}", paint.dim(note));
    }
}

/// Some of the rows that did not pass, for a line.
pub(crate) fn ids(ran: &Ran, limit: usize) -> String {
    let mut names: Vec<String> = Vec::new();
    for row in &ran.failures {
        let id = one_line(&row.id, 60);
        // A case that failed in several trials is one case.
        if names.last() != Some(&id) {
            names.push(id);
        }
    }
    let all = ran.summary.counts.total() - ran.summary.counts.pass;
    let more = names.len() > limit || ran.failures.len() < all as usize;
    names.truncate(limit);
    format!("{}{}", names.join(", "), if more { ", …" } else { "" })
}

/// Why an evaluation is red, in a line.
pub(crate) fn reason(eval: &Finished) -> String {
    match &eval.ending {
        Ending::Refused(why) | Ending::Spared(why) | Ending::Empty { why, .. } => {
            // The first line says what kind of thing is wrong, the second what is.
            let lines: Vec<&str> = why.lines().map(str::trim).take(2).collect();
            one_line(&lines.join(": "), 300)
        }
        Ending::NotRun => "not run: the run was stopped before".into(),
        Ending::Ran(ran) => {
            let missed = ran.summary.gates.iter().filter(|result| !result.passed);
            let mut parts: Vec<String> = missed.map(|result| gate(&ran.summary, result)).collect();
            if let Some(why) = &ran.summary.interrupted {
                parts.push(format!("interrupted: {}", one_line(why, 120)));
            }
            let rows = if ran.failures.is_empty() {
                String::new()
            } else {
                format!(" (rows: {})", ids(ran, NAMED_ROWS))
            };
            format!("{}{rows}", parts.join("; "))
        }
    }
}

/// The last lines: what is red and why, and where everything lies.
fn conclusion(
    text: &mut String,
    finished: &[Finished],
    bad: &[&Finished],
    run: Option<&Path>,
    resume: &str,
    paint: Paint,
) {
    let not_run = bad.iter().filter(|eval| matches!(eval.ending, Ending::NotRun)).count();
    for eval in bad.iter().filter(|eval| !matches!(eval.ending, Ending::NotRun)).take(100) {
        let word = match eval.code() {
            ExitCode::GateMissed => "FAILED",
            ExitCode::BadInput => "COULD NOT RUN",
            _ => "ERRORED",
        };
        let _ = writeln!(text, "{}  {}: {}", paint.bad(word), paint.bold(&eval.name), reason(eval));
    }
    if bad.len() > 100 {
        let _ = writeln!(text, "… and {} more", bad.len() - 100);
    }
    if not_run > 0 {
        let names: Vec<&str> = bad
            .iter()
            .filter(|eval| matches!(eval.ending, Ending::NotRun))
            .map(|eval| eval.name.as_str())
            .take(NAMED_ROWS)
            .collect();
        let more = if not_run > names.len() { ", …" } else { "" };
        let list = names.join(", ");
        let _ = writeln!(
            text,
            "{}  {}: {list}{more}",
            paint.warn("NOT RUN"),
            counted(not_run as u64, "evaluation")
        );
    }
    let cut_short = finished.iter().filter_map(Finished::ran);
    if not_run > 0 || cut_short.into_iter().any(|ran| ran.summary.interrupted.is_some()) {
        let _ = writeln!(text, "{}   {resume}", paint.dim("go on:"));
    }
    if let Some(folder) = run
        && finished.iter().any(|eval| eval.folder.is_some())
    {
        let _ = writeln!(text, "{} {}", paint.dim("results:"), folder.display());
        if !bad.is_empty() {
            let junit = folder.join(super::junit::FILE);
            let _ = writeln!(text, "{}   {}", paint.dim("junit:"), junit.display());
        }
    }
}

#[cfg(test)]
mod tests;
