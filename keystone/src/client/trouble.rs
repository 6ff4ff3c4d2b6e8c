//! Errors of the HTTP library as errors of the client.

use std::io::{self, ErrorKind as Io};
use std::time::Duration;

use ureq::{Error as Http, Timeout};

use super::config::BaseUrl;
use crate::{Error, ErrorKind};

/// What went wrong before there was an answer.
pub(crate) fn of_http(
    error: Http,
    base: &BaseUrl,
    proxy: Option<&str>,
    timeout: Duration,
) -> Error {
    let server = match proxy {
        Some(proxy) => format!("{} by way of the proxy {proxy}", base.as_str()),
        None => base.as_str().to_owned(),
    };
    let server = server.as_str();
    // To whole milliseconds: what is left of a deadline has odd figures.
    let timeout = Duration::from_millis(u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX));
    match error {
        Http::Timeout(Timeout::Resolve | Timeout::Connect) => {
            Error::new(ErrorKind::Connect, format!("no connection to {server} within {timeout:?}"))
        }
        Http::Timeout(_) => {
            Error::new(ErrorKind::Timeout, format!("{server} did not answer within {timeout:?}"))
        }
        Http::HostNotFound => {
            let host = proxy.unwrap_or(&base.host);
            Error::new(ErrorKind::Connect, format!("the host `{host}` is unknown"))
        }
        Http::ConnectionFailed => {
            Error::new(ErrorKind::Connect, format!("no connection to {server}"))
        }
        Http::Tls(_) | Http::Pem(_) | Http::Rustls(_) | Http::TlsRequired => {
            Error::new(ErrorKind::Tls, format!("no secure connection to {server}: {error}"))
                .with_source(error)
        }
        Http::InvalidProxyUrl | Http::ConnectProxyFailed(_) => {
            Error::new(ErrorKind::Connect, format!("no connection to {server}: {error}"))
                .with_source(error)
        }
        Http::Io(error) => of_io(error, server),
        Http::LargeResponseHeader(..) => {
            Error::new(ErrorKind::TooLarge, "the head of the answer is too large")
                .with_source(error)
        }
        Http::Protocol(_) => Error::new(
            ErrorKind::Broken,
            format!("what {server} answered is not HTTP, or ended in the middle"),
        )
        .with_source(error),
        Http::BadUri(_) | Http::Http(_) => {
            Error::new(ErrorKind::Argument, "the request cannot be sent").with_source(error)
        }
        error => {
            Error::new(ErrorKind::Broken, format!("the connection to {server} broke: {error}"))
                .with_source(error)
        }
    }
}

fn of_io(error: io::Error, server: &str) -> Error {
    // The TLS library reports what it does not accept as invalid data.
    if error.kind() == Io::InvalidData {
        return Error::new(ErrorKind::Tls, format!("no secure connection to {server}: {error}"))
            .with_source(error);
    }
    let (kind, what) = match error.kind() {
        Io::ConnectionRefused => (ErrorKind::Connect, "refused the connection"),
        Io::HostUnreachable | Io::NetworkUnreachable | Io::AddrNotAvailable | Io::NetworkDown => {
            (ErrorKind::Connect, "cannot be reached")
        }
        Io::TimedOut | Io::WouldBlock => (ErrorKind::Timeout, "did not answer in time"),
        _ => (ErrorKind::Broken, "broke the connection"),
    };
    Error::new(kind, format!("{server} {what}")).with_source(error)
}

/// What went wrong while the body of an answer was read.
pub(crate) fn of_body(error: io::Error) -> Error {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Http>());
    let timed_out = matches!(inner, Some(Http::Timeout(_)))
        || matches!(error.kind(), Io::TimedOut | Io::WouldBlock);
    let undecodable = matches!(inner, Some(Http::Decompress(..)));
    let (kind, what) = if timed_out {
        (ErrorKind::Timeout, "the answer did not end in time")
    } else if undecodable {
        (ErrorKind::Decode, "the answer could not be unpacked")
    } else {
        (ErrorKind::Broken, "the connection broke in the middle of the answer")
    };
    Error::new(kind, what).with_source(error)
}

/// What went wrong with a file that was to be sent.
#[cfg(feature = "upload")]
pub(crate) fn of_file(error: io::Error) -> Error {
    Error::new(ErrorKind::File, format!("the file to send could not be read: {error}"))
        .with_source(error)
}
