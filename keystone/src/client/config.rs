//! How a client is set up: arguments first, then the environment, then the defaults.

use std::time::Duration;

use ureq::http::{HeaderValue, Uri, uri::Scheme};

use super::Keystone;
use super::http::{Http, Limits};
use super::retry::Backoff;
use super::secret::Secret;
use crate::pricing::Prices;
use crate::{Error, ErrorKind};

/// Where the hosted platform is.
pub(crate) const DEFAULT_BASE_URL: &str = "https://keystone.polarity.so";

/// The names of an environment variable, the newer first.
pub(crate) type Names = [&'static str; 2];

pub(crate) const API_KEY: Names = ["POLARITY_API_KEY", "KEYSTONE_API_KEY"];
pub(crate) const BASE_URL: Names = ["POLARITY_BASE_URL", "KEYSTONE_BASE_URL"];
pub(crate) const SANDBOX_ID: Names = ["POLARITY_SANDBOX_ID", "KEYSTONE_SANDBOX_ID"];
pub(crate) const WORKSPACE: Names = ["POLARITY_WORKSPACE", "KEYSTONE_WORKSPACE"];

/// The first of these variables that is set to something. An empty one counts as not set.
pub(crate) fn lookup(names: Names) -> Option<String> {
    names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

/// Sets up a [`Keystone`] client; see [`Keystone::builder`].
///
/// What is not given is taken from the environment, and then from the defaults:
///
/// | | environment, first that is set | default |
/// |---|---|---|
/// | [`api_key`](Self::api_key) | `POLARITY_API_KEY`, `KEYSTONE_API_KEY` | none: requests go out without a key |
/// | [`base_url`](Self::base_url) | `POLARITY_BASE_URL`, `KEYSTONE_BASE_URL` | `https://keystone.polarity.so` |
/// | [`workspace`](Self::workspace) | `POLARITY_WORKSPACE`, `KEYSTONE_WORKSPACE` | the owner's default workspace |
/// | proxy | `HTTPS_PROXY` or `HTTP_PROXY` by the scheme of the base URL, `ALL_PROXY`; not for `NO_PROXY`, nor for this machine | none |
///
/// A variable that is empty counts as not set.
///
/// ```
/// use std::time::Duration;
/// use keystone::Keystone;
///
/// let ks = Keystone::builder()
///     .api_key("ks_live_0123456789")
///     .base_url("http://127.0.0.1:8000")
///     .timeout(Duration::from_secs(10))
///     .build()?;
/// assert_eq!(ks.base_url(), "http://127.0.0.1:8000");
/// assert!(!format!("{ks:?}").contains("0123456789"));
/// # Ok::<(), keystone::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct KeystoneBuilder {
    api_key: Option<Secret>,
    base_url: Option<String>,
    workspace: Option<String>,
    limits: Limits,
    prices: Option<Prices>,
}

impl KeystoneBuilder {
    pub(crate) fn new() -> Self {
        Self {
            api_key: None,
            base_url: None,
            workspace: None,
            limits: Limits::default(),
            prices: None,
        }
    }

    /// Sets the key, such as `ks_live_…`. An empty one counts as not given.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(key.into()).filter(|key| !key.is_empty()).map(Secret::new);
        self
    }

    /// Sets where the server is, without `/v1`. Slashes at its end are passed over. An empty one
    /// counts as not given.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into()).filter(|url| !url.is_empty());
        self
    }

    /// Sets the workspace, by its id (`ws_…`) or its name.
    pub fn workspace(mut self, workspace: impl Into<String>) -> Self {
        self.workspace = Some(workspace.into()).filter(|workspace| !workspace.is_empty());
        self
    }

    /// Sets how long one attempt may take, from connecting to the last byte of the answer; 30
    /// seconds unless set. For uploads and downloads that stream, how long nothing may happen.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = timeout;
        self
    }

    /// Sets how long a request may take with all its attempts and the pauses between them; two
    /// minutes unless set.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.limits.deadline = deadline;
        self
    }

    /// Sets how often a request is repeated that failed for a passing reason; 3 unless set, 0 for
    /// never. What could do something twice is not repeated; see [`client`](crate::client#repeats).
    pub fn retries(mut self, retries: u32) -> Self {
        self.limits.backoff.retries = retries;
        self
    }

    /// Sets the pauses between attempts: at most `first` after the first attempt, doubled with
    /// each further one up to `longest`; 250 ms and 10 s unless set. The pause is chosen at random
    /// below that. A server's `Retry-After` counts instead, where it sends one.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        let retries = self.limits.backoff.retries;
        self.limits.backoff = Backoff { retries, first, longest };
        self
    }

    /// Sets how many connections are kept open for the next request; 256 unless set. As many
    /// threads can use the client without one of them opening a connection anew each time.
    pub fn idle_connections(mut self, connections: usize) -> Self {
        self.limits.idle_connections = connections;
        self
    }

    /// Sets how many bytes an answer may have once it is unpacked; 256 MiB unless set. Exports
    /// that stream are not bound by it.
    pub fn max_response_bytes(mut self, bytes: u64) -> Self {
        self.limits.response_bytes = bytes;
        self
    }

    /// Sets what models cost, for [`Keystone::estimate_cost`]; the prices of the process unless set.
    ///
    /// ```
    /// use keystone::Keystone;
    /// use keystone::pricing::{Price, Prices};
    ///
    /// let prices = Prices::builtin().with("our-finetune", Price::per_million(1.0, 5.0))?;
    /// let ks = Keystone::builder().prices(prices).build()?;
    /// assert_eq!(ks.estimate_cost("our-finetune", 1_000, 100, 0), Some(0.0015));
    /// assert_eq!(ks.estimate_cost("nobody-knows", 1_000, 100, 0), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn prices(mut self, prices: Prices) -> Self {
        self.prices = Some(prices);
        self
    }

    /// Makes the client. Opens no connection.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] where the base URL is no `http` or `https` URL with a host, where the
    /// key or the workspace cannot stand in a header, or where the proxy of the environment is
    /// none.
    pub fn build(self) -> Result<Keystone, Error> {
        let api_key = self.api_key.or_else(|| lookup(API_KEY).map(Secret::new));
        let base_url = self.base_url.or_else(|| lookup(BASE_URL));
        let base_url = BaseUrl::parse(base_url.as_deref().unwrap_or(DEFAULT_BASE_URL))?;
        let workspace = self.workspace.or_else(|| lookup(WORKSPACE));
        let authorization =
            api_key.as_ref().map(|key| authorization(key.expose())).transpose()?.map(
                |mut value| {
                    // Keeps the key out of the logs of the HTTP library.
                    value.set_sensitive(true);
                    value
                },
            );
        let workspace = workspace.map(|name| header(&name, "the workspace")).transpose()?;
        let http = Http::new(base_url, api_key, authorization, workspace, self.limits)?;
        Ok(Keystone::with(http, self.prices))
    }
}

/// Keys are visible ASCII (RFC 6750, section 2.1); anything else was pasted by mistake.
fn authorization(key: &str) -> Result<HeaderValue, Error> {
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::new(
            ErrorKind::Config,
            "the API key has a character in it that no key has, such as a space or a line break",
        ));
    }
    header(&format!("Bearer {key}"), "the API key")
}

fn header(value: &str, what: &str) -> Result<HeaderValue, Error> {
    // Names of workspaces may be in any script; the octets of UTF-8 may stand in a header.
    HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
        Error::new(
            ErrorKind::Config,
            format!("{what} has a line break or another control character in it"),
        )
    })
}

/// Where the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// Without a slash at its end.
    text: String,
    pub(crate) host: String,
    pub(crate) https: bool,
}

impl BaseUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let trimmed = text.trim().trim_end_matches('/');
        let wrong = |what: &str| {
            // A URL may hold a password: it is not quoted where there is one.
            let shown = if text.contains('@') { "the base URL" } else { text.trim() };
            Error::new(
                ErrorKind::Config,
                format!("{shown} {what}; expected something like {DEFAULT_BASE_URL}"),
            )
        };
        if trimmed.ends_with(':') {
            return Err(wrong("has no host"));
        }
        let uri: Uri = trimmed.parse().map_err(|_| wrong("is not a URL"))?;
        let https = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            Some(_) => return Err(wrong("is neither http nor https")),
            None => return Err(wrong("has no scheme (https://)")),
        };
        let authority = uri.authority().ok_or_else(|| wrong("has no host"))?;
        if authority.host().is_empty() {
            return Err(wrong("has no host"));
        }
        if authority.as_str().contains('@') {
            return Err(wrong("has a user name in it; give the key on its own"));
        }
        if uri.query().is_some() || trimmed.contains('#') {
            return Err(wrong("has a query or a fragment"));
        }
        if uri.path().ends_with("/v1") {
            return Err(wrong("ends with /v1, which the client adds itself"));
        }
        Ok(Self { text: trimmed.to_owned(), host: authority.host().to_owned(), https })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.to_ascii_lowercase().ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_loses_its_slashes_and_keeps_its_path() {
        let url = BaseUrl::parse("https://example.com:8443/keystone//").expect("a URL");
        assert_eq!(url.as_str(), "https://example.com:8443/keystone");
        assert_eq!((url.host.as_str(), url.https), ("example.com", true));
    }

    #[test]
    fn what_is_no_base_url_says_so() {
        for (text, what) in [
            ("example.com", "has no scheme"),
            ("ftp://example.com", "is neither http nor https"),
            ("https://", "has no host"),
            ("https://exa mple.com", "is not a URL"),
            ("https://example.com/?a=1", "has a query"),
            ("https://example.com/v1/", "ends with /v1"),
            ("https://user:hunter2@example.com", "has a user name"),
        ] {
            let error = BaseUrl::parse(text).expect_err(text);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().contains(what), "{text}: {error}");
            assert!(!error.message().contains("hunter2"));
        }
    }

    #[test]
    fn this_machine_is_known_by_all_its_names() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "[::1]", "a.localhost"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["example.com", "10.0.0.1", "localhost.example.com"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_key_with_a_line_break_is_refused_and_not_shown() {
        let error =
            KeystoneBuilder::new().api_key("ks_live_1\r\nX: y").build().expect_err("a break");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!error.to_string().contains("ks_live_1"));
    }
}
