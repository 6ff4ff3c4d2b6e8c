//! What agents did.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::RowId;
use super::lenient::{is_default, objects, read, rounded};
use super::{CostInfo, TraceMetrics};

/// One thing that an agent did: a model call, the start or end of a tool, an evaluation.
///
/// ```
/// use keystone::types::{CostInfo, TraceEvent};
///
/// let event = TraceEvent::new("llm_call", "anthropic.create")
///     .phase("complete")
///     .span_id("span_0123456789ab")
///     .duration_ms(812)
///     .cost(CostInfo::new("claude-sonnet-4-5", 4200, 1800))
///     .metadata("gen_ai.system", "anthropic");
/// assert_eq!(event.status, "ok");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TraceEvent {
    /// When, as RFC 3339; left out when empty.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub ts: String,
    /// `llm_call`; `tool_use`, a tool that the model asked for; `tool_call`, a traced function; or
    /// `eval`, the summary of a local evaluation.
    #[serde(deserialize_with = "read")]
    pub event_type: String,
    /// `<provider>.create` for model calls, the tool or function, or `Eval:<name>`.
    #[serde(deserialize_with = "read")]
    pub tool: String,
    /// `start` and `end` of a traced function, `complete` of a model call or an evaluation, `invoked`
    /// of a tool that the model asked for.
    #[serde(deserialize_with = "read")]
    pub phase: String,
    /// How long it took, in milliseconds; `None` at a start.
    #[serde(deserialize_with = "rounded", skip_serializing_if = "is_default")]
    pub duration_ms: Option<u64>,
    /// `ok` or `error`.
    #[serde(deserialize_with = "read")]
    pub status: String,
    /// The kind of error; empty at the end of a traced function without one.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub error_type: Option<String>,
    /// The id of the span.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub span_id: String,
    /// The span that holds it; empty on traced functions that nothing holds, `None` on model calls
    /// outside of one.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub parent_span_id: Option<String>,
    /// The outermost traced function.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub root_span_id: Option<String>,
    /// What went in, as JSON text; messages are cut to 4000 characters, so it may end early.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub input: Option<String>,
    /// What came out: text, or a result as JSON text.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub output: Option<String>,
    /// What should have come out.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub expected: Option<String>,
    /// The size of the whole input in bytes.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub input_bytes: Option<u64>,
    /// The size of the whole output in bytes.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub output_bytes: Option<u64>,
    /// The tokens of a model call and what they cost.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub cost: Option<CostInfo>,
    /// Whatever else is known. Keys are flat, with dots inside, such as `gen_ai.request.model`.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub metadata: Map<String, Value>,
}

impl TraceEvent {
    /// An event of that type and tool, with status `ok` and phase `complete`.
    #[must_use]
    pub fn new(event_type: impl Into<String>, tool: impl Into<String>) -> Self {
        Self {
            event_type: event_type.into(),
            tool: tool.into(),
            phase: "complete".to_owned(),
            status: "ok".to_owned(),
            ..Self::default()
        }
    }

    /// Sets when it happened, as RFC 3339.
    #[must_use]
    pub fn ts(mut self, ts: impl Into<String>) -> Self {
        self.ts = ts.into();
        self
    }

    /// Sets the phase: `start`, `end`, `complete` or `invoked`.
    #[must_use]
    pub fn phase(mut self, phase: impl Into<String>) -> Self {
        self.phase = phase.into();
        self
    }

    /// Sets how long it took, in milliseconds.
    #[must_use]
    pub fn duration_ms(mut self, milliseconds: u64) -> Self {
        self.duration_ms = Some(milliseconds);
        self
    }

    /// Sets the status: `ok` or `error`.
    #[must_use]
    pub fn status(mut self, status: impl Into<String>) -> Self {
        self.status = status.into();
        self
    }

    /// Sets the kind of error. The status is set on its own.
    #[must_use]
    pub fn error_type(mut self, error_type: impl Into<String>) -> Self {
        self.error_type = Some(error_type.into());
        self
    }

    /// Sets the id of the span.
    #[must_use]
    pub fn span_id(mut self, id: impl Into<String>) -> Self {
        self.span_id = id.into();
        self
    }

    /// Sets the span that holds it.
    #[must_use]
    pub fn parent_span_id(mut self, id: impl Into<String>) -> Self {
        self.parent_span_id = Some(id.into());
        self
    }

    /// Sets the outermost span.
    #[must_use]
    pub fn root_span_id(mut self, id: impl Into<String>) -> Self {
        self.root_span_id = Some(id.into());
        self
    }

    /// Sets what went in. It is sent as it is: whoever cuts it does so before.
    #[must_use]
    pub fn input(mut self, input: impl Into<String>) -> Self {
        self.input = Some(input.into());
        self
    }

    /// Sets what came out.
    #[must_use]
    pub fn output(mut self, output: impl Into<String>) -> Self {
        self.output = Some(output.into());
        self
    }

    /// Sets what should have come out.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Sets the size of the whole input in bytes.
    #[must_use]
    pub fn input_bytes(mut self, bytes: u64) -> Self {
        self.input_bytes = Some(bytes);
        self
    }

    /// Sets the size of the whole output in bytes.
    #[must_use]
    pub fn output_bytes(mut self, bytes: u64) -> Self {
        self.output_bytes = Some(bytes);
        self
    }

    /// Sets the tokens of a model call and what they cost.
    #[must_use]
    pub fn cost(mut self, cost: CostInfo) -> Self {
        self.cost = Some(cost);
        self
    }

    /// Stores one more value beside it; an earlier one of that name is replaced.
    #[must_use]
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }
}

/// A stored event, as servers list them: a [`TraceEvent`] and where it belongs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TraceRow {
    /// The id of the row.
    pub id: RowId,
    /// When the server stored it, as RFC 3339.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub created_at: String,
    /// The experiment; empty for events outside of one.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub experiment_id: String,
    /// The sandbox; empty for events of an agent outside of one.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub sandbox_id: String,
    /// The agent; empty where that is not known.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub agent: String,
    /// The trace, which is the id of its outermost span; empty where the server does not say.
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub trace_id: String,
    /// As in [`TraceEvent::ts`].
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub ts: String,
    /// As in [`TraceEvent::event_type`].
    #[serde(deserialize_with = "read")]
    pub event_type: String,
    /// As in [`TraceEvent::tool`].
    #[serde(deserialize_with = "read")]
    pub tool: String,
    /// As in [`TraceEvent::phase`].
    #[serde(deserialize_with = "read")]
    pub phase: String,
    /// As in [`TraceEvent::duration_ms`], in milliseconds.
    #[serde(deserialize_with = "rounded", skip_serializing_if = "is_default")]
    pub duration_ms: Option<u64>,
    /// As in [`TraceEvent::status`].
    #[serde(deserialize_with = "read")]
    pub status: String,
    /// As in [`TraceEvent::error_type`].
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub error_type: Option<String>,
    /// As in [`TraceEvent::span_id`].
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub span_id: String,
    /// As in [`TraceEvent::parent_span_id`].
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub parent_span_id: Option<String>,
    /// As in [`TraceEvent::root_span_id`].
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub root_span_id: Option<String>,
    /// As in [`TraceEvent::input`].
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub input: Option<String>,
    /// As in [`TraceEvent::output`].
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub output: Option<String>,
    /// As in [`TraceEvent::expected`].
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub expected: Option<String>,
    /// As in [`TraceEvent::input_bytes`].
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub input_bytes: Option<u64>,
    /// As in [`TraceEvent::output_bytes`].
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub output_bytes: Option<u64>,
    /// As in [`TraceEvent::cost`].
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub cost: Option<CostInfo>,
    /// As in [`TraceEvent::metadata`].
    #[serde(deserialize_with = "read", skip_serializing_if = "is_default")]
    pub metadata: Map<String, Value>,
}

/// A span, as servers list them: the same rows as events.
pub type SpanRow = TraceRow;

impl From<TraceRow> for TraceEvent {
    /// The event without what the server added.
    fn from(row: TraceRow) -> Self {
        Self {
            ts: row.ts,
            event_type: row.event_type,
            tool: row.tool,
            phase: row.phase,
            duration_ms: row.duration_ms,
            status: row.status,
            error_type: row.error_type,
            span_id: row.span_id,
            parent_span_id: row.parent_span_id,
            root_span_id: row.root_span_id,
            input: row.input,
            output: row.output,
            expected: row.expected,
            input_bytes: row.input_bytes,
            output_bytes: row.output_bytes,
            cost: row.cost,
            metadata: row.metadata,
        }
    }
}

impl From<TraceEvent> for TraceRow {
    /// The event, to be stored: ids, times of storage and where it belongs are still empty.
    fn from(event: TraceEvent) -> Self {
        Self {
            ts: event.ts,
            event_type: event.event_type,
            tool: event.tool,
            phase: event.phase,
            duration_ms: event.duration_ms,
            status: event.status,
            error_type: event.error_type,
            span_id: event.span_id,
            parent_span_id: event.parent_span_id,
            root_span_id: event.root_span_id,
            input: event.input,
            output: event.output,
            expected: event.expected,
            input_bytes: event.input_bytes,
            output_bytes: event.output_bytes,
            cost: event.cost,
            metadata: event.metadata,
            ..Self::default()
        }
    }
}

/// All events of one sandbox.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SandboxTrace {
    /// The events, the oldest first.
    #[serde(deserialize_with = "read")]
    pub events: Vec<TraceEvent>,
    /// All of them together.
    #[serde(deserialize_with = "read")]
    pub metrics: TraceMetrics,
}

/// All spans of one trace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Trace {
    /// The spans, the outermost among them.
    #[serde(deserialize_with = "read")]
    pub spans: Vec<SpanRow>,
}

/// The answer to events that were sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Ingested {
    /// How many events were stored.
    #[serde(deserialize_with = "read")]
    pub ingested: u64,
}

objects!(TraceEvent, TraceRow, SandboxTrace, Trace, Ingested);
