//! `keystone score`: recorded outputs, or those of a finished run, graded by rules.

mod journal;
mod output;
mod rows;
mod rules;

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use crate::diagnostics::{Problem, error, warning};
use crate::ending::Ending;
use crate::files::shown;
use output::{Answers, Stop};
use rules::Rules;

const AFTER_HELP: &str = "\
Answers:
  {\"id\":\"fr\",\"scores\":[{\"name\":\"close\",\"score\":1.0,\"passed\":true,
  \"message\":\"similarity=1.000 threshold=0.9\"}],\"unscored\":[]}

Rules:
  [{\"name\": \"close\", \"type\": \"levenshtein\", \"config\":
  {\"expected_key\": \"answer\", \"threshold\": 0.9}}]
  Types: contains, exact_match, json_diff, json_validity, levenshtein, numeric_diff,
  semantic_list_contains. Rules of types that need a model or a sandbox leave every row unscored.

Exit codes:
  0  every row was read and its answer written, whatever the scores
  1  a row could not be read (its line names the error, the others are scored), there were no
     rows, or the answers could not be written
  2  the command line, the rules or the run are at fault; nothing was scored

Examples:
  keystone score --rules rules.json --rows answers.jsonl > scores.jsonl
  my-agent --batch | keystone score --rules rules.json --rows -
  keystone score --rules rules.json --journal latest";

/// Score recorded outputs, or those of a finished run, without running anything again
///
/// Writes one JSON line a row to the standard output, in the order of the rows. A rule that
/// has no score for a row stands in `unscored`, with its `reason`. A row that could not be
/// read, or whose task broke, has an `error` as well, and every rule in `unscored`.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    group(ArgGroup::new("outputs").required(true).args(["rows", "journal"])),
    after_help = AFTER_HELP,
)]
pub(crate) struct Options {
    /// What to score by: a JSON list of {"name"?, "type", "config"?}
    #[arg(long, value_name = "RULES.json")]
    rules: PathBuf,

    /// What to score: lines of {"id"?, "agent_output", "parameters"?}; `-` for standard input
    ///
    /// May be compressed with gzip. A missing, empty or false `agent_output` is the empty
    /// text; one that is not text is scored as its JSON. Rules find expected values in their
    /// `config`, or in the row's `parameters` by `expected_key`. Answers are written as rows
    /// come in.
    #[arg(long, value_name = "ROWS.jsonl", verbatim_doc_comment)]
    rows: Option<PathBuf>,

    /// A finished run to score anew: its folder, its id, or `latest`
    ///
    /// Also the folder of one evaluation in it, or a journal.jsonl. Ids are looked for below
    /// $KEYSTONE_OUTPUT, or else target/keystone of this folder and of those above it. Lines
    /// have `index` and `trial` as well, and, for a whole run, the `eval`. The expected value
    /// of a row serves rules that have neither `expected` nor `expected_key`.
    #[arg(long, value_name = "RUN", verbatim_doc_comment)]
    journal: Option<PathBuf>,
}

/// Scores what the options ask for, and says on the standard error what is wrong.
pub(crate) fn run(options: &Options) -> Ending {
    match try_run(options) {
        Ok(ending) => ending,
        Err(problems) => {
            problems.iter().for_each(error);
            Ending::Refused
        }
    }
}

fn try_run(options: &Options) -> Result<Ending, Vec<Problem>> {
    let rules = Rules::read(&options.rules)?;
    let ending = match (&options.rows, &options.journal) {
        (Some(rows), _) => {
            let rows = rows::Rows::open(rows).map_err(|problem| vec![problem])?;
            rules.warn();
            score_rows(&rules, rows)
        }
        (None, Some(run)) => {
            let run = journal::Run::find(run).map_err(|problem| vec![problem])?;
            rules.warn();
            score_run(&rules, &run)
        }
        // The command line's own check has one of the two.
        (None, None) => Ending::Refused,
    };
    Ok(ending)
}

fn score_rows(rules: &Rules, mut rows: rows::Rows) -> Ending {
    let mut answers = Answers::new();
    let mut stop = None;
    let name = rows.name().to_owned();
    while let Some(block) = rows.next() {
        let lines = block.lines();
        let written = answers.add(&lines, |line, page| match line.scenario(&name) {
            Ok(scenario) => rules.answer_scenario(&scenario, page),
            Err(broken) => rules.answer_broken(&broken.id, broken.problem, page),
        });
        if let Err(reason) = written {
            stop = Some(reason);
            break;
        }
    }
    if stop.is_none() {
        if let Some(problem) = rows.failure() {
            answers.fail(&problem);
        } else if answers.rows() == 0 {
            answers.fail(&Problem::new(name, "there are no rows in it"));
        } else if answers.nothing_but_empty_outputs() {
            warning(format!(
                "{name}: no row has an `agent_output`, so that all were scored as the empty text"
            ));
        }
    }
    finish(answers, stop)
}

fn score_run(rules: &Rules, run: &journal::Run) -> Ending {
    let mut answers = Answers::new();
    for folder in run.evals() {
        let journal = match journal::open(folder) {
            Ok(journal) => journal,
            Err(problem) => {
                answers.fail(&problem);
                continue;
            }
        };
        let name = run.is_whole().then(|| journal.header().eval.clone());
        if let Some(problem) = journal::incompleteness(&journal) {
            warning(problem);
        }
        for batch in journal::batches(journal) {
            let written = answers.add(&batch, |row, page| match row {
                Ok(record) => rules.answer_record(name.as_deref(), record, page),
                Err(problem) => page.problem(problem.clone()),
            });
            if let Err(reason) = written {
                return finish(answers, Some(reason));
            }
        }
    }
    if answers.rows() == 0 && !answers.failed() {
        answers.fail(&Problem::new(shown(run.path()), "no row of this run was finished"));
    }
    finish(answers, None)
}

fn finish(mut answers: Answers, stop: Option<Stop>) -> Ending {
    if let Some(Stop::Failed(problem)) = stop {
        answers.fail(&Problem::new("standard output", format!("cannot be written: {problem}")));
    }
    answers.finish()
}
