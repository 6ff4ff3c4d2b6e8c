//! One request and its answer: attempts, pauses, redirects, limits. The only module that knows the
//! HTTP library.

use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::Once;
use std::time::{Duration, Instant, SystemTime};

use ureq::http::request::Builder;
use ureq::http::{HeaderMap, HeaderValue, Method, Request as HttpRequest, Response, header};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, AsSendBody, Body};

use super::address::Address;
use super::config::BaseUrl;
use super::names::Names;
use super::redirect::{self, Hop};
use super::reply::{self, Asked, Reply};
use super::retry::{Backoff, retry_after};
use super::secret::{Secret, SecretMap};
use super::{proxy, trouble};
use crate::{Error, ErrorKind};

/// How this client names itself.
const USER_AGENT: &str = concat!("keystone-rust/", env!("CARGO_PKG_VERSION"));

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 5;

/// How long a web page may be of which the start is quoted.
const QUOTABLE: u64 = 1024 * 1024;

/// How long a body may be that is only read so that its connection can be used again.
const DRAINED: u64 = 64 * 1024;

/// What a client bears with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// For one attempt.
    pub(crate) timeout: Duration,
    /// For all attempts and the pauses between them.
    pub(crate) deadline: Duration,
    pub(crate) backoff: Backoff,
    pub(crate) idle_connections: usize,
    pub(crate) response_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            deadline: Duration::from_secs(120),
            backoff: Backoff::default(),
            idle_connections: 256,
            response_bytes: 256 * 1024 * 1024,
        }
    }
}

/// What a single call wants otherwise than its client.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wishes {
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) retries: Option<u32>,
    pub(crate) idempotency_key: Option<String>,
    /// What is added to the client's own limits.
    pub(crate) extra: Duration,
}

/// A request to be sent, possibly more than once.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) address: Address,
    pub(crate) accept: &'static str,
    pub(crate) body: Content<'a>,
    /// Whether doing it twice is the same as doing it once.
    pub(crate) repeatable: bool,
    /// What must not show in an error.
    pub(crate) secrets: Option<&'a SecretMap>,
}

/// The body of a request.
#[derive(Debug)]
pub(crate) enum Content<'a> {
    /// None, as of a GET.
    Nothing,
    /// Bytes of a type; without one, no type is named.
    Bytes(Cow<'a, [u8]>, Option<&'static str>),
    /// Bytes that are read when they are sent, anew for each attempt.
    #[cfg(feature = "upload")]
    Stream(&'a dyn Streamed),
}

/// A body that does not sit in memory.
#[cfg(feature = "upload")]
pub(crate) trait Streamed: std::fmt::Debug + Sync {
    /// Starts from the beginning.
    fn open(&self) -> io::Result<Box<dyn Read + '_>>;
    /// How many bytes it has.
    fn length(&self) -> u64;
    /// Its type, as of a header.
    fn content_type(&self) -> &str;
}

impl Content<'_> {
    fn is_streamed(&self) -> bool {
        match self {
            #[cfg(feature = "upload")]
            Content::Stream(_) => true,
            _ => false,
        }
    }
}

/// The connections to one server.
#[derive(Debug)]
pub(crate) struct Http {
    agent: Agent,
    base: BaseUrl,
    /// Host and port of the proxy that is used, for messages.
    proxy: Option<String>,
    key: Option<Secret>,
    authorization: Option<HeaderValue>,
    workspace: Option<HeaderValue>,
    limits: Limits,
    /// Used up once it was said that the key travels in the open.
    warned: Once,
}

/// The longest time that is reckoned with; those who say "no limit" with a longer one get this.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// How long an attempt may take.
#[derive(Clone, Copy)]
struct Patience {
    /// All of it, the answer's body included; none where the body may go on for as long as it
    /// moves.
    whole: Option<Duration>,
    /// Each step of it, such as a read; none where only the whole counts.
    step: Option<Duration>,
}

impl Patience {
    fn whole(time: Duration) -> Self {
        Self { whole: Some(time.min(LONGEST)), step: None }
    }

    fn step(time: Duration) -> Self {
        Self { whole: None, step: Some(time.min(LONGEST)) }
    }

    fn within(self, whole: Duration) -> Self {
        Self { whole: Some(whole.min(LONGEST)), ..self }
    }

    /// What is left of it after some time; none where nothing is.
    fn after(self, elapsed: Duration) -> Option<Self> {
        let Some(whole) = self.whole else { return Some(self) };
        let left = whole.checked_sub(elapsed).filter(|left| !left.is_zero())?;
        Some(Self { whole: Some(left), ..self })
    }

    /// The time that a message names.
    fn shown(self) -> Duration {
        [self.whole, self.step].into_iter().flatten().min().unwrap_or(LONGEST)
    }
}

impl Http {
    pub(crate) fn new(
        base: BaseUrl,
        key: Option<Secret>,
        authorization: Option<HeaderValue>,
        workspace: Option<HeaderValue>,
        limits: Limits,
    ) -> Result<Self, Error> {
        let proxy = proxy::of_environment(&base)?;
        let way = proxy.as_ref().map(|proxy| format!("{}:{}", proxy.host(), proxy.port()));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(limits.idle_connections)
            .max_idle_connections_per_host(limits.idle_connections)
            .proxy(proxy)
            .user_agent(USER_AGENT)
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), Names::default());
        let warned = Once::new();
        Ok(Self { agent, base, proxy: way, key, authorization, workspace, limits, warned })
    }

    pub(crate) fn base(&self) -> &BaseUrl {
        &self.base
    }

    pub(crate) fn response_bytes(&self) -> u64 {
        self.limits.response_bytes
    }

    pub(crate) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The workspace, where one was named.
    #[cfg(feature = "eval")]
    pub(crate) fn workspace(&self) -> Option<&[u8]> {
        self.workspace.as_ref().map(HeaderValue::as_bytes)
    }

    /// Sends a request until it is answered with success, and reads the answer.
    pub(crate) fn exchange(&self, request: &Request<'_>, wishes: &Wishes) -> Result<Reply, Error> {
        let streamed = request.body.is_streamed();
        self.insist(request, wishes, |left| {
            let timeout =
                wishes.timeout.unwrap_or(self.limits.timeout.saturating_add(wishes.extra));
            let patience = if streamed {
                Patience::step(timeout).within(left)
            } else {
                Patience::whole(timeout.min(left))
            };
            let response = self.attempt(request, wishes, patience)?;
            let status = response.status().as_u16();
            let (parts, body) = response.into_parts();
            let body =
                read(body, parts.headers.get(header::CONTENT_LENGTH), self.limits.response_bytes)
                    .map_err(|error| error.with_status(status))?;
            Ok(Reply { status, headers: parts.headers, body, asked: Asked::default() })
        })
    }

    /// Sends a request until it is answered with success, and hands out the body as it comes.
    pub(crate) fn stream(
        &self,
        request: &Request<'_>,
        wishes: &Wishes,
    ) -> Result<Box<dyn Read + Send + Sync>, Error> {
        let body = std::cell::RefCell::new(None);
        let reply = self.insist(request, wishes, |_| {
            let timeout =
                wishes.timeout.unwrap_or(self.limits.timeout.saturating_add(wishes.extra));
            let response = self.attempt(request, wishes, Patience::step(timeout))?;
            let status = response.status().as_u16();
            let (parts, content) = response.into_parts();
            if (200..300).contains(&status) {
                *body.borrow_mut() = Some(content);
                return Ok(Reply {
                    status,
                    headers: parts.headers,
                    body: Vec::new(),
                    asked: Asked::default(),
                });
            }
            let content = read(content, None, self.limits.response_bytes)?;
            Ok(Reply { status, headers: parts.headers, body: content, asked: Asked::default() })
        })?;
        // A login page does not come line by line.
        let body = body.into_inner();
        if reply.is_declared_html() {
            let start = body.map(|body| read(body, None, QUOTABLE)).transpose();
            let body = start.ok().flatten().unwrap_or_default();
            return Err(Reply { body, ..reply }.web_page());
        }
        match body {
            Some(body) => Ok(Box::new(body.into_reader())),
            None => Ok(Box::new(io::empty())),
        }
    }

    /// Makes attempts until one succeeds, or until another makes no sense.
    fn insist(
        &self,
        request: &Request<'_>,
        wishes: &Wishes,
        mut attempt: impl FnMut(Duration) -> Result<Reply, Error>,
    ) -> Result<Reply, Error> {
        let path = request.address.path();
        let finish = |error: Error, attempts| {
            let error = if error.kind() == ErrorKind::Unauthorized && self.key.is_none() {
                error.and("no API key was given: set KEYSTONE_API_KEY")
            } else {
                error
            };
            error
                .map_words(|words| self.mask(words, request.secrets))
                .with_request(request.method.as_str(), path)
                .with_attempts(attempts)
        };
        if let Some(fault) = request.address.fault() {
            return Err(finish(Error::new(ErrorKind::Argument, fault), 0));
        }
        if wishes.idempotency_key.as_ref().is_some_and(|key| HeaderValue::from_str(key).is_err()) {
            let what = "the idempotency key has characters that cannot stand in a header";
            return Err(finish(Error::new(ErrorKind::Argument, what), 0));
        }
        self.warn_of_plain_http();
        let started = Instant::now();
        let deadline = wishes.deadline.unwrap_or(self.limits.deadline.saturating_add(wishes.extra));
        let retries = wishes.retries.unwrap_or(self.limits.backoff.retries);
        let mut attempts = 0;
        // Whether an earlier attempt may have done what was asked for without our hearing of it.
        let mut may_be_done = false;
        loop {
            let left = deadline.saturating_sub(started.elapsed());
            attempts += 1;
            let answer = attempt(left).map(|mut reply| {
                reply.asked = Asked {
                    method: request.method.clone(),
                    path: path.to_owned(),
                    attempts,
                    key: self.key.clone(),
                    secrets: request.secrets.cloned(),
                };
                reply
            });
            let error = match answer {
                Ok(reply) if reply.is_success() => return Ok(reply),
                // Gone is what it was to become.
                Ok(reply)
                    if reply.status == 404 && may_be_done && request.method == Method::DELETE =>
                {
                    return Ok(Reply { status: 204, body: Vec::new(), ..reply });
                }
                Ok(reply) => reply::refusal(&reply).with_retry_after(asked_pause(&reply.headers)),
                Err(error) => error,
            };
            // Only silence leaves open what happened; a refusal does not.
            may_be_done |= matches!(error.kind(), ErrorKind::Broken | ErrorKind::Timeout)
                || matches!(error.status_code(), Some(502 | 504));
            let unheard = !matches!(error.kind(), ErrorKind::Connect | ErrorKind::RateLimited);
            let repeatable = !unheard || request.repeatable || wishes.idempotency_key.is_some();
            if attempts > retries || !error.is_retryable() || !repeatable {
                return Err(finish(error, attempts));
            }
            let pause = error.retry_after().unwrap_or_else(|| self.limits.backoff.pause(attempts));
            if started.elapsed().saturating_add(pause) >= deadline {
                let error = match error.retry_after() {
                    Some(asked) => error.and(format_args!(
                        "the server asks to wait {asked:?}, longer than the {deadline:?} that the request may take"
                    )),
                    None => error.and(format_args!("gave up after {deadline:?}")),
                };
                return Err(finish(error, attempts));
            }
            std::thread::sleep(pause);
        }
    }

    /// Sends a request once, and follows where it may go.
    fn attempt(
        &self,
        request: &Request<'_>,
        wishes: &Wishes,
        patience: Patience,
    ) -> Result<Response<Body>, Error> {
        let mut url = format!("{}{}", self.base.as_str(), request.address.as_str());
        let mut at_home = true;
        let started = Instant::now();
        for _ in 0..=MOST_REDIRECTS {
            let patience = patience.after(started.elapsed()).ok_or_else(|| {
                Error::new(ErrorKind::Timeout, format!("no answer within {:?}", patience.shown()))
            })?;
            let response = self.send(request, wishes, &url, at_home, patience)?;
            let status = response.status().as_u16();
            if !redirect::is_redirect(status) {
                return Ok(response);
            }
            let location = response.headers().get(header::LOCATION).cloned();
            // Read to its end, so that the connection can be used again.
            let _ =
                io::copy(&mut response.into_body().into_reader().take(DRAINED), &mut io::sink());
            match redirect::next(&self.base, &url, &request.method, status, location.as_ref())? {
                Hop::Home(next) => url = next,
                Hop::Away(next) => {
                    url = next;
                    at_home = false;
                }
            }
        }
        Err(Error::new(
            ErrorKind::Redirect,
            format!("the server redirects in a circle, or more than {MOST_REDIRECTS} times"),
        ))
    }

    fn send(
        &self,
        request: &Request<'_>,
        wishes: &Wishes,
        url: &str,
        at_home: bool,
        patience: Patience,
    ) -> Result<Response<Body>, Error> {
        let mut builder = HttpRequest::builder()
            .method(request.method.clone())
            .uri(url)
            .header(header::ACCEPT, request.accept);
        if at_home {
            if let Some(authorization) = &self.authorization {
                builder = builder.header(header::AUTHORIZATION, authorization);
            }
            if let Some(workspace) = &self.workspace {
                builder = builder.header("x-polarity-workspace", workspace);
            }
            if let Some(key) = &wishes.idempotency_key {
                builder = builder.header("idempotency-key", key);
            }
        }
        match &request.body {
            // A POST has a body, if only an empty one: some servers insist on its length.
            Content::Nothing if request.method == Method::POST => {
                self.run(builder, &[] as &[u8], patience)
            }
            Content::Nothing => self.run(builder, (), patience),
            Content::Bytes(content, content_type) => {
                if let Some(content_type) = content_type {
                    builder = builder.header(header::CONTENT_TYPE, *content_type);
                }
                self.run(builder, &**content, patience)
            }
            #[cfg(feature = "upload")]
            Content::Stream(source) => {
                let mut content = source.open().map_err(trouble::of_file)?;
                let builder = builder
                    .header(header::CONTENT_TYPE, source.content_type())
                    .header(header::CONTENT_LENGTH, source.length());
                self.run(builder, ureq::SendBody::from_reader(&mut content), patience)
            }
        }
    }

    fn run(
        &self,
        builder: Builder,
        body: impl AsSendBody,
        patience: Patience,
    ) -> Result<Response<Body>, Error> {
        let request = builder.body(body).map_err(|error| {
            Error::new(ErrorKind::Argument, "the request cannot be sent").with_source(error)
        })?;
        let mut configured = self.agent.configure_request(request);
        if let Some(whole) = patience.whole {
            configured = configured.timeout_global(Some(whole));
        }
        if let Some(step) = patience.step {
            configured = configured
                .timeout_resolve(Some(step))
                .timeout_connect(Some(step))
                .timeout_per_write(Some(step))
                .timeout_recv_response(Some(step))
                .timeout_per_read(Some(step));
        }
        let timeout = patience.shown();
        self.agent
            .run(configured.build())
            .map_err(|error| trouble::of_http(error, &self.base, self.proxy.as_deref(), timeout))
    }

    /// Takes out of a text what must not be shown.
    fn mask(&self, text: String, secrets: Option<&SecretMap>) -> String {
        let text = match &self.key {
            Some(key) => key.mask(text),
            None => text,
        };
        match secrets {
            Some(secrets) => secrets.mask(text),
            None => text,
        }
    }

    /// Says once on standard error that whoever is on the way can read the key.
    fn warn_of_plain_http(&self) {
        if !self.base.https && self.has_key() && !self.base.is_loopback() {
            self.warned.call_once(|| {
                eprintln!(
                    "keystone: the API key goes to {} over plain HTTP, where others can read it; use https",
                    self.base.as_str()
                );
            });
        }
    }
}

/// Reads a body up to a limit.
fn read(body: Body, length: Option<&HeaderValue>, limit: u64) -> Result<Vec<u8>, Error> {
    let expected = length
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .unwrap_or(0_u64)
        // What a server promises is no reason to set a lot aside.
        .min(limit)
        .min(1024 * 1024);
    let mut content = Vec::with_capacity(usize::try_from(expected).unwrap_or(0));
    body.into_reader()
        .take(limit.saturating_add(1))
        .read_to_end(&mut content)
        .map_err(trouble::of_body)?;
    if content.len() as u64 > limit {
        return Err(Error::new(
            ErrorKind::TooLarge,
            format!(
                "the answer has more than {limit} bytes; raise `max_response_bytes` if that is meant"
            ),
        ));
    }
    Ok(content)
}

/// How long the server asks to wait.
fn asked_pause(headers: &HeaderMap) -> Option<Duration> {
    retry_after(headers.get(header::RETRY_AFTER)?.to_str().ok()?, SystemTime::now())
}
