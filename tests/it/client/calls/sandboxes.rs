//! Sandboxes and their handle.

use keystone::Error;
use keystone::client::SandboxHandle;
use keystone::types::TraceEvent;
use serde_json::{Value, json};

use super::{Calls, plain, text};

pub(super) const CALLS: Calls = &[
    ("sandboxes.create", |ks, _| handle(ks.sandboxes().create("fix-failing-test").send())),
    ("sandboxes.create-all", |ks, _| {
        let sandboxes = ks.sandboxes();
        handle(
            sandboxes
                .create("fix-failing-test")
                .timeout("10m")
                .metadata("run", "ci-7821")
                .metadata("zoë", "a \"quoted\"\n\\ text 🦀")
                .secret("ANTHROPIC_API_KEY", "sk-1")
                .send(),
        )
    }),
    ("sandboxes.create-spec_path", |ks, at| {
        let create = ks.sandboxes().create("fix-failing-test").spec_path(at.join("spec.yaml"));
        handle(create.secret("SHARED", "explicit").send())
    }),
    ("sandboxes.create-odd_yaml", |ks, at| {
        let create = ks.sandboxes().create("fix-failing-test").spec_path(at.join("odd.yaml"));
        handle(create.send())
    }),
    ("sandboxes.get", |ks, _| handle(ks.sandboxes().get("sb-abc").send())),
    ("sandboxes.get-unicode", |ks, _| handle(ks.sandboxes().get("sb zoë+=:@✓").send())),
    ("sandboxes.get-percent", |ks, _| handle(ks.sandboxes().get("100%25").send())),
    ("sandboxes.get-question", |ks, _| handle(ks.sandboxes().get("sb?x=1").send())),
    ("sandboxes.get-hash", |ks, _| handle(ks.sandboxes().get("sb#1").send())),
    ("sandboxes.get-slash", |ks, _| handle(ks.sandboxes().get("sb/1").send())),
    ("sandboxes.get-missing", |ks, _| handle(ks.sandboxes().get("missing").send())),
    ("sandboxes.get-forbidden", |ks, _| handle(ks.sandboxes().get("forbidden").send())),
    ("sandboxes.list", |ks, _| handles(ks.sandboxes().list().send())),
    ("sandboxes.list-null", |ks, _| handles(ks.sandboxes().list().send())),
    ("sandboxes.destroy", |ks, _| ks.sandboxes().destroy("sb-abc").send().map(|()| Value::Null)),
    ("sandboxes.run_command", |ks, _| {
        Ok(plain(&ks.sandboxes().run_command("sb-abc", "npm test").send()?))
    }),
    ("sandboxes.run_command-timeout", |ks, _| {
        Ok(plain(&ks.sandboxes().run_command("sb-abc", "npm test").timeout("2m").send()?))
    }),
    ("sandboxes.read_file", |ks, _| {
        ks.sandboxes().read_file("sb-abc", "src/main.ts").send().map(text)
    }),
    ("sandboxes.read_file-absolute", |ks, _| {
        ks.sandboxes().read_file("sb-abc", "/etc/hosts").send().map(text)
    }),
    ("sandboxes.read_file-odd", |ks, _| {
        ks.sandboxes().read_file("sb-abc", "a b/é?#.txt").send().map(text)
    }),
    ("sandboxes.write_file", |ks, _| {
        let written = ks.sandboxes().write_file("sb-abc", "config.json", "{\"x\": 1}").send();
        written.map(|()| Value::Null)
    }),
    ("sandboxes.delete_file", |ks, _| {
        ks.sandboxes().delete_file("sb-abc", "tmp/cache.bin").send().map(|()| Value::Null)
    }),
    ("sandboxes.state", |ks, _| Ok(plain(&ks.sandboxes().state("sb-abc").send()?))),
    ("sandboxes.diff", |ks, _| Ok(plain(&ks.sandboxes().diff("sb-abc").send()?))),
    ("sandboxes.ingest_trace", |ks, _| {
        Ok(plain(&ks.sandboxes().ingest_trace("sb-abc", [event()]).send()?))
    }),
    ("sandboxes.get_trace", |ks, _| Ok(plain(&ks.sandboxes().get_trace("sb-abc").send()?))),
    // The handle.
    ("sandbox.exec", |ks, _| {
        Ok(plain(&ks.sandboxes().handle("sb-h").exec("ls").timeout("5s").send()?))
    }),
    ("sandbox.read", |ks, _| ks.sandboxes().handle("sb-h").read("a.txt").send().map(text)),
    ("sandbox.write", |ks, _| {
        ks.sandboxes().handle("sb-h").write("a.txt", "text").send().map(|()| Value::Null)
    }),
    ("sandbox.delete", |ks, _| {
        ks.sandboxes().handle("sb-h").delete("a.txt").send().map(|()| Value::Null)
    }),
    ("sandbox.get_state", |ks, _| Ok(plain(&ks.sandboxes().handle("sb-h").state().send()?))),
    ("sandbox.diff", |ks, _| Ok(plain(&ks.sandboxes().handle("sb-h").diff().send()?))),
    ("sandbox.destroy", |ks, _| {
        ks.sandboxes().handle("sb-h").destroy().send().map(|()| Value::Null)
    }),
    ("sandbox.ingest_trace", |ks, _| {
        Ok(plain(&ks.sandboxes().handle("sb-h").ingest_trace([event()]).send()?))
    }),
    ("sandbox.get_trace", |ks, _| Ok(plain(&ks.sandboxes().handle("sb-h").get_trace().send()?))),
    ("sandbox.refresh", |ks, _| handle(ks.sandboxes().handle("sb-h").refresh().send())),
];

fn handle(sandbox: Result<SandboxHandle, Error>) -> Result<Value, Error> {
    Ok(plain(&*sandbox?))
}

fn handles(sandboxes: Result<Vec<SandboxHandle>, Error>) -> Result<Value, Error> {
    Ok(sandboxes?.iter().map(|sandbox| plain(&**sandbox)).collect())
}

fn event() -> TraceEvent {
    TraceEvent::new("tool_call", "search")
        .ts("2026-01-02T03:04:05.000006+00:00")
        .phase("end")
        .duration_ms(12)
        .status("ok")
        .span_id("0123456789abcdef")
        .metadata("gen_ai.system", "x")
        .metadata("nested", json!({"a": [1, 2.5, null]}))
}
