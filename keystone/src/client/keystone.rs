//! The client itself.

use std::fmt;
use std::sync::Arc;

use super::address::Address;
use super::call::Call;
use super::config::{self, KeystoneBuilder};
use super::http::Http;
use super::{
    Agents, Alerts, Datasets, Experiments, Export, Prompts, SandboxHandle, Sandboxes, Scoring,
    Specs,
};
use crate::pricing::Prices;
use crate::types::Health;
use crate::{Error, ErrorKind};

/// A client of a Keystone server, hosted or your own.
///
/// Cheap to clone and to share between threads: all clones use the same connections. Making one
/// opens no connection.
///
/// ```no_run
/// use keystone::Keystone;
///
/// let ks = Keystone::new()?;
/// let experiment = ks.experiments().create("baseline-v1", "fix-failing-test").send()?;
/// let results = experiment.run_and_wait().send()?;
/// println!("{}/{} passed", results.passed, results.total_scenarios);
/// # Ok::<(), keystone::Error>(())
/// ```
#[derive(Clone)]
pub struct Keystone {
    inner: Arc<Inner>,
}

struct Inner {
    http: Http,
    prices: Option<Prices>,
}

impl Keystone {
    /// A client as the environment says; see [`KeystoneBuilder`].
    ///
    /// # Errors
    /// As [`KeystoneBuilder::build`].
    pub fn new() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// Starts setting up a client.
    pub fn builder() -> KeystoneBuilder {
        KeystoneBuilder::new()
    }

    pub(crate) fn with(http: Http, prices: Option<Prices>) -> Self {
        Self { inner: Arc::new(Inner { http, prices }) }
    }

    pub(crate) fn http(&self) -> &Http {
        &self.inner.http
    }

    /// Where the server is, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.http().base().as_str()
    }

    /// Whether requests go out with a key.
    #[must_use]
    pub fn has_api_key(&self) -> bool {
        self.http().has_key()
    }

    /// From inside a sandbox: a client, and the sandbox that this process runs in.
    ///
    /// Reads `POLARITY_SANDBOX_ID` or `KEYSTONE_SANDBOX_ID`, and what [`new`](Self::new) reads.
    ///
    /// ```no_run
    /// use keystone::Keystone;
    ///
    /// let (ks, sandbox) = Keystone::from_sandbox().send()?;
    /// let db = &sandbox.services["db"];
    /// println!("{}:{}", db.host, db.port);
    /// # Ok::<(), keystone::Error>(())
    /// ```
    ///
    /// # Errors
    /// The call fails with [`ErrorKind::Config`] where neither variable is set: the process runs in
    /// no sandbox.
    pub fn from_sandbox() -> Call<(Self, SandboxHandle)> {
        let Some(id) = config::lookup(config::SANDBOX_ID) else {
            return Call::failed(Error::new(
                ErrorKind::Config,
                "KEYSTONE_SANDBOX_ID is not set: this process does not run in a sandbox",
            ));
        };
        match Self::new() {
            Ok(client) => client.sandboxes().get(id).map(|sandbox| (client, sandbox)),
            Err(error) => Call::failed(error),
        }
    }

    /// What a model call costs, in US dollars rounded to six decimals: tokens of the input, of the
    /// output, and those of the input that were read from a cache. None where the model is not
    /// known, which is not the same as free. Uses the
    /// [prices of the client](KeystoneBuilder::prices), else those of the
    /// [process](crate::pricing::estimate_cost).
    #[must_use]
    pub fn estimate_cost(&self, model: &str, input: u64, output: u64, cache: u64) -> Option<f64> {
        match &self.inner.prices {
            Some(prices) => prices.estimate(model, input, output, cache),
            None => crate::pricing::estimate_cost(model, input, output, cache),
        }
    }

    /// Asks whether the server is up.
    ///
    /// `GET /health`
    pub fn health(&self) -> Call<Health> {
        Call::new(self, |line| line.get(Address::new("/health"))?.json_of(&["status"]))
    }

    /// Sandboxes: where an agent runs in isolation.
    #[must_use]
    pub fn sandboxes(&self) -> Sandboxes<'_> {
        Sandboxes::new(self)
    }

    /// Specs: what an agent shall do, and how that is checked.
    #[must_use]
    pub fn specs(&self) -> Specs<'_> {
        Specs::new(self)
    }

    /// Experiments: runs of a spec, and their results.
    #[must_use]
    pub fn experiments(&self) -> Experiments<'_> {
        Experiments::new(self)
    }

    /// Alerts: who hears of it when quality drops.
    #[must_use]
    pub fn alerts(&self) -> Alerts<'_> {
        Alerts::new(self)
    }

    /// Snapshots of agents.
    #[must_use]
    pub fn agents(&self) -> Agents<'_> {
        Agents::new(self)
    }

    /// Datasets, and their records by version.
    #[must_use]
    pub fn datasets(&self) -> Datasets<'_> {
        Datasets::new(self)
    }

    /// Rules that score traces on the server.
    #[must_use]
    pub fn scoring(&self) -> Scoring<'_> {
        Scoring::new(self)
    }

    /// Everything that is stored, in bulk.
    #[must_use]
    pub fn export(&self) -> Export<'_> {
        Export::new(self)
    }

    /// Prompts, and their versions.
    #[must_use]
    pub fn prompts(&self) -> Prompts<'_> {
        Prompts::new(self)
    }
}

impl fmt::Debug for Keystone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keystone")
            .field("base_url", &self.base_url())
            .field("has_api_key", &self.has_api_key())
            .finish_non_exhaustive()
    }
}
