//! Whatever is written as a data set reads back equal, in every format.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::Format;
use super::{Sample, gzip};
use crate::Case;

/// JSON of a few levels, without the floating-point numbers whose text may not read back equal.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1_000_000_i32..1_000_000).prop_map(|n| Value::from(f64::from(n) / 8.0)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((any::<String>(), inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn case(input: impl Strategy<Value = Value>) -> impl Strategy<Value = Case> {
    let parts = (
        option::of("[^\\x00]{1,20}"),
        input,
        option::of(value().prop_filter("null is no value", |value| !value.is_null())),
        vec("[a-z ]{0,3}[a-z]", 0..3),
        vec(any::<String>(), 0..3),
        vec((any::<String>(), value()), 0..3),
    );
    parts.prop_map(|(id, input, expected, tags, context, metadata)| {
        let mut case: Case = Case::new(input);
        case.id = id;
        case.expected = expected;
        case.tags = tags.into_iter().map(|tag| tag.trim().to_owned()).collect();
        case.context = context;
        case.metadata = metadata.into_iter().collect();
        case
    })
}

fn row(case: &Case) -> Value {
    let mut row = json!({"input": case.input, "other": [case.input]});
    if let Some(id) = &case.id {
        row["id"] = json!(id);
    }
    if let Some(expected) = &case.expected {
        row["expected"] = expected.clone();
    }
    if !case.tags.is_empty() {
        row["tags"] = json!(case.tags);
    }
    if !case.context.is_empty() {
        row["context"] = json!(case.context);
    }
    if !case.metadata.is_empty() {
        row["metadata"] = Value::Object(case.metadata.clone());
    }
    row
}

/// Reads the text back, compressed and not, with either line end and with a byte order mark.
fn check(format: Format, text: &str, cases: &[Case]) -> Result<(), TestCaseError> {
    let marked = format!("\u{feff}{text}");
    for content in [text.as_bytes(), marked.as_bytes(), &gzip(text)] {
        let data = Sample::new("rows", content);
        let read = data.data().format(format).load::<Value, Value>();
        prop_assert_eq!(read.as_deref(), Ok(cases));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    #[test]
    fn json_reads_back(cases in vec(case(value()), 1..8)) {
        let rows: Vec<Value> = cases.iter().map(row).collect();
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        check(Format::JsonLines, &lines, &cases)?;
        check(Format::JsonLines, &lines.replace('\n', "\r\n\r\n"), &cases)?;
        check(Format::Json, &Value::from(rows.clone()).to_string(), &cases)?;
        let pretty = serde_json::to_string_pretty(&rows).expect("JSON");
        check(Format::Json, &pretty, &cases)?;
        check(Format::Json, &pretty.replace('\n', "\r\n"), &cases)?;
    }

    #[test]
    fn tables_read_back(cases in vec(case("[^\\x00]{0,12}".prop_map(Value::from)), 1..8)) {
        // A cell is a text: what is expected is compared as the text that was written.
        let cases: Vec<Case> = cases.into_iter().enumerate().map(|(index, mut case)| {
            case.id.get_or_insert_with(|| index.to_string());
            case.expected = case.expected.map(|value| Value::from(value.to_string()));
            case
        }).collect();
        for (format, delimiter) in [(Format::Csv, b','), (Format::Tsv, b'\t')] {
            for terminator in [csv::Terminator::Any(b'\n'), csv::Terminator::CRLF] {
                let mut table = csv::WriterBuilder::new()
                    .delimiter(delimiter)
                    .terminator(terminator)
                    .from_writer(Vec::new());
                let header = ["id", "input", "expected", "tags", "context", "metadata"];
                table.write_record(header).expect("memory");
                for case in &cases {
                    let list = |texts: &[String]| {
                        if texts.is_empty() { String::new() } else { json!(texts).to_string() }
                    };
                    let expected = case.expected.as_ref().and_then(Value::as_str);
                    let metadata = if case.metadata.is_empty() {
                        String::new()
                    } else {
                        Value::Object(case.metadata.clone()).to_string()
                    };
                    table.write_record([
                        case.id.as_deref().unwrap_or_default(),
                        case.input.as_str().unwrap_or_default(),
                        expected.unwrap_or_default(),
                        &case.tags.join(", "),
                        &list(&case.context),
                        &metadata,
                    ]).expect("memory");
                }
                let text = table.into_inner().expect("memory");
                check(format, std::str::from_utf8(&text).expect("UTF-8"), &cases)?;
            }
        }
    }

    #[test]
    fn nothing_makes_the_reader_panic(content in vec(any::<u8>(), 0..200), cut in 0_usize..300) {
        let mut mangled = b"[{\"input\":\"\xc3\xa9\",\"id\":1},\r\n{\"input\":[{}]}]\ninput,\"a\n\"\"b\",c\n".to_vec();
        for (index, byte) in content.iter().enumerate().skip(cut) {
            let at = (index * 31 + usize::from(*byte)) % mangled.len();
            mangled[at] = *byte;
        }
        for bytes in [&content, &mangled, &gzip(&mangled)] {
            for format in [Format::JsonLines, Format::Json, Format::Csv, Format::Tsv] {
                let sample = Sample::new("rows", bytes);
                if let Ok(rows) = sample.data().format(format).open() {
                    for row in rows.flatten() {
                        prop_assert!(!row.input_json().contains('\n'));
                        let _ = row.input::<Vec<u8>>();
                    }
                }
            }
        }
    }
}
