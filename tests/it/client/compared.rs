//! The Rust client beside the Python SDK: the same calls, and what a server sees of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::differences::{DIFFERENCES, Difference};
use super::python::Ended;
use super::seen::Sides;
use super::{calls, contract, files, python, seen};

/// Every method of the reference, and the bound methods of what they return.
const REFERENCE: &[&str] = &[
    "agents.delete",
    "agents.get",
    "agents.get_by_id",
    "agents.list",
    "agents.list_versions",
    "agents.upload",
    "alerts.create",
    "alerts.delete",
    "alerts.list",
    "datasets.add_records",
    "datasets.create",
    "datasets.delete",
    "datasets.from_traces",
    "datasets.get",
    "datasets.get_records",
    "datasets.list",
    "experiment.compare",
    "experiment.metrics",
    "experiment.results",
    "experiment.run",
    "experiment.run_and_wait",
    "experiments.compare",
    "experiments.create",
    "experiments.get",
    "experiments.list",
    "experiments.metrics",
    "experiments.run",
    "experiments.run_and_wait",
    "export.experiment",
    "export.scenarios",
    "export.scores",
    "export.spans",
    "export.trace",
    "export.traces",
    "from_sandbox",
    "health",
    "prompts.create",
    "prompts.delete",
    "prompts.get",
    "prompts.list",
    "prompts.render",
    "sandbox.delete",
    "sandbox.destroy",
    "sandbox.diff",
    "sandbox.exec",
    "sandbox.get_state",
    "sandbox.get_trace",
    "sandbox.ingest_trace",
    "sandbox.read",
    "sandbox.refresh",
    "sandbox.write",
    "sandboxes.create",
    "sandboxes.delete_file",
    "sandboxes.destroy",
    "sandboxes.diff",
    "sandboxes.get",
    "sandboxes.get_trace",
    "sandboxes.ingest_trace",
    "sandboxes.list",
    "sandboxes.read_file",
    "sandboxes.run_command",
    "sandboxes.state",
    "sandboxes.write_file",
    "scoring.create_rule",
    "scoring.delete_rule",
    "scoring.get_scores",
    "scoring.list_rules",
    "scoring.score_experiment",
    "snapshot.delete",
    "specs.create",
    "specs.delete",
    "specs.get",
    "specs.list",
];

/// Sides of calls that differ, by call and side.
type Different = BTreeMap<(String, String), [Value; 2]>;

#[test]
fn both_clients_send_and_understand_the_same() {
    let folder = files::lay_out().expect("files for the calls");
    let server = contract::server();
    let Some(ended) = python::call_all(&server, folder.path()) else { return };
    let python = whole(seen::calls(&server), ended);
    let server = contract::server();
    let ended = calls::call_all(&server, folder.path());
    let rust = whole(seen::calls(&server), ended);

    let names = |calls: &BTreeMap<String, Sides>| calls.keys().cloned().collect::<BTreeSet<_>>();
    let one_sided: Vec<_> = names(&python).symmetric_difference(&names(&rust)).cloned().collect();
    assert!(one_sided.is_empty(), "only one of the two makes these calls: {one_sided:?}");
    let found = different(&python, &rust);
    let listed: Different = DIFFERENCES.iter().map(Difference::sides).collect();
    assert_eq!(listed.len(), DIFFERENCES.len(), "no difference is listed twice");
    let mut wrong = Vec::new();
    for ((call, side), values) in &found {
        let expected = listed.get(&(call.clone(), side.clone()));
        if expected != Some(values) {
            let [python, rust] = values;
            let how = if expected.is_some() { "differ otherwise than listed" } else { "differ" };
            wrong.push(format!("{call}: the {side} {how}\n  Python {python}\n  Rust   {rust}"));
        }
    }
    for (call, side) in listed.keys().filter(|key| !found.contains_key(*key)) {
        wrong.push(format!("{call}: the {side} do not differ any more; take it off the list"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_method_of_the_reference_is_compared() {
    let made: BTreeSet<&str> =
        calls::names().into_iter().map(|name| name.split('-').next().unwrap_or(name)).collect();
    let missing: Vec<_> = REFERENCE.iter().filter(|name| !made.contains(*name)).collect();
    assert!(missing.is_empty(), "never called: {missing:?}");
    let unknown: Vec<_> = made.iter().filter(|name| !REFERENCE.contains(name)).collect();
    // Not in the reference, but in both clients.
    assert_eq!(unknown, [&"specs.create_from_file"]);
}

#[test]
fn every_listed_difference_has_a_reason() {
    for difference in DIFFERENCES {
        assert!(difference.reason.ends_with('.'), "{}: no sentence says why", difference.call);
    }
}

/// What the server saw of the calls, and how they ended.
fn whole(
    mut seen: BTreeMap<String, Sides>,
    ended: BTreeMap<String, Ended>,
) -> BTreeMap<String, Sides> {
    for (call, ended) in ended {
        let sides = seen.entry(call).or_default();
        sides.insert("outcome", json!(ended.outcome));
        sides.insert("result", bare(ended.result));
    }
    seen
}

fn different(python: &BTreeMap<String, Sides>, rust: &BTreeMap<String, Sides>) -> Different {
    let mut different = Different::new();
    for (call, python) in python {
        let Some(rust) = rust.get(call) else { continue };
        let sides: BTreeSet<_> = python.keys().chain(rust.keys()).copied().collect();
        for side in sides {
            // Calls that ended differently have no results to compare.
            if side == "result" && python.get("outcome") != rust.get("outcome") {
                continue;
            }
            let values = [python, rust].map(|sides| sides.get(side).cloned().unwrap_or_default());
            if values[0] != values[1] {
                different.insert((call.clone(), side.to_owned()), values);
            }
        }
    }
    different
}

/// A result without what says nothing: Python fills in what is missing, and Rust leaves out what is
/// empty.
fn bare(value: Value) -> Value {
    let says_nothing = |value: &Value| match value {
        Value::Null => true,
        Value::Bool(yes) => !yes,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    };
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, bare(value)))
            .filter(|(_, value)| !says_nothing(value))
            .collect(),
        Value::Array(items) => items.into_iter().map(bare).collect(),
        // 1 and 1.0 are the same number.
        Value::Number(number) => json!(number.as_f64()),
        value => value,
    }
}
