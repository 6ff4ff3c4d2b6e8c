//! Each format, in all the ways in which it may be written.

use serde_json::{Value, json};

use super::super::{Dataset, Fields, Format};
use super::{Sample, gzip, ok, only, told, told_of};

const LINES: &str = "{\"id\":\"a\",\"input\":\"one\",\"expected\":1}\n\
                     {\"id\":\"b\",\"input\":{\"x\": [1, 2 ]},\"tags\":[\"t\"]}\n";

#[test]
fn lines_are_rows() {
    let expected = [ok("\"one\""), ok("{\"x\":[1,2]}")];
    for name in ["rows.jsonl", "rows.ndjson", "ROWS.JSONL", "rows.v2.jsonl"] {
        assert_eq!(told_of(name, LINES), expected, "{name}");
    }
}

#[test]
fn the_way_lines_are_written_makes_no_difference() {
    let expected = told_of("rows.jsonl", LINES);
    let crlf = LINES.replace('\n', "\r\n");
    let marked = format!("\u{feff}{LINES}");
    let blank = format!("\n  \r\n{}\n\t\n\n", LINES.replace('\n', "\n\n"));
    for (what, text) in [
        ("CRLF", &*crlf),
        ("byte order mark", &*marked),
        ("blank lines", &*blank),
        ("no last line end", LINES.trim_end()),
    ] {
        assert_eq!(told_of("rows.jsonl", text), expected, "{what}");
    }
}

#[test]
fn gzip_is_recognised_whatever_the_name() {
    let expected = told_of("rows.jsonl", LINES);
    assert_eq!(told_of("rows.jsonl.gz", gzip(LINES)), expected);
    assert_eq!(told_of("rows.jsonl", gzip(LINES)), expected);
    assert_eq!(told_of("rows.jsonl.gz", LINES), expected, "decompressed on the way here");
    assert_eq!(told_of("rows.jsonl.gz", gzip(format!("\u{feff}{LINES}"))), expected);
}

#[test]
fn gzip_of_several_members_is_read_to_its_end() {
    let (first, second) = LINES.split_at(60);
    let members = [gzip(first), gzip(second)].concat();
    assert_eq!(told_of("rows.jsonl.gz", members), told_of("rows.jsonl", LINES));
}

#[test]
fn arrays_are_rows_however_they_are_laid_out() {
    let rows = json!([
        {"input": "a \"quoted\" ] } \\", "id": 1},
        {"input": {"list": [[], {}], "text": ",[{"}},
        {"input": null},
    ]);
    let expected =
        [ok(r#""a \"quoted\" ] } \\""#), ok(r#"{"list":[[],{}],"text":",[{"}"#), ok("null")];
    let compact = rows.to_string();
    let pretty = serde_json::to_string_pretty(&rows).expect("JSON");
    let crlf = format!("\u{feff}\r\n{}\r\n\r\n", pretty.replace('\n', "\r\n"));
    for text in [compact, pretty, crlf] {
        assert_eq!(told_of("rows.json", &text), expected, "{text}");
        assert_eq!(told_of("rows.json.gz", gzip(&text)), expected, "{text}");
    }
}

#[test]
fn rows_know_where_they_start() {
    let sample = Sample::new("rows.jsonl", "\u{feff}{\"input\":1}\r\n\r\n{\"input\":2}\n");
    let places: Vec<_> = sample.data().open().unwrap().map(|row| row.unwrap().place()).collect();
    assert_eq!(
        places.iter().map(|place| (place.line, place.column, place.offset)).collect::<Vec<_>>(),
        [(1, 1, 3), (3, 1, 18)]
    );

    let sample = Sample::new("rows.json", "[\n  {\"input\":1}, {\"input\":2}\n ,\n{\"input\":3}]");
    let places: Vec<_> = sample.data().open().unwrap().map(|row| row.unwrap().place()).collect();
    assert_eq!(
        places.iter().map(|place| (place.line, place.column, place.offset)).collect::<Vec<_>>(),
        [(2, 3, 4), (2, 16, 17), (4, 1, 32)]
    );

    let sample = Sample::new("rows.csv", "input\r\n\"a\r\nb\"\r\n\r\nc\r\n");
    let places: Vec<_> = sample.data().open().unwrap().map(|row| row.unwrap().place()).collect();
    assert_eq!(
        places.iter().map(|place| (place.line, place.offset)).collect::<Vec<_>>(),
        [(2, 7), (5, 17)]
    );
}

#[test]
fn a_whole_row_is_read() {
    let text = r#"{"id": 7, "input": {"n": 18446744073709551616}, "expected": [1.50],
        "tags": ["x", "y"], "context": ["c"], "metadata": {"k": null}, "other": {"deep": [1]}}"#;
    let row = only(&Sample::new("rows.jsonl", text.replace('\n', " ")).data());
    assert_eq!(row.id.as_deref(), Some("7"));
    assert_eq!(row.input_json(), r#"{"n":18446744073709551616}"#, "no digit is lost");
    assert_eq!(row.expected_json(), Some("[1.50]"), "numbers keep their spelling");
    assert_eq!(row.tags, ["x", "y"]);
    assert_eq!(row.context, ["c"]);
    assert_eq!(Value::Object(row.metadata), json!({"k": null}));
}

#[test]
fn null_is_no_value_except_for_the_input() {
    let text = r#"{"input": null, "expected": null, "id": null, "tags": null, "context": null,
        "metadata": null}"#;
    let row = only(&Sample::new("rows.json", format!("[{text}]")).data());
    assert_eq!(row.input::<Option<u8>>(), Ok(None));
    assert_eq!(row.expected_json(), None);
    assert_eq!(row.expected::<String>(), Ok(None));
    assert_eq!((row.id, row.tags.len(), row.context.len(), row.metadata.len()), (None, 0, 0, 0));
}

#[test]
fn context_may_be_one_text() {
    let row = only(&Sample::new("rows.jsonl", r#"{"input": 1, "context": "c\n"}"#).data());
    assert_eq!(row.context, ["c\n"]);
}

#[test]
fn the_format_may_be_said() {
    let sample = Sample::new("rows.txt", LINES);
    assert_eq!(told(&sample.data().format(Format::JsonLines)).len(), 2);
}

#[test]
fn all_rows_load_as_cases() {
    let sample = Sample::new("rows.jsonl", r#"{"q": "1 + 1", "a": 2, "id": "sum", "tags": ["t"]}"#);
    let data = Dataset::file(sample.path()).fields(Fields::default().input("q").expected("a"));
    let cases = data.load::<String, u8>().expect("the rows are in order");
    assert_eq!(cases, [crate::Case::new("1 + 1").expected(2_u8).id("sum").tag("t")]);
}

#[test]
fn rows_without_an_object_are_inputs_where_the_whole_row_is_one() {
    let sample = Sample::new("rows.jsonl", "\"a\"\n[1, 2]\n3\n");
    let told = told(&sample.data().fields(Fields::default().input(".")));
    assert_eq!(told, [ok("\"a\""), ok("[1,2]"), ok("3")]);
}
