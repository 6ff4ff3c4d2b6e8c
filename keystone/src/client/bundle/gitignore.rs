//! The `.gitignore` files of a folder.
//!
//! Only those inside the folder count, in a git repository or not: the user's global excludes, the
//! repository's own and those of parent folders would make the same folder a different bundle on
//! another machine.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::error::{BundleError, BundleErrorKind};

/// The name of such a file.
const NAME: &str = ".gitignore";

/// Far more than anyone writes; a file beyond it is something else.
const MOST_BYTES: u64 = 1024 * 1024;

/// The rules of the `.gitignore` in `folder`; none when there is no such file. `shown` is the
/// folder as the user wrote it.
///
/// A line that makes no pattern is an error: git passes over it, yet here it would send what the
/// line was meant to keep back.
pub(super) fn rules(folder: &Path, shown: &Path) -> Result<Option<Gitignore>, BundleError> {
    let path = folder.join(NAME);
    let shown = shown.join(NAME);
    match fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() => {}
        // A folder of that name, or a pipe that would never end, holds no rules.
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(BundleError::reading(&shown, error)),
    }
    let mut bytes = Vec::new();
    File::open(&path)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| BundleError::reading(&shown, error))?;
    if bytes.len() as u64 > MOST_BYTES {
        let what = "it is larger than 1 MiB, which is no list of patterns";
        return Err(BundleError::new(BundleErrorKind::Gitignore, &shown, what));
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let mut builder = GitignoreBuilder::new(folder);
    let wrong = |what: String| BundleError::new(BundleErrorKind::Gitignore, &shown, what);
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if line.starts_with(b"#") {
            continue;
        }
        let line = std::str::from_utf8(line)
            .map_err(|_| wrong(format!("line {} is not UTF-8", index + 1)))?;
        builder
            .add_line(None, line)
            .map_err(|error| wrong(format!("line {} is no pattern: {error}", index + 1)))?;
    }
    builder.build().map(Some).map_err(|error| wrong(format!("it cannot be used: {error}")))
}
