//! A call: what is to be asked, ready to be sent, or awaited.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::Method;

use super::Keystone;
use super::address::Address;
use super::http::{Content, Request, Wishes};
use super::reply::Reply;
use super::secret::SecretMap;
use crate::Error;

/// Something to ask the server, ready to be sent.
///
/// [`send`](Self::send) asks on this thread and waits for the answer. With the feature `async` a
/// call is a future as well: `.await` asks on a thread of its own, whatever the executor.
///
/// ```no_run
/// use std::time::Duration;
/// use keystone::Keystone;
///
/// let ks = Keystone::new()?;
/// let sandbox = ks.sandboxes().get("sb-1").send()?;
/// let patient = ks.sandboxes().list().timeout(Duration::from_secs(120)).retries(10).send()?;
/// # Ok::<(), keystone::Error>(())
/// ```
#[must_use = "a call does nothing until it is sent with `.send()`, or awaited with the feature `async`"]
pub struct Call<T> {
    wishes: Wishes,
    work: Work<T>,
}

type Work<T> = Box<dyn FnOnce(&Wishes) -> Result<T, Error> + Send>;

impl<T> Call<T> {
    pub(crate) fn new(
        client: &Keystone,
        work: impl FnOnce(&Line<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Self {
        let client = client.clone();
        let work = Box::new(move |wishes: &Wishes| work(&Line { client: &client, wishes }));
        Self { wishes: Wishes::default(), work }
    }

    /// A call that cannot be made.
    pub(crate) fn failed(error: Error) -> Self {
        Self { wishes: Wishes::default(), work: Box::new(|_| Err(error)) }
    }

    /// Sets how long one attempt may take; see
    /// [`KeystoneBuilder::timeout`](super::KeystoneBuilder::timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.wishes.timeout = Some(timeout);
        self
    }

    /// Sets how long each request may take with all its attempts; see
    /// [`KeystoneBuilder::deadline`](super::KeystoneBuilder::deadline).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.wishes.deadline = Some(deadline);
        self
    }

    /// Sets how often a request is repeated; see
    /// [`KeystoneBuilder::retries`](super::KeystoneBuilder::retries).
    pub fn retries(mut self, retries: u32) -> Self {
        self.wishes.retries = Some(retries);
        self
    }

    /// Sends this text in the header `Idempotency-Key`, and with it repeats a request that would
    /// otherwise not be repeated. Only for servers that know the header: others would do twice
    /// what is asked once. A call of several such requests, as one that adds many records, sends
    /// each with the text and a number, so that they stay apart and a repeat of the call finds them.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.wishes.idempotency_key = Some(key.into());
        self
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// [`Error::kind`] says what to do about it: [`NotFound`](crate::ErrorKind::NotFound) where an id
    /// names nothing, [`Unauthorized`](crate::ErrorKind::Unauthorized) and
    /// [`Forbidden`](crate::ErrorKind::Forbidden) for keys,
    /// [`BadRequest`](crate::ErrorKind::BadRequest) and [`Conflict`](crate::ErrorKind::Conflict) for
    /// what the server does not accept; [`Argument`](crate::ErrorKind::Argument) and
    /// [`File`](crate::ErrorKind::File) where nothing was sent. [`ErrorKind`](crate::ErrorKind) has
    /// all of them.
    pub fn send(self) -> Result<T, Error> {
        (self.work)(&self.wishes)
    }

    /// The same call with something done to its answer.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U + Send + 'static) -> Call<U>
    where
        T: 'static,
    {
        let work = self.work;
        Call { wishes: self.wishes, work: Box::new(move |wishes| Ok(change(work(wishes)?))) }
    }

    /// Bears with a server that takes this much longer to answer.
    pub(crate) fn longer_by(mut self, extra: Duration) -> Self {
        self.wishes.extra = extra;
        self
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("wishes", &self.wishes).finish_non_exhaustive()
    }
}

#[cfg(feature = "async")]
impl<T: Send + 'static> IntoFuture for Call<T> {
    type Output = Result<T, Error>;
    type IntoFuture = super::future::Sending<T>;

    fn into_future(self) -> Self::IntoFuture {
        super::future::Sending::new(self)
    }
}

/// Gives a builder of a call what a [`Call`] has.
macro_rules! sends {
    ($builder:ident => $reply:ty) => {
        impl $builder {
            /// Asks, and waits for the answer.
            ///
            /// # Errors
            /// As [`Call::send`](crate::client::Call::send).
            pub fn send(self) -> Result<$reply, $crate::Error> {
                self.call().send()
            }
        }

        #[cfg(feature = "async")]
        impl IntoFuture for $builder {
            type Output = Result<$reply, $crate::Error>;
            type IntoFuture = $crate::client::Sending<$reply>;

            fn into_future(self) -> Self::IntoFuture {
                self.call().into_future()
            }
        }
    };
}
pub(crate) use sends;

/// What a call asks through: a client, and what the call wants otherwise.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) client: &'a Keystone,
    pub(crate) wishes: &'a Wishes,
}

impl Line<'_> {
    /// The wishes for one of several different requests of the same call. Each has a key of its
    /// own: a server would answer a second one with the first one's answer.
    pub(crate) fn wishes_for(&self, part: &str) -> Wishes {
        let mut wishes = self.wishes.clone();
        if let Some(key) = &mut wishes.idempotency_key {
            key.push('-');
            key.push_str(part);
        }
        wishes
    }

    pub(crate) fn get(&self, address: Address) -> Result<Reply, Error> {
        self.exchange(&Request {
            method: Method::GET,
            address,
            accept: "application/json",
            body: Content::Nothing,
            repeatable: true,
            secrets: None,
        })
    }

    /// Asks for bytes that are no JSON, and a web page only where one is wanted.
    pub(crate) fn get_bytes(&self, address: Address, web_page: bool) -> Result<Vec<u8>, Error> {
        let request = Request {
            method: Method::GET,
            address,
            accept: "*/*",
            body: Content::Nothing,
            repeatable: true,
            secrets: None,
        };
        self.exchange(&request)?.bytes(web_page)
    }

    /// Asks for a body that is read as it comes.
    pub(crate) fn get_stream(
        &self,
        address: Address,
        accept: &'static str,
    ) -> Result<Box<dyn Read + Send + Sync>, Error> {
        let request = Request {
            method: Method::GET,
            address,
            accept,
            body: Content::Nothing,
            repeatable: true,
            secrets: None,
        };
        self.client.http().stream(&request, self.wishes)
    }

    pub(crate) fn delete(&self, address: Address) -> Result<(), Error> {
        self.exchange(&Request {
            method: Method::DELETE,
            address,
            accept: "application/json",
            body: Content::Nothing,
            repeatable: true,
            secrets: None,
        })?
        .nothing()
    }

    pub(crate) fn post<'a>(&self, address: Address) -> Post<'a> {
        Post {
            request: Request {
                method: Method::POST,
                address,
                accept: "application/json",
                body: Content::Nothing,
                repeatable: false,
                secrets: None,
            },
        }
    }

    fn exchange(&self, request: &Request<'_>) -> Result<Reply, Error> {
        self.client.http().exchange(request, self.wishes)
    }
}

/// A POST in the making.
#[must_use]
pub(crate) struct Post<'a> {
    request: Request<'a>,
}

impl<'a> Post<'a> {
    /// Says that doing it twice is the same as doing it once.
    pub(crate) fn repeatable(mut self) -> Self {
        self.request.repeatable = true;
        self
    }

    /// Says what must not show in an error.
    pub(crate) fn hiding(mut self, secrets: &'a SecretMap) -> Self {
        self.request.secrets = Some(secrets);
        self
    }

    pub(crate) fn bytes(mut self, content: &'a [u8], content_type: &'static str) -> Self {
        self.request.body = Content::Bytes(Cow::Borrowed(content), Some(content_type));
        self
    }

    #[cfg(feature = "upload")]
    pub(crate) fn streamed(mut self, source: &'a dyn super::http::Streamed) -> Self {
        self.request.body = Content::Stream(source);
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let text = serde_json::to_vec(body).map_err(|error| {
            Error::new(crate::ErrorKind::Argument, format!("the request is no JSON: {error}"))
                .with_source(error)
        })?;
        self.request.body = Content::Bytes(Cow::Owned(text), Some("application/json"));
        Ok(self)
    }

    pub(crate) fn send(&self, line: &Line<'_>) -> Result<Reply, Error> {
        line.exchange(&self.request)
    }

    /// Sends it, and reads an answer that has one of these keys.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        line: &Line<'_>,
        keys: &[&str],
    ) -> Result<T, Error> {
        self.send(line)?.json_of(keys)
    }
}
