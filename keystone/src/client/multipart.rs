//! The body of an upload: `multipart/form-data` (RFC 7578) of two parts, made while it is read.
//!
//! The server knows the parts by their names: `metadata`, JSON text without a content type, and
//! `bundle`, the archive. The length of the whole is known before the first byte is read, so that
//! nothing has to be sent in chunks.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};

/// What is called with the bytes read so far and the bytes in all.
type OnProgress = Box<dyn FnMut(u64, u64) + Send>;

/// The body of an upload. Reading it to the end yields [`total_bytes`](Self::total_bytes) bytes;
/// [`restart`](Self::restart) makes it ready for another attempt.
pub(crate) struct Multipart<S> {
    boundary: String,
    head: Vec<u8>,
    source: S,
    source_bytes: u64,
    tail: Vec<u8>,
    position: u64,
    on_progress: Option<OnProgress>,
}

impl<S: Read + Seek> Multipart<S> {
    /// A body of `metadata`, which is JSON text, and the archive `source` of `source_bytes` bytes
    /// from its start, under the file name `<name>.tar.gz`.
    pub(crate) fn new(metadata: &str, name: &str, source: S, source_bytes: u64) -> Self {
        let boundary = boundary_outside(metadata, || format!("{:032x}", fastrand::u128(..)));
        let head = format!(
            "--{boundary}\r\n\
             Content-Disposition: form-data; name=\"metadata\"\r\n\
             \r\n\
             {metadata}\r\n\
             --{boundary}\r\n\
             Content-Disposition: form-data; name=\"bundle\"; filename=\"{}.tar.gz\"\r\n\
             Content-Type: application/gzip\r\n\
             \r\n",
            escape(name)
        );
        Self {
            head: head.into_bytes(),
            source,
            source_bytes,
            tail: format!("\r\n--{boundary}--\r\n").into_bytes(),
            boundary,
            position: 0,
            on_progress: None,
        }
    }

    /// Calls `callback` with the bytes read so far and in all whenever bytes are read. Starts from
    /// 0 again after [`restart`](Self::restart).
    pub(crate) fn on_progress(mut self, callback: impl FnMut(u64, u64) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(callback));
        self
    }

    /// The value of the header `Content-Type`.
    pub(crate) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// The value of the header `Content-Length`.
    pub(crate) fn total_bytes(&self) -> u64 {
        self.head.len() as u64 + self.source_bytes + self.tail.len() as u64
    }

    /// Starts from the first byte again, for another attempt. The source is sought when it is read.
    pub(crate) fn restart(&mut self) {
        self.position = 0;
    }

    fn read_source(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if at == 0 {
            self.source.seek(SeekFrom::Start(0))?;
        }
        let left = usize::try_from(self.source_bytes - at).unwrap_or(usize::MAX);
        let most = left.min(buffer.len());
        match self.source.read(&mut buffer[..most])? {
            0 => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!(
                    "the archive ends after {at} of {} bytes: it was cut short while it was sent; prepare and send it again",
                    self.source_bytes
                ),
            )),
            read => Ok(read),
        }
    }
}

impl<S: Read + Seek> Read for Multipart<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let head = self.head.len() as u64;
        let read = match self.position.checked_sub(head) {
            None => copy(&self.head, self.position, buffer),
            Some(at) if at < self.source_bytes => self.read_source(at, buffer)?,
            Some(at) => copy(&self.tail, at - self.source_bytes, buffer),
        };
        self.position += read as u64;
        let total = self.total_bytes();
        if read > 0
            && let Some(callback) = &mut self.on_progress
        {
            callback(self.position, total);
        }
        Ok(read)
    }
}

impl<S> fmt::Debug for Multipart<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The metadata is left out: it may hold templates of configuration files.
        f.debug_struct("Multipart")
            .field("boundary", &self.boundary)
            .field("source_bytes", &self.source_bytes)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

/// Copies from `bytes`, starting at `at`, as much as there is and fits.
fn copy(bytes: &[u8], at: u64, buffer: &mut [u8]) -> usize {
    let rest = usize::try_from(at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
    let most = rest.len().min(buffer.len());
    buffer[..most].copy_from_slice(&rest[..most]);
    most
}

/// The first of the boundaries that `next` makes which does not occur in `text`. In the archive a
/// boundary of 128 random bits does not occur either, to all intents.
fn boundary_outside(text: &str, mut next: impl FnMut() -> String) -> String {
    loop {
        let boundary = next();
        if !text.contains(&boundary) {
            return boundary;
        }
    }
}

/// A name as it stands between quotes in the header of a part (WHATWG HTML, "multipart form data").
fn escape(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};
    use std::process::{Command, Stdio};
    use std::sync::{Arc, Mutex};

    use proptest::prelude::*;

    use super::*;

    /// Prints what the `email` package of Python, which knows nothing of this module, makes of a
    /// body: name, file name, type and content of every part, as JSON.
    const PARSER: &str = r#"
import sys, json, email.parser, email.policy
message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(sys.stdin.buffer.read())
assert message.is_multipart() and not message.defects, message.defects
print(json.dumps([[p.get_param("name", header="content-disposition"), p.get_filename(),
                   p["content-type"], list(p.get_payload(decode=True))]
                  for p in message.iter_parts()]))
"#;

    fn read(body: &mut Multipart<Cursor<Vec<u8>>>) -> Vec<u8> {
        let mut bytes = Vec::new();
        body.read_to_end(&mut bytes).unwrap();
        bytes
    }

    fn body(metadata: &str, name: &str, bundle: &[u8]) -> Multipart<Cursor<Vec<u8>>> {
        Multipart::new(metadata, name, Cursor::new(bundle.to_vec()), bundle.len() as u64)
    }

    #[test]
    fn the_bytes_are_those_of_the_contract() {
        let mut body = body(r#"{"name":"a"}"#, "a", b"\x1f\x8b\r\n--");
        let b = body.boundary.clone();
        assert_eq!(b.len(), 32);
        assert!(b.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(body.content_type(), format!("multipart/form-data; boundary={b}"));
        let expected = [
            format!("--{b}\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n")
                .as_bytes(),
            br#"{"name":"a"}"#,
            format!("\r\n--{b}\r\nContent-Disposition: form-data; name=\"bundle\"; ").as_bytes(),
            b"filename=\"a.tar.gz\"\r\nContent-Type: application/gzip\r\n\r\n",
            b"\x1f\x8b\r\n--",
            format!("\r\n--{b}--\r\n").as_bytes(),
        ]
        .concat();
        assert_eq!(body.total_bytes(), expected.len() as u64);
        assert_eq!(read(&mut body), expected);
        assert_eq!(body.read(&mut [0; 8]).unwrap(), 0, "nothing after the end");
        body.restart();
        assert_eq!(read(&mut body), expected, "a second attempt sends the same");
    }

    #[test]
    fn another_parser_reads_what_was_sent() {
        let bundle: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let metadata = r#"{"name":"héé \"x\"\r\n","entrypoint":["python","main.py"]}"#;
        let mut body = body(metadata, "brühe \"x\"\r\nX-Evil: 1", &bundle);
        let mut parser = Command::new("python3")
            .args(["-c", PARSER])
            .env("PYTHONIOENCODING", "utf-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this test needs python3");
        let mut stdin = parser.stdin.take().unwrap();
        write!(stdin, "Content-Type: {}\r\n\r\n", body.content_type()).unwrap();
        stdin.write_all(&read(&mut body)).unwrap();
        drop(stdin);
        let output = parser.wait_with_output().unwrap();
        assert!(output.status.success());
        let parts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(parts.as_array().unwrap().len(), 2);
        assert_eq!(parts[0][0], "metadata");
        assert_eq!(parts[0][1], serde_json::Value::Null);
        assert_eq!(parts[0][2], serde_json::Value::Null, "no content type");
        assert_eq!(parts[0][3], serde_json::json!(metadata.as_bytes()));
        assert_eq!(parts[1][0], "bundle");
        let name = parts[1][1].as_str().unwrap();
        assert!(name.ends_with(" %22x%22%0D%0AX-Evil: 1.tar.gz"), "{name}");
        assert_eq!(parts[1][2], "application/gzip");
        assert_eq!(parts[1][3], serde_json::json!(bundle));
    }

    #[test]
    fn a_boundary_in_the_metadata_is_not_taken() {
        let mut candidates = ["aa", "bb", "cc"].into_iter();
        let boundary = boundary_outside("--aa bb", || candidates.next().unwrap().to_owned());
        assert_eq!(boundary, "cc");
    }

    #[test]
    fn progress_rises_to_the_total_and_starts_again() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let mut body = body("{}", "a", &[7; 1000])
            .on_progress(move |sent, total| log.lock().unwrap().push((sent, total)));
        let total = body.total_bytes();
        let mut some = [0; 100];
        body.read_exact(&mut some).unwrap();
        body.restart();
        seen.lock().unwrap().clear();
        read(&mut body);
        let seen = seen.lock().unwrap();
        assert!(seen.is_sorted() && seen.iter().all(|(_, t)| *t == total));
        assert!(seen[0].0 < total);
        assert_eq!(seen.last(), Some(&(total, total)));
    }

    #[test]
    fn an_archive_that_lost_bytes_is_an_error_and_one_that_gained_some_is_cut() {
        let mut short = Multipart::new("{}", "a", Cursor::new(vec![1; 5]), 9);
        let error = short.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        assert!(error.to_string().contains("after 5 of 9 bytes"), "{error}");

        let mut long = Multipart::new("{}", "a", Cursor::new(vec![1; 9]), 5);
        let mut bytes = Vec::new();
        long.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, long.total_bytes());
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_make_the_same_body(
            bundle in proptest::collection::vec(any::<u8>(), 0..300),
            piece in 1usize..64,
            name in "\\PC{0,12}",
        ) {
            let mut body = body("{\"a\":1}", &name, &bundle);
            let whole = read(&mut body);
            prop_assert_eq!(whole.len() as u64, body.total_bytes());
            body.restart();
            let mut pieces = Vec::new();
            let mut buffer = vec![0; piece];
            loop {
                let read = body.read(&mut buffer).unwrap();
                if read == 0 { break; }
                pieces.extend_from_slice(&buffer[..read]);
            }
            prop_assert_eq!(pieces, whole);
        }
    }
}
