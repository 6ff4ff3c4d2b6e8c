//! What went wrong with a call of the client.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// Why a call of the [client](crate::client) did not succeed.
///
/// [`kind`](Self::kind) says what to do about it, [`status_code`](Self::status_code) what the server
/// answered, if it did, and [`message`](Self::message) what it said. The whole chain of causes is
/// there through [`std::error::Error::source`].
///
/// ```no_run
/// use keystone::{ErrorKind, Keystone};
///
/// let ks = Keystone::new()?;
/// match ks.sandboxes().create("fix-failing-test").send() {
///     Ok(sandbox) => println!("{} is ready", sandbox.id),
///     Err(error) if error.kind() == ErrorKind::NotFound => println!("upload the spec first"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), keystone::Error>(())
/// ```
pub struct Error(Box<Repr>);

struct Repr {
    kind: ErrorKind,
    status: Option<u16>,
    message: String,
    code: Option<String>,
    request: Option<String>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    attempts: u32,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What sort of trouble an [`Error`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client was set up with something that cannot be, such as a base URL without a host; or
    /// an environment variable is missing.
    Config,
    /// An argument of the call cannot be sent, such as an empty id.
    Argument,
    /// A file of this machine could not be read or written, or is not what it should be.
    File,
    /// No connection came about: nothing listens there, or the name is unknown. Nothing was sent.
    Connect,
    /// The server or a proxy could not prove who it is, or speaks no TLS that the client speaks.
    Tls,
    /// The connection broke, or what came over it was not HTTP. The server may have done what it
    /// was asked for.
    Broken,
    /// It took too long. The server may have done what it was asked for.
    Timeout,
    /// The server answered with something else than the API's JSON.
    Decode,
    /// The answer is larger than the client is ready to hold.
    TooLarge,
    /// The server sent the client somewhere it will not go with a key.
    Redirect,
    /// 400 or 422: the server could not read the request or found it invalid.
    BadRequest,
    /// 401: the key is missing or not valid.
    Unauthorized,
    /// 403: the key is valid, and not for this.
    Forbidden,
    /// 404: there is no such thing.
    NotFound,
    /// 409: the thing is in the wrong state for this.
    Conflict,
    /// 429: too many requests.
    RateLimited,
    /// 503: the server has no room at the moment.
    Unavailable,
    /// Any other 5xx.
    Server,
    /// Any other status.
    Status,
    /// What was waited for did not happen in the time that was given.
    NotFinished,
}

impl ErrorKind {
    pub(crate) fn of_status(status: u16) -> Self {
        match status {
            400 | 422 => Self::BadRequest,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            408 => Self::Timeout,
            409 => Self::Conflict,
            429 => Self::RateLimited,
            503 => Self::Unavailable,
            500..=599 => Self::Server,
            _ => Self::Status,
        }
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Repr {
            kind,
            status: None,
            message: message.into(),
            code: None,
            request: None,
            request_id: None,
            retry_after: None,
            attempts: 0,
            source: None,
        }))
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_code(mut self, code: Option<String>) -> Self {
        self.0.code = code;
        self
    }

    pub(crate) fn with_request_id(mut self, id: Option<String>) -> Self {
        self.0.request_id = id;
        self
    }

    pub(crate) fn with_retry_after(mut self, delay: Option<Duration>) -> Self {
        self.0.retry_after = delay;
        self
    }

    pub(crate) fn with_request(mut self, method: &str, path: &str) -> Self {
        self.0.request = Some(format!("{method} {path}"));
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Says more after the message.
    pub(crate) fn and(mut self, more: impl fmt::Display) -> Self {
        self.0.message = format!("{}; {more}", self.0.message);
        self
    }

    /// The error with all that a server said changed, as when something secret has to be taken out.
    pub(crate) fn map_words(mut self, change: impl Fn(String) -> String) -> Self {
        self.0.message = change(std::mem::take(&mut self.0.message));
        self.0.code = self.0.code.map(&change);
        self.0.request_id = self.0.request_id.map(&change);
        self
    }

    /// What sort of trouble it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The status that the server answered with, where it did.
    #[must_use]
    pub fn status_code(&self) -> Option<u16> {
        self.0.status
    }

    /// What went wrong, in words; the server's own where it said something.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The server's word for machines, such as `not_found`, where it gave one beside the message.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The method and the path of the request, such as `GET /v1/sandboxes/sb-1`.
    #[must_use]
    pub fn request(&self) -> Option<&str> {
        self.0.request.as_deref()
    }

    /// The server's name for the request, which its owner can look up, where it gave one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the server asked to wait before the next attempt, where it did.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How often the request was sent before the client gave up; 0 where it never was.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether the trouble may pass: whether the same call can succeed later. Says nothing about
    /// whether it is safe to repeat it; after [`Broken`](ErrorKind::Broken) or
    /// [`Timeout`](ErrorKind::Timeout) the server may have acted already.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Connect
            | ErrorKind::Broken
            | ErrorKind::Timeout
            | ErrorKind::RateLimited
            | ErrorKind::Unavailable => true,
            ErrorKind::Server => matches!(self.0.status, Some(502 | 504)),
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let repr = &*self.0;
        if let Some(request) = &repr.request {
            write!(f, "{request}: ")?;
        }
        match repr.status {
            Some(status) => write!(f, "{status}: {}", repr.message)?,
            None => f.write_str(&repr.message)?,
        }
        if repr.attempts > 1 {
            write!(f, " (after {} attempts)", repr.attempts)?;
        }
        if let Some(id) = &repr.request_id {
            write!(f, " [request {id}]")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let repr = &*self.0;
        f.debug_struct("Error")
            .field("kind", &repr.kind)
            .field("status", &repr.status)
            .field("message", &repr.message)
            .field("code", &repr.code)
            .field("request", &repr.request)
            .field("request_id", &repr.request_id)
            .field("retry_after", &repr.retry_after)
            .field("attempts", &repr.attempts)
            .field("source", &repr.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_small_and_goes_between_threads() {
        fn shared<T: Send + Sync + 'static>() {}
        shared::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn it_reads_as_one_line() {
        let error = Error::new(ErrorKind::NotFound, "no such sandbox")
            .with_status(404)
            .with_request("GET", "/v1/sandboxes/sb-1")
            .with_request_id(Some("req-7".to_owned()))
            .with_attempts(2);
        assert_eq!(
            error.to_string(),
            "GET /v1/sandboxes/sb-1: 404: no such sandbox (after 2 attempts) [request req-7]"
        );
    }
}
