//! Records that a server keeps, read through a copy on disk.
//!
//! A copy is a file of JSON Lines, so that whatever is wrong with a record is shown with a file and
//! a line. Its first line says what it is a copy of, how many records there are and what their
//! digest is, so that a file that was cut off or changed is noticed. It appears under its name all
//! at once, and is never changed after that, so that any number of processes can read and make
//! copies at the same time.

mod cache;
mod copy;
mod dataset;

pub use dataset::RemoteDataset;
