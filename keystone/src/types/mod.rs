//! The shapes of the API, read leniently and written strictly.
//!
//! Every shape of a server's answers is a struct here, and so are the bodies that users put
//! together themselves ([`NewAlert`], [`AgentAuth`], [`DatasetRecord`], [`TraceEvent`]). The
//! client and the server use the same ones.
//!
//! # Reading
//! Every field may be missing or null and then has its default: empty text, 0, `false`, an empty
//! list or map, or `None` where an absence says something. Fields that are not known are passed
//! over. Numbers may come as text (`"12"`, `"0.5"`), whole numbers as `12.0`, numbers and booleans
//! where text is expected; fractions of milliseconds are rounded. Nulls in lists are left out.
//! Anything else, such as an object where text is expected, is an error that says what was expected
//! and where. Maps of free form (`metadata`, `parameters`, `config`) are kept as they are.
//!
//! # Writing
//! Whole numbers are written as such, optional fields that are empty are left out, and so are times
//! that are empty: clients in other languages refuse `""` as a time.
//!
//! ```
//! use keystone::types::{RunResults, ScenarioStatus};
//!
//! let results: RunResults = serde_json::from_str(
//!     r#"{"total_scenarios": 2, "passed": 1, "failed": "1", "scenarios": [
//!         {"scenario_id": "refund", "status": "fail",
//!          "invariants": [{"name": "mail sent", "passed": false, "message": "no mail"}]}]}"#,
//! )?;
//! assert!(results.is_complete());
//! for scenario in &results.scenarios {
//!     if scenario.status == ScenarioStatus::Fail {
//!         for invariant in scenario.invariants.iter().filter(|invariant| !invariant.passed) {
//!             println!("{}: {}: {}", scenario.scenario_id, invariant.name, invariant.message);
//!         }
//!     }
//! }
//! # Ok::<(), serde_json::Error>(())
//! ```

mod agent;
mod alert;
mod comparison;
mod cost;
mod dataset;
mod experiment;
mod export;
mod health;
mod lenient;
mod metrics;
mod open;
mod page;
mod prompt;
mod results;
mod row_id;
mod sandbox;
mod scenario;
mod scoring;
mod spec;
mod state;
mod trace;

pub use agent::{AgentAuth, AgentSnapshot, ConfigFile};
pub use alert::{AlertRule, FiredAlert, NewAlert};
pub use comparison::{Comparison, Direction, MetricComparison};
pub use cost::CostInfo;
#[cfg(all(feature = "client", feature = "eval"))]
pub(crate) use dataset::SpelledRecord;
pub use dataset::{Added, DatasetInfo, DatasetRecord};
pub use experiment::{EvalHistoryPoint, Experiment};
pub use export::{ExperimentExport, ExportRecord};
pub use health::Health;
pub use metrics::{
    CostDataPoint, ExperimentMetrics, MetricsSummary, PassRateDataPoint, ToolStats, TraceMetrics,
};
pub use page::Page;
pub use prompt::{Prompt, Rendered};
pub use results::{RunMetrics, RunResults, UnscoredResult};
pub use row_id::RowId;
pub use sandbox::{CommandResult, Sandbox, SandboxState, ServiceInfo};
pub use scenario::{
    ForbiddenCheckResult, InvariantResult, Reproducer, ScenarioResult, ScenarioStatus,
};
pub use scoring::{Queued, ScoreRow, ScoreRule};
pub use spec::Spec;
pub use state::{FileState, ProcessInfo, StateDiff, StateSnapshot};
pub use trace::{Ingested, SandboxTrace, SpanRow, Trace, TraceEvent, TraceRow};
