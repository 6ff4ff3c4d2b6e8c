//! Datasets made of traces.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde_json::{Map, Value};

use super::Keystone;
use super::call::{Call, Line, sends};
use super::datasets;
use super::export::Traces;
use crate::Error;
use crate::types::DatasetRecord;

/// Where inputs and outputs stand, where the caller does not say.
const INPUTS: [&str; 3] = ["metadata.input", "metadata.llm.prompt", "metadata.gen_ai.prompt"];
const OUTPUTS: [&str; 3] =
    ["metadata.output", "metadata.llm.completion", "metadata.gen_ai.completion"];

/// How many rows are shown as samples.
const SAMPLES: usize = 3;

/// A dataset to be made of traces: [`Datasets::from_traces`](super::Datasets::from_traces).
///
/// Each event becomes a record; of events with the same `span_id` only the first. Input and
/// expected value are looked for where the caller says, then under `metadata.input`,
/// `metadata.llm.prompt` and `metadata.gen_ai.prompt`, and under `metadata.output`,
/// `metadata.llm.completion` and `metadata.gen_ai.completion`. A dot steps into an object; a key
/// that has the dots in it is found as well. Events without one of the two are left out and
/// counted. What is no object becomes `{"value": …}`.
#[must_use = "nothing is made until `.send()`"]
pub struct FromTraces {
    client: Keystone,
    name: String,
    description: String,
    events: Traces,
    input: Option<Pick>,
    expected: Option<Pick>,
    replace: bool,
    dry_run: bool,
}

/// Makes a value of an event.
type Choose = Box<dyn Fn(&Value) -> Option<Value> + Send>;

/// Where a value is found in an event.
enum Pick {
    Path(String),
    With(Choose),
}

/// What was made of traces.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MadeOfTraces {
    /// The dataset; empty after a dry run.
    pub dataset_id: String,
    /// Its name.
    pub name: String,
    /// How many records were added, or would be.
    pub rows_added: u64,
    /// The first three records.
    pub sample_rows: Vec<DatasetRecord>,
    /// What was left out.
    pub skipped: SkippedEvents,
}

/// Events that became no record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedEvents {
    /// How many.
    pub count: u64,
    /// How many for each reason: `missing-input`, `missing-expected`.
    pub reasons: BTreeMap<&'static str, u64>,
}

impl FromTraces {
    pub(crate) fn new(client: &Keystone, name: String, events: Traces) -> Self {
        Self {
            client: client.clone(),
            name,
            description: String::new(),
            events,
            input: None,
            expected: None,
            replace: false,
            dry_run: false,
        }
    }

    /// Says where the input stands in an event, with dots between the steps.
    pub fn input_from(mut self, path: impl Into<String>) -> Self {
        self.input = Some(Pick::Path(path.into()));
        self
    }

    /// Takes the input from an event with a function. Events of which it makes none are left out.
    pub fn input_with(mut self, pick: impl Fn(&Value) -> Option<Value> + Send + 'static) -> Self {
        self.input = Some(Pick::With(Box::new(pick)));
        self
    }

    /// Says where the expected value stands in an event, with dots between the steps.
    pub fn expected_from(mut self, path: impl Into<String>) -> Self {
        self.expected = Some(Pick::Path(path.into()));
        self
    }

    /// Takes the expected value from an event with a function. Events of which it makes none are
    /// left out.
    pub fn expected_with(
        mut self,
        pick: impl Fn(&Value) -> Option<Value> + Send + 'static,
    ) -> Self {
        self.expected = Some(Pick::With(Box::new(pick)));
        self
    }

    /// Makes a new dataset even if there is one of that name; otherwise records are added to the
    /// first one that has it.
    pub fn replace(mut self) -> Self {
        self.replace = true;
        self
    }

    /// Says what would be made, and makes nothing.
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Describes the dataset, where it is made anew.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// The same as a [`Call`], whose time-out and repeats are those of each request that changes
    /// something.
    pub fn call(self) -> Call<MadeOfTraces> {
        let client = self.client.clone();
        Call::new(&client, move |line| self.make(line))
    }

    fn make(self, line: &Line<'_>) -> Result<MadeOfTraces, Error> {
        let Self { name, description, events, input, expected, replace, dry_run, .. } = self;
        let mut skipped = SkippedEvents::default();
        let mut records = Vec::new();
        let mut seen = HashSet::new();
        for event in events.read::<Value>() {
            let event = event?;
            let span = event.get("span_id").and_then(Value::as_str).unwrap_or_default();
            if !span.is_empty() && !seen.insert(span.to_owned()) {
                continue;
            }
            let mut skip = |why| {
                skipped.count += 1;
                *skipped.reasons.entry(why).or_default() += 1;
            };
            let Some(input) = pick(&event, input.as_ref(), &INPUTS) else {
                skip("missing-input");
                continue;
            };
            let Some(expected) = pick(&event, expected.as_ref(), &OUTPUTS) else {
                skip("missing-expected");
                continue;
            };
            let mut record = DatasetRecord::new(object(input)).expected(object(expected));
            if !span.is_empty() {
                record = record.metadata("span_id", span);
            }
            records.push(record);
        }
        let sample_rows = records[..records.len().min(SAMPLES)].to_vec();
        if dry_run {
            let rows_added = records.len() as u64;
            let dataset_id = String::new();
            return Ok(MadeOfTraces { dataset_id, name, rows_added, sample_rows, skipped });
        }
        let known = if replace {
            None
        } else {
            datasets::list(line)?.into_iter().find(|dataset| dataset.name == name)
        };
        let dataset = match known {
            Some(dataset) => dataset,
            None => {
                let wishes = line.wishes_for("dataset");
                let line = &Line { wishes: &wishes, ..*line };
                datasets::create(line, &name, &description)?
            }
        };
        let rows_added = if records.is_empty() {
            0
        } else {
            datasets::add(line, &dataset.id, &records)
                .map_err(|error| error.and(format_args!("the dataset is {}", dataset.id)))?
                .added
        };
        Ok(MadeOfTraces {
            dataset_id: dataset.id,
            name: dataset.name,
            rows_added,
            sample_rows,
            skipped,
        })
    }
}

sends!(FromTraces => MadeOfTraces);

fn pick(event: &Value, choice: Option<&Pick>, otherwise: &[&str]) -> Option<Value> {
    let path = match choice {
        Some(Pick::With(pick)) => return pick(event).filter(|value| !value.is_null()),
        Some(Pick::Path(path)) => Some(path.as_str()),
        None => None,
    };
    path.into_iter().chain(otherwise.iter().copied()).find_map(|path| find(event, path)).cloned()
}

/// Follows a path into objects. A key that holds dots itself, as those of OpenTelemetry do, is
/// found as well.
fn find<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let fields = value.as_object()?;
    if let Some(found) = fields.get(path).filter(|found| !found.is_null()) {
        return Some(found);
    }
    path.match_indices('.').find_map(|(dot, _)| find(fields.get(&path[..dot])?, &path[dot + 1..]))
}

/// Records hold objects: whatever is none is put into one.
fn object(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(fields),
        other => Value::Object(Map::from_iter([("value".to_owned(), other)])),
    }
}

impl fmt::Debug for FromTraces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromTraces")
            .field("name", &self.name)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_step_into_objects_and_find_keys_with_dots() {
        let event = json!({"metadata": {"llm.prompt": "flat", "gen_ai": {"prompt": "deep"}, "input": null}});
        assert_eq!(find(&event, "metadata.llm.prompt"), Some(&json!("flat")));
        assert_eq!(find(&event, "metadata.gen_ai.prompt"), Some(&json!("deep")));
        assert_eq!(find(&event, "metadata.input"), None);
        assert_eq!(find(&event, "metadata.none.at.all"), None);
        assert_eq!(pick(&event, None, &INPUTS), Some(json!("flat")));
        let own = Pick::Path("metadata.gen_ai.prompt".to_owned());
        assert_eq!(pick(&event, Some(&own), &INPUTS), Some(json!("deep")));
    }

    #[test]
    fn whatever_is_no_object_becomes_one() {
        assert_eq!(object(json!("x")), json!({"value": "x"}));
        assert_eq!(object(json!([1])), json!({"value": [1]}));
        assert_eq!(object(json!({"a": 1})), json!({"a": 1}));
    }
}
