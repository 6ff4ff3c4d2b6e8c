//! The server, and an address where there is none.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::json;
use socket2::{Domain, Socket, Type};

use super::connection;
use super::{Gate, Recorded, Reply};

/// How long to wait for something that has to happen before a test is given up.
const PATIENCE: Duration = Duration::from_secs(60);

type Handler = dyn Fn(&Recorded) -> Reply + Send + Sync;

/// A server on the loopback. Dropping it closes all connections and waits for all its threads.
///
/// # Panics
/// When it is dropped after a client sent what is not HTTP, or after the closure that answers
/// panicked.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

/// What the threads of a server share.
pub(super) struct Shared {
    handler: Box<Handler>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    requests: Vec<Recorded>,
    /// The connections that are open.
    open: BTreeMap<usize, TcpStream>,
    connections: usize,
    threads: Vec<JoinHandle<()>>,
    gates: Vec<Gate>,
    complaints: Vec<String>,
    stopping: bool,
}

impl Server {
    /// Starts a server that answers with what the closure makes of each request. It is called on
    /// the thread of the connection, so it may be called by several at the same time.
    ///
    /// # Panics
    /// Where the loopback has no port left.
    #[must_use]
    pub fn start(handler: impl Fn(&Recorded) -> Reply + Send + Sync + 'static) -> Self {
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, 0)) {
            Ok(listener) => listener,
            Err(error) => panic!("cannot listen on the loopback: {error}"),
        };
        let address = match listener.local_addr() {
            Ok(address) => address,
            Err(error) => panic!("a listener without an address: {error}"),
        };
        let shared = Arc::new(Shared {
            handler: Box::new(handler),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let acceptor = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Self { address, shared, acceptor: Some(acceptor) }
    }

    /// Starts a server that gives these replies, one after the other, whatever is asked. Requests
    /// beyond them are answered with status 418, which no client takes for anything else.
    #[must_use]
    pub fn replies(replies: impl IntoIterator<Item = Reply>) -> Self {
        let left = Mutex::new(replies.into_iter().collect::<std::collections::VecDeque<_>>());
        Self::start(move |_| {
            let next = left.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            next.unwrap_or_else(|| {
                Reply::json(418, &json!({"message": "the test has no reply left"}))
            })
        })
    }

    /// Starts a server that gives the same reply to every request.
    #[must_use]
    pub fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone())
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of its root, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What has arrived so far, in the order in which it had arrived whole.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.state().requests.clone()
    }

    /// The only request that has arrived.
    ///
    /// # Panics
    /// Where there was none, or more than one.
    #[must_use]
    pub fn request(&self) -> Recorded {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "one request was expected: {requests:?}");
        requests.remove(0)
    }

    /// How many requests have arrived so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shared.state().requests.len()
    }

    /// Forgets what has arrived so far.
    pub fn forget(&self) {
        self.shared.state().requests.clear();
    }

    /// Takes note of what clients sent that is not HTTP, so that the test does not fail for it.
    #[must_use]
    pub fn take_complaints(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.state().complaints)
    }

    /// How many connections have been opened so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.state().connections
    }

    /// Waits until so many requests have arrived.
    ///
    /// # Panics
    /// Where that does not happen for a minute.
    pub fn wait_for_requests(&self, count: usize) {
        self.wait(&format!("{count} requests"), |state| state.requests.len() >= count);
    }

    /// Waits until the server has closed its end of a connection, whose last reply said so or
    /// whose client has left.
    ///
    /// # Panics
    /// Where that does not happen for a minute.
    pub fn wait_until_closed(&self, connection: usize) {
        self.wait(&format!("the end of connection {connection}"), |state| {
            state.connections > connection && !state.open.contains_key(&connection)
        });
    }

    fn wait(&self, what: &str, done: impl Fn(&State) -> bool) {
        let state = self.shared.state();
        let waited = self.shared.changed.wait_timeout_while(state, PATIENCE, |state| !done(state));
        let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        let arrived = state.requests.len();
        drop(state);
        assert!(!timeout.timed_out(), "waited in vain for {what}; {arrived} requests arrived");
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        let mut state = shared.state();
        if state.stopping {
            return;
        }
        // A client that has gone before it was let in is none.
        let Ok(stream) = stream else { continue };
        let Ok(copy) = stream.try_clone() else { continue };
        let number = state.connections;
        state.connections += 1;
        state.open.insert(number, copy);
        let shared = Arc::clone(shared);
        state.threads.push(std::thread::spawn(move || {
            let _leaving = Leaving { shared: &shared, number };
            connection::serve(&stream, number, &shared);
            // Before it counts as closed.
            drop(stream);
        }));
    }
}

/// Takes a connection out of the list however its thread ends.
struct Leaving<'a> {
    shared: &'a Shared,
    number: usize,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.shared.state().open.remove(&self.number);
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a request down, then asks for the answer.
    pub(super) fn answer(&self, request: Recorded) -> Reply {
        self.state().requests.push(request.clone());
        self.changed.notify_all();
        (self.handler)(&request)
    }

    pub(super) fn complain(&self, what: String) {
        self.state().complaints.push(what);
    }

    /// Has a gate opened when the server stops.
    pub(super) fn release_at_stop(&self, gate: &Gate) {
        let mut state = self.state();
        if state.stopping {
            gate.open();
        }
        state.gates.push(gate.clone());
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("state", &self.state).finish_non_exhaustive()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.state().stopping = true;
        // The acceptor waits for a connection, so it gets one.
        let _ = TcpStream::connect(self.address);
        let mut panicked = self.acceptor.take().is_some_and(|thread| thread.join().is_err());
        let threads = {
            let mut state = self.shared.state();
            state.gates.iter().for_each(Gate::open);
            for stream in state.open.values() {
                let _ = stream.shutdown(Shutdown::Both);
            }
            std::mem::take(&mut state.threads)
        };
        for thread in threads {
            panicked |= thread.join().is_err();
        }
        let complaints = std::mem::take(&mut self.shared.state().complaints);
        if !std::thread::panicking() {
            assert!(!panicked, "answering a request panicked");
            assert!(complaints.is_empty(), "clients sent what is not HTTP: {complaints:#?}");
        }
    }
}

/// An address of the loopback that refuses connections for as long as this is kept.
#[derive(Debug)]
pub struct Refusing {
    // Bound, so that nobody else gets the port, but nobody listens.
    _socket: Socket,
    address: SocketAddr,
}

impl Refusing {
    /// Reserves an address.
    ///
    /// # Panics
    /// Where the loopback has no port left.
    #[must_use]
    pub fn new() -> Self {
        let bound = || {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
            let address = socket.local_addr()?;
            Ok::<_, std::io::Error>((socket, address.as_socket()))
        };
        match bound() {
            Ok((socket, Some(address))) => Self { _socket: socket, address },
            other => panic!("cannot reserve a port of the loopback: {other:?}"),
        }
    }

    /// The URL where nobody listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Default for Refusing {
    fn default() -> Self {
        Self::new()
    }
}
