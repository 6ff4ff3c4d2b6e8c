//! Rows that do not fit, and tasks that do not behave.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::projects;

/// Data sets that cannot be used: the evaluation, the file, what is in it, and what is said.
#[test]
fn bad_data_sets_are_103_with_the_place() {
    let bad_utf8 = b"{\"input\": \"a\"}\n{\"input\": \"\xff\"}\n";
    let cases: &[(&str, &str, &[u8], &[&str])] = &[
        ("files::any", "empty.jsonl", b"", &["no rows", "empty.jsonl"]),
        ("files::any", "blank.jsonl", b"\n\n  \n", &["no rows", "blank.jsonl"]),
        ("files::any", "empty.json", b"[]", &["no rows"]),
        ("files::any", "nothing.json", b"", &["nothing.json"]),
        ("files::any", "empty.csv", b"", &["empty.csv"]),
        ("files::any", "header.csv", b"input,expected\n", &["no rows"]),
        ("files::any", "bytes.jsonl", bad_utf8, &["bytes.jsonl:2:12", "UTF-8"]),
        ("files::any", "wide.jsonl", b"\xff\xfe{\0\"\0", &["wide.jsonl", "UTF-16"]),
        (
            "files::any",
            "array.jsonl",
            b"[{\"input\": \"a\"}, {\"input\": \"b\"}]\n",
            &["array.jsonl:1", "array", ".json"],
        ),
        (
            "files::any",
            "pretty.jsonl",
            b"[\n  {\"input\": \"a\"},\n  {\"input\": \"b\"}\n]\n",
            &["pretty.jsonl:1", ".json"],
        ),
        ("files::any", "lines.json", b"{\"input\": 1}\n{\"input\": 2}\n", &["lines.json", "jsonl"]),
        ("files::any", "cut.jsonl", b"{\"input\": 1}\n{\"input\": ", &["cut.jsonl:2"]),
        ("files::any", "no-input.jsonl", b"{\"question\": 1}\n", &["no-input.jsonl:1", "input"]),
        (
            "files::any",
            "twice.jsonl",
            b"{\"id\": \"x\", \"input\": 1}\n{\"id\": \"y\", \"input\": 2}\n{\"id\": \"x\", \"input\": 3}\n",
            &["twice.jsonl:3", "\"x\""],
        ),
        ("files::any", "ragged.csv", b"input,expected\na,a\nb\nc,c,c\n", &["ragged.csv:3", "ragged.csv:4"]),
        ("files::any", "column.csv", b"inptu,expected\na,a\n", &["column.csv", "input", "inptu"]),
        ("files::any", "unknown.txt", b"a", &["unknown.txt", "jsonl"]),
        (
            "files::cities",
            "nested.jsonl",
            b"{\"input\": {\"name\": \"Bern\", \"population\": 1}, \"expected\": 1}\n{\"input\": {\"name\": \"Rome\", \"population\": \"many\"}, \"expected\": 2}\n",
            &["nested.jsonl:2:", "input.population", "many"],
        ),
        ("files::renamed", "names.jsonl", b"{\"question\": 1, \"answr\": {\"value\": 1}}\n", &["names.jsonl"]),
        ("files::missing", "unused.jsonl", b"", &["data/not-there.jsonl", "no such file"]),
        ("files::no_rows", "unused.jsonl", b"", &["no rows"]),
    ];
    let mut wrong = String::new();
    for (eval, name, content, says) in cases {
        let bench = projects::sink();
        bench.data(name, content);
        let ran = bench.run(&["--exact", eval]);
        let text = format!("{}{}", ran.stdout, ran.stderr);
        let missing: Vec<_> = says.iter().filter(|words| !text.contains(*words)).collect();
        if ran.code != Some(103) || !missing.is_empty() {
            let _ = writeln!(wrong, "{name}: {:?} not said; {ran}\n", missing);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_no_problem() {
    for (name, content) in [
        (
            "bom.jsonl",
            "\u{feff}{\"input\": \"a\", \"expected\": \"a\"}\r\n\r\n{\"input\": \"b\", \"expected\": \"b\"}\r\n",
        ),
        (
            "bom.json",
            "\u{feff}[{\"input\": \"a\", \"expected\": \"a\"},\r\n{\"input\": \"b\", \"expected\": \"b\"}]\r\n",
        ),
        ("bom.csv", "\u{feff}input,expected\r\na,a\r\nb,b\r\n"),
        ("bom.tsv", "\u{feff}input\texpected\r\na\ta\r\nb\tb"),
    ] {
        let bench = projects::sink();
        bench.data(name, content);
        bench.run(&["--exact", "files::text"]).expect_code(0);
        let inputs: Vec<_> =
            bench.rows("files.text").iter().map(|row| row["input"].clone()).collect();
        assert_eq!(inputs, [json!("a"), json!("b")], "{name}");
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(content).and_then(|()| encoder.finish());
    written.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn compressed_files_are_read_and_a_truncated_one_is_refused() {
    let content: String = (0..5000)
        .map(|n| format!("{{\"input\": \"row {n}\", \"expected\": \"row {n}\"}}\n"))
        .collect();
    let whole = gzip(content.as_bytes());
    let bench = projects::sink();
    bench.data("whole.jsonl.gz", &whole);
    bench.run(&["--exact", "files::text"]).expect_code(0).says("5000 rows");
    bench.data("cut.jsonl.gz", &whole[..whole.len() / 2]);
    let ran = bench.run(&["--exact", "files::text"]);
    ran.expect_code(103).says("cut.jsonl.gz").says("gzip");
    // What was uncompressed on the way kept its name.
    bench.data("plain.jsonl.gz", "{\"input\": \"a\", \"expected\": \"a\"}\n");
    bench.run(&["--exact", "files::text"]).expect_code(0).says("1 row ");
    // Two files that were put together are one.
    let two = [
        gzip(b"{\"input\": \"a\", \"expected\": \"a\"}\n"),
        gzip(b"{\"input\": \"b\", \"expected\": \"b\"}\n"),
    ];
    bench.data("two.jsonl.gz", two.concat());
    bench.run(&["--exact", "files::text"]).expect_code(0).says("2 rows");
}

#[test]
fn a_wrong_type_in_row_7312_is_found_with_line_column_and_field() {
    let bench = projects::sink();
    let mut content = String::new();
    for n in 1..=8000 {
        let population = if n == 7312 { "\"many\"".to_owned() } else { n.to_string() };
        let _ = writeln!(
            content,
            "{{\"input\": {{\"name\": \"x\", \"population\": {population}}}, \"expected\": {n}}}"
        );
    }
    bench.data("cities.jsonl", content);
    let ran = bench.run(&["--exact", "files::cities"]);
    ran.expect_code(103).says("cities.jsonl:7312:39: field \"input.population\"").says("many");
    assert!(!bench.eval_folder("files.cities").join("journal.jsonl").exists(), "no row has run");
}

#[test]
fn all_problems_are_told_up_to_a_limit() {
    let bench = projects::sink();
    let content: String = (0..100).map(|_| "{\"input\": 1}\n").collect();
    bench.data("many.jsonl", content);
    let ran = bench.run(&["--exact", "files::text"]);
    ran.expect_code(103)
        .says("many.jsonl:1:")
        .says("many.jsonl:20:")
        .says("… and 80 more problems");
    assert!(!ran.stdout.contains("many.jsonl:21:"), "{ran}");
}

#[test]
fn a_line_of_100_megabytes_is_refused_or_run_but_never_fatal() {
    let bench = projects::sink();
    let mut content = b"{\"input\": \"a\", \"expected\": \"a\"}\n{\"input\": \"".to_vec();
    content.resize(content.len() + 100 * 1024 * 1024, b'x');
    content.extend(b"\", \"expected\": \"y\"}\n{\"input\": \"c\", \"expected\": \"c\"}\n");
    bench.data("long.jsonl", content);
    let ran = bench.run(&["--exact", "files::text"]);
    // The file is too large to be checked whole, so that the others run.
    assert!(ran.code == Some(103) || ran.code == Some(102), "{ran}");
    ran.says("long.jsonl:2").says("MiB");
}

#[test]
fn repeated_content_is_told_apart_and_warned_of() {
    let bench = projects::sink();
    let row = "{\"input\": \"a\", \"expected\": \"a\"}\n";
    bench.data("again.jsonl", row.repeat(3));
    bench.run(&["--exact", "files::text"]).expect_code(0).says("2 rows repeat the content");
    let ids: Vec<String> = bench
        .rows("files.text")
        .iter()
        .map(|row| row["id"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(ids[1], format!("{}-2", ids[0]));
    assert_eq!(ids[2], format!("{}-3", ids[0]));
}

#[test]
fn reordering_a_file_changes_no_id() {
    let bench = projects::sink();
    let lines =
        ["{\"input\": \"a\", \"expected\": \"a\"}", "{\"expected\": \"b\",  \"input\": \"b\"}"];
    let ids = |order: [&str; 2], name: &str| {
        bench.data(name, order.join("\n"));
        bench.run(&["--exact", "files::text"]).expect_code(0);
        let mut ids: Vec<(String, String)> = bench
            .rows("files.text")
            .iter()
            .map(|row| (row["input"].to_string(), row["id"].to_string()))
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(lines, "a.jsonl"), ids([lines[1], lines[0]], "b.jsonl"));
}

#[test]
fn fields_of_other_names_are_found() {
    let bench = projects::sink();
    bench.data(
        "renamed.jsonl",
        "{\"question\": 1, \"answer\": {\"value\": 1}, \"key\": \"one\"}\n{\"key\": 2, \"question\": 2, \"answer\": {\"value\": 2}}\n",
    );
    bench.run(&["--exact", "files::renamed"]).expect_code(0);
    let rows = bench.rows("files.renamed");
    assert_eq!((&rows[0]["id"], &rows[0]["expected"]), (&json!("one"), &json!(1)));
}

/// Runs a script of rows and says how each of them ended.
fn outcomes(lines: &[(&str, &str)], args: &[&str]) -> (keystone_e2e::Ran, Vec<serde_json::Value>) {
    let bench = projects::sink();
    let content: String = lines
        .iter()
        .map(|(id, script)| format!("{}\n", json!({"id": id, "input": script, "expected": "fine"})))
        .collect();
    bench.data("script.jsonl", content);
    let ran = bench.run(&[&["--exact", "scripts::script"], args].concat());
    (ran, bench.rows("scripts.script"))
}

#[test]
fn a_task_may_do_its_worst_and_the_others_still_run() {
    let (ran, rows) = outcomes(
        &[
            ("good", "fine"),
            ("panics", "panic"),
            ("fails", "error"),
            ("spins", "spin"),
            ("waits", "wait"),
            ("last", "fine"),
        ],
        &["--timeout", "200ms", "--concurrency", "2"],
    );
    ran.expect_code(102)
        .says("the task panicked (tests/evals/scripts.rs:")
        .says("told to, by panics")
        .says("the task returned an error: told to fail, by fails")
        .says("the row missed its deadline: it took more than 200ms");
    let ended: Vec<_> = rows
        .iter()
        .map(|row| (row["id"].as_str().unwrap_or(""), row["outcome"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(
        ended,
        [
            ("good", "pass"),
            ("panics", "error"),
            ("fails", "error"),
            ("spins", "error"),
            ("waits", "error"),
            ("last", "pass"),
        ]
    );
    let kinds: Vec<_> = rows.iter().map(|row| row["error"]["kind"].as_str()).collect();
    assert_eq!(kinds[1..5], [Some("task_panic"), Some("task"), Some("deadline"), Some("deadline")]);
}

#[test]
fn ten_megabytes_are_kept_whole_and_reported_in_part() {
    let (ran, rows) = outcomes(&[("big", "big"), ("fine", "fine")], &[]);
    ran.expect_code(101);
    assert_eq!(rows[0]["output"].as_str().map(str::len), Some(10 * 1024 * 1024));
    assert_eq!(rows[0]["outcome"], "fail");
    assert_eq!(rows[1]["outcome"], "pass");
    assert!(ran.stdout.len() < 20_000, "a report shows the start of an output only");
}

#[test]
fn more_stuck_tasks_than_threads_hold_up_nothing() {
    let lines: Vec<(String, &str)> = (0..6)
        .map(|n| (format!("stuck-{n}"), "wait"))
        .chain((0..6).map(|n| (format!("fine-{n}"), "work fine")))
        .collect();
    let lines: Vec<(&str, &str)> = lines.iter().map(|(id, text)| (id.as_str(), *text)).collect();
    let (ran, rows) = outcomes(&lines, &["--timeout", "100ms", "--concurrency", "2"]);
    ran.expect_code(102);
    let deadlines = rows.iter().filter(|row| row["error"]["kind"] == "deadline").count();
    assert_eq!((rows.len(), deadlines), (12, 6), "{ran}");
}

#[test]
fn errors_are_tolerated_as_far_as_the_gates_say() {
    let bench = projects::sink();
    bench.data(
        "script.jsonl",
        "{\"id\": \"a\", \"input\": \"a\", \"expected\": \"a\"}\n{\"id\": \"b\", \"input\": \"error\", \"expected\": \"b\"}\n",
    );
    bench.run(&["--exact", "scripts::lenient"]).expect_code(0).says("✓ error_rate 50 % ≤ 50 %");
    bench.run(&["--exact", "scripts::lenient", "--case", "b"]).expect_code(102);
}

#[test]
fn a_bad_row_in_a_file_too_large_to_check_is_an_error_of_its_own() {
    let bench = projects::sink();
    let padding = "x".repeat(1024 * 1024);
    let mut content = String::with_capacity(80 * 1024 * 1024);
    for n in 0..36 {
        let _ = writeln!(
            content,
            "{{\"id\": \"r{n}\", \"input\": \"{n}{padding}\", \"expected\": \"{n}{padding}\"}}"
        );
    }
    content.push_str("{\"id\": \"bad\", \"input\": 7, \"expected\": \"x\"}\n");
    content.push_str("{\"id\": \"after\", \"input\": \"y\", \"expected\": \"y\"}\n");
    bench.data("large.jsonl", content);
    let ran = bench.run(&["--exact", "files::text", "--failures", "1"]);
    ran.expect_code(102);
    let rows = bench.rows("files.text");
    let bad = rows.iter().find(|row| row["id"] == "bad").unwrap_or_else(|| panic!("{ran}"));
    assert_eq!(bad["error"]["kind"], "data", "{bad}");
    assert!(bad["error"]["message"].as_str().is_some_and(|text| text.contains("large.jsonl:37")));
    assert!(rows.iter().any(|row| row["id"] == "after" && row["outcome"] == "pass"));
    assert_eq!(rows.len(), 38);
    bench.run(&["--exact", "files::text", "--check"]).expect_code(103).says("large.jsonl:37");
}
