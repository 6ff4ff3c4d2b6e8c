//! Files that are not what they should be.

use super::super::Dataset;
use super::{Sample, err, gzip, ok, problem_of, told, told_of};

#[test]
fn a_missing_file_says_where_it_was_looked_for() {
    let sample = Sample::new("capitals.jsonl", "");
    let folder = sample.folder.path();
    let missing = |name: &str| told(&Dataset::file(name).relative_to(folder)).remove(0);
    assert_eq!(
        missing("captials.jsonl"),
        Err(format!(
            "captials.jsonl: there is no such file: {}; did you mean \"capitals.jsonl\"?",
            folder.join("captials.jsonl").display()
        ))
    );
    assert_eq!(
        missing("capitals.csv.gz"),
        Err(format!(
            "capitals.csv.gz: there is no such file: {}; did you mean \"capitals.jsonl\"?",
            folder.join("capitals.csv.gz").display()
        ))
    );
    assert_eq!(
        missing("rivers.json"),
        Err(format!(
            "rivers.json: there is no such file: {}",
            folder.join("rivers.json").display()
        ))
    );
    assert_eq!(
        missing("data/x/capitals.jsonl"),
        Err(format!(
            "data/x/capitals.jsonl: there is no such file: {} (no folder {}, only {})",
            folder.join("data/x/capitals.jsonl").display(),
            folder.join("data/x").display(),
            folder.display()
        ))
    );
}

#[test]
fn a_folder_is_not_a_file() {
    let sample = Sample::new("rows.jsonl", "");
    std::fs::create_dir(sample.folder.path().join("empty.jsonl")).unwrap();
    let of = |name: &str| told(&Dataset::file(name).relative_to(sample.folder.path()));
    assert_eq!(of("empty.jsonl"), [err("empty.jsonl: is a folder; it is empty")]);
    std::fs::write(sample.folder.path().join("empty.jsonl/a.csv"), "").unwrap();
    assert_eq!(of("empty.jsonl"), [err("empty.jsonl: is a folder; name a file in it: \"a.csv\"")]);
}

#[test]
fn an_unknown_extension_lists_the_known_ones() {
    for name in ["rows.xlsx", "rows", "rows.gz", ".jsonl.bak"] {
        let problem = problem_of(name, "");
        assert!(problem.starts_with(&format!("{name}: not a kind of file")), "{problem}");
        assert!(problem.contains(".jsonl, .ndjson, .json, .csv or .tsv"), "{problem}");
    }
}

#[test]
fn a_file_without_rows_is_told_to_have_none() {
    for (name, content) in [
        ("rows.jsonl", "".into()),
        ("rows.jsonl", "\u{feff}\n \r\n".into()),
        ("rows.jsonl.gz", gzip("")),
        ("rows.json", " ".into()),
        ("rows.json", "[ ]\n".into()),
        ("rows.csv", "".into()),
        ("rows.csv", "input,expected\n".into()),
    ] as [(_, Vec<u8>); 7]
    {
        let sample = Sample::new(name, content);
        assert_eq!(told(&sample.data()), []);
        let error = sample.data().load::<String, String>().unwrap_err();
        assert_eq!(error.to_string(), format!("{name}: there are no rows in the file"));
    }
}

#[test]
fn utf_16_is_named() {
    for mark in [[0xff, 0xfe], [0xfe, 0xff]] {
        let content = [&mark[..], b"{\0\"\0"].concat();
        for name in ["rows.jsonl", "rows.json", "rows.csv"] {
            assert_eq!(
                problem_of(name, &content),
                format!("{name}:1: the file is UTF-16; save it as UTF-8")
            );
        }
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_pointed_at() {
    assert_eq!(
        told_of("rows.jsonl", b"{\"input\":1}\n{\"input\":\"caf\xe9\"}\r\n{\"input\":3}"),
        [ok("1"), err("rows.jsonl:2:14: not UTF-8 (byte 0xe9); save the file as UTF-8"), ok("3"),]
    );
    assert_eq!(
        told_of("rows.json", b"[{\"input\":1},\n {\"input\":\n\"caf\xe9\"},{\"input\":3}]"),
        [ok("1"), err("rows.json:3:5: not UTF-8 (byte 0xe9); save the file as UTF-8"), ok("3")]
    );
    assert_eq!(
        told_of("rows.csv", b"input,expected\na,b\n\"x\n\xc3\"\xa9,d\ne,f\n"),
        [
            ok("\"a\""),
            err("rows.csv:4:1: not UTF-8 (byte 0xc3); save the file as UTF-8"),
            ok("\"e\""),
        ],
        "quotes between the bytes of a character do not hide it"
    );
}

#[test]
fn truncated_gzip_gives_its_rows_and_then_says_so() {
    let rows: String =
        (0..20_000).map(|n| format!("{{\"input\":{}}}\n", n * 7919 % 10_007)).collect();
    let whole = gzip(&rows);
    let told = told_of("rows.jsonl.gz", &whole[..whole.len() / 2]);
    let (last, read) = told.split_last().unwrap();
    assert!(read.len() > 1_000 && read.iter().all(Result::is_ok), "{}", read.len());
    let line = read.len() + 1;
    assert_eq!(
        *last,
        Err(format!(
            "rows.jsonl.gz:{line}: the gzip data stops short of its end; the file was cut off, \
             get it again"
        ))
    );
    for cut in [3, 9, 12, whole.len() - 4] {
        let problem = told_of("rows.jsonl.gz", &whole[..cut]).pop().unwrap().unwrap_err();
        assert!(problem.contains("stops short of its end"), "{cut}: {problem}");
    }
    for name in ["rows.json", "rows.csv"] {
        let content =
            if name == "rows.csv" { format!("input\n{rows}") } else { format!("[{rows}") };
        let whole = gzip(content);
        let problem = told_of(name, &whole[..whole.len() / 2]).pop().unwrap().unwrap_err();
        assert!(problem.contains("stops short of its end"), "{problem}");
    }
}

#[test]
fn damaged_gzip_is_told() {
    let mut content = gzip("{\"input\":1}\n{\"input\":2}\n");
    let checksum = content.len() - 6;
    content[checksum] ^= 0xff;
    let problem = told_of("rows.jsonl.gz", &content).pop().unwrap().unwrap_err();
    assert!(problem.contains("the gzip data is damaged ("), "{problem}");
    assert!(problem.ends_with("); get the file again"), "{problem}");

    let mut content = gzip("{\"input\":1}\n");
    content[12] = 0xff;
    let problem = problem_of("rows.jsonl.gz", &content);
    assert!(problem.starts_with("rows.jsonl.gz:1: the gzip data is damaged ("), "{problem}");

    let problem = told_of("rows.jsonl.gz", [gzip("{\"input\":1}\n"), b"rest".to_vec()].concat());
    assert!(problem.last().unwrap().is_err(), "{problem:?}");
}

#[test]
fn an_array_where_lines_were_meant() {
    for content in ["[{\"input\":1},{\"input\":2}]", "[\n  {\n    \"input\": 1\n  }\n]\n"] {
        assert_eq!(
            told_of("rows.jsonl", content),
            [err("rows.jsonl:1: the file holds one JSON array, and a .jsonl file one object a \
                  line; rename it to .json")]
        );
    }
}

#[test]
fn lines_where_an_array_was_meant() {
    assert_eq!(
        told_of("rows.json", "\n{\"input\":1}\n{\"input\":2}\n"),
        [err("rows.json:2:1: the file holds one JSON object a line, and a .json file is one \
              array; rename it to .jsonl")]
    );
    assert_eq!(
        told_of("rows.json", "{\"rows\": [{\"input\":1}]}"),
        [err("rows.json:1:1: the file holds one JSON object; put the rows into an array, or \
              rename the file to .jsonl if it has one object a line")]
    );
    assert_eq!(
        told_of("rows.json", "input,expected\n"),
        [err("rows.json:1:1: the file is not a JSON array of objects")]
    );
}

#[test]
fn arrays_that_do_not_end() {
    for (content, problem) in [
        ("[", "rows.json:1:2: the file ends before the array does"),
        ("[{\"input\":1}", "rows.json:1:13: the file ends before the array does"),
        ("[{\"input\":1},\n", "rows.json:2:1: the file ends before the array does"),
        ("[{\"input\":1},]", "rows.json:1:14: a comma before the end of the array; take it away"),
        (
            "[{\"input\":1}] x",
            "rows.json:1:15: there is more after the end of the array; take it away",
        ),
        (
            "[{\"input\":1},\n {\"input\":[}",
            "rows.json:2:12: `}` closes what was not opened with its like, in the row that starts on line 2",
        ),
        (
            "[{\"input\":1}}",
            "rows.json:1:13: `}` closes what was not opened with its like, in the row that starts on line 1",
        ),
        (
            "[{\"input\":1},\n {\"input\":\"x}",
            "rows.json:2:2: the file ends inside the row that starts here",
        ),
    ] {
        let told = told_of("rows.json", content);
        assert_eq!(told.last(), Some(&err(problem)), "{content}");
        assert_eq!(told.iter().filter(|told| told.is_err()).count(), 1, "{content}");
    }
}

#[test]
fn rows_between_commas_are_missed() {
    assert_eq!(
        told_of("rows.json", "[{\"input\":1},,\n,{\"input\":2}]"),
        [
            ok("1"),
            err("rows.json:1:14: there is no row between two commas; take one away"),
            err("rows.json:2:1: there is no row between two commas; take one away"),
            ok("2"),
        ]
    );
}

#[test]
#[cfg(unix)]
fn a_failing_read_is_told_once() {
    struct Failing(u8);
    impl std::io::Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let line = b"{\"input\":1}\n";
            self.0 += 1;
            match self.0 {
                1 => {
                    buffer[..4].copy_from_slice(&line[..4]);
                    Ok(4)
                }
                2 => {
                    buffer[..8].copy_from_slice(&line[4..]);
                    Ok(8)
                }
                _ => Err(std::io::Error::other("the disk is gone")),
            }
        }
    }
    let rows = Dataset::file("rows.jsonl").read(Failing(0), 1_000).unwrap();
    let told: Vec<_> = rows.map(|row| row.map(|_| ()).map_err(|error| error.to_string())).collect();
    assert_eq!(told, [Ok(()), Err("rows.jsonl:2: cannot be read: the disk is gone".to_owned())]);
}
