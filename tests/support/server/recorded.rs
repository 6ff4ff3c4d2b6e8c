//! A request as it arrived.

use std::time::Instant;

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The method, as sent.
    pub method: String,
    /// What the request line asks for, as sent: path and query, nothing decoded.
    pub target: String,
    /// The headers in their order, names as sent.
    pub headers: Vec<(String, String)>,
    /// The body with its transfer encoding undone. Of a body beyond [`Recorded::KEPT`], the start.
    pub body: Vec<u8>,
    /// How long the body was, in bytes.
    pub body_len: u64,
    /// On which connection it came; the first one is 0.
    pub connection: usize,
    /// When it had arrived whole.
    pub at: Instant,
}

/// A part of a `multipart/form-data` body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The headers of the part, as sent.
    pub headers: Vec<(String, String)>,
    /// The name of the field.
    pub name: String,
    /// The name of the file, where it is one.
    pub filename: Option<String>,
    /// What it holds.
    pub body: Vec<u8>,
}

impl Recorded {
    /// How much of a body is kept, in bytes.
    pub const KEPT: usize = 64 << 20;

    /// A header, whatever the case of its name; the first one where there are several.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The path as sent, nothing decoded.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The query as sent, nothing decoded; empty where there is none.
    #[must_use]
    pub fn raw_query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The segments of the path, each decoded once. An escaped slash does not part segments.
    ///
    /// # Panics
    /// Where a segment is not UTF-8 once decoded.
    #[must_use]
    pub fn segments(&self) -> Vec<String> {
        let path = self.path();
        path.strip_prefix('/').unwrap_or(path).split('/').map(decoded).collect()
    }

    /// The pairs of the query, decoded once. A plus is a plus, as the server takes it.
    ///
    /// # Panics
    /// Where a name or a value is not UTF-8 once decoded.
    #[must_use]
    pub fn query(&self) -> Vec<(String, String)> {
        let pairs = self.raw_query().split('&').filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect()
    }

    /// A value of the query, decoded once.
    ///
    /// # Panics
    /// Where the query is not UTF-8 once decoded.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.query().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// Where it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{error}: {}", String::from_utf8_lossy(&self.body)),
        }
    }

    /// The parts of a `multipart/form-data` body.
    ///
    /// # Panics
    /// Where the body is not one, byte for byte as RFC 7578 has it.
    #[must_use]
    pub fn multipart(&self) -> Vec<Part> {
        match parts(self) {
            Ok(parts) => parts,
            Err(why) => panic!("not multipart/form-data: {why}"),
        }
    }
}

fn decoded(text: &str) -> String {
    match percent_decode_str(text).decode_utf8() {
        Ok(text) => text.into_owned(),
        Err(error) => panic!("{text:?} is not UTF-8 once decoded: {error}"),
    }
}

fn parts(request: &Recorded) -> Result<Vec<Part>, String> {
    let kind = request.header("content-type").ok_or("no content type")?;
    let boundary = kind
        .strip_prefix("multipart/form-data; boundary=")
        .ok_or_else(|| format!("the content type is {kind:?}"))?;
    let boundary = boundary.trim_matches('"');
    let line = format!("\r\n--{boundary}");
    let mut rest = request.body.as_slice();
    rest = rest.strip_prefix(&line.as_bytes()[2..]).ok_or("no boundary at the start")?;
    let mut parts = Vec::new();
    loop {
        if let Some(end) = rest.strip_prefix(b"--") {
            let trailing = end.strip_prefix(b"\r\n").unwrap_or(end);
            return if trailing.is_empty() { Ok(parts) } else { Err("bytes after the end".into()) };
        }
        rest = rest.strip_prefix(b"\r\n").ok_or("no line end after a boundary")?;
        let head = find(rest, b"\r\n\r\n").ok_or("a part without an end of its headers")?;
        let headers =
            String::from_utf8(rest[..head].to_vec()).map_err(|error| error.to_string())?;
        rest = &rest[head + 4..];
        let end = find(rest, line.as_bytes()).ok_or("no boundary at the end of a part")?;
        parts.push(part(&headers, rest[..end].to_vec())?);
        rest = &rest[end + line.len()..];
    }
}

fn part(head: &str, body: Vec<u8>) -> Result<Part, String> {
    let mut headers = Vec::new();
    for line in head.split("\r\n") {
        let (name, value) = line.split_once(": ").ok_or_else(|| format!("header {line:?}"))?;
        headers.push((name.to_owned(), value.to_owned()));
    }
    let disposition = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-disposition"))
        .map(|(_, value)| value.as_str())
        .ok_or("a part without a disposition")?;
    let mut rest = disposition
        .strip_prefix("form-data")
        .ok_or_else(|| format!("the disposition is {disposition:?}"))?;
    let (mut field, mut filename) = (None, None);
    while !rest.is_empty() {
        let (name, after) = rest
            .strip_prefix("; ")
            .and_then(|rest| rest.split_once("=\""))
            .ok_or_else(|| format!("the disposition is {disposition:?}"))?;
        let (value, after) =
            after.split_once('"').ok_or_else(|| format!("the disposition is {disposition:?}"))?;
        match name {
            "name" => field = Some(value.to_owned()),
            "filename" => filename = Some(value.to_owned()),
            _ => {}
        }
        rest = after;
    }
    let name = field.ok_or("a part without a name")?;
    Ok(Part { headers, name, filename, body })
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    // Bodies are long and boundaries begin with a carriage return, so most bytes are passed over
    // at once.
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = haystack[from..].iter().position(|byte| *byte == first) {
        if haystack[from + at..].starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}
