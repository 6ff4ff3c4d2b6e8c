//! Data sets: files of rows, read one row at a time.
//!
//! | Extension | Holds |
//! |---|---|
//! | `.jsonl`, `.ndjson` | one JSON object a line |
//! | `.json` | one array of JSON objects |
//! | `.csv`, `.tsv` | a header, then one record a row |
//!
//! Each may be compressed (`.jsonl.gz`); gzip is recognised by its first bytes, whatever the file
//! is called. Files are UTF-8, with or without a byte order mark, with either line end. Whatever
//! the size of a file, no more than one row of it is held at a time, and no row may be larger
//! than 32 MiB.
//!
//! Records that a Keystone server keeps are read the same way, through a copy on disk: with the
//! feature `client`, `RemoteDataset`.
//!
//! # What a row means
//! [`Fields`] says which field, or which column, is the input, the expected value, the id, the
//! tags, the metadata and the context. In a row of JSON
//! - `id` is a text or a number, at most 1,024 bytes, and not empty;
//! - `tags` is a list of texts, `context` a text or a list of texts, `metadata` an object;
//! - `null` is the same as a field that is not there, except for the input;
//! - of a field that is used there may be only one: a key given twice is an error.
//!
//! Cells of a table are texts. Where the type that is asked for is not one of text (a number, a
//! boolean, a list, a struct), the cell is read as JSON of that type. `tags` are split at `,`,
//! `;` and `|`, `metadata` is a JSON object, `context` is a JSON list of texts or else one text.
//! An empty cell is the same as none, except in the column of the input, where it is the empty
//! text. A record whose cells are all empty, such as spreadsheets leave at the end, is skipped.
//!
//! # What goes wrong
//! Every [`Problem`] says where it is and what to do about it. Reading goes on after a broken row
//! wherever the next row can be found, so that one look shows all of them:
//!
//! ```text
//! data/capitals.jsonl:7312:24: field "input.population": invalid type: string "many", expected u64 (row "fr-12")
//! ```

mod array;
mod cell;
mod dataset;
mod fields;
mod json;
mod jsonl;
mod lines;
mod nearest;
mod open;
mod problem;
mod reader;
#[cfg(feature = "client")]
mod remote;
mod row;
mod source;
mod table;
mod values;

pub use dataset::{Dataset, Format};
pub use fields::Fields;
pub use problem::{DataError, Problem};
#[cfg(feature = "client")]
pub use remote::RemoteDataset;
pub(crate) use {reader::RowReader, row::RowText};

#[cfg(test)]
mod tests;
