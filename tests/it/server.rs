//! The recording server itself, seen through a bare socket.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use keystone_e2e::server::{Gate, Pause, Refusing, Reply, Server};
use serde_json::json;

const GET: &[u8] = b"GET /a%2Fb/c%20d?tags=x%26y,z&plus=1+1&empty HTTP/1.1\r\nHost: h\r\n\r\n";

fn connect(server: &Server) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(server.address())?;
    // Only so that a broken server fails the test and does not hang it.
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(stream)
}

/// What comes back until the server closes the connection.
fn exchange(server: &Server, request: &[u8]) -> io::Result<String> {
    let mut stream = connect(server)?;
    stream.write_all(request)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A reply as far as its length says.
fn one(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(stream.read_line(&mut head)? > 0, "{head}");
    }
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let length = length.and_then(|length| length.parse().ok()).unwrap_or_default();
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(head + &String::from_utf8_lossy(&body))
}

#[test]
fn a_request_is_recorded_as_it_was_sent() {
    let server = Server::always(Reply::status(200).closing());
    exchange(&server, GET).expect("an answer");
    let request = server.request();
    assert_eq!(request.target, "/a%2Fb/c%20d?tags=x%26y,z&plus=1+1&empty");
    assert_eq!(request.segments(), ["a/b", "c d"]);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(request.query(), [pair("tags", "x&y,z"), pair("plus", "1+1"), pair("empty", "")]);
    assert_eq!(request.header("HOST"), Some("h"));
    assert_eq!(request.body_len, 0);
}

#[test]
fn a_connection_carries_many_requests_with_bodies_of_either_form() {
    let server = Server::start(|request| Reply::json(200, &request.json()));
    let mut stream = connect(&server).expect("a connection");
    stream
        .write_all(
            b"POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\n\r\n{\"a\":1}\
              POST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\
              4\r\n{\"b\"\r\n3;x=y\r\n:2}\r\n0\r\nTrailer: t\r\n\r\n",
        )
        .expect("two requests");
    let mut stream = BufReader::new(stream);
    assert!(one(&mut stream).expect("a reply").ends_with("\r\n\r\n{\"a\":1}"));
    assert!(one(&mut stream).expect("a reply").ends_with("\r\n\r\n{\"b\":2}"));
    assert_eq!(server.connections(), 1);
    let connections: Vec<usize> = server.requests().iter().map(|one| one.connection).collect();
    assert_eq!(connections, [0, 0]);
}

#[test]
fn a_body_that_waits_for_an_invitation_gets_one() {
    let server = Server::always(Reply::status(204).closing());
    let mut stream = connect(&server).expect("a connection");
    stream
        .write_all(
            b"PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
        )
        .expect("a head");
    let mut stream = BufReader::new(stream);
    assert_eq!(one(&mut stream).expect("a reply"), "HTTP/1.1 100 Continue\r\n\r\n");
    stream.get_mut().write_all(b"ok").expect("a body");
    assert_eq!(
        one(&mut stream).expect("a reply"),
        "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(server.request().body, b"ok");
}

#[test]
fn multipart_bodies_come_apart() {
    let body = "--B\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n{}\r\n\
                --B\r\nContent-Disposition: form-data; name=\"bundle\"; filename=\"a.tar.gz\"\r\n\
                Content-Type: application/gzip\r\n\r\n\r\n--not\r\n\r\n--B--\r\n";
    let server = Server::always(Reply::status(200).closing());
    let head = format!(
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=B\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    exchange(&server, (head + body).as_bytes()).expect("an answer");
    let parts = server.request().multipart();
    assert_eq!(parts.len(), 2);
    assert_eq!((parts[0].name.as_str(), parts[0].body.as_slice()), ("metadata", &b"{}"[..]));
    assert_eq!(parts[1].filename.as_deref(), Some("a.tar.gz"));
    assert_eq!(parts[1].body, b"\r\n--not\r\n");
}

#[test]
fn replies_come_in_their_order_and_then_none_is_left() {
    let server = Server::replies([Reply::status(500), Reply::json(200, &json!(1))]);
    let mut stream = BufReader::new(connect(&server).expect("a connection"));
    let mut next = || {
        stream.get_mut().write_all(GET).expect("a request");
        one(&mut stream).expect("a reply").lines().next().expect("a status").to_owned()
    };
    assert_eq!(next(), "HTTP/1.1 500 Server Error");
    assert_eq!(next(), "HTTP/1.1 200 OK");
    assert!(next().starts_with("HTTP/1.1 418"));
}

#[test]
fn replies_end_where_they_are_cut() {
    let cases = [
        (Reply::json(200, &json!("abcdef")).cut(3), "Content-Length: 8\r\n\r\n\"ab"),
        (
            Reply::json(200, &json!("abcdef")).chunked(2).cut(4),
            "\r\n\r\n2\r\n\"a\r\n2\r\nbc\r\n40\r\n{\"",
        ),
        (Reply::json(200, &json!("ab")).chunked(3).closing(), "3\r\n\"ab\r\n1\r\n\"\r\n0\r\n\r\n"),
        (Reply::html(200, "<p>").until_close(), "text/html; charset=utf-8\r\n\r\n<p>"),
        (Reply::raw("SSH-2.0-x\r\n"), "SSH-2.0-x\r\n"),
        (Reply::silence(), ""),
        (Reply::status(204).with("text/plain", "x").closing(), "Content-Length: 1\r\n\r\nx"),
    ];
    for (reply, end) in cases {
        let answer = exchange(&Server::always(reply), GET).expect("an answer");
        assert!(answer.ends_with(end), "{answer:?} does not end with {end:?}");
    }
}

#[test]
fn a_reset_is_a_reset() {
    let server = Server::always(Reply::json(200, &json!("abcdef")).reset(3));
    let mut stream = connect(&server).expect("a connection");
    stream.write_all(GET).expect("a request");
    let error = stream.read_to_end(&mut Vec::new()).expect_err("no orderly end");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
}

#[test]
fn a_held_reply_waits_for_its_gate_or_the_end_of_the_server() {
    let gate = Gate::new();
    let reply = Reply::json(200, &json!("abcdef"));
    let server = Server::always(reply.clone().pausing(3, Pause::Gate(gate.clone())).closing());
    let mut stream = connect(&server).expect("a connection");
    stream.write_all(GET).expect("a request");
    server.wait_for_requests(1);
    let mut start = [0; 3];
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        stream.read_line(&mut head).expect("a line");
    }
    stream.read_exact(&mut start).expect("the start of the body");
    assert_eq!(&start, b"\"ab");
    gate.open();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).expect("the rest");
    assert_eq!(rest, "cdef\"");
    // Nobody opens this one, and nobody leaves: the server ends all the same.
    for pause in [Pause::Gate(Gate::new()), Pause::Gone] {
        let server = Server::always(reply.clone().late(pause));
        let mut stream = connect(&server).expect("a connection");
        stream.write_all(GET).expect("a request");
        server.wait_for_requests(1);
        drop(server);
    }
}

#[test]
fn a_closed_connection_is_announced() {
    let server = Server::always(Reply::status(200).hanging_up());
    exchange(&server, GET).expect("an answer");
    server.wait_until_closed(0);
    assert_eq!(server.connections(), 1);
}

#[test]
fn an_endless_reply_ends_with_its_reader() {
    let server = Server::always(Reply::json(200, &json!([1, 2, 3])).endless());
    let mut stream = connect(&server).expect("a connection");
    stream.write_all(GET).expect("a request");
    let mut much = vec![0; 4 << 20];
    stream.read_exact(&mut much).expect("more than anybody sends");
    drop(stream);
    server.wait_until_closed(0);
}

#[test]
fn nobody_listens_where_connections_are_refused() {
    let refusing = Refusing::new();
    let address = refusing.url().replace("http://", "");
    let error = TcpStream::connect(address).expect_err("nobody listens");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused, "{error}");
}

#[test]
fn a_client_that_wants_tls_is_told_off() {
    let server = Server::always(Reply::status(200));
    let answer = exchange(&server, &[0x16, 3, 1, 0]).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(server.take_complaints().len(), 1);
}

#[test]
#[should_panic(expected = "clients sent what is not HTTP")]
fn nonsense_from_a_client_fails_the_test() {
    let server = Server::always(Reply::status(200));
    exchange(&server, b"nonsense\r\n\r\n").expect("an end");
    server.wait_until_closed(0);
}

#[test]
#[should_panic(expected = "answering a request panicked")]
fn a_handler_that_panics_fails_the_test() {
    let server = Server::start(|request| panic!("{request:?} is not what I wanted"));
    exchange(&server, GET).expect("an answer");
}
