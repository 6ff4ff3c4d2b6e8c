//! Snapshots of agents.

use std::ops::Deref;

use super::Keystone;
use super::address::Address;
use super::call::{Call, sends};
use super::rows::PAGE;
use crate::types::{AgentSnapshot, Page};

const ALL: &str = "/v1/agents";

/// Snapshots of agents: [`Keystone::agents`]. Uploading them needs the feature `upload`.
///
/// ```no_run
/// use keystone::Keystone;
///
/// let ks = Keystone::new()?;
/// let latest = ks.agents().get("email-agent").send()?;
/// let live = ks.agents().get("email-agent").tag("v2.1").send()?;
/// println!("{} is latest, {} is live", latest.version, live.version);
/// # Ok::<(), keystone::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Agents<'a> {
    pub(super) client: &'a Keystone,
}

impl<'a> Agents<'a> {
    pub(crate) fn new(client: &'a Keystone) -> Self {
        Self { client }
    }

    /// Looks an agent up by its name: the latest snapshot, unless a version or a tag is chosen.
    ///
    /// `GET /v1/agents/{name}/latest`, `…/versions/{n}`, `…/tags/{tag}`
    pub fn get(&self, name: impl Into<String>) -> GetAgent {
        GetAgent { client: self.client.clone(), name: name.into(), version: None, tag: None }
    }

    /// Looks a snapshot up by its id, which is made of its content.
    ///
    /// `GET /v1/snapshots/{id}`
    pub fn get_by_id(&self, id: impl Into<String>) -> Call<SnapshotHandle> {
        let id = id.into();
        Call::new(self.client, move |line| {
            Ok(SnapshotHandle::new(line.get(snapshot(&id))?.json_of(&["id"])?, line.client))
        })
    }

    /// All snapshots, a page at a time.
    ///
    /// `GET /v1/agents`
    pub fn list(&self) -> ListAgents {
        ListAgents::new(self.client, Address::new(ALL))
    }

    /// All snapshots of an agent, a page at a time.
    ///
    /// `GET /v1/agents/{name}/versions`
    pub fn list_versions(&self, name: impl AsRef<str>) -> ListAgents {
        ListAgents::new(self.client, Address::new(ALL).segment(name.as_ref()).then("versions"))
    }

    /// Deletes a snapshot.
    ///
    /// `DELETE /v1/snapshots/{id}`
    pub fn delete(&self, snapshot: &AgentSnapshot) -> Call<()> {
        self.delete_by_id(&snapshot.id)
    }

    /// Deletes a snapshot by its id.
    ///
    /// `DELETE /v1/snapshots/{id}`
    pub fn delete_by_id(&self, id: impl Into<String>) -> Call<()> {
        let id = id.into();
        Call::new(self.client, move |line| line.delete(snapshot(&id)))
    }
}

fn snapshot(id: &str) -> Address {
    Address::new("/v1/snapshots").segment(id)
}

/// A snapshot to be looked up: [`Agents::get`].
#[derive(Debug, Clone)]
#[must_use = "nothing is asked until `.send()`"]
pub struct GetAgent {
    client: Keystone,
    name: String,
    version: Option<u64>,
    tag: Option<String>,
}

impl GetAgent {
    /// Chooses a version.
    pub fn version(mut self, version: u64) -> Self {
        self.version = Some(version);
        self
    }

    /// Chooses the snapshot of this tag. Counts before a version.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(tag.into());
        self
    }

    /// The same as a [`Call`], which has a time-out and repeats of its own.
    pub fn call(self) -> Call<SnapshotHandle> {
        let Self { client, name, version, tag } = self;
        let address = Address::new(ALL).segment(&name);
        let address = match (tag, version) {
            (Some(tag), _) => address.then("tags").segment(&tag),
            (None, Some(version)) => address.then("versions").segment(&version.to_string()),
            (None, None) => address.then("latest"),
        };
        Call::new(&client, move |line| {
            Ok(SnapshotHandle::new(line.get(address)?.json_of(&["id"])?, line.client))
        })
    }
}

sends!(GetAgent => SnapshotHandle);

/// A page of snapshots: [`Agents::list`].
#[derive(Debug, Clone)]
#[must_use = "nothing is asked until `.send()`"]
pub struct ListAgents {
    client: Keystone,
    address: Address,
    limit: u32,
    cursor: Option<String>,
}

impl ListAgents {
    fn new(client: &Keystone, address: Address) -> Self {
        Self { client: client.clone(), address, limit: PAGE, cursor: None }
    }

    /// Sets how many snapshots a page has, 100 unless set.
    pub fn limit(mut self, snapshots: u32) -> Self {
        self.limit = snapshots;
        self
    }

    /// Asks for the page that begins here: the `next_cursor` of the one before.
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.cursor = Some(cursor.into());
        self
    }

    /// The same as a [`Call`], which has a time-out and repeats of its own.
    pub fn call(self) -> Call<Page<SnapshotHandle>> {
        let Self { client, address, limit, cursor } = self;
        let address = address.query("limit", limit).query_if("cursor", cursor);
        Call::new(&client, move |line| {
            let page: Page<AgentSnapshot> = line.get(address)?.page()?;
            let handle = |snapshot| SnapshotHandle::new(snapshot, line.client);
            let next = page.next_cursor.filter(|cursor| !cursor.is_empty());
            Ok(Page::new(page.items.into_iter().map(handle).collect(), next))
        })
    }
}

sends!(ListAgents => Page<SnapshotHandle>);

/// A snapshot of an agent, and what can be done with it. Its fields are those of
/// [`AgentSnapshot`].
#[derive(Debug, Clone)]
pub struct SnapshotHandle {
    snapshot: AgentSnapshot,
    client: Keystone,
}

impl SnapshotHandle {
    pub(crate) fn new(snapshot: AgentSnapshot, client: &Keystone) -> Self {
        Self { snapshot, client: client.clone() }
    }

    /// What the server said of it.
    #[must_use]
    pub fn into_inner(self) -> AgentSnapshot {
        self.snapshot
    }

    /// As [`Agents::delete`].
    pub fn delete(&self) -> Call<()> {
        self.client.agents().delete(&self.snapshot)
    }
}

impl Deref for SnapshotHandle {
    type Target = AgentSnapshot;

    fn deref(&self) -> &AgentSnapshot {
        &self.snapshot
    }
}
