//! What goes on on one connection.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use socket2::SockRef;

use super::loopback::Shared;
use super::reply::{Ending, Pause, Reply, Step};
use super::request;

/// Answers requests until either side is done.
pub(super) fn serve(stream: &TcpStream, number: usize, shared: &Shared) {
    // Small replies are not to wait for the acknowledgements of earlier ones.
    let _ = stream.set_nodelay(true);
    let mut from = BufReader::with_capacity(64 << 10, stream);
    loop {
        let mut say = stream;
        let recorded = match request::read(&mut from, &mut say, number) {
            Ok(Some(recorded)) => recorded,
            Ok(None) => break,
            Err(error) => {
                // A client that goes away is part of many tests; one that talks nonsense of none.
                if error.kind() == io::ErrorKind::InvalidData {
                    shared.complain(format!("connection {number}: {error}"));
                    let _ = say.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
                }
                break;
            }
        };
        let head_only = recorded.method == "HEAD";
        let wants_close =
            recorded.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let reply = shared.answer(recorded);
        let ending = reply.ending();
        if send(stream, reply, head_only, shared).is_err() {
            break;
        }
        match ending {
            Ending::Keep if !wants_close => {}
            Ending::Keep | Ending::Close => break,
            Ending::Reset => {
                // Closing discards what is under way and sends a reset.
                let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
                return;
            }
        }
    }
    // An orderly end, even where something that the client has sent is left unread.
    let _ = stream.shutdown(Shutdown::Write);
}

fn send(stream: &TcpStream, reply: Reply, head_only: bool, shared: &Shared) -> io::Result<()> {
    let mut to = stream;
    for step in reply.steps(head_only) {
        match step {
            Step::Send(bytes) => to.write_all(&bytes)?,
            Step::Wait(Pause::Gate(gate)) => {
                shared.release_at_stop(&gate);
                gate.wait();
            }
            Step::Wait(Pause::Gone) => {
                until_gone(stream)?;
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            Step::Repeat(bytes) => {
                // In large pieces, or the reader would spend its time on system calls.
                let many = bytes.repeat((64 << 10) / bytes.len().max(1) + 1);
                loop {
                    to.write_all(&many)?;
                }
            }
            Step::Drip(bytes, every) => {
                for byte in bytes {
                    to.write_all(&[byte])?;
                    if gone_within(stream, every)? {
                        return Err(io::ErrorKind::ConnectionAborted.into());
                    }
                }
            }
        }
    }
    Ok(())
}

/// Waits until the client closes the connection, or the server stops.
fn until_gone(stream: &TcpStream) -> io::Result<()> {
    let mut from = stream;
    let mut ignored = [0; 1024];
    while from.read(&mut ignored)? > 0 {}
    Ok(())
}

/// Whether the client closes the connection within this time.
fn gone_within(stream: &TcpStream, time: Duration) -> io::Result<bool> {
    stream.set_read_timeout(Some(time.max(Duration::from_millis(1))))?;
    let mut from = stream;
    let read = from.read(&mut [0; 1024]);
    stream.set_read_timeout(None)?;
    match read {
        Ok(read) => Ok(read == 0),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}
