//! Datasets.

use keystone::Error;
use keystone::client::FromTraces;
use keystone::types::DatasetRecord;
use serde_json::{Value, json};

use super::{Calls, plain};

pub(super) const CALLS: Calls = &[
    ("datasets.create", |ks, _| Ok(plain(&ks.datasets().create("customer-emails", "").send()?))),
    ("datasets.create-description", |ks, _| {
        Ok(plain(&ks.datasets().create("customer-emails", "Renewal scenarios").send()?))
    }),
    ("datasets.list", |ks, _| Ok(plain(&ks.datasets().list().send()?))),
    ("datasets.get", |ks, _| Ok(plain(&ks.datasets().get("ds_abc").send()?))),
    ("datasets.delete", |ks, _| ks.datasets().delete("ds_abc").send().map(|()| Value::Null)),
    ("datasets.add_records", |ks, _| {
        let records = [
            DatasetRecord::new(json!({"id": "alice"}))
                .expected(json!({"subject": "Renewal"}))
                .tag("pro"),
            DatasetRecord::new(json!({"id": "zoë ✓"})).metadata("source", "crm"),
        ];
        Ok(plain(&ks.datasets().add_records("ds_abc", records).send()?))
    }),
    ("datasets.get_records", |ks, _| Ok(plain(&ks.datasets().get_records("ds_abc").send()?))),
    ("datasets.get_records-version", |ks, _| {
        Ok(plain(&ks.datasets().get_records("ds_abc").version(3).send()?))
    }),
    ("datasets.get_records-tags", |ks, _| {
        let records = ks.datasets().get_records("ds_abc").version(3).tags(["pro", "zoë +=:"]);
        Ok(plain(&records.send()?))
    }),
    ("datasets.get_records-ampersand", |ks, _| {
        Ok(plain(&ks.datasets().get_records("ds_abc").tag("r&d").send()?))
    }),
    ("datasets.from_traces", |ks, _| {
        let events = ks.export().traces().experiment_id("exp-1").since("2026-01-02T03:04:05Z");
        made(ks.datasets().from_traces("from-production", events))
    }),
    ("datasets.from_traces-reuse", |ks, _| {
        made(ks.datasets().from_traces("customer-emails", ks.export().traces()))
    }),
    ("datasets.from_traces-replace", |ks, _| {
        let from = ks.datasets().from_traces("customer-emails", ks.export().traces());
        made(from.replace().description("anew"))
    }),
    ("datasets.from_traces-paths", |ks, _| {
        let from = ks.datasets().from_traces("from-production", ks.export().traces());
        made(from.input_from("metadata.question").expected_from("output"))
    }),
    ("datasets.from_traces-functions", |ks, _| {
        let from = ks.datasets().from_traces("from-production", ks.export().traces());
        made(
            from.input_with(|event| Some(json!({"tool": event["tool"]})))
                .expected_with(|event| Some(event["span_id"].clone())),
        )
    }),
    ("datasets.from_traces-dry_run", |ks, _| {
        made(ks.datasets().from_traces("from-production", ks.export().traces()).dry_run())
    }),
];

fn made(from: FromTraces) -> Result<Value, Error> {
    let made = from.send()?;
    Ok(json!({
        "dataset_id": made.dataset_id,
        "name": made.name,
        "rows_added": made.rows_added,
        "sample_rows": made.sample_rows,
        "skipped": {"count": made.skipped.count, "reasons": made.skipped.reasons},
    }))
}
