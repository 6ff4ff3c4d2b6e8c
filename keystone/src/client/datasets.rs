//! Datasets.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::Keystone;
use super::address::Address;
use super::call::{Call, Line, sends};
use super::export::Traces;
use super::from_traces::FromTraces;
#[cfg(feature = "eval")]
use crate::types::SpelledRecord;
use crate::types::{Added, DatasetInfo, DatasetRecord};
use crate::{Error, ErrorKind};

const ALL: &str = "/v1/datasets";

/// How many records go into one request.
const BATCH_RECORDS: usize = 1_000;

/// How many bytes of records go into one request, unless a single one has more.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Datasets: [`Keystone::datasets`].
#[derive(Debug, Clone, Copy)]
pub struct Datasets<'a> {
    client: &'a Keystone,
}

impl<'a> Datasets<'a> {
    pub(crate) fn new(client: &'a Keystone) -> Self {
        Self { client }
    }

    /// Makes an empty dataset. The description may be empty.
    ///
    /// `POST /v1/datasets`
    pub fn create(
        &self,
        name: impl Into<String>,
        description: impl Into<String>,
    ) -> Call<DatasetInfo> {
        let (name, description) = (name.into(), description.into());
        Call::new(self.client, move |line| create(line, &name, &description))
    }

    /// All datasets.
    ///
    /// `GET /v1/datasets`
    pub fn list(&self) -> Call<Vec<DatasetInfo>> {
        Call::new(self.client, list)
    }

    /// Looks a dataset up.
    ///
    /// `GET /v1/datasets/{id}`
    pub fn get(&self, id: impl Into<String>) -> Call<DatasetInfo> {
        let id = id.into();
        Call::new(self.client, move |line| line.get(one(&id))?.json_of(&["id"]))
    }

    /// Deletes a dataset with all its records.
    ///
    /// `DELETE /v1/datasets/{id}`
    pub fn delete(&self, id: impl Into<String>) -> Call<()> {
        let id = id.into();
        Call::new(self.client, move |line| line.delete(one(&id)))
    }

    /// Adds records, which makes the next version of the dataset.
    ///
    /// More than 1,000 records, or 4 MiB of them, go out in several requests, each of which makes
    /// a version. Where one of them fails, the error says how many records were added before.
    ///
    /// ```no_run
    /// use keystone::{Keystone, types::DatasetRecord};
    /// use serde_json::json;
    ///
    /// let ks = Keystone::new()?;
    /// let record = DatasetRecord::new(json!({"id": "alice"}))
    ///     .expected(json!({"subject": "Renewal"}))
    ///     .tag("pro");
    /// let added = ks.datasets().add_records("ds_abc", [record]).send()?;
    /// assert_eq!(added.added, 1);
    /// # Ok::<(), keystone::Error>(())
    /// ```
    ///
    /// `POST /v1/datasets/{id}/records`
    pub fn add_records(
        &self,
        id: impl Into<String>,
        records: impl IntoIterator<Item = DatasetRecord>,
    ) -> Call<Added> {
        let (id, records): (String, Vec<DatasetRecord>) =
            (id.into(), records.into_iter().collect());
        Call::new(self.client, move |line| add(line, &id, &records))
    }

    /// The records of a dataset: of all versions, unless one is chosen.
    ///
    /// `GET /v1/datasets/{id}/records`
    pub fn get_records(&self, id: impl Into<String>) -> GetRecords {
        GetRecords { client: self.client.clone(), id: id.into(), version: None, tags: Vec::new() }
    }

    /// Makes a dataset, or adds to one, from events of traces.
    ///
    /// ```no_run
    /// use keystone::Keystone;
    ///
    /// let ks = Keystone::new()?;
    /// let events = ks.export().traces().experiment_id("exp-abc").event_type("llm_call");
    /// let made = ks.datasets().from_traces("from-production", events).input_from("input").send()?;
    /// println!("{} rows added, {} events left out", made.rows_added, made.skipped.count);
    /// # Ok::<(), keystone::Error>(())
    /// ```
    pub fn from_traces(&self, name: impl Into<String>, events: Traces) -> FromTraces {
        FromTraces::new(self.client, name.into(), events)
    }
}

fn one(id: &str) -> Address {
    Address::new(ALL).segment(id)
}

pub(crate) fn list(line: &Line<'_>) -> Result<Vec<DatasetInfo>, Error> {
    line.get(Address::new(ALL))?.list()
}

pub(crate) fn create(line: &Line<'_>, name: &str, description: &str) -> Result<DatasetInfo, Error> {
    #[derive(Serialize)]
    struct Body<'a> {
        name: &'a str,
        description: &'a str,
    }
    line.post(Address::new(ALL)).json(&Body { name, description })?.read(line, &["id"])
}

pub(crate) fn add(line: &Line<'_>, id: &str, records: &[DatasetRecord]) -> Result<Added, Error> {
    #[derive(Serialize)]
    struct Body<'a> {
        records: &'a [Box<RawValue>],
    }
    // Written once, so that batches can be cut by size.
    let records: Vec<Box<RawValue>> =
        records.iter().map(serde_json::value::to_raw_value).collect::<Result<_, _>>().map_err(
            |error| {
                Error::new(ErrorKind::Argument, format!("a record is no JSON: {error}"))
                    .with_source(error)
            },
        )?;
    let mut added = Added::default();
    for (number, batch) in batches(&records).into_iter().enumerate() {
        let wishes = line.wishes_for(&(number + 1).to_string());
        let line = &Line { wishes: &wishes, ..*line };
        let reply = line
            .post(one(id).then("records"))
            .json(&Body { records: batch })?
            .send(line)
            .and_then(|reply| reply.json_or_default::<Option<Added>>())
            .map_err(|error| match added.added {
                0 => error,
                before => {
                    error.and(format_args!("{before} of {} records were added", records.len()))
                }
            })?;
        // A server that says nothing has taken them all.
        added.added += reply.map_or(batch.len() as u64, |reply| reply.added);
    }
    Ok(added)
}

/// Cuts records into requests; at least one, even if it is empty.
fn batches(records: &[Box<RawValue>]) -> Vec<&[Box<RawValue>]> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, record) in records.iter().enumerate() {
        let length = record.get().len() + 1;
        let full = at - start == BATCH_RECORDS || bytes + length > BATCH_BYTES;
        if full && at > start {
            batches.push(&records[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += length;
    }
    batches.push(&records[start..]);
    batches
}

/// Records to be looked up: [`Datasets::get_records`].
#[derive(Debug, Clone)]
#[must_use = "nothing is asked until `.send()`"]
pub struct GetRecords {
    client: Keystone,
    id: String,
    version: Option<u64>,
    tags: Vec<String>,
}

impl GetRecords {
    /// Chooses a version.
    pub fn version(mut self, version: u64) -> Self {
        self.version = Some(version);
        self
    }

    /// Asks for the records with this tag; given several times, for those with any of them.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Asks for the records with any of these tags.
    pub fn tags(mut self, tags: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.tags.extend(tags.into_iter().map(Into::into));
        self
    }

    /// The same as a [`Call`], which has a time-out and repeats of its own.
    pub fn call(self) -> Call<Vec<DatasetRecord>> {
        self.asking()
    }

    /// The records as they were sent, with every number and text as the server spells it.
    #[cfg(feature = "eval")]
    pub(crate) fn spelled(self) -> Call<Vec<SpelledRecord>> {
        self.asking()
    }

    fn asking<T: DeserializeOwned + Send + 'static>(self) -> Call<Vec<T>> {
        let Self { client, id, version, tags } = self;
        // The API separates tags with commas and has no way to write one that holds a comma.
        if let Some(tag) = tags.iter().find(|tag| tag.contains(',')) {
            return Call::failed(Error::new(
                ErrorKind::Argument,
                format!("the tag `{tag}` has a comma, which separates tags"),
            ));
        }
        let tags = Some(tags.join(",")).filter(|tags| !tags.is_empty());
        let address = one(&id).then("records").query_if("version", version).query_if("tags", tags);
        Call::new(&client, move |line| line.get(address)?.list())
    }
}

sends!(GetRecords => Vec<DatasetRecord>);

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(lengths: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let records: Vec<Box<RawValue>> = lengths
            .into_iter()
            .map(|length| serde_json::value::to_raw_value(&"x".repeat(length)).expect("JSON"))
            .collect();
        batches(&records).iter().map(|batch| batch.len()).collect()
    }

    #[test]
    fn records_go_out_in_batches_by_number_and_by_size() {
        assert_eq!(sizes([]), [0]);
        assert_eq!(sizes([1; 1_000]), [1_000]);
        assert_eq!(sizes([1; 2_001]), [1_000, 1_000, 1]);
        assert_eq!(sizes([3 << 20, 1, 3 << 20]), [2, 1]);
        assert_eq!(sizes([5 << 20, 5 << 20]), [1, 1]);
    }
}
