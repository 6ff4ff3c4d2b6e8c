//! An evaluation as a value: what the macros build, and what library users call.

use std::fmt::Display;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::source::Data;
use super::task::{TaskContext, TaskResult, fallible, plain};
use super::work::{TypedWork, Work};
use super::{EvalError, EvalReport, Gates, Journal, RunOptions, engine};
use crate::scorers::Scorer;
use crate::{Case, IntoOutput};

/// Rows that run at the same time unless an evaluation says otherwise.
pub const DEFAULT_CONCURRENCY: usize = 8;

/// How long a row may take unless an evaluation says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// An evaluation without macros: a name, data, a task and scorers.
///
/// ```
/// use keystone::eval::{Data, Eval};
/// use keystone::scorers::ExactMatch;
///
/// let report = Eval::new("shout")
///     .data(Data::<String, String>::values([("hello", "HELLO"), ("world", "WORLD")]))
///     .task(|word: &String| word.to_uppercase())
///     .scorer(ExactMatch::new())
///     .max_concurrency(4)
///     .run()?;
/// assert_eq!(report.summary.counts.pass, 2);
/// assert_eq!(report.summary.scorer("exact_match").and_then(|s| s.stats.mean), Some(1.0));
/// # Ok::<(), keystone::eval::EvalError>(())
/// ```
#[must_use = "an evaluation does nothing until it is run"]
pub struct Eval {
    name: String,
}

impl Eval {
    /// An evaluation of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }

    /// Sets where the cases come from.
    pub fn data<I, E>(self, data: Data<I, E>) -> EvalData<I, E> {
        EvalData { name: self.name, data }
    }
}

/// An evaluation that has its data and waits for its task.
#[must_use = "an evaluation does nothing until it is run"]
pub struct EvalData<I, E> {
    name: String,
    data: Data<I, E>,
}

impl<I, E> EvalData<I, E>
where
    I: Send + Sync + 'static,
    E: Send + Sync + 'static,
{
    /// Sets the task: what turns an input into an output.
    pub fn task<O: IntoOutput>(self, task: impl Fn(&I) -> O + Send + Sync + 'static) -> Evaluation {
        self.task_with(move |context| plain(task(&context.case.input)))
    }

    /// Sets a task that may fail. A failure makes the row an error, which is not a fail.
    pub fn try_task<O: IntoOutput, X: Display>(
        self,
        task: impl Fn(&I) -> Result<O, X> + Send + Sync + 'static,
    ) -> Evaluation {
        self.task_with(move |context| fallible(task(&context.case.input)))
    }

    /// Sets a task that wants the whole case, and may fail.
    pub fn try_case_task<O: IntoOutput, X: Display>(
        self,
        task: impl Fn(&Case<I, E>) -> Result<O, X> + Send + Sync + 'static,
    ) -> Evaluation {
        self.task_with(move |context| fallible(task(context.case)))
    }

    /// Sets an async task. It runs on the shared tokio runtime with the feature `tokio`, else on
    /// the worker's own thread.
    pub fn async_task<O: IntoOutput, F: Future<Output = O>>(
        self,
        task: impl Fn(I) -> F + Send + Sync + 'static,
    ) -> Evaluation
    where
        I: Clone,
    {
        self.task_with(move |context| plain(context.wait(task(context.case.input.clone()))?))
    }

    /// Sets an async task that may fail.
    pub fn try_async_task<O: IntoOutput, X: Display, F: Future<Output = Result<O, X>>>(
        self,
        task: impl Fn(I) -> F + Send + Sync + 'static,
    ) -> Evaluation
    where
        I: Clone,
    {
        self.task_with(move |context| fallible(context.wait(task(context.case.input.clone()))?))
    }

    /// Sets a task in its most general form, which all others are made of.
    pub fn task_with(
        self,
        task: impl Fn(&TaskContext<'_, I, E>) -> TaskResult + Send + Sync + 'static,
    ) -> Evaluation {
        Evaluation {
            name: self.name,
            work: Arc::new(TypedWork::new(self.data, task)),
            scorers: Vec::new(),
            gates: Gates::default(),
            pass_threshold: None,
            max_concurrency: DEFAULT_CONCURRENCY,
            trials: 1,
            timeout: Some(DEFAULT_TIMEOUT),
            tags: Vec::new(),
            root: PathBuf::new(),
        }
    }
}

/// A whole evaluation, ready to run as often as one likes.
#[must_use = "an evaluation does nothing until it is run"]
pub struct Evaluation {
    pub(super) name: String,
    pub(super) work: Arc<dyn Work>,
    pub(super) scorers: Vec<Arc<dyn Scorer>>,
    pub(super) gates: Gates,
    pub(super) pass_threshold: Option<f64>,
    pub(super) max_concurrency: usize,
    pub(super) trials: u32,
    pub(super) timeout: Option<Duration>,
    pub(super) tags: Vec<String>,
    pub(super) root: PathBuf,
}

impl Evaluation {
    /// Adds a scorer.
    pub fn scorer(mut self, scorer: impl Scorer + 'static) -> Self {
        self.scorers.push(Arc::new(scorer));
        self
    }

    /// Sets the least share of rows that must pass, from 0 to 1; 1 unless set.
    pub fn pass_rate(mut self, rate: f64) -> Self {
        self.gates.pass_rate = rate;
        self
    }

    /// Sets the least mean of the scorer of this name, from 0 to 1.
    pub fn min_mean(mut self, scorer: impl Into<String>, mean: f64) -> Self {
        self.gates.min_mean.push((scorer.into(), mean));
        self
    }

    /// Sets the most rows that may end in an error; 0 unless this or `max_error_rate` is set.
    pub fn max_errors(mut self, errors: u64) -> Self {
        self.gates.max_errors = Some(errors);
        self
    }

    /// Sets the greatest share of rows that may end in an error, from 0 to 1.
    pub fn max_error_rate(mut self, rate: f64) -> Self {
        self.gates.max_error_rate = Some(rate);
        self
    }

    /// Lets a row pass when its composite, the mean of its scores weighted by the scorers'
    /// weights, reaches this number from 0 to 1. Without it a row passes when every scorer
    /// passes. Either way no scorer that is a gate may fail.
    pub fn pass_threshold(mut self, threshold: f64) -> Self {
        self.pass_threshold = Some(threshold);
        self
    }

    /// Sets how many rows run at the same time; [`DEFAULT_CONCURRENCY`] unless set.
    pub fn max_concurrency(mut self, rows: usize) -> Self {
        self.max_concurrency = rows;
        self
    }

    /// Sets how often the task runs on each case; once unless set.
    pub fn trials(mut self, trials: u32) -> Self {
        self.trials = trials;
        self
    }

    /// Sets how long a row may take, task and scorers together; [`DEFAULT_TIMEOUT`] unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Lets rows take as long as they will. A task that never returns then holds up the run.
    pub fn no_timeout(mut self) -> Self {
        self.timeout = None;
        self
    }

    /// Adds a label.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Sets the folder from which relative paths of data sets resolve.
    pub fn root(mut self, folder: impl Into<PathBuf>) -> Self {
        self.root = folder.into();
        self
    }

    /// The name of the evaluation.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Renames the evaluation; the harness does so where the module's path belongs to the name.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Runs every row and keeps all results in memory. Nothing is written.
    ///
    /// # Errors
    /// What keeps the run from starting: a data set that cannot be read or has no rows, a bar or
    /// a weight that is not a number from 0 to 1. What breaks a single row is in the report.
    pub fn run(&self) -> Result<EvalReport, EvalError> {
        self.run_with(&RunOptions::new().keep_all())
    }

    /// Runs with these options.
    ///
    /// # Errors
    /// As [`Evaluation::run`], and what keeps a journal from being written.
    pub fn run_with(&self, options: &RunOptions) -> Result<EvalReport, EvalError> {
        engine::run(self, options)
    }

    /// Scores the outputs of an earlier run with the scorers of this evaluation. No task is run,
    /// and no data set is read: the journal holds all that scorers see.
    ///
    /// # Errors
    /// As [`Evaluation::run_with`], and what keeps the journal from being read.
    pub fn rescore(
        &self,
        journal: &Journal,
        options: &RunOptions,
    ) -> Result<EvalReport, EvalError> {
        engine::rescore(self, journal, options)
    }
}
