//! Reading requests off a connection.

use std::io::{self, BufRead, Read, Write};
use std::time::Instant;

use super::Recorded;

/// A head larger than this is no request of ours.
const HEAD_LIMIT: usize = 1 << 20;

/// Reads the next request; none where the client has closed the connection between two.
///
/// `say` takes the invitation to go on that a client may wait for before it sends a body.
pub(super) fn read(
    from: &mut impl BufRead,
    say: &mut impl Write,
    connection: usize,
) -> io::Result<Option<Recorded>> {
    let head = head(from)?;
    if head.is_empty() {
        return Ok(None);
    }
    let mut request = parsed(&head, connection)?;
    if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        say.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let chunked = request
        .header("transfer-encoding")
        .is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    let length = match request.header("content-length") {
        None => 0,
        Some(_) if chunked => return Err(broken("both a length and a transfer encoding")),
        Some(text) => text.parse().map_err(|_| broken(format!("content length {text:?}")))?,
    };
    if chunked {
        chunks(from, &mut request)?;
    } else {
        keep(from, length, &mut request)?;
    }
    request.at = Instant::now();
    Ok(Some(request))
}

fn broken(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

fn head(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    // A client that wants TLS, for one, sends no line that could be waited for.
    if let Some(first) = from.fill_buf()?.first().filter(|first| !first.is_ascii_alphabetic()) {
        return Err(broken(format!("a request that begins with the byte {first:#04x}")));
    }
    let mut head = Vec::new();
    loop {
        let start = head.len();
        let room = HEAD_LIMIT.saturating_sub(start) as u64;
        from.by_ref().take(room).read_until(b'\n', &mut head)?;
        if head.len() == start {
            // The end between two requests is how clients leave; within one it is an accident.
            return if start == 0 { Ok(head) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        if head[start..] == *b"\r\n" {
            return Ok(head);
        }
    }
}

fn parsed(head: &[u8], connection: usize) -> io::Result<Recorded> {
    let mut headers = [httparse::EMPTY_HEADER; 128];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(status) if status.is_complete() => {}
        Ok(_) => return Err(broken("an unfinished head")),
        Err(error) => {
            return Err(broken(format!("{error}: {:?}", String::from_utf8_lossy(head))));
        }
    }
    let mut named = Vec::new();
    for header in &*request.headers {
        let value = String::from_utf8(header.value.to_vec())
            .map_err(|_| broken(format!("header {} is not UTF-8", header.name)))?;
        named.push((header.name.to_owned(), value));
    }
    Ok(Recorded {
        method: request.method.unwrap_or_default().to_owned(),
        target: request.path.unwrap_or_default().to_owned(),
        headers: named,
        body: Vec::new(),
        body_len: 0,
        connection,
        at: Instant::now(),
    })
}

/// Reads so many bytes of the body and keeps their start.
fn keep(from: &mut impl BufRead, length: u64, request: &mut Recorded) -> io::Result<()> {
    let room = (Recorded::KEPT - request.body.len()) as u64;
    let kept = from.by_ref().take(length.min(room)).read_to_end(&mut request.body)? as u64;
    let passed = io::copy(&mut from.by_ref().take(length - kept), &mut io::sink())?;
    request.body_len += kept + passed;
    if kept + passed < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

fn chunks(from: &mut impl BufRead, request: &mut Recorded) -> io::Result<()> {
    loop {
        let size = line(from)?;
        let digits = size.split(';').next().unwrap_or_default();
        let length = u64::from_str_radix(digits.trim(), 16)
            .map_err(|_| broken(format!("chunk size {size:?}")))?;
        keep(from, length, request)?;
        // After a chunk an empty line, after the last one trailers and an empty line.
        while !line(from)?.is_empty() {
            if length > 0 {
                return Err(broken("a chunk that is longer than it says"));
            }
        }
        if length == 0 {
            return Ok(());
        }
    }
}

fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    from.by_ref().take(4096).read_until(b'\n', &mut line)?;
    let line = String::from_utf8(line).map_err(|_| broken("a chunk line that is not UTF-8"))?;
    let whole = line.strip_suffix("\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(whole.to_owned())
}
