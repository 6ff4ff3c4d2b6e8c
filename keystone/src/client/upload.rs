//! Uploads of agents.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::Keystone;
use super::address::Address;
use super::agents::{Agents, SnapshotHandle};
use super::bundle::{Bundle, BundleOptions};
use super::call::{Call, sends};
use super::http::Streamed;
use super::multipart::Multipart;
use crate::types::AgentAuth;
use crate::{Error, ErrorKind};

/// How long an upload may take with all its attempts, unless the call says otherwise.
const DEADLINE: Duration = Duration::from_secs(3600);

impl Agents<'_> {
    /// Uploads an agent: a folder, a single file, or a finished `.tar.gz`. The server gives it the
    /// next version of its name.
    ///
    /// [`Bundle`] says what is packed and what is left out. The bundle is read from disk while it
    /// is sent, so that it may be of any size.
    ///
    /// ```no_run
    /// use keystone::{Keystone, types::AgentAuth};
    ///
    /// let ks = Keystone::new()?;
    /// let snapshot = ks
    ///     .agents()
    ///     .upload("email-agent", "./dist/email-agent", ["python", "main.py"])
    ///     .runtime("python3.12")
    ///     .tag("v2.1")
    ///     .send()?;
    /// println!("version {} is {}", snapshot.version, snapshot.digest);
    /// # Ok::<(), keystone::Error>(())
    /// ```
    ///
    /// `POST /v1/agents`
    pub fn upload(
        &self,
        name: impl Into<String>,
        path: impl Into<PathBuf>,
        entrypoint: impl IntoIterator<Item = impl Into<String>>,
    ) -> UploadAgent {
        UploadAgent {
            client: self.client.clone(),
            path: path.into(),
            metadata: Metadata {
                name: name.into(),
                entrypoint: entrypoint.into_iter().map(Into::into).collect(),
                runtime: String::new(),
                auth: None,
                tag: String::new(),
            },
            options: BundleOptions::new(),
            tell: None,
        }
    }
}

#[derive(Debug, Clone, Serialize)]
struct Metadata {
    name: String,
    entrypoint: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    runtime: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth: Option<AgentAuth>,
    #[serde(skip_serializing_if = "String::is_empty")]
    tag: String,
}

/// Called with how many bytes were sent, and how many there are.
type Tell = Box<dyn FnMut(u64, u64) + Send>;

/// An agent to be uploaded: [`Agents::upload`].
#[must_use = "nothing is uploaded until `.send()`"]
pub struct UploadAgent {
    client: Keystone,
    path: PathBuf,
    metadata: Metadata,
    options: BundleOptions,
    tell: Option<Tell>,
}

impl UploadAgent {
    /// Says what runs the agent, such as `python3.12`.
    pub fn runtime(mut self, runtime: impl Into<String>) -> Self {
        self.metadata.runtime = runtime.into();
        self
    }

    /// Gives the snapshot a name beside its version.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.metadata.tag = tag.into();
        self
    }

    /// Says what the agent has to be given to run.
    pub fn auth(mut self, auth: AgentAuth) -> Self {
        self.metadata.auth = Some(auth);
        self
    }

    /// Says what is packed and what is left out.
    pub fn bundle(mut self, options: BundleOptions) -> Self {
        self.options = options;
        self
    }

    /// Calls this while the bundle is sent, with how many bytes were sent and how many there are.
    /// Starts again from 0 when the upload has to be repeated.
    pub fn on_progress(mut self, tell: impl FnMut(u64, u64) + Send + 'static) -> Self {
        self.tell = Some(Box::new(tell));
        self
    }

    /// The same as a [`Call`], which has a time-out and repeats of its own. The time-out is how
    /// long nothing may be sent or received; all of it may take an hour unless the call has a
    /// [deadline](Call::deadline).
    pub fn call(self) -> Call<SnapshotHandle> {
        let Self { client, path, metadata, options, tell } = self;
        Call::new(&client, move |line| {
            let json = serde_json::to_string(&metadata).map_err(|error| {
                Error::new(ErrorKind::Argument, "the metadata is no JSON").with_source(error)
            })?;
            let bundle = options.prepare(&path).map_err(|error| {
                Error::new(ErrorKind::File, error.to_string()).with_source(error)
            })?;
            let upload = Upload::new(&json, &metadata.name, bundle, tell);
            let cut_off = |error: Error| match error.kind() {
                ErrorKind::Broken => error.and(
                    "servers break off uploads that they refuse, because of their size or of the key",
                ),
                _ => error,
            };
            let snapshot =
                line.post(Address::new("/v1/agents")).streamed(&upload).read(line, &["id"]).map_err(cut_off)?;
            Ok(SnapshotHandle::new(snapshot, line.client))
        })
        .deadline(DEADLINE)
    }
}

sends!(UploadAgent => SnapshotHandle);

impl fmt::Debug for UploadAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadAgent")
            .field("path", &self.path)
            .field("name", &self.metadata.name)
            .field("tag", &self.metadata.tag)
            .finish_non_exhaustive()
    }
}

/// The body of an upload, read again from its start for each attempt.
#[derive(Debug)]
struct Upload {
    content_type: String,
    length: u64,
    body: Mutex<Multipart<File>>,
}

impl Upload {
    fn new(metadata: &str, name: &str, bundle: Bundle, tell: Option<Tell>) -> Self {
        let size = bundle.size_bytes();
        let mut body = Multipart::new(metadata, name, bundle.into_file(), size);
        if let Some(tell) = tell {
            body = body.on_progress(tell);
        }
        Self {
            content_type: body.content_type(),
            length: body.total_bytes(),
            body: Mutex::new(body),
        }
    }
}

impl Streamed for Upload {
    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
        body.restart();
        Ok(Box::new(Reading(body)))
    }

    fn length(&self) -> u64 {
        self.length
    }

    fn content_type(&self) -> &str {
        &self.content_type
    }
}

struct Reading<'a>(MutexGuard<'a, Multipart<File>>);

impl Read for Reading<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}
