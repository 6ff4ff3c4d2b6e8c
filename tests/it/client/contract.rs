//! A server that keeps the contract: to every call of the API it gives the reply that the contract
//! describes, always the same.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use keystone_e2e::server::{Recorded, Reply, Server};
use serde_json::{Value, json};

const TIME: &str = "2026-01-02T03:04:05.678Z";

/// Starts one. The first segment of a path is whatever the client has in its base URL, and names
/// the call that is made.
pub(super) fn server() -> Server {
    let polls = Mutex::new(BTreeMap::<String, usize>::new());
    Server::start(move |request| {
        let segments = request.segments();
        let (call, route) = segments.split_first().map_or(("", &[][..]), |(a, b)| (a, b));
        let route: Vec<&str> = route.iter().map(String::as_str).collect();
        let mut polls = polls.lock().unwrap_or_else(PoisonError::into_inner);
        let again = polls.entry(format!("{call} {}", request.target)).or_default();
        *again += 1;
        answer(request, call, &route, *again)
    })
}

fn answer(request: &Recorded, call: &str, route: &[&str], times: usize) -> Reply {
    match (request.method.as_str(), route) {
        ("GET", ["health"]) => Reply::json(200, &json!({"status": "ok"})),
        ("DELETE", ["v1", _, ..]) => Reply::status(204),
        (_, ["v1", "sandboxes", rest @ ..]) => sandboxes(request, call, rest),
        ("POST", ["v1", "specs"]) => Reply::json(201, &spec()),
        ("GET", ["v1", "specs"]) => Reply::json(200, &json!([spec()])),
        ("GET", ["v1", "specs", _]) => Reply::json(200, &spec()),
        (_, ["v1", "experiments", rest @ ..]) => experiments(request, call, rest, times),
        ("GET", ["v1", "metrics", "experiments", _]) => Reply::json(200, &metrics()),
        ("POST", ["v1", "alerts"]) => Reply::json(201, &alert()),
        ("GET", ["v1", "alerts"]) => Reply::json(200, &json!([alert()])),
        ("POST", ["v1", "agents"]) => Reply::json(201, &snapshot()),
        ("GET", ["v1", "agents"] | ["v1", "agents", _, "versions"]) => {
            page(request, &[snapshot(), snapshot()])
        }
        ("GET", ["v1", "agents" | "snapshots", ..]) => Reply::json(200, &snapshot()),
        (_, ["v1", "datasets", rest @ ..]) => datasets(request, rest),
        ("POST", ["v1", "score-rules"]) => Reply::json(201, &rule()),
        ("GET", ["v1", "score-rules"]) => Reply::json(200, &json!([rule()])),
        ("GET", ["v1", "traces"]) => page(request, &traces()),
        ("GET", ["v1", "traces", _]) => Reply::json(200, &json!({"spans": [event("s1", "q")]})),
        ("GET", ["v1", "spans"]) => page(request, &[event("s1", "q"), event("s2", "r")]),
        ("GET", ["v1", "scenarios"]) => page(request, &[scenario("pass"), scenario("fail")]),
        ("GET", ["v1", "scores"]) => page(request, &[score()]),
        ("POST", ["v1", "prompts"]) => Reply::json(201, &prompt()),
        ("POST", ["v1", "prompts", _, "render"]) => {
            Reply::json(200, &json!({"rendered": "Hello Zoë"}))
        }
        ("GET", ["v1", "prompts"]) => Reply::json(200, &json!([prompt()])),
        ("GET", ["v1", "prompts", ..]) => Reply::json(200, &prompt()),
        _ => Reply::json(404, &json!({"error": "no such call"})),
    }
}

fn sandboxes(request: &Recorded, call: &str, rest: &[&str]) -> Reply {
    match (request.method.as_str(), rest) {
        ("POST", []) => Reply::json(201, &sandbox()),
        ("GET", []) if call.ends_with("-null") => Reply::json(200, &Value::Null),
        ("GET", []) => Reply::json(200, &json!([sandbox(), {"id": "sb-bare"}])),
        ("GET", ["missing"]) => Reply::json(
            404,
            &json!({"message": "there is no sandbox missing", "error": "not_found"}),
        ),
        ("GET", ["forbidden"]) => Reply::json(403, &json!({"error": "forbidden"})),
        ("POST", [_, "commands"]) => Reply::json(
            200,
            &json!({"command": "npm test", "stdout": "ok\n", "stderr": "warn", "exit_code": 3,
                    "duration_ms": 1200}),
        ),
        ("POST", [_, "files"]) => Reply::status(204),
        ("GET", [_, "files", ..]) => {
            Reply::new(200).with("application/octet-stream", "const x = \"é\";\n")
        }
        ("GET", [_, "state"]) => Reply::json(
            200,
            &json!({"captured_at": TIME, "files": {
                "src/a.ts": {"size": 12, "mode": "0644", "checksum": "sha256:00"}}}),
        ),
        ("GET", [_, "diff"]) => {
            Reply::json(200, &json!({"added": ["a"], "removed": [], "modified": ["b", "c"]}))
        }
        ("POST", [_, "trace"]) => Reply::json(200, &json!({"ingested": 1})),
        ("GET", [_, "trace"]) => Reply::json(
            200,
            &json!({"events": [handed_in("s1", "q")], "metrics": {
                "total_tool_calls": 4, "tool_success_rate": 0.75, "mean_duration_ms": 12,
                "p95_duration_ms": 40,
                "tool_breakdown": {"search": {"count": 4, "mean_ms": 12, "error_rate": 0.25}}}}),
        ),
        ("GET", _) => Reply::json(200, &sandbox()),
        _ => Reply::json(404, &json!({"error": "no such call"})),
    }
}

fn experiments(request: &Recorded, call: &str, rest: &[&str], times: usize) -> Reply {
    let waiting = call.contains(".run_and_wait");
    match (request.method.as_str(), rest) {
        ("POST", []) => Reply::json(201, &experiment()),
        ("GET", []) => Reply::json(200, &json!([experiment()])),
        ("POST", ["compare"]) => Reply::json(200, &comparison()),
        ("POST", [_, "run"]) => Reply::status(202),
        ("POST", [_, "score"]) => Reply::json(202, &json!({"status": "queued"})),
        ("GET", [_, "scores"]) => Reply::json(200, &json!([score()])),
        ("GET", [_, "export"]) => match request.parameter("format").as_deref() {
            Some("ndjson") => Reply::new(200).with("application/x-ndjson", ndjson()),
            _ => Reply::json(
                200,
                &json!({"experiment": experiment(), "result": results(true),
                        "scenarios": [scenario("pass")], "traces": [event("s1", "q")],
                        "scores": [score()]}),
            ),
        },
        // A busy server in the middle of a wait: not among those that a client asks again by
        // itself, so that it is the wait that has to go on.
        ("GET", ["exp-broken"]) if waiting && times == 2 => {
            Reply::json(500, &json!({"error": "restarting"}))
        }
        ("GET", ["exp-broken"]) => Reply::json(200, &results(!waiting || times > 2)),
        ("GET", [_]) => Reply::json(200, &results(!waiting || times > 1)),
        _ => Reply::json(404, &json!({"error": "no such call"})),
    }
}

fn datasets(request: &Recorded, rest: &[&str]) -> Reply {
    let record = json!({"id": "rec_1", "dataset_id": "ds_abc", "input": {"id": "alice"},
                        "expected": {"subject": "Renewal"}, "metadata": {"source": "crm"},
                        "tags": ["pro"], "version": 3});
    match (request.method.as_str(), rest) {
        ("POST", []) => Reply::json(201, &dataset("new")),
        ("GET", []) => Reply::json(200, &json!([dataset("other"), dataset("customer-emails")])),
        ("POST", [_, "records"]) => {
            let added = request.json()["records"].as_array().map_or(0, Vec::len);
            Reply::json(200, &json!({"added": added}))
        }
        ("GET", [_, "records"]) => Reply::json(200, &json!([record, {"input": {"bare": true}}])),
        ("GET", [_]) => Reply::json(200, &dataset("customer-emails")),
        _ => Reply::json(404, &json!({"error": "no such call"})),
    }
}

/// The first item on the first page, the rest on the second.
fn page(request: &Recorded, items: &[Value]) -> Reply {
    let first = request.parameter("cursor").is_none();
    let (head, tail) = items.split_at(1);
    let body = if tail.is_empty() {
        json!({"items": head, "next_cursor": null, "count": 1})
    } else if first {
        json!({"items": head, "next_cursor": "c-2_x"})
    } else {
        json!({"items": tail})
    };
    Reply::json(200, &body)
}

fn sandbox() -> Value {
    json!({"id": "sb-abc", "spec_id": "fix-failing-test", "state": "ready", "path": "/workspace",
           "url": "http://sb-abc.example", "created_at": TIME, "metadata": {"run": "ci-7821"},
           "services": {"db": {"host": "db", "port": 5432, "ready": true}}})
}

fn spec() -> Value {
    json!({"id": "fix-failing-test", "version": 7, "description": "repairs a test",
           "resources": {"timeout": "10m"}, "invariants": {"tests": {"weight": 1.5}}})
}

fn experiment() -> Value {
    json!({"id": "exp-1", "name": "baseline-v1", "spec_id": "fix-failing-test",
           "status": "created", "created_at": TIME})
}

fn scenario(status: &str) -> Value {
    json!({"scenario_id": format!("scn-{status}"), "sandbox_id": "sb-abc", "status": status,
           "parameters": {"model": "x", "n": 3}, "wall_ms": 1500, "exit_code": 1, "tool_calls": 4,
           "composite_score": 0.75, "agent_output": "done", "agent_stderr": "warn",
           "invariants": [{"name": "tests", "passed": true, "gate": true, "weight": 1.5,
                           "score": 0.5, "message": "m", "reason": "r"}],
           "forbidden_checks": [{"rule": "egress", "violated": true, "details": "d"}],
           "trace_file": "t.jsonl",
           "reproducer": {"spec_file": "s.yaml", "seed": 42, "scenario_id": "scn-1",
                          "parameters": {"model": "x"}, "command": "keystone eval run"},
           "error": "e",
           "cost": {"input_tokens": 100, "output_tokens": 20, "cache_read_tokens": 5, "model": "x",
                    "estimated_usd": 0.125}})
}

fn results(done: bool) -> Value {
    let passed = u8::from(done);
    json!({"ran_at": TIME, "spec_id": "fix-failing-test", "experiment_id": "exp-1", "seed": 42,
           "total_scenarios": 2, "passed": passed, "failed": 1, "flaky": 0, "errors": 0,
           "metrics": {"pass_rate": 0.5, "mean_wall_ms": 1500, "p95_wall_ms": 1900,
                       "mean_tool_calls": 4.5, "mean_tokens": 120, "total_cost_usd": 0.25,
                       "mean_cost_per_run_usd": 0.125, "tool_success_rate": 0.875,
                       "side_effect_violations": 1},
           "scenarios": [scenario("pass"), scenario("fail")]})
}

fn comparison() -> Value {
    json!({"baseline_id": "exp-baseline", "candidate_id": "exp-new",
           "metrics": [{"name": "pass_rate", "baseline": 0.9, "candidate": 0.8, "delta": -0.1,
                        "direction": "worse"}],
           "regressed": true, "regressions": ["pass_rate"]})
}

fn metrics() -> Value {
    json!({"experiment_id": "exp-1",
           "summary": {"total_runs": 2, "pass_rate": 0.5, "total_cost_usd": 0.25,
                       "mean_cost_per_run_usd": 0.125, "mean_wall_ms": 1500, "p95_wall_ms": 1900,
                       "total_tool_calls": 9, "tool_success_rate": 0.875},
           "tool_breakdown": {"search": {"count": 9, "mean_ms": 12, "error_rate": 0.125}},
           "cost_trend": [{"run_id": "run-1", "cost_usd": 0.125, "ts": TIME}],
           "pass_rate_trend": [{"run_id": "run-1", "pass_rate": 0.5, "ts": TIME}]})
}

fn alert() -> Value {
    json!({"id": "alert_abc", "name": "pass-rate-drop", "eval_id": "fix-failing-test",
           "condition": "pass_rate < 0.8", "window": "last_5_runs", "notify": "slack",
           "webhook_url": "https://example.com/hook", "slack_channel": "#agent-alerts"})
}

fn snapshot() -> Value {
    json!({"id": "snap_abc", "name": "email-agent", "version": 3, "tag": "v2.1",
           "digest": "sha256:00", "size_bytes": 1234, "storage_path": "agents/snap_abc",
           "runtime": "python3.12", "entrypoint": ["python", "main.py"],
           "auth": {"required_env": ["ANTHROPIC_API_KEY"],
                    "config_files": [{"path": ".env", "template": "t"}],
                    "egress": {"anthropic": ["api.anthropic.com"]}},
           "created_at": TIME})
}

fn dataset(name: &str) -> Value {
    json!({"id": "ds_abc", "user_id": "user_1", "name": name, "description": "Renewal scenarios",
           "version": 4, "created_at": TIME})
}

fn rule() -> Value {
    json!({"id": "rule_abc", "user_id": "user_1", "name": "factuality", "type": "llm_as_judge",
           "config": {"model": "paragon-fast", "rubric": {"pass": "right"}}, "created_at": TIME})
}

fn score() -> Value {
    json!({"id": 7, "rule_id": "rule_abc", "trace_id": 12, "experiment_id": "exp-abc",
           "score": 0.75, "passed": true, "message": "m"})
}

fn prompt() -> Value {
    json!({"id": "prm_abc", "user_id": "user_1", "slug": "greet", "version": 3, "tag": "prod",
           "template": "Hello {name}", "variables": {"name": "you", "deep": {"a": [1, 2]}},
           "metadata": {"owner": "zoë"}, "created_at": TIME})
}

/// An event as a listing has it.
fn event(span: &str, question: &str) -> Value {
    let mut event = handed_in(span, question);
    event["id"] = json!(12);
    event["created_at"] = json!(TIME);
    event
}

/// An event as it was handed in.
fn handed_in(span: &str, question: &str) -> Value {
    json!({"ts": TIME, "event_type": "tool_call", "tool": "search",
           "phase": "end", "duration_ms": 12, "status": "ok", "span_id": span,
           "parent_span_id": "p0", "root_span_id": "r0", "output": "found",
           "cost": {"input_tokens": 100, "output_tokens": 20, "model": "x",
                    "estimated_usd": 0.125},
           "metadata": {"question": question, "input": "in", "output": {"text": "out"}}})
}

/// Rows to build a data set from: one twice, one without an input, one without an expected value.
fn traces() -> [Value; 5] {
    let mut no_input = event("s3", "q3");
    no_input["metadata"] = json!({"output": "out"});
    let mut no_expected = event("s4", "q4");
    no_expected["metadata"] = json!({"gen_ai": {"prompt": [1, 2]}});
    [event("s1", "q1"), event("s2", "q2"), event("s1", "q1"), no_input, no_expected]
}

fn ndjson() -> String {
    "{\"kind\":\"header\",\"experiment_id\":\"exp-abc\"}\n{\"kind\":\"trace\",\"é\":1.50}\n"
        .to_owned()
}
