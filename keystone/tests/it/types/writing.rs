//! What users put together is written as the contract has it.

use keystone::types::{
    AgentAuth, CostInfo, DatasetRecord, NewAlert, RunResults, TraceEvent, TraceRow,
};
use serde_json::{json, to_value};

#[test]
fn an_alert_sends_what_was_set() {
    let alert = NewAlert::new("drop", "pass_rate < 0.8");
    assert_eq!(
        to_value(&alert).unwrap(),
        json!({"name": "drop", "condition": "pass_rate < 0.8", "notify": "webhook"}),
    );
    let alert = alert.id("a").eval_id("fix").window("last_24h").webhook_url("https://example.com");
    assert_eq!(
        to_value(alert.notify("slack").slack_channel("#alerts")).unwrap(),
        json!({"name": "drop", "condition": "pass_rate < 0.8", "notify": "slack", "id": "a",
            "eval_id": "fix", "window": "last_24h", "webhook_url": "https://example.com",
            "slack_channel": "#alerts"}),
    );
}

#[test]
fn what_an_agent_needs_sends_what_was_set() {
    assert_eq!(to_value(AgentAuth::new()).unwrap(), json!({}));
    let auth = AgentAuth::new().required_env("KEY").config_file(".env", "K={{KEY}}");
    assert_eq!(
        to_value(auth.egress("llm", ["a"]).egress("llm", ["b"])).unwrap(),
        json!({"required_env": ["KEY"], "config_files": [{"path": ".env", "template": "K={{KEY}}"}],
            "egress": {"llm": ["a", "b"]}}),
    );
}

#[test]
fn a_record_sends_its_input_and_what_was_set() {
    assert_eq!(
        to_value(DatasetRecord::new(json!({"n": 1})).expected(json!(null))).unwrap(),
        json!({"input": {"n": 1}}),
    );
    assert_eq!(
        to_value(
            DatasetRecord::new("text").expected(2).metadata("k", 0.5).tag("a").tags(["b", "c"])
        )
        .unwrap(),
        json!({"input": "text", "expected": 2, "metadata": {"k": 0.5}, "tags": ["a", "b", "c"]}),
    );
}

#[test]
fn an_event_sends_what_was_set() {
    let event = TraceEvent::new("tool_call", "write_config")
        .phase("end")
        .span_id("0123456789abcdef")
        .parent_span_id("")
        .root_span_id("0123456789abcdef")
        .duration_ms(0)
        .error_type("")
        .output("done")
        .cost(CostInfo::new("gpt-4o", 10, 20).estimated_usd(0.5))
        .metadata("gen_ai.system", "openai");
    let written = json!({"event_type": "tool_call", "tool": "write_config", "phase": "end",
        "status": "ok", "span_id": "0123456789abcdef", "parent_span_id": "",
        "root_span_id": "0123456789abcdef", "duration_ms": 0, "error_type": "", "output": "done",
        "cost": {"input_tokens": 10, "output_tokens": 20, "model": "gpt-4o", "estimated_usd": 0.5},
        "metadata": {"gen_ai.system": "openai"}});
    assert_eq!(to_value(&event).unwrap(), written);
    assert_eq!(TraceEvent::from(TraceRow::from(event.clone())), event);
}

#[test]
fn counts_are_written_even_when_they_are_zero() {
    let written = to_value(RunResults::default()).unwrap();
    for count in ["seed", "total_scenarios", "passed", "failed", "flaky", "errors"] {
        assert_eq!(written[count].to_string(), "0", "{count}");
    }
    assert_eq!(written["scenarios"], json!([]));
    assert_eq!(written["metrics"]["mean_wall_ms"].to_string(), "0");
}
