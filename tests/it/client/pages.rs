//! Listings that come in pages, and records that go out in batches.

use std::collections::BTreeSet;

use keystone::ErrorKind;
use keystone::types::DatasetRecord;
use keystone_e2e::server::{Recorded, Reply, Server};
use serde_json::{Value, json};

use super::{KEY, client, failed};

/// Pages of these numbers of rows; cursors count the pages.
fn pages(sizes: &'static [usize]) -> impl Fn(&Recorded) -> Reply + Send + Sync {
    move |request| {
        let page: usize = request.parameter("cursor").map_or(0, |at| at.parse().unwrap_or(99));
        let items: Vec<Value> =
            (0..sizes[page]).map(|row| json!({"id": page * 100 + row, "span_id": "s"})).collect();
        let next = (page + 1 < sizes.len()).then(|| (page + 1).to_string());
        Reply::json(200, &json!({"items": items, "next_cursor": next}))
    }
}

#[test]
fn all_pages_are_read_even_after_an_empty_one() {
    let server = Server::start(pages(&[3, 0, 2, 0]));
    let rows: Vec<_> = client(&server).export().traces().tool("t").rows().collect();
    let ids: Vec<_> = rows.iter().flatten().map(|row| row.id.clone()).collect();
    assert_eq!(ids, [0, 1, 2, 200, 201]);
    assert_eq!((rows.len(), server.count(), server.connections()), (5, 4, 1));
    for request in server.requests() {
        assert_eq!(request.parameter("tool").as_deref(), Some("t"));
        assert_eq!(request.parameter("limit").as_deref(), Some("100"));
    }
}

#[test]
fn a_page_is_fetched_when_it_is_asked_for() {
    let server = Server::start(pages(&[2, 2, 2]));
    let mut rows = client(&server).export().spans().rows();
    assert_eq!(server.count(), 0);
    rows.next().expect("a row").expect("the first");
    rows.next().expect("a row").expect("the second");
    assert_eq!(server.count(), 1);
    rows.next().expect("a row").expect("the third");
    assert_eq!(server.count(), 2);
}

#[test]
fn a_page_that_breaks_is_fetched_again_and_no_row_comes_twice() {
    let tries = std::sync::atomic::AtomicUsize::new(0);
    let whole = pages(&[3, 3, 3]);
    let server = Server::start(move |request| {
        let reply = whole(request);
        match tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            1 => reply.cut(20),
            2 => Reply::status(503),
            4 => Reply::silence(),
            _ => reply,
        }
    });
    let rows: Vec<_> = client(&server).export().scenarios().rows().collect();
    assert_eq!((rows.len(), server.count()), (9, 6));
    assert!(rows.iter().all(Result::is_ok));
}

#[test]
fn after_an_error_the_listing_can_go_on_where_it_was() {
    let whole = pages(&[2, 2, 2]);
    let server = Server::start(move |request| match request.parameter("cursor").as_deref() {
        Some("1") => Reply::status(500),
        _ => whole(request),
    });
    let mut rows = client(&server).export().traces().rows();
    let read: Vec<_> = rows.by_ref().collect();
    assert_eq!(read.len(), 3, "two rows, then an error, then the end");
    assert_eq!(read[2].as_ref().expect_err("a fault").kind(), ErrorKind::Server);
    assert_eq!(rows.cursor(), Some("1"));
    let whole = Server::start(pages(&[2, 2, 2]));
    let rest = client(&whole).export().traces().after("1").rows();
    assert_eq!(rest.map(|row| row.expect("a row").id).collect::<Vec<_>>(), [100, 101, 200, 201]);
}

#[test]
fn a_server_that_leads_in_a_circle_is_left_with_every_row_read() {
    for circle in [&["a", "a"][..], &["a", "b", "a"]] {
        let server = Server::start(move |request| {
            let at = request.parameter("cursor");
            let at = at.map_or(0, |at| 1 + circle.iter().position(|one| *one == at).unwrap_or(9));
            let next = circle.get(at);
            Reply::json(200, &json!({"items": [{"id": at}], "next_cursor": next}))
        });
        let rows: Vec<_> = client(&server).export().traces().rows().collect();
        let error = rows.last().and_then(|row| row.as_ref().err()).expect("it does not go on");
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        let read = rows.iter().flatten().count();
        assert_eq!(read, server.count(), "each page had a row, and none is lost");
        let distinct: BTreeSet<_> = rows.iter().flatten().map(|row| row.id.clone()).collect();
        assert_eq!(distinct.len(), read, "no page is read twice");
    }
}

#[test]
fn many_records_go_out_in_batches_that_add_up() {
    let server = Server::start(|request| {
        let records = request.json()["records"].as_array().map_or(0, Vec::len);
        Reply::json(200, &json!({"added": records}))
    });
    let records = (0..2500).map(|n| DatasetRecord::new(json!({"n": n})));
    let added = client(&server).datasets().add_records("ds", records).send().expect("added");
    assert_eq!(added.added, 2500);
    let sent: Vec<Value> = server
        .requests()
        .iter()
        .flat_map(|request| request.json()["records"].as_array().cloned().unwrap_or_default())
        .collect();
    let numbers: Vec<_> = sent.iter().filter_map(|record| record["input"]["n"].as_u64()).collect();
    assert_eq!(numbers, (0..2500).collect::<Vec<_>>());
    assert!(server.count() > 1, "in batches");
}

#[test]
fn a_batch_that_fails_says_how_many_records_went_before() {
    let served = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |request| {
        match served.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 => Reply::json(
                200,
                &json!({"added": request.json()["records"].as_array().map(Vec::len)}),
            ),
            _ => Reply::status(503),
        }
    });
    let records = (0..2500).map(|n| DatasetRecord::new(json!({"n": n})));
    let error = client(&server).datasets().add_records("ds", records).send().expect_err("busy");
    assert_eq!(
        (error.kind(), server.count()),
        (ErrorKind::Unavailable, 2),
        "records double: {error}"
    );
    assert!(error.message().contains("1000 of 2500"), "{error}");
}

/// Two pages of three rows, of which the one in the middle of the first cannot be read.
fn spoilt(request: &Recorded) -> Reply {
    let (rows, next) = match request.parameter("cursor").as_deref() {
        None => (json!([{"id": 1}, {"id": 2, "tool": {"no": "text"}}, {"id": 3}]), Some("more")),
        Some(_) => (json!([{"id": 4}, {"id": 5}, {"id": 6}]), None),
    };
    Reply::json(200, &json!({"items": rows, "next_cursor": next}))
}

#[test]
fn a_row_of_another_shape_is_an_error_in_its_place_and_takes_no_other_with_it() {
    let server = Server::start(spoilt);
    let mut read = Vec::new();
    for row in client(&server).export().traces() {
        match row {
            Ok(row) => read.push(row.id.to_string()),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
                assert!(error.message().contains("row 2"), "{error}");
                assert!(error.message().contains(r#"{"no":"text"}"#), "{error}");
                assert_eq!(error.request(), Some("GET /v1/traces"));
                read.push("error".to_owned());
            }
        }
    }
    assert_eq!(read, ["1", "error", "3", "4", "5", "6"]);
    assert_eq!(server.count(), 2, "no page is asked for twice");
}

#[test]
fn a_row_that_cannot_be_read_does_not_show_the_key() {
    // A number that is wanted is quoted by the error, and a row is quoted as well.
    let row = json!({"id": 1, "duration_ms": format!("took {KEY}"), "tool": KEY});
    let server = Server::always(Reply::json(200, &json!({"items": [row]})));
    let rows: Vec<_> = client(&server).export().traces().rows().collect();
    let error = rows[0].as_ref().expect_err("no number");
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    let mut shown = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        shown = format!("{shown} {inner} {inner:?}");
        cause = inner.source();
    }
    assert!(!shown.contains(KEY), "{shown}");
}

#[test]
fn who_stops_in_the_middle_of_a_page_goes_on_without_losing_a_row() {
    let all = [0, 1, 2, 100, 101, 102, 200, 201, 202];
    for taken in 0..=all.len() {
        for sizes in [&[3, 3, 3][..], &[3, 3, 3, 0]] {
            let server = Server::start(pages(sizes));
            let ks = client(&server);
            let mut rows = ks.export().traces().rows();
            let mut read: BTreeSet<_> =
                rows.by_ref().take(taken).map(|row| row.expect("a row").id).collect();
            assert_eq!(read.len(), taken);
            let rest = match rows.cursor() {
                Some(cursor) => ks.export().traces().after(cursor).rows(),
                None if taken < 3 => ks.export().traces().rows(),
                // All was read, and there is nothing to go on with.
                None => {
                    assert_eq!(taken, all.len());
                    continue;
                }
            };
            let rest: Vec<_> = rest.map(|row| row.expect("a row").id).collect();
            assert!(rest.len() <= all.len() - taken + 2, "at most the page is read again");
            read.extend(rest);
            assert_eq!(read.into_iter().collect::<Vec<_>>(), all, "after {taken} rows");
        }
    }
}

#[test]
fn the_cursor_of_a_page_with_a_spoilt_row_leads_back_to_that_page() {
    let server = Server::start(spoilt);
    let mut rows = client(&server).export().traces().after("more").rows();
    rows.next().expect("a row").expect("the first");
    assert_eq!(rows.cursor(), Some("more"));
    let mut rows = client(&server).export().traces().rows();
    assert_eq!(rows.by_ref().take(2).filter(Result::is_ok).count(), 1);
    assert_eq!(rows.cursor(), None, "the first page has no cursor, and is not read to its end");
    assert_eq!(rows.next().expect("a row").expect("the third").id, 3);
    assert_eq!(rows.cursor(), Some("more"));
}

#[test]
fn a_cursor_that_leads_to_itself_ends_the_listing() {
    // The page that was asked for says that it is the next one.
    let server = Server::always(Reply::json(200, &json!({"items": [{}], "next_cursor": "same"})));
    let rows: Vec<_> = client(&server).export().traces().after("same").rows().collect();
    assert_eq!((rows.len(), server.count()), (2, 1));
    let error = rows[1].as_ref().expect_err("a circle");
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert!(error.message().contains("back to a page"), "{error}");
}

#[test]
fn lines_of_an_export_that_are_a_web_page_are_no_lines() {
    let page = "<html>\n<title>Sign in</title>\n</html>\n";
    let server = Server::always(Reply::html(200, page));
    let outcome = client(&server).export().experiment_lines("exp-1").send();
    let error = failed(outcome, "a page");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1), "{error}");
    assert_eq!((error.status_code(), server.count()), (Some(200), 1));
    assert!(error.message().contains("web page"), "{error}");
    assert!(error.message().contains("Sign in"), "{error}");
    assert_eq!(error.request(), Some("GET /v1/experiments/exp-1/export"));
}
