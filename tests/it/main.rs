//! End-to-end tests: what users write, run with the real commands, and what the client
//! sends, seen by a server.

mod client;
mod earlier;
mod endings;
mod example;
mod flags;
mod gsm8k;
mod kinds;
mod nextest;
mod projects;
mod reports;
mod rows;
mod same;
mod server;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod trouble;
