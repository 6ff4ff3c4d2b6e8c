//! Rows beyond all bounds cost no memory and no other row.

use std::io::{self, Read};

use super::super::Dataset;
use super::{err, ok};

/// So many bytes of a kind, generated as they are read.
fn bytes(byte: u8, count: u64) -> impl Read + Send {
    io::repeat(byte).take(count)
}

fn told(
    data: &Dataset,
    input: impl Read + Send + 'static,
    limit: usize,
) -> Vec<Result<String, String>> {
    data.read(input, limit)
        .unwrap()
        .map(|row| {
            row.map(|row| row.input_json().to_owned()).map_err(|problem| problem.to_string())
        })
        .collect()
}

const LIMIT: usize = 32 * 1024 * 1024;
const HUNDRED_MB: u64 = 100_000_000;

#[test]
fn a_line_of_100_mb_is_passed_over() {
    let input = (&b"{\"input\":1}\n{\"input\":\""[..])
        .chain(bytes(b'x', HUNDRED_MB))
        .chain(&b"\"}\n{\"input\":3}"[..]);
    assert_eq!(
        told(&Dataset::file("r.jsonl"), input, LIMIT),
        [
            ok("1"),
            err("r.jsonl:2: the row is larger than 32 MiB, the most that is read of one row"),
            ok("3"),
        ]
    );
}

#[test]
fn an_element_of_100_mb_is_passed_over() {
    let input = (&b"[{\"input\":1},\n {\"input\":\""[..])
        .chain(bytes(b'x', HUNDRED_MB))
        .chain(&b"\"},\n {\"input\":3}]"[..]);
    assert_eq!(
        told(&Dataset::file("r.json"), input, LIMIT),
        [
            ok("1"),
            err("r.json:2:2: the row is larger than 32 MiB, the most that is read of one row"),
            ok("3"),
        ]
    );
}

#[test]
fn a_record_of_100_mb_is_passed_over() {
    let input = (&b"input,x\na,b\n"[..]).chain(bytes(b'x', HUNDRED_MB)).chain(&b",y\nc,d\n"[..]);
    assert_eq!(
        told(&Dataset::file("r.csv"), input, LIMIT),
        [
            ok("\"a\""),
            err("r.csv:3: the row is larger than 32 MiB, the most that is read of one row"),
            ok("\"c\""),
        ]
    );
}

#[test]
fn a_quote_that_is_not_closed_does_not_swallow_the_file() {
    let record = &b"input,x\n\"a,b\nc,d\ne,f\ng,h\ni,j\n"[..];
    assert_eq!(
        told(&Dataset::file("r.csv"), record, 10),
        [
            err("r.csv:2: a quote is opened in this record and not closed within the most that \
                 is read of one row"),
            ok("\"g\""),
            ok("\"i\""),
        ]
    );
}

#[test]
fn the_limit_is_exact() {
    let row = b"{\"input\":1}";
    for (limit, whole) in [(row.len() + 1, true), (row.len(), false)] {
        let lines = &b"{\"input\":1}\n{\"input\":1}\n"[..];
        let told = told(&Dataset::file("r.jsonl"), lines, limit);
        assert_eq!(told.iter().map(Result::is_ok).collect::<Vec<_>>(), [whole; 2], "{limit}");
    }
    let told = told(&Dataset::file("r.json"), &b"[{\"input\":1},{\"input\":10}]"[..], row.len());
    assert_eq!(told.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn brackets_without_end_are_given_up_on() {
    let input = (&b"["[..]).chain(bytes(b'[', 10_000_000));
    let told = told(&Dataset::file("r.json"), input, 1_000);
    assert_eq!(
        told,
        [err("r.json:1:1048578: there are more than 1048576 brackets open here, in the row that \
              starts on line 1")]
    );
}
