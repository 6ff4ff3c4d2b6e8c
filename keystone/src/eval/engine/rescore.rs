//! Scoring the outputs of an earlier run anew.

use std::any::Any;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value};

use super::super::data::{DataError, Dataset, Problem};
use super::super::journal::{DataHeader, JOURNAL_FILE, Rows};
use super::super::task::TaskResult;
use super::super::work::{Admission, Admit, Batch, Candidate, Source, TaskCase, Work};
use super::super::{
    EvalError, EvalReport, Evaluation, Journal, RowError, RowErrorKind, RowRecord, RunOptions,
};
use super::Earlier;
use crate::scorers::CaseData;

/// Runs an evaluation whose task is to remember what it said the last time.
pub(in crate::eval) fn rescore(
    evaluation: &Evaluation,
    journal: &Journal,
    options: &RunOptions,
) -> Result<EvalReport, EvalError> {
    let replay = Evaluation {
        name: evaluation.name.clone(),
        work: Arc::new(Replay(journal.clone())),
        scorers: evaluation.scorers.clone(),
        gates: evaluation.gates.clone(),
        pass_threshold: evaluation.pass_threshold,
        max_concurrency: evaluation.max_concurrency,
        trials: 1,
        timeout: evaluation.timeout,
        tags: evaluation.tags.clone(),
        root: evaluation.root.clone(),
    };
    if let Some(folder) = &options.journal
        && is_same(&folder.join(JOURNAL_FILE), journal.path())
    {
        return Err(EvalError::Journal {
            path: folder.clone(),
            source: io::Error::other("the outputs that are scored anew are read from there"),
        });
    }
    let earlier = Earlier {
        trials: Some(journal.header().trials),
        partial: journal.header().partial.clone(),
        unfinished: (!journal.is_complete())
            .then(|| "the run whose outputs were scored anew had not reached its end".to_owned()),
    };
    // Each row of the journal says which trial it is.
    super::run_again(&replay, &options.clone().trials(1), earlier)
}

fn is_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

struct Replay(Journal);

impl Work for Replay {
    fn open(&self, _root: &Path, _copy: Option<&Dataset>) -> Result<Box<dyn Source>, DataError> {
        let rows = self
            .0
            .rows()
            .map_err(|error| DataError::from(Problem::new(self.0.path(), error.to_string())))?;
        let len = (self.0.header().trials == 1).then_some(self.0.len() as u64);
        Ok(Box::new(Records { journal: self.0.path().to_owned(), rows, len, last: None }))
    }

    fn is_file(&self) -> bool {
        false
    }

    fn place(&self, _root: &Path) -> String {
        self.0.path().display().to_string()
    }

    fn data(&self) -> Option<DataHeader> {
        self.0.header().data.clone()
    }
}

struct Records {
    journal: std::path::PathBuf,
    rows: Rows,
    /// How many cases there are, where each is one row.
    len: Option<u64>,
    /// The case that the last row belongs to, and whether it runs.
    last: Option<(u64, bool)>,
}

impl Source for Records {
    fn next(&mut self, max: usize, admit: &mut dyn Admit) -> Option<Arc<dyn Batch>> {
        let mut records = Vec::new();
        while records.len() < max {
            let Some(row) = self.rows.next() else { break };
            match row {
                // A case is chosen with all of its trials, which stand one after the other.
                Ok(record) if self.last.is_some_and(|(index, _)| index == record.index) => {
                    if self.last.is_some_and(|(_, runs)| runs) {
                        records.push(Ok(record));
                    }
                }
                Ok(_) if admit.satisfied() => break,
                Ok(record) => {
                    let candidate = Candidate {
                        index: record.index,
                        id: Some(&record.id),
                        unique: true,
                        tags: &record.tags,
                        content: &|| 0,
                    };
                    let runs = matches!(admit.admit(candidate), Admission::Run(_));
                    self.last = Some((record.index, runs));
                    if runs {
                        records.push(Ok(record));
                    }
                }
                Err(error) => {
                    records.push(Err(Problem::new(self.journal.clone(), error.to_string())));
                }
            }
        }
        (!records.is_empty()).then(|| Arc::new(Recorded(records)) as Arc<dyn Batch>)
    }

    fn check(&mut self, _: u64, _: &mut dyn Admit, _: &mut DataError) -> bool {
        false
    }

    fn len(&self) -> Option<u64> {
        self.len
    }

    fn repeated_content(&self) -> u64 {
        0
    }
}

struct Recorded(Vec<Result<RowRecord, Problem>>);

impl Batch for Recorded {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn index(&self, at: usize) -> u64 {
        self.0[at].as_ref().map_or(u64::MAX, |record| record.index)
    }

    fn id(&self, at: usize) -> &str {
        self.0[at].as_ref().map_or("unreadable", |record| &record.id)
    }

    fn trial(&self, at: usize) -> Option<u32> {
        self.0[at].as_ref().ok().map(|record| record.trial)
    }

    fn with_case(&self, at: usize, f: &mut dyn FnMut(&dyn TaskCase)) -> Result<(), Problem> {
        match &self.0[at] {
            Ok(record) => f(&Remembered(record)),
            Err(problem) => return Err(problem.clone()),
        }
        Ok(())
    }
}

/// A row of a journal as a case whose task has the journal's answer.
struct Remembered<'a>(&'a RowRecord);

impl CaseData for Remembered<'_> {
    fn id(&self) -> Option<&str> {
        Some(&self.0.id)
    }
    fn input(&self) -> Option<&dyn Any> {
        None
    }
    fn input_json(&self) -> Result<Value, String> {
        self.0
            .input
            .as_ref()
            .map(super::super::Json::value)
            .ok_or_else(|| "the journal has none".into())
    }
    fn expected(&self) -> Option<&dyn Any> {
        None
    }
    fn expected_json(&self) -> Option<Result<Value, String>> {
        self.0.expected.as_ref().map(|expected| Ok(expected.value()))
    }
    fn tags(&self) -> &[String] {
        &self.0.tags
    }
    fn metadata(&self) -> &Map<String, Value> {
        &self.0.metadata
    }
    fn context(&self) -> &[String] {
        &self.0.context
    }
}

impl TaskCase for Remembered<'_> {
    fn run(&self, _trial: u32, _deadline: Option<Instant>) -> TaskResult {
        match (self.0.to_output(), &self.0.error) {
            (Some(output), _) => Ok(output),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Err(RowError::new(RowErrorKind::Task, "the journal has no output")),
        }
    }

    fn write_input(&self, line: &mut Vec<u8>) -> Result<(), String> {
        let input = self.0.input.as_ref().ok_or("the journal has none")?;
        line.extend_from_slice(input.as_str().as_bytes());
        Ok(())
    }

    fn write_expected(&self, line: &mut Vec<u8>) -> Result<bool, String> {
        let Some(expected) = &self.0.expected else {
            return Ok(false);
        };
        line.extend_from_slice(expected.as_str().as_bytes());
        Ok(true)
    }
}
