//! Exports.

use keystone::Error;
use keystone::client::Rows;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Calls, plain};

pub(super) const CALLS: Calls = &[
    ("export.traces", |ks, _| all(ks.export().traces().rows())),
    ("export.traces-filters", |ks, _| {
        let traces = ks.export().traces().page_size(2).experiment_id("exp-abc");
        let traces = traces.sandbox_id("sb-abc").agent("email-agent").event_type("tool_call");
        all(traces.tool("search").since("2026-01-02T03:04:05+00:00").rows())
    }),
    ("export.traces-ampersand", |ks, _| all(ks.export().traces().tool("r&d#1").rows())),
    ("export.spans", |ks, _| all(ks.export().spans().root_span_id("span_xyz").rows())),
    ("export.spans-filters", |ks, _| {
        let spans = ks.export().spans().page_size(7).trace_id("t").span_id("s");
        let spans = spans.parent_span_id("p").root_span_id("r");
        all(spans.tool("search").event_type("tool_call").rows())
    }),
    ("export.scenarios", |ks, _| {
        all(ks.export().scenarios().experiment_id("exp-abc").status("failed").rows())
    }),
    ("export.scenarios-filters", |ks, _| {
        let scenarios = ks.export().scenarios().experiment_id("exp-abc");
        all(scenarios.status("pass").scenario_id("scn-1").rows())
    }),
    ("export.scores", |ks, _| all(ks.export().scores().experiment_id("exp-abc").rows())),
    ("export.scores-filters", |ks, _| {
        all(ks.export().scores().experiment_id("exp-abc").rule_id("rule_abc").rows())
    }),
    ("export.experiment", |ks, _| ks.export().experiment("exp-abc").send()),
    ("export.experiment-ndjson", |ks, _| {
        ks.export().experiment_lines("exp-abc").send()?.map(|line| Ok(plain(&line?))).collect()
    }),
    ("export.trace", |ks, _| Ok(plain(&ks.export().trace("trace-abc").send()?))),
];

fn all<T: Serialize + DeserializeOwned>(rows: Rows<T>) -> Result<Value, Error> {
    rows.map(|row| Ok(plain(&row?))).collect()
}
