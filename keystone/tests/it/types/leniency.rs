//! What is understood, and what is refused.

use keystone::types::{
    AgentSnapshot, CommandResult, DatasetRecord, Page, RunResults, Sandbox, SandboxState,
    ScenarioResult, ScenarioStatus, ScoreRow, Spec, TraceEvent, TraceRow,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, from_str, json};

fn refusal<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> String {
    match from_str::<T>(text) {
        Ok(value) => panic!("{text} was read as {value:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn services_and_metrics_read_as_in_the_reference() {
    let sandbox: Sandbox = from_str(
        r#"{"id": "sb-1", "state": "ready", "services": {"db": {"port": "5432", "ready": 1}}}"#,
    )
    .unwrap();
    assert_eq!(sandbox.services["db"].port, 5432);
    assert!(sandbox.services["db"].ready);
    assert_eq!(sandbox.state, SandboxState::Ready);

    let results: RunResults = from_str(r#"{"metrics": {"pass_rate": 1}}"#).unwrap();
    assert!((results.metrics.pass_rate - 1.0).abs() < f64::EPSILON);
}

#[test]
fn unknown_states_are_kept() {
    let sandbox: Sandbox = from_str(r#"{"state": "hibernating"}"#).unwrap();
    assert_eq!(sandbox.state, SandboxState::Unknown("hibernating".to_owned()));
    assert_eq!(serde_json::to_value(&sandbox).unwrap()["state"], "hibernating");
    assert_eq!(sandbox.state, "hibernating");
}

#[test]
fn both_spellings_of_a_status_are_read_and_one_is_written() {
    for (text, status, written) in [
        ("pass", ScenarioStatus::Pass, "pass"),
        ("passed", ScenarioStatus::Pass, "pass"),
        ("fail", ScenarioStatus::Fail, "fail"),
        ("failed", ScenarioStatus::Fail, "fail"),
        ("flaky", ScenarioStatus::Flaky, "flaky"),
        ("error", ScenarioStatus::Error, "error"),
    ] {
        let scenario: ScenarioResult = serde_json::from_value(json!({"status": text})).unwrap();
        assert_eq!(scenario.status, status);
        assert_eq!(serde_json::to_value(&scenario).unwrap()["status"], written);
    }
}

#[test]
fn a_run_is_over_once_every_scenario_has_ended() {
    for (text, over) in [
        ("{}", false),
        (r#"{"total_scenarios": 0, "passed": 3}"#, false),
        (r#"{"total_scenarios": 4, "passed": 1, "failed": 1, "flaky": 1}"#, false),
        (r#"{"total_scenarios": 4, "passed": 1, "failed": 1, "flaky": 1, "errors": 1}"#, true),
        (r#"{"total_scenarios": 1, "passed": 2}"#, true),
        (r#"{"total_scenarios": 1, "passed": 18446744073709551615, "errors": 1}"#, true),
    ] {
        assert_eq!(from_str::<RunResults>(text).unwrap().is_complete(), over, "{text}");
    }
}

#[test]
fn fractions_of_milliseconds_are_rounded_and_those_of_counts_refused() {
    let result: CommandResult = from_str(r#"{"duration_ms": 12.6, "exit_code": 2.0}"#).unwrap();
    assert_eq!((result.duration_ms, result.exit_code), (13, 2));
    let event: TraceEvent = from_str(r#"{"duration_ms": "0.4"}"#).unwrap();
    assert_eq!(event.duration_ms, Some(0));
    let error = refusal::<CommandResult>(r#"{"exit_code": 2.5}"#);
    assert!(error.contains("expected a whole number"), "{error}");
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    for text in [
        r#"{"services": {"db": {"port": 70000}}}"#,
        r#"{"services": {"db": {"port": -1}}}"#,
        r#"{"services": {"db": {"port": 1e300}}}"#,
        r#"{"services": {"db": {"port": "99999999999999999999999999999999999999999999"}}}"#,
    ] {
        let error = refusal::<Sandbox>(text);
        assert!(error.contains("out of range") && error.contains("line 1"), "{error}");
    }
}

#[test]
fn text_that_is_no_number_is_refused() {
    for text in ["\"NaN\"", "\"inf\"", "\"\"", "\"twelve\"", "true", "[]", "{}"] {
        let error = refusal::<ScoreRow>(&format!(r#"{{"score": {text}}}"#));
        assert!(error.contains("expected a number"), "{text}: {error}");
        let error = refusal::<ScoreRow>(&format!(r#"{{"trace_id": {text}}}"#));
        assert!(error.contains("expected a whole number"), "{text}: {error}");
    }
}

#[test]
fn lists_and_objects_in_the_place_of_others_are_refused() {
    for (text, expected) in [
        (r#"{"id": {"a": 1}}"#, "expected text"),
        (r#"{"id": ["a"]}"#, "expected text"),
        (r#"{"entrypoint": "python main.py"}"#, "expected a list"),
        (r#"{"auth": ["KEY"]}"#, "expected an object"),
        (r#"{"auth": {"egress": []}}"#, "expected an object"),
    ] {
        let error = refusal::<AgentSnapshot>(text);
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn numbers_and_booleans_are_understood_as_text() {
    let record: DatasetRecord =
        from_str(r#"{"id": 12, "dataset_id": true, "tags": [1, 2.5, null, "x"]}"#).unwrap();
    assert_eq!((record.id.as_str(), record.dataset_id.as_str()), ("12", "true"));
    assert_eq!(record.tags, ["1", "2.5", "x"]);
}

#[test]
fn numbers_of_arbitrary_precision_are_read() {
    // What serde_json hands out when another crate switches its feature on.
    let number = |digits: &str| json!({"$serde_json::private::Number": digits});
    let row: ScoreRow = serde_json::from_value(json!({
        "trace_id": number("71"), "score": number("0.5"), "passed": number("1"),
        "rule_id": number("9"), "id": number("3"),
    }))
    .unwrap();
    assert_eq!((row.trace_id, row.score, row.passed), (71, 0.5, true));
    assert_eq!((row.rule_id.as_str(), row.id), ("9", Some(3)));
}

#[test]
fn absence_is_told_from_emptiness_where_it_says_something() {
    let start: TraceEvent = from_str(r#"{"phase": "start", "parent_span_id": ""}"#).unwrap();
    assert_eq!((start.duration_ms, start.parent_span_id.as_deref()), (None, Some("")));
    let invoked: TraceEvent = from_str(r#"{"duration_ms": 0, "output": ""}"#).unwrap();
    assert_eq!((invoked.duration_ms, invoked.output.as_deref()), (Some(0), Some("")));
    let written = serde_json::to_value(&start).unwrap();
    assert_eq!(written["parent_span_id"], "");
    assert!(written.get("duration_ms").is_none());
}

#[test]
fn pages_end_with_null_nothing_or_empty_text() {
    for text in [r#"{"items": null, "next_cursor": null}"#, "{}", r#"{"next_cursor": ""}"#] {
        let page: Page<TraceRow> = from_str(text).unwrap();
        assert!(page.items.is_empty() && page.next_cursor.is_none(), "{text}");
    }
    let page: Page<Value> = from_str(r#"{"items": [1, null, "x"], "next_cursor": 5}"#).unwrap();
    assert_eq!(page.items, [json!(1), json!("x")]);
    assert_eq!(page.next_cursor.as_deref(), Some("5"));
}

#[test]
fn a_spec_keeps_what_it_cannot_read() {
    let whole = json!({"id": 7, "version": "3", "name": {"en": "fix"}, "agent": {"type": "cli"}});
    let spec: Spec = serde_json::from_value(whole.clone()).unwrap();
    assert_eq!((spec.id.as_str(), spec.version, spec.name.as_str()), ("7", 3, ""));
    assert_eq!(serde_json::to_value(&spec).unwrap(), whole);
}
