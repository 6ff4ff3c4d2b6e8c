//! A server on the loopback that records what clients send and answers as a test tells it.
//!
//! A [`Server`] speaks HTTP/1.1 on a port of its own. Every request is kept as a [`Recorded`], byte
//! for byte, with the number of the connection that it came on; the answer is a [`Reply`], which
//! can be right or wrong at every byte: late, cut short, reset, endless, not HTTP at all. Nothing
//! sleeps to let something else happen: a late reply waits for a [`Gate`] or for the client to
//! give up, and a test waits for events.
//!
//! ```
//! use std::io::{Read, Write};
//! use keystone_e2e::server::{Reply, Server};
//!
//! let server = Server::start(|request| match request.path() {
//!     "/health" => Reply::json(200, &serde_json::json!({"status": "ok"})),
//!     _ => Reply::status(404),
//! });
//! let mut stream = std::net::TcpStream::connect(server.address())?;
//! stream.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
//! let mut answer = String::new();
//! stream.read_to_string(&mut answer)?;
//! assert!(answer.ends_with(r#"{"status":"ok"}"#));
//! assert_eq!(server.requests()[0].method, "GET");
//! # Ok::<(), std::io::Error>(())
//! ```

mod connection;
mod gate;
mod loopback;
mod recorded;
mod reply;
mod request;

pub use gate::Gate;
pub use loopback::{Refusing, Server};
pub use recorded::{Part, Recorded};
pub use reply::{Pause, Reply};
