//! A copy of records: what its lines hold, and whether it is whole.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::super::values::compact;
use crate::types::SpelledRecord;

/// The version of the format. Copies of another version are fetched anew.
const FORMAT: u32 = 1;

/// The longest first line that is read.
const LONGEST_HEADER: u64 = 1024 * 1024;

/// What a file is a copy of. Neither the key of the API nor anything made from it is part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Original {
    pub(super) server: String,
    pub(super) workspace: Option<String>,
    pub(super) dataset: String,
    pub(super) version: Option<u64>,
    /// Sorted, each once.
    pub(super) tags: Vec<String>,
}

impl Original {
    /// How the names of its copies begin: with the dataset and the version for people, and a hash
    /// of everything.
    pub(super) fn stem(&self) -> String {
        let id: String = self
            .dataset
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' })
            .take(64)
            .collect();
        let version = self.version.map_or_else(|| "all".to_owned(), |number| format!("v{number}"));
        let mut hash = Xxh3::new();
        let mut field = |text: &str| {
            // A byte that no UTF-8 text holds keeps neighbours apart.
            hash.update(text.as_bytes());
            hash.update(&[0xff]);
        };
        field(&self.server);
        field(self.workspace.as_deref().unwrap_or_default());
        field(&self.dataset);
        field(&version);
        self.tags.iter().for_each(|tag| field(tag));
        format!("{id}-{version}-{:016x}", hash.digest())
    }
}

/// The first line of a copy.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    format: u32,
    copy_of: Original,
    /// When it was made, as RFC 3339 in UTC.
    fetched: String,
    /// How many lines follow.
    records: u64,
    /// The digest of all that follows: XXH3 of 128 bits, as hexadecimal digits.
    digest: String,
}

/// Records as the lines of a copy.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) text: Vec<u8>,
    records: u64,
}

impl Lines {
    /// One line for each record, all that there is to say of it on it.
    pub(super) fn of(records: &[SpelledRecord]) -> Result<Self, serde_json::Error> {
        #[derive(Serialize)]
        struct Line<'a> {
            #[serde(skip_serializing_if = "str::is_empty")]
            id: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            input: Option<&'a RawValue>,
            #[serde(skip_serializing_if = "Option::is_none")]
            expected: Option<&'a RawValue>,
            #[serde(skip_serializing_if = "<[String]>::is_empty")]
            tags: &'a [String],
            #[serde(skip_serializing_if = "Map::is_empty")]
            metadata: &'a Map<String, Value>,
            #[serde(skip_serializing_if = "is_zero")]
            version: u64,
        }
        fn is_zero(number: &u64) -> bool {
            *number == 0
        }
        let mut text = Vec::new();
        for record in records {
            let line = serde_json::to_string(&Line {
                id: &record.id,
                input: record.input.as_deref(),
                expected: record.expected.as_deref(),
                tags: &record.tags,
                metadata: &record.metadata,
                version: record.version,
            })?;
            // Servers may send JSON that goes over several lines.
            text.extend_from_slice(compact(&line).as_deref().unwrap_or(&line).as_bytes());
            text.push(b'\n');
        }
        Ok(Self { text, records: records.len() as u64 })
    }

    /// A few digits that other records would not have.
    pub(super) fn short_digest(&self) -> String {
        format!("{:016x}", xxh3_64(&self.text))
    }

    /// The line that goes before these.
    pub(super) fn header(&self, copy_of: &Original) -> Result<Vec<u8>, serde_json::Error> {
        let mut hash = Xxh3::new();
        hash.update(&self.text);
        let mut line = serde_json::to_vec(&Header {
            format: FORMAT,
            copy_of: copy_of.clone(),
            fetched: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            records: self.records,
            digest: digits(&hash),
        })?;
        line.push(b'\n');
        Ok(line)
    }
}

fn digits(hash: &Xxh3) -> String {
    format!("{:032x}", hash.digest128())
}

/// What is found where a copy should be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The copy, as it was written.
    Whole,
    /// No file.
    Nothing,
    /// A file that cannot be used, and why.
    Damaged(String),
}

/// Looks whether the file is a copy of these records, with nothing missing and nothing changed.
pub(super) fn look(path: &Path, copy_of: &Original) -> Found {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Found::Nothing,
        Err(error) => return Found::Damaged(format!("it cannot be opened: {error}")),
    };
    match read(BufReader::with_capacity(128 * 1024, file), copy_of) {
        Ok(None) => Found::Whole,
        Ok(Some(why)) => Found::Damaged(why),
        Err(error) => Found::Damaged(format!("it cannot be read: {error}")),
    }
}

/// Why the text is not the copy; `None` where it is.
fn read(mut file: impl BufRead, copy_of: &Original) -> io::Result<Option<String>> {
    let mut first = Vec::new();
    (&mut file).take(LONGEST_HEADER).read_until(b'\n', &mut first)?;
    let Ok(header) = serde_json::from_slice::<Header>(&first) else {
        return Ok(Some("its first line does not say what it is a copy of".to_owned()));
    };
    if header.format != FORMAT {
        return Ok(Some("it was written by another version of Keystone".to_owned()));
    }
    if header.copy_of != *copy_of {
        return Ok(Some("it is a copy of something else".to_owned()));
    }
    let (mut hash, mut records) = (Xxh3::new(), 0);
    loop {
        let chunk = file.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        hash.update(chunk);
        records += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
        let read = chunk.len();
        file.consume(read);
    }
    Ok(if records != header.records {
        Some(format!("it has {records} of {} records", header.records))
    } else if digits(&hash) != header.digest {
        Some("it was changed after it was written".to_owned())
    } else {
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn original() -> Original {
        Original {
            server: "https://example.com".to_owned(),
            workspace: None,
            dataset: "ds_abc".to_owned(),
            version: Some(3),
            tags: vec!["pro".to_owned()],
        }
    }

    fn written(records: &str) -> Vec<u8> {
        let records: Vec<SpelledRecord> = serde_json::from_str(records).expect("records");
        let lines = Lines::of(&records).expect("JSON");
        [lines.header(&original()).expect("JSON"), lines.text].concat()
    }

    fn why_not(text: &[u8]) -> Option<String> {
        read(text, &original()).expect("memory can be read")
    }

    #[test]
    fn a_record_stands_on_one_line_as_the_server_spells_it() {
        let text = written(
            "[{\"id\": 7, \"dataset_id\": \"ds_abc\", \"input\": {\"b\": 1.10,\n \"a\": \"x\\ny\"},
               \"expected\": null, \"tags\": [\"pro\"], \"version\": \"3\"}]",
        );
        let text = String::from_utf8(text).expect("UTF-8");
        assert_eq!(
            text.lines().nth(1),
            Some(r#"{"id":"7","input":{"b":1.10,"a":"x\ny"},"tags":["pro"],"version":3}"#)
        );
        assert_eq!(text.lines().count(), 2);
        assert_eq!(why_not(text.as_bytes()), None);
    }

    #[test]
    fn any_byte_that_is_missing_or_changed_is_noticed() {
        let text = written(r#"[{"input": {"a": 1}}, {"input": {"a": 2}}]"#);
        for end in 0..text.len() {
            assert!(why_not(&text[..end]).is_some(), "cut off after {end} bytes");
        }
        let after_header = text.iter().position(|byte| *byte == b'\n').expect("a line") + 1;
        for at in after_header..text.len() {
            let mut changed = text.clone();
            changed[at] ^= 1;
            assert!(why_not(&changed).is_some(), "byte {at} changed");
        }
        let other = Original { version: Some(4), ..original() };
        let why = read(&*text, &other).expect("memory can be read");
        assert_eq!(why.as_deref(), Some("it is a copy of something else"));
    }

    #[test]
    fn whatever_chooses_records_is_in_the_name_and_shows_no_more_than_it_should() {
        let base = original();
        let others = [
            Original { server: "https://example.org".to_owned(), ..base.clone() },
            Original { workspace: Some("secret-project".to_owned()), ..base.clone() },
            Original { dataset: "ds_abd".to_owned(), ..base.clone() },
            Original { version: None, ..base.clone() },
            Original { tags: vec![], ..base.clone() },
            Original { tags: vec!["pro".to_owned(), "x".to_owned()], ..base.clone() },
        ];
        for other in others {
            assert_ne!(other.stem(), base.stem(), "{other:?}");
            assert!(!other.stem().contains("secret") && !other.stem().contains("example"));
        }
        let odd = Original { dataset: "../a b".to_owned(), ..base };
        assert!(odd.stem().starts_with("___a_b-v3-"), "{}", odd.stem());
    }
}
