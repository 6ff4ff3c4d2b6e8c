//! Sandboxes.

use std::collections::BTreeMap;
use std::ops::Deref;

use serde::Serialize;

use super::address::Address;
use super::call::{Call, sends};
use super::forwarded::Forwarded;
use super::secret::SecretMap;
use super::{Keystone, Timeout};
use crate::types::{
    CommandResult, Ingested, Sandbox, SandboxTrace, StateDiff, StateSnapshot, TraceEvent,
};

const ALL: &str = "/v1/sandboxes";

/// Sandboxes: [`Keystone::sandboxes`].
///
/// ```no_run
/// use keystone::Keystone;
///
/// let ks = Keystone::new()?;
/// let sandbox = ks.sandboxes().create("fix-failing-test").timeout("10m").send()?;
/// sandbox.write("config.json", r#"{"x": 1}"#).send()?;
/// let changed = sandbox.diff().send()?;
/// println!("{:?} were added", changed.added);
/// sandbox.destroy().send()?;
/// # Ok::<(), keystone::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Sandboxes<'a> {
    client: &'a Keystone,
}

impl<'a> Sandboxes<'a> {
    pub(crate) fn new(client: &'a Keystone) -> Self {
        Self { client }
    }

    /// Starts a sandbox from a spec. The answer comes once it is ready.
    ///
    /// `POST /v1/sandboxes`
    pub fn create(&self, spec_id: impl Into<String>) -> CreateSandbox {
        CreateSandbox {
            client: self.client.clone(),
            spec_id: spec_id.into(),
            timeout: None,
            metadata: BTreeMap::new(),
            secrets: Forwarded::default(),
        }
    }

    /// Looks a sandbox up.
    ///
    /// `GET /v1/sandboxes/{id}`
    pub fn get(&self, id: impl Into<String>) -> Call<SandboxHandle> {
        let id = id.into();
        Call::new(self.client, move |line| {
            Ok(SandboxHandle::new(line.get(one(&id))?.json_of(&["id"])?, line.client))
        })
    }

    /// The sandboxes that are alive.
    ///
    /// `GET /v1/sandboxes`
    pub fn list(&self) -> Call<Vec<SandboxHandle>> {
        Call::new(self.client, |line| {
            let sandboxes: Vec<Sandbox> = line.get(Address::new(ALL))?.list()?;
            let handle = |sandbox| SandboxHandle::new(sandbox, line.client);
            Ok(sandboxes.into_iter().map(handle).collect())
        })
    }

    /// A handle on a sandbox of which only the id is known. Asks nothing.
    #[must_use]
    pub fn handle(&self, id: impl Into<String>) -> SandboxHandle {
        SandboxHandle::new(Sandbox { id: id.into(), ..Sandbox::default() }, self.client)
    }

    /// Ends a sandbox.
    ///
    /// `DELETE /v1/sandboxes/{id}`
    pub fn destroy(&self, id: impl Into<String>) -> Call<()> {
        let id = id.into();
        Call::new(self.client, move |line| line.delete(one(&id)))
    }

    /// Runs a shell command. A command that fails is a success of the call: see
    /// [`CommandResult::exit_code`].
    ///
    /// The answer comes when the command has ended, so that the
    /// [time-out of the request](Call::timeout) has to be longer than the command takes; where
    /// the command has a [`timeout`](RunCommand::timeout) of its own and the request has not, the
    /// request is given that time on top of its usual one.
    ///
    /// `POST /v1/sandboxes/{id}/commands`
    pub fn run_command(&self, id: impl Into<String>, command: impl Into<String>) -> RunCommand {
        RunCommand {
            client: self.client.clone(),
            id: id.into(),
            command: command.into(),
            timeout: None,
        }
    }

    /// Reads a file of the workspace, as bytes.
    ///
    /// `GET /v1/sandboxes/{id}/files/{path}`
    pub fn read_file(&self, id: impl Into<String>, path: impl Into<String>) -> Call<Vec<u8>> {
        let (id, path) = (id.into(), path.into());
        let name = path.to_ascii_lowercase();
        let web_page = [".html", ".htm", ".xhtml"].iter().any(|end| name.ends_with(end));
        Call::new(self.client, move |line| {
            line.get_bytes(one(&id).then("files").file(&path), web_page)
        })
    }

    /// Writes a file of the workspace. The API takes text only.
    ///
    /// `POST /v1/sandboxes/{id}/files`
    pub fn write_file(
        &self,
        id: impl Into<String>,
        path: impl Into<String>,
        content: impl Into<String>,
    ) -> Call<()> {
        #[derive(Serialize)]
        struct Body<'a> {
            path: &'a str,
            content: &'a str,
        }
        let (id, path, content) = (id.into(), path.into(), content.into());
        Call::new(self.client, move |line| {
            line.post(one(&id).then("files"))
                .repeatable()
                .json(&Body { path: &path, content: &content })?
                .send(line)?
                .nothing()
        })
    }

    /// Deletes a file of the workspace.
    ///
    /// `DELETE /v1/sandboxes/{id}/files/{path}`
    pub fn delete_file(&self, id: impl Into<String>, path: impl Into<String>) -> Call<()> {
        let (id, path) = (id.into(), path.into());
        Call::new(self.client, move |line| line.delete(one(&id).then("files").file(&path)))
    }

    /// The files of a sandbox as they are now.
    ///
    /// `GET /v1/sandboxes/{id}/state`
    pub fn state(&self, id: impl Into<String>) -> Call<StateSnapshot> {
        let id = id.into();
        Call::new(self.client, move |line| line.get(one(&id).then("state"))?.json())
    }

    /// What has changed since the sandbox started.
    ///
    /// `GET /v1/sandboxes/{id}/diff`
    pub fn diff(&self, id: impl Into<String>) -> Call<StateDiff> {
        let id = id.into();
        Call::new(self.client, move |line| line.get(one(&id).then("diff"))?.json())
    }

    /// Hands in events of a trace.
    ///
    /// `POST /v1/sandboxes/{id}/trace`
    pub fn ingest_trace(
        &self,
        id: impl Into<String>,
        events: impl IntoIterator<Item = TraceEvent>,
    ) -> Call<Ingested> {
        #[derive(Serialize)]
        struct Body {
            events: Vec<TraceEvent>,
        }
        let id = id.into();
        let body = Body { events: events.into_iter().collect() };
        Call::new(self.client, move |line| {
            line.post(one(&id).then("trace")).json(&body)?.send(line)?.json_or_default()
        })
    }

    /// The events of a sandbox, and figures made of them.
    ///
    /// `GET /v1/sandboxes/{id}/trace`
    pub fn get_trace(&self, id: impl Into<String>) -> Call<SandboxTrace> {
        let id = id.into();
        Call::new(self.client, move |line| line.get(one(&id).then("trace"))?.json())
    }
}

fn one(id: &str) -> Address {
    Address::new(ALL).segment(id)
}

/// A sandbox to be started: [`Sandboxes::create`].
#[derive(Debug, Clone)]
#[must_use = "nothing is created until `.send()`"]
pub struct CreateSandbox {
    client: Keystone,
    spec_id: String,
    timeout: Option<Timeout>,
    metadata: BTreeMap<String, String>,
    secrets: Forwarded,
}

impl CreateSandbox {
    /// Sets after which time the sandbox ends by itself, as `"10m"` or a [`std::time::Duration`].
    pub fn timeout(mut self, timeout: impl Into<Timeout>) -> Self {
        self.timeout = Some(timeout.into());
        self
    }

    /// Adds something to know the sandbox by.
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }

    /// Forwards a secret, which becomes a variable of the agent's environment. Wins over the one
    /// of that name that the spec declares.
    pub fn secret(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.secrets.insert(name.into(), value.into());
        self
    }

    /// Forwards several secrets; as [`secret`](Self::secret).
    pub fn secrets(
        mut self,
        secrets: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        for (name, value) in secrets {
            self.secrets.insert(name.into(), value.into());
        }
        self
    }

    /// Forwards the secrets that the spec in this file declares; see
    /// [`secrets::collect_declared`](crate::secrets::collect_declared).
    #[cfg(feature = "yaml")]
    pub fn spec_path(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.secrets.spec_path(path.into());
        self
    }

    /// The same as a [`Call`], which has a time-out and repeats of its own.
    pub fn call(self) -> Call<SandboxHandle> {
        #[derive(Serialize)]
        struct Body<'a> {
            spec_id: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            timeout: &'a Option<Timeout>,
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            metadata: &'a BTreeMap<String, String>,
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            secrets: &'a BTreeMap<String, String>,
        }
        let Self { client, spec_id, timeout, metadata, secrets } = self;
        Call::new(&client, move |line| {
            let secrets: SecretMap = secrets.collect()?;
            let body = Body {
                spec_id: &spec_id,
                timeout: &timeout,
                metadata: &metadata,
                secrets: secrets.expose(),
            };
            let sandbox =
                line.post(Address::new(ALL)).hiding(&secrets).json(&body)?.read(line, &["id"])?;
            Ok(SandboxHandle::new(sandbox, line.client))
        })
    }
}

sends!(CreateSandbox => SandboxHandle);

/// A command to be run: [`Sandboxes::run_command`].
#[derive(Debug, Clone)]
#[must_use = "nothing is run until `.send()`"]
pub struct RunCommand {
    client: Keystone,
    id: String,
    command: String,
    timeout: Option<Timeout>,
}

impl RunCommand {
    /// Sets how long the command may take, as `"2m"` or a [`std::time::Duration`].
    pub fn timeout(mut self, timeout: impl Into<Timeout>) -> Self {
        self.timeout = Some(timeout.into());
        self
    }

    /// The same as a [`Call`], which has a time-out and repeats of its own.
    pub fn call(self) -> Call<CommandResult> {
        #[derive(Serialize)]
        struct Body<'a> {
            command: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            timeout: &'a Option<Timeout>,
        }
        let Self { client, id, command, timeout } = self;
        let patience = timeout.as_ref().and_then(Timeout::to_std);
        let call = Call::new(&client, move |line| {
            line.post(one(&id).then("commands"))
                .json(&Body { command: &command, timeout: &timeout })?
                .read(line, &["exit_code", "stdout", "command"])
        });
        match patience {
            Some(patience) => call.longer_by(patience),
            None => call,
        }
    }
}

sends!(RunCommand => CommandResult);

/// A sandbox, and what can be done with it. Its fields are those of [`Sandbox`].
#[derive(Debug, Clone)]
pub struct SandboxHandle {
    sandbox: Sandbox,
    client: Keystone,
}

impl SandboxHandle {
    fn new(sandbox: Sandbox, client: &Keystone) -> Self {
        Self { sandbox, client: client.clone() }
    }

    /// What the server said of it.
    #[must_use]
    pub fn into_inner(self) -> Sandbox {
        self.sandbox
    }

    /// As [`Sandboxes::run_command`].
    pub fn exec(&self, command: impl Into<String>) -> RunCommand {
        self.client.sandboxes().run_command(&self.sandbox.id, command)
    }

    /// As [`Sandboxes::read_file`].
    pub fn read(&self, path: impl Into<String>) -> Call<Vec<u8>> {
        self.client.sandboxes().read_file(&self.sandbox.id, path)
    }

    /// As [`Sandboxes::write_file`].
    pub fn write(&self, path: impl Into<String>, content: impl Into<String>) -> Call<()> {
        self.client.sandboxes().write_file(&self.sandbox.id, path, content)
    }

    /// As [`Sandboxes::delete_file`].
    pub fn delete(&self, path: impl Into<String>) -> Call<()> {
        self.client.sandboxes().delete_file(&self.sandbox.id, path)
    }

    /// As [`Sandboxes::state`].
    pub fn state(&self) -> Call<StateSnapshot> {
        self.client.sandboxes().state(&self.sandbox.id)
    }

    /// As [`Sandboxes::diff`].
    pub fn diff(&self) -> Call<StateDiff> {
        self.client.sandboxes().diff(&self.sandbox.id)
    }

    /// As [`Sandboxes::ingest_trace`].
    pub fn ingest_trace(&self, events: impl IntoIterator<Item = TraceEvent>) -> Call<Ingested> {
        self.client.sandboxes().ingest_trace(&self.sandbox.id, events)
    }

    /// As [`Sandboxes::get_trace`].
    pub fn get_trace(&self) -> Call<SandboxTrace> {
        self.client.sandboxes().get_trace(&self.sandbox.id)
    }

    /// The same sandbox as the server sees it now: its state may have changed.
    pub fn refresh(&self) -> Call<Self> {
        self.client.sandboxes().get(&self.sandbox.id)
    }

    /// As [`Sandboxes::destroy`].
    pub fn destroy(&self) -> Call<()> {
        self.client.sandboxes().destroy(&self.sandbox.id)
    }
}

impl Deref for SandboxHandle {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}
