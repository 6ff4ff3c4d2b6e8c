//! The typed part of a run: where types of inputs, expected values and tasks are known.
//!
//! Everything here is compiled anew for each evaluation, so there is as little of it as possible;
//! the engine works on the traits.

use std::any::Any;
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value};

use super::data::{DataError, Dataset, Problem, RowReader, RowText};
use super::identity::content_hash;
use super::journal::DataHeader;
use super::nesting::too_deep;
use super::panics;
use super::source::{CaseIter, Codec, Data, DataKind, Decode, metadata_is_too_deep};
use super::task::{TaskContext, TaskResult};
use crate::Case;
use crate::scorers::CaseData;

/// Data and task of an evaluation, their types forgotten.
pub(super) trait Work: Send + Sync {
    /// Gets what has to be there before the first case can be read: of records that a server
    /// keeps, a copy on this machine. Called once for each run.
    fn fetch(&self) -> Result<Option<Dataset>, DataError> {
        Ok(None)
    }

    /// Starts over at the first case. `copy` is what [`fetch`](Self::fetch) got for this run.
    fn open(&self, root: &Path, copy: Option<&Dataset>) -> Result<Box<dyn Source>, DataError>;

    /// Whether rows are read as text, and can be checked before they run.
    fn is_file(&self) -> bool;

    /// Where the cases come from, in words.
    fn place(&self, root: &Path) -> String;

    /// Where the cases come from, for the journal; `None` where they are made in code.
    fn data(&self) -> Option<DataHeader>;
}

/// Hands out cases, one batch after the other.
pub(super) trait Source: Send {
    /// Up to `max` cases that `admit` lets through; `None` at the end.
    fn next(&mut self, max: usize, admit: &mut dyn Admit) -> Option<Arc<dyn Batch>>;

    /// Reads on to the end without running anything, and reports every row that does not fit.
    /// Stops after about `bytes` of text; `true` means that the end was reached.
    fn check(&mut self, bytes: u64, admit: &mut dyn Admit, problems: &mut DataError) -> bool;

    /// How many cases there are, where that is known without reading them.
    fn len(&self) -> Option<u64>;

    /// Why there are no further cases, where the end was not reached.
    fn broken(&self) -> Option<&str> {
        None
    }

    /// How many cases are known to repeat the content of an earlier one.
    fn repeated_content(&self) -> u64;
}

/// Decides about a case before it runs.
pub(super) trait Admit {
    /// Names the case, and says whether it is to run.
    fn admit(&mut self, case: Candidate<'_>) -> Admission;

    /// Admits the next cases one and all, where nothing is chosen among cases, and all of them
    /// have names that are known to be the only ones of their kind; `false` means that each is to
    /// be looked at.
    fn admit_all(&mut self, _cases: usize) -> bool {
        false
    }

    /// Whether no further case can be admitted.
    fn satisfied(&self) -> bool {
        false
    }
}

/// What is known of a case before it runs.
pub(super) struct Candidate<'a> {
    pub(super) index: u64,
    pub(super) id: Option<&'a str>,
    /// Whether the name is known to be the only one of its kind.
    pub(super) unique: bool,
    pub(super) tags: &'a [String],
    pub(super) content: &'a dyn Fn() -> u64,
}

pub(super) enum Admission {
    /// The case runs, under this name where it has none of its own.
    Run(Option<String>),
    /// The case does not run.
    Skip,
    /// Another case has the same name.
    Duplicate,
}

/// Some cases that were handed out together.
pub(super) trait Batch: Send + Sync {
    fn len(&self) -> usize;
    fn index(&self, at: usize) -> u64;
    fn id(&self, at: usize) -> &str;
    /// Which trial a row is, where the rows themselves know.
    fn trial(&self, _at: usize) -> Option<u32> {
        None
    }
    /// Calls back with the case.
    fn with_case(&self, at: usize, f: &mut dyn FnMut(&dyn TaskCase)) -> Result<(), Problem>;
}

/// A case and the task that runs on it.
pub(super) trait TaskCase: CaseData {
    fn run(&self, trial: u32, deadline: Option<Instant>) -> TaskResult;
    /// Appends the input as one line of JSON.
    fn write_input(&self, line: &mut Vec<u8>) -> Result<(), String>;
    /// Appends the expected value as one line of JSON; `false` where there is none.
    fn write_expected(&self, line: &mut Vec<u8>) -> Result<bool, String>;
}

/// What stands for the file's name in problems of rows that are made in code.
pub(super) const CODE: &str = "data in code";

pub(super) struct TypedWork<I, E, F> {
    data: Data<I, E>,
    task: Arc<F>,
}

impl<I, E, F> TypedWork<I, E, F> {
    pub(super) fn new(data: Data<I, E>, task: F) -> Self {
        Self { data, task: Arc::new(task) }
    }
}

impl<I, E, F> Work for TypedWork<I, E, F>
where
    I: Send + Sync + 'static,
    E: Send + Sync + 'static,
    F: Fn(&TaskContext<'_, I, E>) -> TaskResult + Send + Sync + 'static,
{
    fn fetch(&self) -> Result<Option<Dataset>, DataError> {
        match &self.data.kind {
            #[cfg(feature = "client")]
            DataKind::Remote { dataset, .. } => dataset.fetch().map(Some),
            _ => Ok(None),
        }
    }

    fn open(&self, root: &Path, copy: Option<&Dataset>) -> Result<Box<dyn Source>, DataError> {
        let origin = match &self.data.kind {
            DataKind::File { dataset, decode } => Origin::File {
                reader: copy.unwrap_or(dataset).clone().relative_to(root).open()?,
                decode: *decode,
            },
            #[cfg(feature = "client")]
            DataKind::Remote { dataset, decode } => Origin::File {
                reader: copy.cloned().map_or_else(|| dataset.fetch(), Ok)?.open()?,
                decode: *decode,
            },
            DataKind::Values { cases, problems, repeated, codec } => {
                if !problems.is_empty() {
                    return Err(problems.clone());
                }
                Origin::Values {
                    cases: Arc::clone(cases),
                    at: 0,
                    repeated: *repeated,
                    codec: *codec,
                }
            }
            DataKind::Function { make, codec } => Origin::Function {
                cases: panics::catch(make)
                    .unwrap_or_else(|caught| Err(caught.to_string()))
                    .map_err(|why| {
                        let why = format!("the data function failed: {why}");
                        DataError::from(Problem::new(CODE, why))
                    })?,
                codec: *codec,
            },
        };
        let task = Arc::clone(&self.task);
        Ok(Box::new(TypedSource { origin, task, next_index: 0, broken: None }))
    }

    fn is_file(&self) -> bool {
        match &self.data.kind {
            DataKind::File { .. } => true,
            #[cfg(feature = "client")]
            DataKind::Remote { .. } => true,
            DataKind::Values { .. } | DataKind::Function { .. } => false,
        }
    }

    fn place(&self, root: &Path) -> String {
        match &self.data.kind {
            DataKind::File { dataset, .. } => {
                dataset.as_ref().clone().relative_to(root).location().display().to_string()
            }
            #[cfg(feature = "client")]
            DataKind::Remote { dataset, .. } => dataset.to_string(),
            DataKind::Values { .. } => "the list in the code".to_owned(),
            DataKind::Function { .. } => "the data function returned nothing".to_owned(),
        }
    }

    fn data(&self) -> Option<DataHeader> {
        match &self.data.kind {
            DataKind::File { dataset, .. } => Some(DataHeader::of_file(dataset.path())),
            #[cfg(feature = "client")]
            DataKind::Remote { dataset, .. } => Some(dataset.header()),
            DataKind::Values { .. } | DataKind::Function { .. } => None,
        }
    }
}

enum Origin<I, E> {
    File { reader: RowReader, decode: Decode<I, E> },
    Values { cases: Arc<Vec<Case<I, E>>>, at: usize, repeated: u64, codec: Codec<I, E> },
    Function { cases: CaseIter<I, E>, codec: Codec<I, E> },
}

struct TypedSource<I, E, F> {
    origin: Origin<I, E>,
    task: Arc<F>,
    next_index: u64,
    /// Why there are no further cases, where the end was not reached.
    broken: Option<String>,
}

impl<I, E, F> Source for TypedSource<I, E, F>
where
    I: Send + Sync + 'static,
    E: Send + Sync + 'static,
    F: Fn(&TaskContext<'_, I, E>) -> TaskResult + Send + Sync + 'static,
{
    fn next(&mut self, max: usize, admit: &mut dyn Admit) -> Option<Arc<dyn Batch>> {
        let rows = match &mut self.origin {
            Origin::File { reader, decode } => {
                let mut rows = Vec::with_capacity(max);
                while rows.len() < max && !admit.satisfied() {
                    let Some(row) = reader.next() else { break };
                    let index = self.next_index;
                    self.next_index += 1;
                    rows.extend(admit_row(row, index, admit));
                }
                Rows::File { rows, decode: *decode }
            }
            Origin::Values { cases, at, codec, .. } => {
                let mut chosen: Vec<Range<usize>> = Vec::new();
                let mut count = 0;
                let all = *at..cases.len().min(at.saturating_add(max));
                if !all.is_empty() && admit.admit_all(all.len()) {
                    count = all.len();
                    *at = all.end;
                    chosen.push(all);
                }
                while *at < cases.len() && count < max && !admit.satisfied() {
                    let case = &cases[*at];
                    let candidate = Candidate {
                        index: *at as u64,
                        id: case.id.as_deref(),
                        unique: true,
                        tags: &case.tags,
                        content: &|| 0,
                    };
                    if matches!(admit.admit(candidate), Admission::Run(_)) {
                        count += 1;
                        // Neighbours are kept as one range, which for a whole data set is all
                        // that there is.
                        match chosen.last_mut() {
                            Some(Range { end, .. }) if *end == *at => *end += 1,
                            _ => chosen.push(*at..*at + 1),
                        }
                    }
                    *at += 1;
                }
                Rows::Values { cases: Arc::clone(cases), chosen, codec: *codec }
            }
            Origin::Function { cases, codec } => {
                let mut rows = Vec::with_capacity(max);
                while rows.len() < max && !admit.satisfied() && self.broken.is_none() {
                    let mut case = match panics::catch(|| cases.next()) {
                        Ok(Some(case)) => case,
                        Ok(None) => break,
                        Err(caught) => {
                            self.broken = Some(caught.to_string());
                            break;
                        }
                    };
                    let index = self.next_index;
                    self.next_index += 1;
                    match admit_case(&case, index, *codec, admit) {
                        None => {}
                        Some(Ok(name)) => {
                            case.id = name.or(case.id);
                            rows.push((index, Ok(case)));
                        }
                        Some(Err(problem)) => rows.push((index, Err((nameless(index), problem)))),
                    }
                }
                Rows::Function { rows, codec: *codec }
            }
        };
        let batch = TypedBatch { rows, task: Arc::clone(&self.task) };
        (batch.len() > 0).then(|| Arc::new(batch) as Arc<dyn Batch>)
    }

    fn check(&mut self, bytes: u64, admit: &mut dyn Admit, problems: &mut DataError) -> bool {
        let Origin::File { reader, decode } = &mut self.origin else {
            return false;
        };
        let mut read = 0;
        while read < bytes {
            let Some(row) = reader.next() else {
                return true;
            };
            let index = self.next_index;
            self.next_index += 1;
            if let Ok(row) = &row {
                read = row.place().offset;
            }
            match admit_row(row, index, admit).map(|admitted| admitted.row) {
                None => {}
                Some(Err(problem)) => problems.push(problem),
                Some(Ok(row)) => {
                    let read = panics::catch(|| {
                        [(decode.input)(&row).err(), (decode.expected)(&row).err()]
                    });
                    match read {
                        Ok(found) => {
                            found.into_iter().flatten().for_each(|problem| problems.push(problem));
                        }
                        Err(caught) => problems.push(row.problem(caught.to_string())),
                    }
                }
            }
        }
        false
    }

    fn len(&self) -> Option<u64> {
        match &self.origin {
            Origin::Values { cases, .. } => Some(cases.len() as u64),
            _ => None,
        }
    }

    fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    fn repeated_content(&self) -> u64 {
        match &self.origin {
            Origin::Values { repeated, .. } => *repeated,
            _ => 0,
        }
    }
}

/// A row of a file that is to run, or to be reported as broken.
struct FileRow {
    index: u64,
    id: String,
    row: Result<RowText, Problem>,
}

fn admit_row(row: Result<RowText, Problem>, index: u64, admit: &mut dyn Admit) -> Option<FileRow> {
    let row = match row {
        Ok(row) => row,
        // A broken row has no tags and no content to choose it by; it is part of whatever is run,
        // because it may be any of the rows that were asked for.
        Err(problem) => {
            let id = problem.id().map_or_else(|| nameless(index), str::to_owned);
            return Some(FileRow { index, id, row: Err(problem) });
        }
    };
    let content =
        || content_hash(row.input_json(), row.expected_json(), &row.context, &row.metadata);
    let candidate = Candidate {
        index,
        id: row.id.as_deref(),
        unique: false,
        tags: &row.tags,
        content: &content,
    };
    match admit.admit(candidate) {
        Admission::Skip => None,
        Admission::Run(name) => {
            let id = name.or_else(|| row.id.as_deref().map(str::to_owned)).unwrap_or_default();
            Some(FileRow { index, id, row: Ok(row) })
        }
        Admission::Duplicate => {
            // The name belongs to the other row, also when the run is resumed.
            let problem = row.problem(DUPLICATE).of_row(row.id.as_deref()).in_field("id");
            Some(FileRow { index, id: nameless(index), row: Err(problem) })
        }
    }
}

/// `None` where the case is left out; else the name that it is given, if it has none.
fn admit_case<I, E>(
    case: &Case<I, E>,
    index: u64,
    codec: Codec<I, E>,
    admit: &mut dyn Admit,
) -> Option<Result<Option<String>, Problem>> {
    let mut unserialisable = None;
    let named = {
        let failed = std::cell::RefCell::new(&mut unserialisable);
        let content = || {
            codec.content_hash(case, &mut Vec::new()).unwrap_or_else(|why| {
                **failed.borrow_mut() = Some(why);
                index
            })
        };
        admit.admit(Candidate {
            index,
            id: case.id.as_deref(),
            unique: false,
            tags: &case.tags,
            content: &content,
        })
    };
    let problem = |message: String| Problem::new(CODE, format!("row {index}: {message}"));
    match (named, unserialisable) {
        (_, Some(why)) => Some(Err(problem(why))),
        (Admission::Skip, None) => None,
        (Admission::Run(_), None) if case.metadata.values().any(too_deep) => {
            Some(Err(problem(metadata_is_too_deep()).of_row(case.id.as_deref())))
        }
        (Admission::Run(name), None) => Some(Ok(name)),
        (Admission::Duplicate, None) => {
            Some(Err(problem(DUPLICATE.to_owned()).of_row(case.id.as_deref())))
        }
    }
}

/// What is wrong with a row whose name another row has.
pub(super) const DUPLICATE: &str = "another row has this id as well; ids must be unique";

/// The name of a row that is broken and has none.
fn nameless(index: u64) -> String {
    format!("row-{index}")
}

type FunctionRow<I, E> = (u64, Result<Case<I, E>, (String, Problem)>);

enum Rows<I, E> {
    File { rows: Vec<FileRow>, decode: Decode<I, E> },
    Values { cases: Arc<Vec<Case<I, E>>>, chosen: Vec<Range<usize>>, codec: Codec<I, E> },
    Function { rows: Vec<FunctionRow<I, E>>, codec: Codec<I, E> },
}

struct TypedBatch<I, E, F> {
    rows: Rows<I, E>,
    task: Arc<F>,
}

/// The place in the data set of the case at this place of the batch.
fn place_in(chosen: &[Range<usize>], mut at: usize) -> usize {
    for range in chosen {
        if at < range.len() {
            return range.start + at;
        }
        at -= range.len();
    }
    at
}

impl<I, E, F> Batch for TypedBatch<I, E, F>
where
    I: Send + Sync + 'static,
    E: Send + Sync + 'static,
    F: Fn(&TaskContext<'_, I, E>) -> TaskResult + Send + Sync + 'static,
{
    fn len(&self) -> usize {
        match &self.rows {
            Rows::File { rows, .. } => rows.len(),
            Rows::Values { chosen, .. } => chosen.iter().map(Range::len).sum(),
            Rows::Function { rows, .. } => rows.len(),
        }
    }

    fn index(&self, at: usize) -> u64 {
        match &self.rows {
            Rows::File { rows, .. } => rows[at].index,
            Rows::Values { chosen, .. } => place_in(chosen, at) as u64,
            Rows::Function { rows, .. } => rows[at].0,
        }
    }

    fn id(&self, at: usize) -> &str {
        match &self.rows {
            Rows::File { rows, .. } => &rows[at].id,
            Rows::Values { cases, chosen, .. } => {
                cases[place_in(chosen, at)].id.as_deref().unwrap_or_default()
            }
            Rows::Function { rows, .. } => match &rows[at].1 {
                Ok(case) => case.id.as_deref().unwrap_or_default(),
                Err((name, _)) => name,
            },
        }
    }

    fn with_case(&self, at: usize, f: &mut dyn FnMut(&dyn TaskCase)) -> Result<(), Problem> {
        let task = &*self.task;
        match &self.rows {
            Rows::File { rows, decode } => {
                let FileRow { id, row, .. } = &rows[at];
                let row = row.as_ref().map_err(Clone::clone)?;
                let case = Case {
                    id: Some(id.clone()),
                    input: (decode.input)(row)?,
                    expected: (decode.expected)(row)?,
                    tags: row.tags.to_vec(),
                    metadata: row.metadata.clone(),
                    context: row.context.to_vec(),
                };
                f(&View { case: &case, text: Text::Row(row), task });
            }
            Rows::Values { cases, chosen, codec } => {
                let case = &cases[place_in(chosen, at)];
                f(&View { case, text: Text::Code(*codec), task });
            }
            Rows::Function { rows, codec } => {
                let case = rows[at].1.as_ref().map_err(|(_, problem)| problem.clone())?;
                f(&View { case, text: Text::Code(*codec), task });
            }
        }
        Ok(())
    }
}

/// Where the JSON of a case comes from: the file that it was read from, or its types.
enum Text<'a, I, E> {
    Row(&'a RowText),
    Code(Codec<I, E>),
}

struct View<'a, I, E, F> {
    case: &'a Case<I, E>,
    text: Text<'a, I, E>,
    task: &'a F,
}

impl<I, E, F> View<'_, I, E, F> {
    fn input_text(&self) -> Result<Cow<'_, str>, String> {
        match &self.text {
            Text::Row(row) => Ok(Cow::Borrowed(row.input_json())),
            Text::Code(codec) => {
                let mut text = Vec::new();
                codec.write_input(&self.case.input, &mut text)?;
                String::from_utf8(text).map(Cow::Owned).map_err(|error| error.to_string())
            }
        }
    }
}

impl<I, E, F> CaseData for View<'_, I, E, F>
where
    I: Send + Sync + 'static,
    E: Send + Sync + 'static,
    F: Fn(&TaskContext<'_, I, E>) -> TaskResult,
{
    fn id(&self) -> Option<&str> {
        self.case.id.as_deref()
    }
    fn input(&self) -> Option<&dyn Any> {
        Some(&self.case.input)
    }
    fn input_json(&self) -> Result<Value, String> {
        serde_json::from_str(&self.input_text()?).map_err(|error| error.to_string())
    }
    fn expected(&self) -> Option<&dyn Any> {
        self.case.expected.as_ref().map(|expected| expected as &dyn Any)
    }
    fn expected_json(&self) -> Option<Result<Value, String>> {
        self.case.expected.as_ref()?;
        let mut text = Vec::new();
        Some(
            self.write_expected(&mut text)
                .and_then(|_| serde_json::from_slice(&text).map_err(|error| error.to_string())),
        )
    }
    fn tags(&self) -> &[String] {
        &self.case.tags
    }
    fn metadata(&self) -> &Map<String, Value> {
        &self.case.metadata
    }
    fn context(&self) -> &[String] {
        &self.case.context
    }
    fn as_any(&self) -> Option<&dyn Any> {
        Some(self.case)
    }
}

impl<I, E, F> TaskCase for View<'_, I, E, F>
where
    I: Send + Sync + 'static,
    E: Send + Sync + 'static,
    F: Fn(&TaskContext<'_, I, E>) -> TaskResult,
{
    fn run(&self, trial: u32, deadline: Option<Instant>) -> TaskResult {
        let input_json = || self.input_text().map(Cow::into_owned);
        (self.task)(&TaskContext { case: self.case, trial, deadline, input_json: &input_json })
    }

    fn write_input(&self, line: &mut Vec<u8>) -> Result<(), String> {
        match &self.text {
            Text::Row(row) => {
                line.extend_from_slice(row.input_json().as_bytes());
                Ok(())
            }
            Text::Code(codec) => codec.write_input(&self.case.input, line),
        }
    }

    fn write_expected(&self, line: &mut Vec<u8>) -> Result<bool, String> {
        match (&self.text, &self.case.expected) {
            (_, None) => Ok(false),
            (Text::Row(row), Some(_)) => {
                line.extend_from_slice(row.expected_json().unwrap_or("null").as_bytes());
                Ok(true)
            }
            (Text::Code(codec), Some(expected)) => {
                codec.write_expected(expected, line).map(|()| true)
            }
        }
    }
}
