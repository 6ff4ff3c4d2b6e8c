//! Opening a file: where it is, whether it is compressed, and what it is if it is not text.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use super::nearest::{nearest, quoted};
use super::problem::Problem;
use super::source::Source;

/// Bytes asked of the system at a time.
const BUFFER: usize = 128 * 1024;

/// Text, decompressed, and without its byte order mark.
pub(super) struct Text {
    pub(super) input: Box<dyn BufRead + Send>,
    /// How many bytes of the text were read already: those of the byte order mark.
    pub(super) offset: u64,
}

/// Opens the file at this place.
pub(super) fn open(source: &Source, location: &Path) -> Result<Text, Problem> {
    if location.is_dir() {
        let inside = names_in(location);
        let names = quoted(inside.iter().map(String::as_str));
        let hint = if names.is_empty() {
            "it is empty".to_owned()
        } else {
            format!("name a file in it: {names}")
        };
        return Err(source.problem(format!("is a folder; {hint}")));
    }
    match File::open(location) {
        Ok(file) => text(source, file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(source.problem(not_found(location)))
        }
        Err(error) => Err(source.problem(format!("cannot be opened: {error}"))),
    }
}

/// What to say of a file that is not there.
fn not_found(location: &Path) -> String {
    let whole = std::path::absolute(location).unwrap_or_else(|_| location.to_owned());
    let shown = whole.display();
    let Some(folder) = whole.parent() else {
        return format!("there is no such file: {shown}");
    };
    if !folder.is_dir() {
        let there = folder.ancestors().find(|ancestor| ancestor.is_dir());
        let there = there.map(|there| format!(", only {}", there.display())).unwrap_or_default();
        let folder = folder.display();
        return format!("there is no such file: {shown} (no folder {folder}{there})");
    }
    let names = names_in(folder);
    let names = || names.iter().map(String::as_str);
    let wanted = whole.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    // The same name with another extension is what people most often have.
    let stem = |name: &str| name.split('.').next().map(str::to_lowercase);
    let near = nearest(&wanted, names())
        .or_else(|| names().find(|name| stem(name) == stem(&wanted) && !name.starts_with('.')));
    match near {
        Some(near) => format!("there is no such file: {shown}; did you mean {near:?}?"),
        None => format!("there is no such file: {shown}"),
    }
}

/// The names in a folder, sorted.
fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    names
}

/// Finds the text in a stream of bytes.
pub(super) fn text(source: &Source, bytes: impl Read + Send + 'static) -> Result<Text, Problem> {
    let (head, bytes) = head(source, bytes)?;
    if head.starts_with(&[0x1f, 0x8b]) {
        let bytes = BufReader::with_capacity(BUFFER, Cursor::new(head).chain(bytes));
        let (head, bytes) = self::head(source, flate2::bufread::MultiGzDecoder::new(bytes))?;
        unmarked(source, head, bytes)
    } else {
        unmarked(source, head, bytes)
    }
}

/// Takes the byte order mark away.
fn unmarked(
    source: &Source,
    mut head: Vec<u8>,
    rest: impl Read + Send + 'static,
) -> Result<Text, Problem> {
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Err(source.problem("the file is UTF-16; save it as UTF-8").at_line(1));
    }
    let mut offset = 0;
    if head.starts_with(&[0xef, 0xbb, 0xbf]) {
        head.drain(..3);
        offset = 3;
    }
    let input = BufReader::with_capacity(BUFFER, Cursor::new(head).chain(rest));
    Ok(Text { input: Box::new(input), offset })
}

/// Reads the first four bytes, or all where there are fewer.
fn head<R: Read>(source: &Source, mut bytes: R) -> Result<(Vec<u8>, R), Problem> {
    let mut head = Vec::with_capacity(4);
    match (&mut bytes).take(4).read_to_end(&mut head) {
        Ok(_) => Ok((head, bytes)),
        Err(error) => Err(source.io(&error, 1)),
    }
}
