//! The engine from outside: runs, journals, summaries and verdicts, and what breaks them.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "everything in here is a test")]

mod child;
mod deadline;
mod determinism;
mod fixtures;
mod full_disk;
mod interrupted;
mod journal;
mod killed;
mod large;
mod outcomes;
mod panicking;
mod rescore;
mod resume;
mod selection;
mod sources;
mod statistics;
mod types;
mod verdict;
