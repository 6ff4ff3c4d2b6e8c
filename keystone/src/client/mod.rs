//! The client of a Keystone server, hosted or your own.
//!
//! [`Keystone`] is the client; nine services hang off it. What a call needs is positional, what it
//! may have is chained, and `.send()` asks and waits:
//!
//! ```no_run
//! use keystone::Keystone;
//!
//! let ks = Keystone::new()?; // KEYSTONE_API_KEY, KEYSTONE_BASE_URL
//! let sandbox = ks.sandboxes().create("fix-failing-test").timeout("10m").metadata("run", "ci-7821").send()?;
//! let tests = sandbox.exec("npm test").timeout("2m").send()?;
//! println!("exit code {}\n{}", tests.exit_code, tests.stdout);
//! sandbox.destroy().send()?;
//! # Ok::<(), keystone::Error>(())
//! ```
//!
//! # Async
//! With the feature `async` every call is a future too: write `.await` in the place of `.send()`.
//! No runtime is forced, and none is started: the call runs on a thread of a pool, so that any
//! executor can await it.
//!
//! # Repeats
//! A request that failed for a passing reason (no connection, a broken one, time-outs, 408, 429,
//! 502, 503, 504) is sent again after a pause, where doing it twice is the same as doing it once:
//! reads, deletions, writing a file, comparing, rendering. Whatever makes something new is sent
//! again only if the server cannot have acted (no connection came about, or 429), or with
//! [`Call::idempotency_key`].
//!
//! A run that was started is waited for through failures of the server: see
//! [`Experiments::run_and_wait`].
//!
//! # Limits
//! With `async`, each call that waits holds a thread, of which the pool has up to 500. Over plain
//! HTTP a proxy is asked for a tunnel (`CONNECT`), which some allow for HTTPS only. Proxies by
//! `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` as curl reads them; redirects to another
//! host go through the same one.
//!
//! # Keys
//! The key goes to the server of the base URL and nowhere else: a redirect to another host is
//! followed without it, or not at all. Neither the key nor the secrets that are forwarded to a
//! sandbox appear in `Debug`, errors or logs.

mod address;
mod agents;
mod alerts;
#[cfg(feature = "upload")]
pub mod bundle;
mod call;
mod config;
mod datasets;
mod experiments;
mod export;
mod forwarded;
mod from_traces;
#[cfg(feature = "async")]
mod future;
mod http;
mod keystone;
#[cfg(feature = "upload")]
mod multipart;
mod names;
mod panel;
mod prompts;
mod proxy;
mod redirect;
mod reply;
mod retry;
mod rows;
mod sandboxes;
mod scoring;
mod secret;
mod specs;
#[cfg(feature = "async")]
mod stream;
mod timeout;
mod trouble;
#[cfg(feature = "upload")]
mod upload;
mod waiting;

pub use agents::{Agents, GetAgent, ListAgents, SnapshotHandle};
pub use alerts::Alerts;
pub use call::Call;
pub use config::KeystoneBuilder;
pub use datasets::{Datasets, GetRecords};
pub use experiments::{CreateExperiment, ExperimentHandle, Experiments, RunAndWait};
pub use export::{Export, Lines, Scenarios, Scores, Spans, Traces};
pub use from_traces::{FromTraces, MadeOfTraces, SkippedEvents};
#[cfg(feature = "async")]
pub use future::Sending;
pub use keystone::Keystone;
pub use prompts::{CreatePrompt, GetPrompt, Prompts};
pub use rows::Rows;
pub use sandboxes::{CreateSandbox, RunCommand, SandboxHandle, Sandboxes};
pub use scoring::Scoring;
pub use specs::Specs;
#[cfg(feature = "async")]
pub use stream::RowStream;
pub use timeout::Timeout;
#[cfg(feature = "upload")]
pub use upload::UploadAgent;
