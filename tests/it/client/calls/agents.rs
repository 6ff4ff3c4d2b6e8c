//! Snapshots of agents and their handle.

use keystone::Error;
use keystone::client::{ListAgents, SnapshotHandle};
use keystone::types::AgentAuth;
use serde_json::{Value, json};

use super::{Calls, plain};

const ENTRYPOINT: [&str; 2] = ["python", "main.py"];

pub(super) const CALLS: Calls = &[
    ("agents.upload", |ks, at| {
        handle(ks.agents().upload("email-agent", at.join("agent.tar.gz"), ENTRYPOINT).send())
    }),
    ("agents.upload-all", |ks, at| {
        let upload = ks.agents().upload("email-agent", at.join("agent.tar.gz"), ENTRYPOINT);
        let auth = AgentAuth::new()
            .required_env("ANTHROPIC_API_KEY")
            .config_file(".env", "KEY={{ANTHROPIC_API_KEY}}")
            .egress("anthropic", ["api.anthropic.com"]);
        handle(upload.runtime("python3.12").tag("v2.1").auth(auth).send())
    }),
    ("agents.upload-file", |ks, at| {
        handle(ks.agents().upload("email-agent", at.join("agent/main.py"), ENTRYPOINT).send())
    }),
    ("agents.upload-directory", |ks, at| {
        handle(ks.agents().upload("email-agent", at.join("agent"), ENTRYPOINT).send())
    }),
    ("agents.upload-junk", |ks, at| {
        handle(ks.agents().upload("email-agent", at.join("junk"), ENTRYPOINT).send())
    }),
    ("agents.get", |ks, _| handle(ks.agents().get("email-agent").send())),
    ("agents.get-tag", |ks, _| handle(ks.agents().get("email-agent").tag("v2.1").send())),
    ("agents.get-version", |ks, _| handle(ks.agents().get("email-agent").version(3).send())),
    ("agents.get-both", |ks, _| {
        handle(ks.agents().get("email-agent").version(3).tag("v2.1").send())
    }),
    ("agents.get_by_id", |ks, _| handle(ks.agents().get_by_id("snap_abc").send())),
    ("agents.list", |ks, _| page(ks.agents().list())),
    ("agents.list-page", |ks, _| page(ks.agents().list().limit(50).cursor("c-2_x"))),
    ("agents.list_versions", |ks, _| page(ks.agents().list_versions("email-agent"))),
    ("agents.list_versions-page", |ks, _| {
        page(ks.agents().list_versions("email-agent").limit(20).cursor("c-2_x"))
    }),
    ("agents.delete", |ks, _| {
        let snapshot = ks.agents().get("email-agent").send()?;
        ks.agents().delete(&snapshot).send().map(|()| Value::Null)
    }),
    // The handle.
    ("snapshot.delete", |ks, _| {
        ks.agents().get("email-agent").send()?.delete().send().map(|()| Value::Null)
    }),
];

fn handle(snapshot: Result<SnapshotHandle, Error>) -> Result<Value, Error> {
    Ok(plain(&*snapshot?))
}

fn page(list: ListAgents) -> Result<Value, Error> {
    let page = list.send()?;
    let items: Value = page.items.iter().map(|snapshot| plain(&**snapshot)).collect();
    Ok(json!([items, page.next_cursor]))
}
