//! Rows that cannot be read: told, answered for, and no reason to lose the others.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::command::Scratch;

const RULES: &str = r#"[{"type": "exact_match", "config": {"expected": "x"}}]"#;

#[test]
fn a_broken_row_has_its_place_and_its_line_among_the_answers() {
    let mut rows = Vec::new();
    for row in [
        br#"{"id": "first", "agent_output": "x"}"#.as_slice(),
        br#"{"id": "map", "agent_output": "x", "parameters": [1]}"#,
        br#"{"id": "nan", "agent_output": NaN}"#,
        br#"  {"id": "cut", "agent_output": "x"#,
        br#""text""#,
        br#"[{"id": "array", "agent_output": "x"}]"#,
        br#"{"id": "twice", "agent_output": "x", "agent_output": "y"}"#,
        b"{\"id\": \"\xff\"}",
        br#"id,agent_output"#,
        br#"{"id": "last", "agent_output": "x"}"#,
    ] {
        rows.extend_from_slice(row);
        rows.push(b'\n');
    }
    let scored = Scratch::new().score_rows(RULES, rows);
    assert_eq!(scored.code, Some(1));
    let told = scored.errors();
    let wanted = [
        "<stdin>:2:50: invalid type: sequence, expected `parameters` to be an object",
        "<stdin>:3:31: NaN is not JSON; write null where there is no number",
        "<stdin>:4:34: not JSON: EOF while parsing a string",
        "<stdin>:5:6: invalid type: string \"text\", expected an object with `id`, `agent_output` and `parameters`",
        "<stdin>:6:1: a row is an object, but this is an array; where the file is one array, `jq -c '.[]'` makes lines of it",
        "<stdin>:7:51: duplicate field `agent_output`",
        "<stdin>:8:9: not UTF-8 (byte 0xff); save the file as UTF-8",
        "<stdin>:9:1: not JSON: expected value",
    ];
    assert_eq!(told, wanted);

    let lines = scored.lines();
    let ids: Vec<&Value> = lines.iter().map(|line| &line["id"]).collect();
    let null = Value::Null;
    assert_eq!(
        ids,
        [
            &json!("first"),
            &json!("map"),
            &json!("nan"),
            &json!("cut"),
            &null,
            &null,
            &json!("twice"),
            &null,
            &null,
            &json!("last")
        ]
    );
    for (line, told) in lines[1..9].iter().zip(told) {
        assert_eq!(line["error"], told);
        assert_eq!(line["scores"], json!([]));
        let reason = format!("the row could not be read: {told}");
        assert_eq!(line["unscored"], json!([{"name": "exact_match", "reason": reason}]));
    }
    for line in [&lines[0], &lines[9]] {
        assert_eq!(line.get("error"), None);
        assert_eq!(line["scores"][0]["passed"], true);
    }
}

#[test]
fn of_many_broken_rows_the_first_are_told_and_all_are_answered() {
    let scored = Scratch::new().score_rows(RULES, "nonsense\n".repeat(1_000));
    assert_eq!(scored.code, Some(1));
    let told = scored.errors();
    assert_eq!(told.len(), 21);
    assert_eq!(told[20], "… and 980 more rows that could not be read");
    assert_eq!(scored.lines().len(), 1_000);
}

#[test]
fn a_line_without_an_end_in_sight_is_skipped_and_does_not_fill_the_memory() {
    let mut rows = b"{\"agent_output\":\"x\"}\n{\"id\":\"huge\",\"agent_output\":\"".to_vec();
    rows.resize(rows.len() + 40 * 1024 * 1024, b'y');
    rows.extend_from_slice(b"\"}\n{\"agent_output\":\"x\"}\n{");
    let scored = Scratch::new().score_rows(RULES, rows);
    assert_eq!(scored.code, Some(1));
    assert_eq!(
        scored.errors(),
        [
            "<stdin>:2: the row is larger than 32 MiB, the most that is read of one row",
            "<stdin>:4:1: not JSON: EOF while parsing an object",
        ]
    );
    let lines = scored.lines();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[2]["scores"][0]["passed"], true);
}

#[test]
fn deep_nesting_is_an_error_and_not_the_end() {
    let deep = format!("{{\"agent_output\":{}", "[".repeat(100_000));
    let scored = Scratch::new().score_rows(RULES, format!("{deep}\n{{\"agent_output\":\"x\"}}\n"));
    assert_eq!(scored.code, Some(1));
    assert!(scored.errors()[0].ends_with("recursion limit exceeded"), "{}", scored.err);
    assert_eq!(scored.lines()[1]["scores"][0]["passed"], true);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_rows_and_utf_16_is_told() {
    let scored = Scratch::new().score_rows(RULES, "\u{feff}{\"id\":1}\n");
    assert_eq!((scored.code, scored.lines()[0]["id"].clone()), (Some(0), json!(1)));

    let scored = Scratch::new().score_rows(RULES, b"\xff\xfe{\0}\0\n\0".as_slice());
    assert_eq!((scored.code, scored.out.as_str()), (Some(1), ""));
    assert_eq!(scored.errors(), ["<stdin>:1: the file is UTF-16; save it as UTF-8"]);
}

#[test]
fn no_rows_at_all_are_an_error() {
    for nothing in ["", "\n \r\n"] {
        let scored = Scratch::new().score_rows(RULES, nothing);
        assert_eq!((scored.code, scored.out.as_str()), (Some(1), ""));
        assert_eq!(scored.errors(), ["<stdin>: there are no rows in it"]);
    }
}

#[test]
fn a_compressed_file_that_was_cut_off_is_scored_as_far_as_it_goes() {
    let scratch = Scratch::new();
    let rows: String = (0..50_000u32)
        .map(|i| {
            format!("{{\"id\":{i},\"agent_output\":\"{:x}\"}}\n", i.wrapping_mul(2_654_435_761))
        })
        .collect();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(rows.as_bytes()).expect("memory");
    let gzip = gzip.finish().expect("memory");
    scratch.write("rules.json", RULES);
    scratch.write("cut.jsonl.gz", &gzip[..gzip.len() / 2]);
    let scored = scratch.score(&["--rules", "rules.json", "--rows", "cut.jsonl.gz"]);
    assert_eq!(scored.code, Some(1));
    let lines = scored.lines();
    assert!(lines.len() > 10_000 && lines.len() < 50_000, "{}", lines.len());
    assert_eq!(
        scored.errors(),
        [format!(
            "cut.jsonl.gz:{}: the gzip data stops short of its end; the file was cut off, get it again",
            lines.len() + 1
        )]
    );
}

#[test]
fn rows_that_are_not_there_are_refused() {
    let scratch = Scratch::new();
    scratch.write("rules.json", RULES);
    let scored = scratch.score(&["--rules", "rules.json", "--rows", "rowz.jsonl"]);
    assert_eq!((scored.code, scored.out.as_str()), (Some(2), ""));
    let told = scored.errors()[0];
    assert!(told.starts_with("rowz.jsonl: there is no such file: "), "{told}");
    let scored = scratch.score(&["--rules", "rules.json", "--rows", "."]);
    assert_eq!(
        (scored.code, scored.errors()),
        (Some(2), vec![".: is a folder, but a file of rows is needed"])
    );
}
