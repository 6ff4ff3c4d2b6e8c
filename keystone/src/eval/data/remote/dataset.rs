//! A dataset that a server keeps.

use std::fmt;
use std::path::PathBuf;

use serde::de::DeserializeOwned;

use super::super::dataset::Dataset;
use super::super::fields::Fields;
use super::super::problem::{DataError, Problem};
use super::cache::Cache;
use super::copy::{Found, Lines, Original, look};
use crate::eval::journal::DataHeader;
use crate::types::SpelledRecord;
use crate::{Case, Error, ErrorKind, Keystone};

/// A dataset that a Keystone server keeps, or the records of it with certain tags.
///
/// ```no_run
/// use keystone::eval::data::RemoteDataset;
///
/// let cases = RemoteDataset::new("ds_abc").version(3).tag("pro").load::<String, String>()?;
/// # Ok::<(), keystone::eval::data::DataError>(())
/// ```
///
/// # When the server is asked
/// A version never changes once it is there. So a dataset with a [`version`](Self::version) is
/// fetched once, and then read from a copy on disk for as long as there is one: offline, and
/// without a key. Without a version, the records of all versions are fetched each time; where the
/// server cannot be reached that is an error, and no earlier copy is used in its place.
///
/// The copies are in the folder that `KEYSTONE_CACHE_DIR` names, else in `keystone-cache` in
/// cargo's target folder, else in `keystone` among the user's caches. Each is a file of its own for
/// server, workspace, dataset, version and tags, so they can be deleted one by one. A copy that is
/// damaged is fetched anew. Keys are not part of any.
///
/// # What a record means
/// The same as [a row of JSON](super::super#what-a-row-means): a record's id, tags and metadata are
/// those of the case, and [`Fields`] may name others. The case is named by the record's id, which
/// the server shows as well; `Fields::default().id("input.key")` names it by something of your own,
/// and `.id("")` by its content, which stays the same where a later version brings the same record
/// under another id.
///
/// Servers keep objects only, so that clients store anything else as `{"value": …}`. Such an object,
/// with no other field and no object in it, therefore stands for what is in it, be it the input or
/// the expected value; with `Fields::default().input("input")` it stands for itself.
#[derive(Debug, Clone)]
#[must_use]
pub struct RemoteDataset {
    id: String,
    version: Option<u64>,
    /// Sorted, each once.
    tags: Vec<String>,
    fields: Fields,
    client: Option<Keystone>,
    cache: Option<PathBuf>,
}

impl RemoteDataset {
    /// The dataset of this id, `ds_…`: the records of all its versions.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            version: None,
            tags: Vec::new(),
            fields: Fields::default(),
            client: None,
            cache: None,
        }
    }

    /// Chooses a version, from 1.
    pub fn version(mut self, version: u64) -> Self {
        self.version = Some(version);
        self
    }

    /// Chooses the records with this tag; given several times, those with any of them.
    pub fn tag(self, tag: impl Into<String>) -> Self {
        self.tags([tag])
    }

    /// Chooses the records with any of these tags.
    pub fn tags(mut self, tags: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.tags.extend(tags.into_iter().map(Into::into));
        self.tags.sort_unstable();
        self.tags.dedup();
        self
    }

    /// Says which fields of a record mean what.
    pub fn fields(mut self, fields: Fields) -> Self {
        self.fields = fields;
        self
    }

    /// Sets the client to ask with; one as [the environment says](Keystone::new) unless set.
    pub fn client(mut self, client: Keystone) -> Self {
        self.client = Some(client);
        self
    }

    /// Sets the folder of the copies.
    pub fn cache_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cache = Some(folder.into());
        self
    }

    /// Makes sure that there is a copy on disk, and says which file it is. What is read from it is
    /// what is in the dataset now, or in the version that was chosen.
    ///
    /// # Errors
    /// The client cannot be set up, the server cannot be reached or refuses, there is no such
    /// version, there are no records, or the copy cannot be written.
    pub fn fetch(&self) -> Result<Dataset, DataError> {
        let client = match &self.client {
            Some(client) => client.clone(),
            None => Keystone::new().map_err(|error| self.problem(error.to_string()))?,
        };
        let original = Original {
            server: client.base_url().to_owned(),
            workspace: client
                .http()
                .workspace()
                .map(|name| String::from_utf8_lossy(name).into_owned()),
            dataset: self.id.clone(),
            version: self.version,
            tags: self.tags.clone(),
        };
        let cache = Cache::new(self.cache.as_deref());
        let path = match self.version {
            Some(version) => self.pinned(&client, &cache, &original, version),
            None => self.newest(&client, &cache, &original),
        }?;
        Ok(Dataset::copy(path, self.fields.clone()))
    }

    /// Reads all records.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch) and [`Dataset::load`].
    pub fn load<I, E>(&self) -> Result<Vec<Case<I, E>>, DataError>
    where
        I: DeserializeOwned,
        E: DeserializeOwned,
    {
        self.fetch()?.load()
    }

    /// What the journal says of it.
    pub(in crate::eval) fn header(&self) -> DataHeader {
        DataHeader {
            file: None,
            dataset: Some(self.id.clone()),
            version: self.version,
            tags: self.tags.clone(),
        }
    }

    /// The copy of a version: the one that is there, or else a new one.
    fn pinned(
        &self,
        client: &Keystone,
        cache: &Cache,
        original: &Original,
        version: u64,
    ) -> Result<PathBuf, Problem> {
        let stem = original.stem();
        let name = format!("{stem}.jsonl");
        let path = cache.path(&name);
        if look(&path, original) == Found::Whole {
            return Ok(path);
        }
        self.make(cache, &path)?;
        let _turn = cache.lock(&name);
        // Another process may have had the turn before.
        let damage = match look(&path, original) {
            Found::Whole => return Ok(path),
            Found::Nothing => None,
            Found::Damaged(why) => Some(why),
        };
        let offline = match damage {
            None => format!(
                "version {version} is fetched once and runs without the server from then on; \
                 there is no copy at {} yet",
                path.display()
            ),
            Some(why) => {
                format!("the copy at {} cannot be used: {why}", path.display())
            }
        };
        let info = client.datasets().get(&self.id).send();
        let info = info.map_err(|error| self.refused(client, &error, &offline))?;
        // What a server answers for a version that is still to come may be anything, and would be
        // kept for good. 0 is from a server that does not say.
        if info.version != 0 && info.version < version {
            return Err(self.problem(format!(
                "there is no version {version}; the newest is {}",
                info.version
            )));
        }
        let records = self.ask(client, &offline)?;
        let path = self.keep(cache, &name, original, &self.lines(&records)?)?;
        cache.prune(&stem, &path);
        Ok(path)
    }

    /// A copy of what is in the dataset now.
    fn newest(
        &self,
        client: &Keystone,
        cache: &Cache,
        original: &Original,
    ) -> Result<PathBuf, Problem> {
        let offline = "without `version`, the records are fetched for each run, and an earlier copy \
                       is not used in their place; with `version = N` they are fetched once and run \
                       without the server from then on";
        let records = self.ask(client, offline)?;
        let lines = self.lines(&records)?;
        // Named by what it holds: a process that reads another state of the dataset at the same
        // time has a file of its own.
        let stem = original.stem();
        let name = format!("{stem}-{}.jsonl", lines.short_digest());
        let path = cache.path(&name);
        if look(&path, original) == Found::Whole {
            cache.touch(&path);
        } else {
            self.make(cache, &path)?;
            self.keep(cache, &name, original, &lines)?;
        }
        cache.prune(&stem, &path);
        Ok(path)
    }

    fn ask(&self, client: &Keystone, offline: &str) -> Result<Vec<SpelledRecord>, Problem> {
        let mut ask = client.datasets().get_records(&self.id).tags(&self.tags);
        if let Some(version) = self.version {
            ask = ask.version(version);
        }
        let records =
            ask.spelled().send().map_err(|error| self.refused(client, &error, offline))?;
        if records.is_empty() {
            let hint = match (&*self.tags, self.version) {
                ([], None) => "; add some with `add_records`",
                ([], Some(_)) => "; choose another version, or none for the records of all",
                _ => "; are the tags right?",
            };
            return Err(self.problem(format!("there are no records{hint}")));
        }
        Ok(records)
    }

    fn lines(&self, records: &[SpelledRecord]) -> Result<Lines, Problem> {
        Lines::of(records).map_err(|error| self.problem(format!("a record is no JSON: {error}")))
    }

    fn make(&self, cache: &Cache, path: &std::path::Path) -> Result<(), Problem> {
        cache.make().map_err(|error| self.unwritable(path, &error))
    }

    fn keep(
        &self,
        cache: &Cache,
        name: &str,
        original: &Original,
        lines: &Lines,
    ) -> Result<PathBuf, Problem> {
        let header = lines
            .header(original)
            .map_err(|error| self.problem(format!("cannot be written down: {error}")))?;
        cache
            .put(name, &[&header, &lines.text])
            .map_err(|error| self.unwritable(&cache.path(name), &error))
    }

    fn unwritable(&self, path: &std::path::Path, error: &std::io::Error) -> Problem {
        self.problem(format!(
            "the copy {} cannot be written: {error}; name another folder with KEYSTONE_CACHE_DIR",
            path.display()
        ))
    }

    /// What to say where the server did not give the records; `offline` where it gave nothing.
    fn refused(&self, client: &Keystone, error: &Error, offline: &str) -> Problem {
        let server = client.base_url();
        let key = if self.client.is_some() {
            "give the client".to_owned()
        } else {
            "set KEYSTONE_API_KEY (or POLARITY_API_KEY, which goes before it) to".to_owned()
        };
        let hint = match error.kind() {
            ErrorKind::Unauthorized if client.has_api_key() => {
                format!("{key} a key that {server} takes")
            }
            ErrorKind::Forbidden => {
                format!("{key} a key that may read the dataset, and look at the workspace")
            }
            ErrorKind::NotFound => {
                format!(
                    "is the id right, and {server} the server, and the workspace the right one?"
                )
            }
            // Where there is no key, the client says so itself.
            ErrorKind::Unauthorized | ErrorKind::Argument | ErrorKind::BadRequest => {
                return self.problem(error.to_string());
            }
            _ => offline.to_owned(),
        };
        self.problem(format!("{error}; {hint}"))
    }

    fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(self.to_string(), message)
    }
}

/// `dataset ds_abc, version 3, tag pro`: what stands for the file's name in problems.
impl fmt::Display for RemoteDataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dataset {}", self.id)?;
        if let Some(version) = self.version {
            write!(f, ", version {version}")?;
        }
        match &*self.tags {
            [] => Ok(()),
            [tag] => write!(f, ", tag {tag}"),
            tags => write!(f, ", tags {}", tags.join(" or ")),
        }
    }
}
