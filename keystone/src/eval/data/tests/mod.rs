//! The reader from outside: files on disk, and what comes of them.

mod broken_files;
mod broken_rows;
mod fields;
mod formats;
mod memory;
mod round_trip;
mod tables;

use std::io::Write as _;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::{Dataset, Fields, RowText};

/// A folder with one file in it.
struct Sample {
    folder: TempDir,
    name: &'static str,
}

impl Sample {
    fn new(name: &'static str, content: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join(name), content).expect("the file is written");
        Self { folder, name }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(self.name)
    }

    /// The data set, named as a user names it: from the folder of the project.
    fn data(&self) -> Dataset {
        Dataset::file(self.name).relative_to(self.folder.path())
    }
}

fn gzip(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content.as_ref()).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}

/// Everything that comes of a data set, in order: the inputs as JSON, and the problems as text.
fn told(data: &Dataset) -> Vec<Result<String, String>> {
    match data.open() {
        Err(problem) => vec![Err(problem.to_string())],
        Ok(rows) => rows
            .map(|row| match row {
                Ok(row) => Ok(row.input_json().to_owned()),
                Err(problem) => Err(problem.to_string()),
            })
            .collect(),
    }
}

/// What comes of a file with this content.
fn told_of(name: &'static str, content: impl AsRef<[u8]>) -> Vec<Result<String, String>> {
    told(&Sample::new(name, content).data())
}

/// The one problem of a file with this content.
#[track_caller]
fn problem_of(name: &'static str, content: impl AsRef<[u8]>) -> String {
    let told = told_of(name, content);
    let problems: Vec<_> = told.into_iter().filter_map(Result::err).collect();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.into_iter().next().expect("there is one")
}

/// The only row of a data set.
#[track_caller]
fn only(data: &Dataset) -> RowText {
    let mut rows = data.open().expect("the file opens");
    let row = rows.next().expect("there is a row").expect("the row is in order");
    assert!(rows.next().is_none());
    row
}

fn ok(json: &str) -> Result<String, String> {
    Ok(json.to_owned())
}

fn err(problem: &str) -> Result<String, String> {
    Err(problem.to_owned())
}

/// A data set with these fields.
fn with(sample: &Sample, fields: Fields) -> Dataset {
    sample.data().fields(fields)
}
