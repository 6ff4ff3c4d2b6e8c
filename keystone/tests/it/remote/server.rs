//! A server of datasets on the loopback.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::{Value, json};

type Answer = Box<dyn Fn(&str) -> (u16, String) + Send>;

/// A server that answers one request after the other, and notes what was asked.
pub(super) struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers with status and body, by the path that is asked for.
    pub(super) fn start(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("the listener has an address");
        let (asked, stopping) = (Arc::<Mutex<Vec<String>>>::default(), Arc::default());
        let thread = {
            let (asked, stopping) = (Arc::clone(&asked), Arc::<AtomicBool>::clone(&stopping));
            let answer: Answer = Box::new(answer);
            std::thread::spawn(move || {
                while let Ok((stream, _)) = listener.accept() {
                    if stopping.load(Ordering::SeqCst) {
                        return;
                    }
                    serve(stream, &asked, &answer);
                }
            })
        };
        Self { address, asked, stopping, thread: Some(thread) }
    }

    /// Serves these records as the dataset of this version, whatever is asked for.
    pub(super) fn of(version: u64, records: Value) -> Self {
        Self::start(move |path| {
            let body = if path.contains("/records") {
                records.clone()
            } else {
                json!({"id": "ds_abc", "name": "capitals", "version": version})
            };
            (200, body.to_string())
        })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The paths that were asked for since the last time, in their order.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().expect("no thread panicked"))
    }

    /// Stops listening. From then on, nothing is at the address.
    pub(super) fn stop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.stopping.store(true, Ordering::SeqCst);
            // Wakes the thread up.
            let _ = TcpStream::connect(self.address);
            thread.join().expect("the server did not panic");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn serve(mut stream: TcpStream, asked: &Mutex<Vec<String>>, answer: &Answer) {
    let mut head = BufReader::new(&stream).lines();
    let Some(Ok(first)) = head.next() else { return };
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    while let Some(Ok(line)) = head.next() {
        if line.is_empty() {
            break;
        }
    }
    drop(head);
    asked.lock().expect("no thread panicked").push(path.clone());
    let (status, body) = answer(&path);
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    // A client that has gone away is the client's affair.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}
