"""Makes the calls of the reference with the Python SDK, each against a base URL of its own.

    python calls.py ROOT FOLDER

A call named NAME goes to ROOT/NAME, so that the server can tell whose request it sees. FOLDER holds
what the calls read: `agent/`, `agent.tar.gz`, `spec.yaml`, `odd.yaml`. For every call a line of JSON
comes out: its name, how it ended and what it returned. `it/client/calls.rs` makes the same calls.
"""

import dataclasses
import json
import os
import sys

from polarity_keystone import Keystone, Score, Scorer
from polarity_keystone.types import KeystoneError

KEY = "ks_live_e2e"
EVENT = {
    "ts": "2026-01-02T03:04:05.000006+00:00",
    "event_type": "tool_call",
    "tool": "search",
    "phase": "end",
    "duration_ms": 12,
    "status": "ok",
    "span_id": "0123456789abcdef",
    "metadata": {"gen_ai.system": "x", "nested": {"a": [1, 2.5, None]}},
}
RECORDS = [
    {"input": {"id": "alice"}, "expected": {"subject": "Renewal"}, "tags": ["pro"]},
    {"input": {"id": "zoë ✓"}, "metadata": {"source": "crm"}},
]
AUTH = {
    "required_env": ["ANTHROPIC_API_KEY"],
    "config_files": [{"path": ".env", "template": "KEY={{ANTHROPIC_API_KEY}}"}],
    "egress": {"anthropic": ["api.anthropic.com"]},
}
ENTRYPOINT = ["python", "main.py"]


@Scorer
def short(scenario):
    return Score(name="short", score=1.0, passed=True, message="kept short")


def from_sandbox(ks, _):
    os.environ["KEYSTONE_SANDBOX_ID"] = "sb-env"
    os.environ["KEYSTONE_API_KEY"] = KEY
    os.environ["KEYSTONE_BASE_URL"] = ks._http.base_url
    try:
        return Keystone.from_sandbox()[1]
    finally:
        for name in ("KEYSTONE_SANDBOX_ID", "KEYSTONE_API_KEY", "KEYSTONE_BASE_URL"):
            del os.environ[name]


def in_workspace(ks, _):
    return Keystone(api_key=KEY, base_url=ks._http.base_url, workspace="search-assistant").health()


def trailing_slash(ks, _):
    return Keystone(api_key=KEY, base_url=ks._http.base_url + "//").health()


CALLS = {
    "health": lambda ks, at: ks.health(),
    "health-workspace": in_workspace,
    "health-trailing_slash": trailing_slash,
    "from_sandbox": from_sandbox,
    # sandboxes
    "sandboxes.create": lambda ks, at: ks.sandboxes.create("fix-failing-test"),
    "sandboxes.create-all": lambda ks, at: ks.sandboxes.create(
        spec_id="fix-failing-test",
        timeout="10m",
        metadata={"run": "ci-7821", "zoë": 'a "quoted"\n\\ text 🦀'},
        secrets={"ANTHROPIC_API_KEY": "sk-1"},
    ),
    "sandboxes.create-spec_path": lambda ks, at: ks.sandboxes.create(
        "fix-failing-test", secrets={"SHARED": "explicit"}, spec_path=f"{at}/spec.yaml"
    ),
    "sandboxes.create-odd_yaml": lambda ks, at: ks.sandboxes.create(
        "fix-failing-test", spec_path=f"{at}/odd.yaml"
    ),
    "sandboxes.get": lambda ks, at: ks.sandboxes.get("sb-abc"),
    "sandboxes.get-unicode": lambda ks, at: ks.sandboxes.get("sb zoë+=:@✓"),
    "sandboxes.get-percent": lambda ks, at: ks.sandboxes.get("100%25"),
    "sandboxes.get-question": lambda ks, at: ks.sandboxes.get("sb?x=1"),
    "sandboxes.get-hash": lambda ks, at: ks.sandboxes.get("sb#1"),
    "sandboxes.get-slash": lambda ks, at: ks.sandboxes.get("sb/1"),
    "sandboxes.get-missing": lambda ks, at: ks.sandboxes.get("missing"),
    "sandboxes.get-forbidden": lambda ks, at: ks.sandboxes.get("forbidden"),
    "sandboxes.list": lambda ks, at: ks.sandboxes.list(),
    "sandboxes.list-null": lambda ks, at: ks.sandboxes.list(),
    "sandboxes.destroy": lambda ks, at: ks.sandboxes.destroy("sb-abc"),
    "sandboxes.run_command": lambda ks, at: ks.sandboxes.run_command("sb-abc", "npm test"),
    "sandboxes.run_command-timeout": lambda ks, at: ks.sandboxes.run_command(
        "sb-abc", "npm test", timeout="2m"
    ),
    "sandboxes.read_file": lambda ks, at: ks.sandboxes.read_file("sb-abc", "src/main.ts"),
    "sandboxes.read_file-absolute": lambda ks, at: ks.sandboxes.read_file("sb-abc", "/etc/hosts"),
    "sandboxes.read_file-odd": lambda ks, at: ks.sandboxes.read_file("sb-abc", "a b/é?#.txt"),
    "sandboxes.write_file": lambda ks, at: ks.sandboxes.write_file(
        "sb-abc", "config.json", '{"x": 1}'
    ),
    "sandboxes.delete_file": lambda ks, at: ks.sandboxes.delete_file("sb-abc", "tmp/cache.bin"),
    "sandboxes.state": lambda ks, at: ks.sandboxes.state("sb-abc"),
    "sandboxes.diff": lambda ks, at: ks.sandboxes.diff("sb-abc"),
    "sandboxes.ingest_trace": lambda ks, at: ks.sandboxes.ingest_trace("sb-abc", [EVENT]),
    "sandboxes.get_trace": lambda ks, at: ks.sandboxes.get_trace("sb-abc"),
    # the handle of a sandbox
    "sandbox.exec": lambda ks, at: ks.sandboxes.handle("sb-h").exec("ls", "5s"),
    "sandbox.read": lambda ks, at: ks.sandboxes.handle("sb-h").read("a.txt"),
    "sandbox.write": lambda ks, at: ks.sandboxes.handle("sb-h").write("a.txt", "text"),
    "sandbox.delete": lambda ks, at: ks.sandboxes.handle("sb-h").delete("a.txt"),
    "sandbox.get_state": lambda ks, at: ks.sandboxes.handle("sb-h").get_state(),
    "sandbox.diff": lambda ks, at: ks.sandboxes.handle("sb-h").diff(),
    "sandbox.destroy": lambda ks, at: ks.sandboxes.handle("sb-h").destroy(),
    "sandbox.ingest_trace": lambda ks, at: ks.sandboxes.handle("sb-h").ingest_trace([EVENT]),
    "sandbox.get_trace": lambda ks, at: ks.sandboxes.handle("sb-h").get_trace(),
    "sandbox.refresh": lambda ks, at: ks.sandboxes.handle("sb-h").refresh(),
    # specs
    "specs.create": lambda ks, at: ks.specs.create("id: zoë\nversion: 1 # ✓\n"),
    "specs.create_from_file": lambda ks, at: ks.specs.create_from_file(f"{at}/spec.yaml"),
    "specs.get": lambda ks, at: ks.specs.get("fix-failing-test"),
    "specs.list": lambda ks, at: ks.specs.list(),
    "specs.delete": lambda ks, at: ks.specs.delete("fix-failing-test"),
    # experiments
    "experiments.create": lambda ks, at: ks.experiments.create("baseline-v1", "fix-failing-test"),
    "experiments.create-secrets": lambda ks, at: ks.experiments.create(
        "baseline-v1", "fix-failing-test", secrets={"ANTHROPIC_API_KEY": "sk-1"}
    ),
    "experiments.create-spec_path": lambda ks, at: ks.experiments.create(
        "baseline-v1", "fix-failing-test", spec_path=f"{at}/spec.yaml"
    ),
    "experiments.run": lambda ks, at: ks.experiments.run("exp-1"),
    "experiments.run_and_wait": lambda ks, at: ks.experiments.run_and_wait(
        "exp-1", poll_interval=0.01, timeout=60
    ),
    "experiments.run_and_wait-scores": lambda ks, at: ks.experiments.run_and_wait(
        "exp-1", poll_interval=0.01, timeout=60, scores=[short]
    ),
    "experiments.run_and_wait-broken_poll": lambda ks, at: ks.experiments.run_and_wait(
        "exp-broken", poll_interval=0.01, timeout=60
    ),
    "experiments.get": lambda ks, at: ks.experiments.get("exp-1"),
    "experiments.list": lambda ks, at: ks.experiments.list(),
    "experiments.compare": lambda ks, at: ks.experiments.compare("exp-baseline", "exp-new"),
    "experiments.metrics": lambda ks, at: ks.experiments.metrics("exp-1"),
    # the handle of an experiment
    "experiment.run": lambda ks, at: ks.experiments.handle("exp-h").run(),
    "experiment.run_and_wait": lambda ks, at: ks.experiments.handle("exp-h").run_and_wait(
        poll_interval=0.01, timeout=60
    ),
    "experiment.results": lambda ks, at: ks.experiments.handle("exp-h").results(),
    "experiment.metrics": lambda ks, at: ks.experiments.handle("exp-h").metrics(),
    "experiment.compare": lambda ks, at: ks.experiments.handle("exp-h").compare("exp-new"),
    # alerts
    "alerts.create": lambda ks, at: ks.alerts.create(
        "pass-rate-drop", "pass_rate < 0.8", "slack", slack_channel="#agent-alerts"
    ),
    "alerts.create-all": lambda ks, at: ks.alerts.create(
        "pass-rate-drop",
        "pass_rate < 0.8",
        "webhook",
        id="alert-1",
        eval_id="fix-failing-test",
        window="last_5_runs",
        webhook_url="https://example.com/hook?a=b&c=d",
        slack_channel="#agent-alerts",
    ),
    "alerts.list": lambda ks, at: ks.alerts.list(),
    "alerts.delete": lambda ks, at: ks.alerts.delete("alert_abc"),
    # agents
    "agents.upload": lambda ks, at: ks.agents.upload(
        "email-agent", f"{at}/agent.tar.gz", ENTRYPOINT
    ),
    "agents.upload-all": lambda ks, at: ks.agents.upload(
        name="email-agent",
        path=f"{at}/agent.tar.gz",
        entrypoint=ENTRYPOINT,
        runtime="python3.12",
        tag="v2.1",
        auth=AUTH,
    ),
    "agents.upload-file": lambda ks, at: ks.agents.upload(
        "email-agent", f"{at}/agent/main.py", ENTRYPOINT
    ),
    "agents.upload-directory": lambda ks, at: ks.agents.upload(
        "email-agent", f"{at}/agent", ENTRYPOINT
    ),
    "agents.upload-junk": lambda ks, at: ks.agents.upload("email-agent", f"{at}/junk", ENTRYPOINT),
    "agents.get": lambda ks, at: ks.agents.get("email-agent"),
    "agents.get-tag": lambda ks, at: ks.agents.get("email-agent", tag="v2.1"),
    "agents.get-version": lambda ks, at: ks.agents.get("email-agent", version=3),
    "agents.get-both": lambda ks, at: ks.agents.get("email-agent", version=3, tag="v2.1"),
    "agents.get_by_id": lambda ks, at: ks.agents.get_by_id("snap_abc"),
    "agents.list": lambda ks, at: ks.agents.list(),
    "agents.list-page": lambda ks, at: ks.agents.list(limit=50, cursor="c-2_x"),
    "agents.list_versions": lambda ks, at: ks.agents.list_versions("email-agent"),
    "agents.list_versions-page": lambda ks, at: ks.agents.list_versions(
        "email-agent", limit=20, cursor="c-2_x"
    ),
    "agents.delete": lambda ks, at: ks.agents.delete(ks.agents.get("email-agent")),
    # the handle of a snapshot
    "snapshot.delete": lambda ks, at: ks.agents.get("email-agent").delete(),
    # datasets
    "datasets.create": lambda ks, at: ks.datasets.create("customer-emails"),
    "datasets.create-description": lambda ks, at: ks.datasets.create(
        "customer-emails", "Renewal scenarios"
    ),
    "datasets.list": lambda ks, at: ks.datasets.list(),
    "datasets.get": lambda ks, at: ks.datasets.get("ds_abc"),
    "datasets.delete": lambda ks, at: ks.datasets.delete("ds_abc"),
    "datasets.add_records": lambda ks, at: ks.datasets.add_records("ds_abc", RECORDS),
    "datasets.get_records": lambda ks, at: ks.datasets.get_records("ds_abc"),
    "datasets.get_records-version": lambda ks, at: ks.datasets.get_records("ds_abc", version=3),
    "datasets.get_records-tags": lambda ks, at: ks.datasets.get_records(
        "ds_abc", version=3, tags=["pro", "zoë +=:"]
    ),
    "datasets.get_records-ampersand": lambda ks, at: ks.datasets.get_records(
        "ds_abc", tags=["r&d"]
    ),
    "datasets.from_traces": lambda ks, at: ks.datasets.from_traces(
        name="from-production", filter={"experiment_id": "exp-1", "since": "2026-01-02T03:04:05Z"}
    ),
    "datasets.from_traces-reuse": lambda ks, at: ks.datasets.from_traces(name="customer-emails"),
    "datasets.from_traces-replace": lambda ks, at: ks.datasets.from_traces(
        name="customer-emails", mode="replace", description="anew"
    ),
    "datasets.from_traces-paths": lambda ks, at: ks.datasets.from_traces(
        name="from-production", input_from="metadata.question", expected_from="output"
    ),
    "datasets.from_traces-functions": lambda ks, at: ks.datasets.from_traces(
        name="from-production",
        input_from=lambda event: {"tool": event["tool"]},
        expected_from=lambda event: event["span_id"],
    ),
    "datasets.from_traces-dry_run": lambda ks, at: ks.datasets.from_traces(
        name="from-production", dry_run=True
    ),
    # scoring
    "scoring.create_rule": lambda ks, at: ks.scoring.create_rule(
        "factuality",
        "llm_as_judge",
        {"model": "paragon-fast", "rubric": {"pass": "right", "fail": "wrong"}},
    ),
    "scoring.list_rules": lambda ks, at: ks.scoring.list_rules(),
    "scoring.delete_rule": lambda ks, at: ks.scoring.delete_rule("rule_abc"),
    "scoring.score_experiment": lambda ks, at: ks.scoring.score_experiment(
        "exp-old", ["rule_abc", "rule_def"]
    ),
    "scoring.get_scores": lambda ks, at: ks.scoring.get_scores("exp-old"),
    # export
    "export.traces": lambda ks, at: list(ks.export.traces()),
    "export.traces-filters": lambda ks, at: list(
        ks.export.traces(
            limit=2,
            experiment_id="exp-abc",
            sandbox_id="sb-abc",
            agent="email-agent",
            event_type="tool_call",
            tool="search",
            since="2026-01-02T03:04:05+00:00",
        )
    ),
    "export.traces-ampersand": lambda ks, at: list(ks.export.traces(tool="r&d#1")),
    "export.spans": lambda ks, at: list(ks.export.spans(root_span_id="span_xyz")),
    "export.spans-filters": lambda ks, at: list(
        ks.export.spans(
            limit=7,
            trace_id="t",
            span_id="s",
            parent_span_id="p",
            root_span_id="r",
            tool="search",
            event_type="tool_call",
        )
    ),
    "export.scenarios": lambda ks, at: list(
        ks.export.scenarios(experiment_id="exp-abc", status="failed")
    ),
    "export.scenarios-filters": lambda ks, at: list(
        ks.export.scenarios(experiment_id="exp-abc", status="pass", scenario_id="scn-1")
    ),
    "export.scores": lambda ks, at: list(ks.export.scores(experiment_id="exp-abc")),
    "export.scores-filters": lambda ks, at: list(
        ks.export.scores(experiment_id="exp-abc", rule_id="rule_abc")
    ),
    "export.experiment": lambda ks, at: ks.export.experiment("exp-abc", format="json"),
    "export.experiment-ndjson": lambda ks, at: [
        json.loads(line)
        for line in ks.export.experiment("exp-abc", format="ndjson").splitlines()
    ],
    "export.trace": lambda ks, at: ks.export.trace("trace-abc"),
    # prompts
    "prompts.create": lambda ks, at: ks.prompts.create("greet", "Hello {name}"),
    "prompts.create-all": lambda ks, at: ks.prompts.create(
        slug="greet",
        template="Hello {name}",
        tag="prod",
        variables={"name": "you", "deep": {"a": [1, None]}},
        metadata={"owner": "zoë"},
    ),
    "prompts.get": lambda ks, at: ks.prompts.get("greet"),
    "prompts.get-version": lambda ks, at: ks.prompts.get("greet", version=3),
    "prompts.get-tag": lambda ks, at: ks.prompts.get("greet", tag="prod"),
    "prompts.get-both": lambda ks, at: ks.prompts.get("greet", version=3, tag="prod"),
    "prompts.get-tag_slash": lambda ks, at: ks.prompts.get("team/greet", tag="a/b"),
    "prompts.list": lambda ks, at: ks.prompts.list(),
    "prompts.delete": lambda ks, at: ks.prompts.delete("prm_abc"),
    "prompts.render": lambda ks, at: ks.prompts.render("prm_abc", name="Zoë", n=3, deep={"a": [1]}),
}


def plain(value):
    """What a call returned, as JSON has it."""
    if isinstance(value, (str, int, float, type(None))):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if type(value).__name__ == "SandboxSpec":
        return plain(value.raw)
    info = getattr(type(value), "info", None)
    if isinstance(info, property):
        value = value.info
    if dataclasses.is_dataclass(value):
        return plain(dataclasses.asdict(value))
    return {key: plain(item) for key, item in dict(value).items()}


def main(root, folder):
    for name, call in CALLS.items():
        line = {"call": name}
        try:
            ks = Keystone(api_key=KEY, base_url=f"{root}/{name}", timeout=30)
            line["result"] = plain(call(ks, folder))
            line["outcome"] = "ok"
        except KeystoneError as error:
            line["outcome"] = f"error {error.status_code}: {error.message}"
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
