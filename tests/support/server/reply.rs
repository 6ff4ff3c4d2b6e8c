//! An answer, right or wrong at every byte.

use std::time::Duration;

use serde_json::Value;

use super::Gate;

/// What a reply stops for on its way.
#[derive(Debug, Clone)]
pub enum Pause {
    /// A gate that the test opens.
    Gate(Gate),
    /// The client to give up. Nothing is sent after it.
    Gone,
}

/// An answer, right or wrong at every byte.
///
/// A reply begins right, as [`Reply::json`] or [`Reply::new`] has it, and is then made wrong where
/// the test wants that.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    framing: Framing,
    head_waits: Option<Pause>,
    body_waits: Option<(usize, Pause)>,
    cut: Option<usize>,
    ending: Ending,
}

/// How a reader is to tell where the body ends.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Framing {
    Length,
    Chunks(usize),
    UntilClose,
    Endless,
    Drip(Duration),
    /// The body is the whole reply.
    Raw,
}

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Keep,
    Close,
    Reset,
}

/// A step of sending a reply.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Send(Vec<u8>),
    Wait(Pause),
    /// For ever, or until the client gives up.
    Repeat(Vec<u8>),
    /// A byte at a time, with this much time between them.
    Drip(Vec<u8>, Duration),
}

impl Reply {
    /// A reply with this status and no body.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            framing: Framing::Length,
            head_waits: None,
            body_waits: None,
            cut: None,
            ending: Ending::Keep,
        }
    }

    /// The same as [`Reply::new`], for replies that are no more than a status.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::new(status)
    }

    /// A reply of JSON.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status).with("application/json", body.to_string())
    }

    /// A page, as proxies and gateways send them.
    #[must_use]
    pub fn html(status: u16, body: &str) -> Self {
        Self::new(status).with("text/html; charset=utf-8", body)
    }

    /// A redirect to this address.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::new(status).header("Location", location)
    }

    /// Bytes instead of HTTP. The connection is closed after them.
    #[must_use]
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        let mut reply = Self::new(0);
        reply.body = bytes.into();
        reply.framing = Framing::Raw;
        reply.ending = Ending::Close;
        reply
    }

    /// The connection is closed without an answer.
    #[must_use]
    pub fn silence() -> Self {
        Self::raw(Vec::new())
    }

    /// The connection is taken over as a tunnel to this very server, as a proxy that is asked to
    /// `CONNECT` does it.
    #[must_use]
    pub fn tunnel() -> Self {
        let mut reply = Self::raw("HTTP/1.1 200 Connection established\r\n\r\n");
        reply.ending = Ending::Keep;
        reply
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Gives it a body and its content type.
    #[must_use]
    pub fn with(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        self.body = body.into();
        self.header("Content-Type", content_type)
    }

    /// Packs the body with gzip.
    #[must_use]
    pub fn gzip(mut self) -> Self {
        use std::io::Write;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        self.body = match packed.write_all(&self.body).and_then(|()| packed.finish()) {
            Ok(packed) => packed,
            Err(error) => panic!("cannot pack a body: {error}"),
        };
        self.header("Content-Encoding", "gzip")
    }

    /// Sends the body in chunks of so many bytes.
    #[must_use]
    pub fn chunked(mut self, size: usize) -> Self {
        self.framing = Framing::Chunks(size.max(1));
        self
    }

    /// Ends the body by closing the connection, without saying its length.
    #[must_use]
    pub fn until_close(mut self) -> Self {
        self.framing = Framing::UntilClose;
        self.ending = Ending::Close;
        self
    }

    /// Sends the body again and again and never ends it.
    #[must_use]
    pub fn endless(mut self) -> Self {
        self.framing = Framing::Endless;
        self
    }

    /// Sends the body byte by byte with this much time between them, so that there is always news
    /// but hardly any progress.
    #[must_use]
    pub fn drip(mut self, every: Duration) -> Self {
        self.framing = Framing::Drip(every);
        self
    }

    /// Stops before the first byte of the reply.
    #[must_use]
    pub fn late(mut self, pause: Pause) -> Self {
        self.head_waits = Some(pause);
        self
    }

    /// Stops after so many bytes of the body.
    #[must_use]
    pub fn pausing(mut self, after: usize, pause: Pause) -> Self {
        self.body_waits = Some((after, pause));
        self
    }

    /// Closes the connection after so many bytes of the body, while more are announced.
    #[must_use]
    pub fn cut(mut self, after: usize) -> Self {
        self.cut = Some(after);
        self.ending = Ending::Close;
        self
    }

    /// Resets the connection after so many bytes of the body, while more are announced.
    #[must_use]
    pub fn reset(mut self, after: usize) -> Self {
        self.cut = Some(after);
        self.ending = Ending::Reset;
        self
    }

    /// Says that the connection will be closed, and closes it.
    #[must_use]
    pub fn closing(self) -> Self {
        self.header("Connection", "close").hanging_up()
    }

    /// Closes the connection after the reply without saying so.
    #[must_use]
    pub fn hanging_up(mut self) -> Self {
        self.ending = Ending::Close;
        self
    }

    pub(super) fn ending(&self) -> Ending {
        self.ending
    }

    /// The steps of sending it.
    pub(super) fn steps(self, head_only: bool) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut bytes = self.head();
        if let Some(pause) = self.head_waits {
            steps.push(Step::Wait(pause));
        }
        let body = if head_only { Vec::new() } else { self.body };
        match self.framing {
            Framing::Endless => {
                let chunk = chunk(&body);
                steps.extend([Step::Send(bytes), Step::Repeat(chunk)]);
                return steps;
            }
            Framing::Drip(every) => {
                steps.extend([Step::Send(bytes), Step::Drip(body, every)]);
                return steps;
            }
            _ => {}
        }
        // Where to stop and where to cut is counted in bytes of the body.
        let end = self.cut.unwrap_or(body.len()).min(body.len());
        let mut from = 0;
        if let Some((after, pause)) = self.body_waits {
            from = after.min(end);
            bytes.extend(framed(&self.framing, &body[..from]));
            steps.extend([Step::Send(std::mem::take(&mut bytes)), Step::Wait(pause)]);
        }
        bytes.extend(framed(&self.framing, &body[from..end]));
        if let Framing::Chunks(_) = self.framing {
            if self.cut.is_none() {
                bytes.extend(b"0\r\n\r\n");
            } else {
                // Cut where it hurts most: in the middle of a chunk.
                bytes.extend(b"40\r\n{\"");
            }
        }
        steps.push(Step::Send(bytes));
        steps
    }

    fn head(&self) -> Vec<u8> {
        if self.framing == Framing::Raw {
            return Vec::new();
        }
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        let mut line = |name: &str, value: &str| {
            head.push_str(name);
            head.push_str(": ");
            head.push_str(value);
            head.push_str("\r\n");
        };
        for (name, value) in &self.headers {
            line(name, value);
        }
        match self.framing {
            // A reply that may not have a body says no length, except where the test gives one.
            Framing::Length if self.body.is_empty() && matches!(self.status, 204 | 304) => {}
            Framing::Length | Framing::Drip(_) => {
                line("Content-Length", &self.body.len().to_string());
            }
            Framing::Chunks(_) | Framing::Endless => line("Transfer-Encoding", "chunked"),
            Framing::UntilClose | Framing::Raw => {}
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

fn framed(framing: &Framing, bytes: &[u8]) -> Vec<u8> {
    match framing {
        Framing::Chunks(size) => bytes.chunks(*size).flat_map(chunk).collect(),
        _ => bytes.to_vec(),
    }
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend(bytes);
    chunk.extend(b"\r\n");
    chunk
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        429 => "Too Many Requests",
        400..500 => "Client Error",
        500..600 => "Server Error",
        _ => "Status",
    }
}
