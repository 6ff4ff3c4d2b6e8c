//! Export in bulk.

use std::io::{BufRead, BufReader, Read};

use serde_json::Value;

use super::address::Address;
use super::call::Call;
use super::rows::{PAGE, Rows};
use super::{Keystone, trouble};
use crate::types::{ExportRecord, ScenarioResult, ScoreRow, SpanRow, Trace, TraceRow};
use crate::{Error, ErrorKind};

/// Everything that is stored, in bulk: [`Keystone::export`].
///
/// Listings are iterators that fetch the next page when they get there:
///
/// ```no_run
/// use keystone::Keystone;
///
/// let ks = Keystone::new()?;
/// for event in ks.export().traces().experiment_id("exp-abc").tool("bash") {
///     let event = event?;
///     println!("{} {}", event.ts, event.tool);
/// }
/// # Ok::<(), keystone::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    client: &'a Keystone,
}

impl<'a> Export<'a> {
    pub(crate) fn new(client: &'a Keystone) -> Self {
        Self { client }
    }

    /// Events of traces.
    ///
    /// `GET /v1/traces`
    pub fn traces(&self) -> Traces {
        Traces::new(self.client)
    }

    /// Spans.
    ///
    /// `GET /v1/spans`
    pub fn spans(&self) -> Spans {
        Spans::new(self.client)
    }

    /// Scenarios of experiments.
    ///
    /// `GET /v1/scenarios`
    pub fn scenarios(&self) -> Scenarios {
        Scenarios::new(self.client)
    }

    /// Scores that rules gave.
    ///
    /// `GET /v1/scores`
    pub fn scores(&self) -> Scores {
        Scores::new(self.client)
    }

    /// All of an experiment as one JSON value: `experiment`, `result`, `scenarios`, `traces`,
    /// `scores`. What does not fit into memory comes as [lines](Self::experiment_lines).
    ///
    /// `GET /v1/experiments/{id}/export`
    pub fn experiment(&self, id: impl Into<String>) -> Call<Value> {
        let id = id.into();
        Call::new(self.client, move |line| line.get(experiment(&id))?.json_or_default())
    }

    /// All of an experiment line by line, read as it comes.
    ///
    /// `GET /v1/experiments/{id}/export?format=ndjson`
    pub fn experiment_lines(&self, id: impl Into<String>) -> Call<Lines> {
        let id = id.into();
        Call::new(self.client, move |line| {
            let address = experiment(&id).query("format", "ndjson");
            // Servers may refuse what they do not know, but never JSON.
            let path = address.path().to_owned();
            let body = line.get_stream(address, "application/x-ndjson, application/json")?;
            let body = BufReader::with_capacity(64 * 1024, body);
            let longest = line.client.http().response_bytes();
            Ok(Lines { body, path, longest, number: 0, ended: false })
        })
    }

    /// All spans of a trace, by the id of its root span.
    ///
    /// `GET /v1/traces/{id}`
    pub fn trace(&self, root_span_id: impl Into<String>) -> Call<Trace> {
        let id = root_span_id.into();
        Call::new(self.client, move |line| {
            line.get(Address::new("/v1/traces").segment(&id))?.json_or_default()
        })
    }
}

fn experiment(id: &str) -> Address {
    Address::new("/v1/experiments").segment(id).then("export")
}

/// Defines a listing with its filters.
macro_rules! listing {
    (
        $(#[$doc:meta])*
        $name:ident => $row:ty, $path:literal;
        $($(#[$filter_doc:meta])* $filter:ident),* $(,)?
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        #[must_use = "nothing is fetched until the rows are iterated over"]
        pub struct $name {
            client: Keystone,
            filters: Vec<(&'static str, String)>,
            limit: u32,
            cursor: Option<String>,
        }

        impl $name {
            fn new(client: &Keystone) -> Self {
                Self { client: client.clone(), filters: Vec::new(), limit: PAGE, cursor: None }
            }

            $(
                $(#[$filter_doc])*
                pub fn $filter(mut self, value: impl Into<String>) -> Self {
                    let name = stringify!($filter);
                    self.filters.retain(|(known, _)| *known != name);
                    self.filters.push((name, value.into()));
                    self
                }
            )*

            /// Sets how many rows are fetched at once, 100 unless set. Servers may have a limit of
            /// their own.
            pub fn page_size(mut self, rows: u32) -> Self {
                self.limit = rows;
                self
            }

            /// Goes on where an earlier iteration stopped; see [`Rows::cursor`].
            pub fn after(mut self, cursor: impl Into<String>) -> Self {
                self.cursor = Some(cursor.into());
                self
            }

            /// The rows, a page at a time.
            pub fn rows(self) -> Rows<$row> {
                self.read()
            }

            /// The rows as something else than their own type.
            pub(crate) fn read<T>(self) -> Rows<T> {
                Rows::new(self.client, $path, self.filters, self.limit, self.cursor)
            }

            /// The rows as a stream, for any executor.
            #[cfg(feature = "async")]
            pub fn stream(self) -> super::RowStream<$row> {
                super::RowStream::new(self.rows())
            }
        }

        impl IntoIterator for $name {
            type Item = Result<$row, Error>;
            type IntoIter = Rows<$row>;

            fn into_iter(self) -> Rows<$row> {
                self.rows()
            }
        }
    };
}

listing! {
    /// Events of traces: [`Export::traces`].
    Traces => TraceRow, "/v1/traces";
    /// Only those of this experiment.
    experiment_id,
    /// Only those of this sandbox.
    sandbox_id,
    /// Only those of this agent.
    agent,
    /// Only those of this type, such as `llm_call`.
    event_type,
    /// Only those of this tool.
    tool,
    /// Only those since this time, as RFC 3339.
    since,
}

listing! {
    /// Spans: [`Export::spans`].
    Spans => SpanRow, "/v1/spans";
    /// Only those of this trace, which is named after its root span.
    trace_id,
    /// Only this one.
    span_id,
    /// Only the children of this one.
    parent_span_id,
    /// Only those below this root.
    root_span_id,
    /// Only those of this tool.
    tool,
    /// Only those of this type, such as `llm_call`.
    event_type,
}

listing! {
    /// Scenarios of experiments: [`Export::scenarios`].
    Scenarios => ScenarioResult, "/v1/scenarios";
    /// Only those of this experiment.
    experiment_id,
    /// Only those that ended so: `pass`, `fail`, `flaky`, `error`.
    status,
    /// Only this one, in all runs.
    scenario_id,
}

listing! {
    /// Scores that rules gave: [`Export::scores`].
    Scores => ScoreRow, "/v1/scores";
    /// Only those of this experiment.
    experiment_id,
    /// Only those of this rule.
    rule_id,
}

/// The lines of an export, read as they come: [`Export::experiment_lines`].
#[must_use = "nothing is read until the lines are iterated over"]
pub struct Lines {
    body: BufReader<Box<dyn Read + Send + Sync>>,
    /// What was asked for, for errors.
    path: String,
    /// How many bytes a line may have.
    longest: u64,
    number: u64,
    ended: bool,
}

impl Lines {
    fn read(&mut self) -> Result<Option<ExportRecord>, Error> {
        let mut text = Vec::new();
        loop {
            text.clear();
            self.number += 1;
            let length = (&mut self.body)
                .take(self.longest)
                .read_until(b'\n', &mut text)
                .map_err(trouble::of_body)?;
            if length == 0 {
                return Ok(None);
            }
            if length as u64 == self.longest && !text.ends_with(b"\n") {
                return Err(Error::new(
                    ErrorKind::TooLarge,
                    format!(
                        "line {} of the export has more than {} bytes; raise `max_response_bytes`",
                        self.number, self.longest
                    ),
                ));
            }
            if !text.trim_ascii().is_empty() {
                break;
            }
        }
        serde_json::from_slice(&text).map(Some).map_err(|error| {
            let cut = if text.ends_with(b"\n") {
                ""
            } else {
                ", and is the last: the export may be cut off"
            };
            let said = format!("line {} of the export is not a JSON object", self.number);
            if error.is_data() {
                // Its words would quote what the line holds.
                return Error::new(ErrorKind::Decode, format!("{said}{cut}"));
            }
            Error::new(ErrorKind::Decode, format!("{said} ({error}){cut}")).with_source(error)
        })
    }

    /// The lines as a stream, for any executor.
    #[cfg(feature = "async")]
    pub fn stream(self) -> super::RowStream<ExportRecord> {
        super::RowStream::new(self)
    }
}

impl Iterator for Lines {
    type Item = Result<ExportRecord, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let record = self.read().map_err(|error| error.with_request("GET", &self.path)).transpose();
        self.ended = !matches!(record, Some(Ok(_)));
        record
    }
}

impl std::iter::FusedIterator for Lines {}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines").field("number", &self.number).finish_non_exhaustive()
    }
}
