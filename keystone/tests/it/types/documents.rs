//! A whole document of each shape, written from the contract of the API and not from the structs.

use keystone::types as t;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What decoding and encoding a document gives.
#[derive(Debug, PartialEq)]
pub(super) struct Pass {
    /// The document as it was written again.
    pub(super) written: Value,
    /// Whether the written document reads as the same value.
    pub(super) same: bool,
}

/// One shape and a document of it.
pub(super) struct Document {
    pub(super) name: &'static str,
    pub(super) whole: Value,
    /// Maps from names to values of one type, to which nothing else can be added.
    pub(super) maps: &'static [&'static str],
    /// Fields of free form, which are kept as they are.
    pub(super) free: &'static [&'static str],
    /// Whether the document is kept as it came.
    pub(super) loose: bool,
    pub(super) pass: fn(&str) -> serde_json::Result<Pass>,
}

fn pass<T: DeserializeOwned + Serialize + PartialEq>(text: &str) -> serde_json::Result<Pass> {
    let value: T = serde_json::from_str(text)?;
    let text = serde_json::to_string(&value)?;
    let again: T = serde_json::from_str(&text)?;
    Ok(Pass { written: serde_json::from_str(&text)?, same: again == value })
}

fn document<T: DeserializeOwned + Serialize + PartialEq>(
    name: &'static str,
    whole: Value,
) -> Document {
    Document { name, whole, maps: &[], free: &[], loose: false, pass: pass::<T> }
}

fn cost() -> Value {
    json!({"input_tokens": 4200, "output_tokens": 1800, "cache_read_tokens": 1500,
        "reasoning_tokens": 20, "model": "claude-sonnet-4-5", "estimated_usd": 0.0375})
}

fn event() -> Value {
    json!({"ts": "2026-11-23T10:00:00.123456+00:00", "event_type": "llm_call",
        "tool": "anthropic.create", "phase": "complete", "duration_ms": 812, "status": "error",
        "error_type": "tool_error", "span_id": "span_0123456789ab", "parent_span_id": "",
        "root_span_id": "0123456789abcdef", "input": "[{\"role\":\"user\"", "output": "hello",
        "expected": "hallo", "input_bytes": 5000, "output_bytes": 5, "cost": cost(),
        "metadata": {"gen_ai.system": "anthropic", "deep": {"n": 1, "list": [1, "2", null]}}})
}

fn row() -> Value {
    let mut row = event();
    for (name, value) in [
        ("id", json!(71)),
        ("created_at", json!("2026-11-23T10:00:01Z")),
        ("experiment_id", json!("exp-1")),
        ("sandbox_id", json!("sb-1")),
        ("agent", json!("email-agent")),
        ("trace_id", json!("0123456789abcdef")),
    ] {
        row[name] = value;
    }
    row
}

fn scenario() -> Value {
    json!({"scenario_id": "refund", "sandbox_id": "sb-1", "experiment_id": "exp-1",
        "status": "fail", "parameters": {"model": "paragon-fast", "n": 3}, "wall_ms": 1234,
        "exit_code": -9, "tool_calls": 4, "composite_score": 0.75, "agent_output": "sent",
        "agent_stderr": "warning", "invariants": [{"name": "mail sent", "passed": false,
            "gate": true, "weight": 1.5, "score": 0.25, "message": "no mail", "reason": "empty"}],
        "forbidden_checks": [{"rule": "no network", "violated": true, "details": "curl"}],
        "trace_file": "traces/refund.jsonl",
        "reproducer": {"spec_file": "spec.yaml", "seed": -7, "scenario_id": "refund",
            "parameters": {"n": 3}, "command": "keystone eval run spec.yaml"},
        "error": "killed", "cost": cost()})
}

fn score() -> Value {
    json!({"id": 5, "rule_id": "rule_1", "trace_id": 71, "experiment_id": "exp-1", "score": 0.5,
        "passed": true, "message": "good enough"})
}

fn tools() -> Value {
    json!({"bash": {"count": 3, "mean_ms": 40, "error_rate": 0.25}})
}

fn trace_metrics() -> Value {
    json!({"total_tool_calls": 3, "tool_success_rate": 0.75, "mean_duration_ms": 40,
        "p95_duration_ms": 90, "tool_breakdown": tools()})
}

fn snapshot() -> Value {
    json!({"id": "snap_1", "name": "email-agent", "version": 3, "tag": "v2.1",
        "digest": "sha256:00ff", "size_bytes": 2048, "storage_path": "bundles/1",
        "runtime": "python3.12", "entrypoint": ["python", "main.py"],
        "auth": {"required_env": ["KEY"], "config_files": [{"path": ".env", "template": "K=1"}],
            "egress": {"llm": ["api.example.com"]}},
        "created_at": "2026-11-23T10:00:00Z"})
}

/// One document of each shape.
pub(super) fn all() -> Vec<Document> {
    let free = |document: Document, free| Document { free, ..document };
    let maps = |document: Document, maps| Document { maps, ..document };
    let loose = |document: Document| Document { loose: true, ..document };
    let at = "2026-11-23T10:00:00Z";
    vec![
        document::<t::Health>("Health", json!({"status": "ok"})),
        maps(
            document::<t::Sandbox>(
                "Sandbox",
                json!({"id": "sb-1", "spec_id": "fix", "state": "ready", "path": "/w",
                    "url": "http://sb", "created_at": at, "metadata": {"run": "ci-7821"},
                    "services": {"db": {"host": "db", "port": 5432, "ready": true}}}),
            ),
            &["metadata", "services"],
        ),
        document::<t::CommandResult>(
            "CommandResult",
            json!({"command": "npm test", "stdout": "ok", "stderr": "slow", "exit_code": 1,
                "duration_ms": 900}),
        ),
        free(
            maps(
                document::<t::StateSnapshot>(
                    "StateSnapshot",
                    json!({"captured_at": at, "sandbox_id": "sb-1", "metadata": {"n": 1},
                        "files": {"src/main.ts": {"size": 12, "mode": "0644", "checksum": "ab"}},
                        "processes": [{"pid": 7, "command": "sh", "status": "sleeping"}]}),
                ),
                &["files"],
            ),
            &["metadata"],
        ),
        document::<t::StateDiff>(
            "StateDiff",
            json!({"sandbox_id": "sb-1", "added": ["a"], "removed": ["b"], "modified": ["c"]}),
        ),
        free(document::<t::TraceEvent>("TraceEvent", event()), &["metadata"]),
        free(document::<t::TraceRow>("TraceRow", row()), &["metadata"]),
        free(document::<t::Trace>("Trace", json!({"spans": [row()]})), &["metadata"]),
        free(
            maps(
                document::<t::SandboxTrace>(
                    "SandboxTrace",
                    json!({"events": [event(), event()], "metrics": trace_metrics()}),
                ),
                &["tool_breakdown"],
            ),
            &["metadata"],
        ),
        document::<t::Ingested>("Ingested", json!({"ingested": 2})),
        loose(document::<t::Spec>(
            "Spec",
            json!({"id": "fix", "version": 3, "description": "d", "name": "n", "content": "id: fix",
                "created_at": at, "agent": {"type": "cli"}, "invariants": {"a": {"weight": 1.0}}}),
        )),
        document::<t::Experiment>(
            "Experiment",
            json!({"id": "exp-1", "name": "baseline", "spec_id": "fix", "status": "created",
                "created_at": at}),
        ),
        document::<t::EvalHistoryPoint>(
            "EvalHistoryPoint",
            json!({"experiment_id": "exp-1", "pass_rate": 0.5, "mean_wall_ms": 10,
                "total_cost_usd": 0.25, "ts": at}),
        ),
        free(document::<t::ScenarioResult>("ScenarioResult", scenario()), &["parameters"]),
        free(
            document::<t::RunResults>(
                "RunResults",
                json!({"ran_at": at, "spec_id": "fix", "experiment_id": "exp-1", "seed": 42,
                    "total_scenarios": 4, "passed": 1, "failed": 1, "flaky": 1, "errors": 1,
                    "metrics": {"pass_rate": 0.25, "mean_wall_ms": 10, "p95_wall_ms": 20,
                        "mean_tool_calls": 1.5, "mean_tokens": 100, "total_cost_usd": 0.5,
                        "mean_cost_per_run_usd": 0.125, "tool_success_rate": 0.75,
                        "side_effect_violations": 1},
                    "scenarios": [scenario(), scenario()]}),
            ),
            &["parameters"],
        ),
        document::<t::Comparison>(
            "Comparison",
            json!({"baseline_id": "a", "candidate_id": "b", "regressed": true,
                "metrics": [{"name": "pass_rate", "baseline": 0.75, "candidate": 0.5,
                    "delta": -0.25, "direction": "worse"}],
                "regressions": ["pass_rate fell"], "summary": "worse"}),
        ),
        maps(
            document::<t::ExperimentMetrics>(
                "ExperimentMetrics",
                json!({"experiment_id": "exp-1", "tool_breakdown": tools(),
                    "summary": {"total_runs": 4, "pass_rate": 0.25, "total_cost_usd": 0.5,
                        "mean_cost_per_run_usd": 0.125, "mean_wall_ms": 10, "p95_wall_ms": 20,
                        "total_tool_calls": 6, "tool_success_rate": 0.75},
                    "cost_trend": [{"run_id": "r", "cost_usd": 0.5, "ts": at}],
                    "pass_rate_trend": [{"run_id": "r", "pass_rate": 0.25, "ts": at}],
                    "metrics": {"pass_rate": 0.25}}),
            ),
            &["tool_breakdown", "metrics"],
        ),
        document::<t::AlertRule>(
            "AlertRule",
            json!({"id": "alert_1", "name": "drop", "eval_id": "fix", "condition": "pass_rate<0.8",
                "window": "last_5_runs", "notify": "slack", "webhook_url": "https://example.com",
                "slack_channel": "#alerts"}),
        ),
        document::<t::NewAlert>(
            "NewAlert",
            json!({"id": "alert_1", "name": "drop", "eval_id": "fix", "condition": "pass_rate<0.8",
                "window": "last_5_runs", "notify": "slack", "webhook_url": "https://example.com",
                "slack_channel": "#alerts"}),
        ),
        document::<t::FiredAlert>(
            "FiredAlert",
            json!({"rule_id": "alert_1", "rule_name": "drop", "reason": "0.5 < 0.8",
                "experiment_id": "exp-1", "fired_at": at}),
        ),
        maps(document::<t::AgentSnapshot>("AgentSnapshot", snapshot()), &["egress"]),
        maps(document::<t::AgentAuth>("AgentAuth", snapshot()["auth"].clone()), &["egress"]),
        maps(
            document::<t::Page<t::AgentSnapshot>>(
                "Page",
                json!({"items": [snapshot()], "next_cursor": "c1", "count": 1}),
            ),
            &["egress"],
        ),
        document::<t::DatasetInfo>(
            "DatasetInfo",
            json!({"id": "ds_1", "user_id": "u", "name": "emails", "description": "d", "version": 2,
                "created_at": at}),
        ),
        free(
            document::<t::DatasetRecord>(
                "DatasetRecord",
                json!({"id": "rec_1", "dataset_id": "ds_1", "input": {"n": 1},
                    "expected": {"m": [2, {"x": null}]}, "metadata": {"k": 0.5}, "tags": ["pro"],
                    "version": 2}),
            ),
            &["input", "expected", "metadata"],
        ),
        document::<t::Added>("Added", json!({"added": 3})),
        free(
            document::<t::ScoreRule>(
                "ScoreRule",
                json!({"id": "rule_1", "user_id": "u", "name": "fact", "type": "llm_as_judge",
                    "config": {"model": "paragon-fast", "n": 1}, "created_at": at}),
            ),
            &["config"],
        ),
        document::<t::ScoreRow>("ScoreRow", score()),
        document::<t::Queued>("Queued", json!({"status": "queued"})),
        free(
            document::<t::Prompt>(
                "Prompt",
                json!({"id": "p_1", "user_id": "u", "slug": "mail", "version": 2, "tag": "prod",
                    "template": "Dear {{name}}", "variables": {"name": "you", "n": 1},
                    "metadata": {"k": 1}, "created_at": at}),
            ),
            &["variables", "metadata"],
        ),
        document::<t::Rendered>("Rendered", json!({"rendered": "Dear you"})),
        loose(document::<t::ExperimentExport>(
            "ExperimentExport",
            json!({"experiment": [{"id": "exp-1"}], "result": {"passed": 1},
                "scenarios": [scenario()], "traces": [row()], "scores": [score()], "more": {"a": 1}}),
        )),
        loose(document::<t::ExportRecord>(
            "ExportRecord",
            json!({"kind": "header", "experiment_id": "exp-1", "n": 1}),
        )),
    ]
}
