//! Whatever text a caller gives arrives at the server unchanged, or is refused before it is sent.

use keystone::types::{DatasetRecord, TraceEvent};
use keystone::{Error, ErrorKind, Keystone};
use keystone_e2e::server::{Recorded, Reply, Server};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{builder, client};

fn config() -> ProptestConfig {
    ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() }
}

/// Texts that break what is put together by hand, and any others.
fn text() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "",
        ".",
        "..",
        "/",
        "a/b",
        "//",
        "%",
        "%2F",
        "%25",
        "%zz",
        "?",
        "#",
        "&",
        "=",
        "+",
        " ",
        "a b",
        ";",
        ":",
        "@",
        "\\",
        "\"",
        "'",
        "\r\n",
        "\0",
        "\u{7f}",
        "a\r\nX-Evil: 1",
        "é",
        "✓",
        "🦀",
        "\u{202e}",
        "{}",
        "..%2f",
        "../../etc/passwd",
        "http://example.com/",
        "latest",
        "versions",
        "--",
    ]);
    prop_oneof![
        nasty.clone().prop_map(str::to_owned),
        any::<String>(),
        "[ -~]{0,40}",
        prop::collection::vec(nasty, 1..5).prop_map(|parts| parts.concat()),
    ]
}

/// What a call sent: nothing where it was refused for its arguments.
fn sent<T>(call: impl FnOnce(&Keystone) -> Result<T, Error>) -> Option<Recorded> {
    // A server of its own, so that nothing of another case can be seen.
    let server =
        Server::always(Reply::json(200, &json!({"id": "x", "items": [], "rendered": "r"})));
    let outcome = call(&client(&server));
    match (outcome, server.requests().pop()) {
        (Ok(_), Some(request)) => {
            assert_eq!(server.count(), 1, "once");
            assert_eq!(request.header("host"), Some(server.url().trim_start_matches("http://")));
            assert_eq!(request.header("x-evil"), None);
            Some(request)
        }
        (Err(error), None) => {
            assert_eq!(error.kind(), ErrorKind::Argument, "{error}");
            None
        }
        (outcome, request) => panic!("{:?} {request:?}", outcome.map(drop)),
    }
}

/// A segment of a path cannot be empty, nor a step.
fn is_segment(text: &str) -> bool {
    !matches!(text, "" | "." | "..")
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn ids_are_whole_segments(id in text()) {
        let request = sent(|ks| ks.sandboxes().state(&id).send());
        prop_assert_eq!(request.is_some(), is_segment(&id));
        if let Some(request) = request {
            prop_assert_eq!(request.segments(), ["v1", "sandboxes", &id, "state"]);
            prop_assert_eq!(request.raw_query(), "");
        }
    }

    #[test]
    fn names_and_tags_in_paths_are_whole_segments(name in text(), tag in text()) {
        let allowed = is_segment(&name) && is_segment(&tag);
        let agent = sent(|ks| ks.agents().get(&name).tag(&tag).send());
        prop_assert_eq!(agent.is_some(), allowed);
        if let Some(request) = agent {
            prop_assert_eq!(request.segments(), ["v1", "agents", &name, "tags", &tag]);
        }
        let prompt = sent(|ks| ks.prompts().get(&name).tag(&tag).send());
        prop_assert_eq!(prompt.is_some(), allowed);
        if let Some(request) = prompt {
            prop_assert_eq!(request.segments(), ["v1", "prompts", &name, "tags", &tag]);
        }
    }

    #[test]
    fn files_keep_their_slashes(path in text()) {
        let request = sent(|ks| ks.sandboxes().read_file("sb-1", &path).send());
        // `./` says nothing, and `..` leads out.
        let steps: Vec<&str> = path.split('/').filter(|step| *step != ".").collect();
        let allowed = !steps.contains(&"..") && !steps.concat().is_empty();
        match request {
            Some(request) => {
                prop_assert!(!steps.contains(&".."), "{:?}", path);
                let segments = request.segments();
                prop_assert_eq!(&segments[..4], ["v1", "sandboxes", "sb-1", "files"]);
                prop_assert_eq!(&segments[4..], &steps[..]);
            }
            None => prop_assert!(!allowed, "{:?} was refused", path),
        }
    }

    #[test]
    fn cursors_and_filters_are_whole_values(cursor in text(), tool in text()) {
        let request = sent(|ks| {
            let rows: Vec<_> = ks.export().traces().tool(&tool).after(&cursor).rows().collect();
            assert!(rows.is_empty(), "{rows:?}");
            Ok(())
        });
        let request = request.expect("any value can be asked for");
        prop_assert_eq!(request.segments(), ["v1", "traces"]);
        let mut pairs = request.query();
        pairs.sort();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        // An empty cursor is the start.
        let mut expected = vec![pair("limit", "100"), pair("tool", &tool)];
        if !cursor.is_empty() || pairs.len() == 3 {
            expected.insert(0, pair("cursor", &cursor));
        }
        prop_assert_eq!(pairs, expected);
        let request = sent(|ks| ks.agents().list_versions("a").cursor(&cursor).send());
        let request = request.expect("any cursor can be asked for");
        prop_assert_eq!(request.parameter("cursor").unwrap_or_default(), cursor);
    }

    #[test]
    fn tags_are_separated_by_commas_only(tags in prop::collection::vec(text(), 1..4)) {
        let request = sent_list(|ks| ks.datasets().get_records("ds").tags(&tags).send());
        let has_comma = tags.iter().any(|tag| tag.contains(','));
        prop_assert_eq!(request.is_some(), !has_comma);
        if let Some(request) = request {
            let joined = tags.join(",");
            prop_assert_eq!(request.parameter("tags").unwrap_or_default(), joined);
        }
    }

    #[test]
    fn texts_in_bodies_are_the_same_texts(name in text(), key in text(), value in text()) {
        let request = sent(|ks| ks.sandboxes().create(&name).metadata(&key, &value).secret(&key, &value).timeout(value.as_str()).send());
        let request = request.expect("anything can be sent");
        let expected = json!({"spec_id": name, "metadata": {key.clone(): value}, "secrets": {key.clone(): value}, "timeout": value});
        prop_assert_eq!(request.json(), expected);
        prop_assert_eq!(request.header("content-type"), Some("application/json"));

        let request = sent(|ks| ks.sandboxes().write_file("sb", &key, &value).send());
        prop_assert_eq!(request.expect("sent").json(), json!({"path": key, "content": value}));

        let request = sent(|ks| ks.prompts().render("p", [(key.clone(), value.clone())]).send());
        prop_assert_eq!(request.expect("sent").json(), json!({"variables": {key.clone(): value}}));

        let event = TraceEvent::new(&name, &key).output(&value).metadata(&key, value.clone());
        let request = sent(|ks| ks.sandboxes().ingest_trace("sb", [event]).send()).expect("sent");
        let event = &request.json()["events"][0];
        prop_assert_eq!(&event["tool"], &json!(key));
        prop_assert_eq!(&event["metadata"][&key], &json!(value));
        prop_assert_eq!(&event["output"], &json!(value));
    }

    #[test]
    fn any_json_of_a_record_is_the_same_json(input in value(), expected in value(), tag in text()) {
        let record = DatasetRecord::new(input.clone()).expected(expected.clone()).tag(&tag).metadata("m", input.clone());
        let request = sent(|ks| ks.datasets().add_records("ds", [record]).send()).expect("sent");
        let sent = &request.json()["records"][0];
        prop_assert_eq!(&sent["input"], &input);
        prop_assert_eq!(&sent["metadata"]["m"], &input);
        prop_assert_eq!(&sent["tags"], &json!([tag]));
        // Nothing and null are the same expected value.
        prop_assert_eq!(sent.get("expected").unwrap_or(&Value::Null), &expected);
    }

    #[test]
    fn specs_are_sent_byte_by_byte(yaml in prop::collection::vec(any::<u8>(), 0..300)) {
        let request = sent(|ks| ks.specs().create(yaml.clone()).send()).expect("sent");
        prop_assert_eq!(&request.body, &yaml);
        prop_assert_eq!(request.header("content-type"), Some("application/x-yaml"));
    }

    #[test]
    fn names_in_forms_cannot_break_the_form(name in text(), tag in text()) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("main.py");
        std::fs::write(&file, "x").expect("a file");
        let request = sent(|ks| ks.agents().upload(&name, &file, ["python", &tag]).tag(&tag).send());
        if let Some(request) = request {
            let parts = request.multipart();
            let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
            prop_assert_eq!(names, ["metadata", "bundle"]);
            let metadata: Value = serde_json::from_slice(&parts[0].body).expect("JSON");
            prop_assert_eq!(&metadata["name"], &json!(name));
            prop_assert_eq!(&metadata["entrypoint"][1], &json!(tag));
            let filename = parts[1].filename.as_deref().unwrap_or_default();
            prop_assert!(filename.ends_with(".tar.gz"), "{}", filename);
            prop_assert!(parts[1].body.starts_with(&[0x1f, 0x8b]), "a gzip file");
        }
    }

    #[test]
    fn workspaces_and_keys_are_whole_headers_or_refused(workspace in text(), key in text()) {
        let server = Server::always(Reply::json(200, &json!({"status": "ok"})));
        let built = builder(&server.url()).workspace(&workspace).api_key(&key).build();
        let control = |text: &str| text.chars().any(|c| c.is_ascii_control() && c != '\t');
        match built {
            Ok(ks) => {
                ks.health().send().expect("an answer");
                let request = server.request();
                let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
                // The space around a header is not part of it (RFC 9110, section 5.5).
                let trim = |text: &str| text.trim_matches([' ', '\t']).to_owned();
                prop_assert_eq!(header("x-polarity-workspace"), trim(&workspace));
                if !key.is_empty() {
                    prop_assert_eq!(header("authorization"), trim(&format!("Bearer {key}")));
                }
                prop_assert_eq!(request.header("x-evil"), None);
            }
            Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::Config);
                let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
                prop_assert!(control(&workspace) || !visible, "{}", error);
            }
        }
    }
}

/// The same as [`sent`], of calls whose answer is a list.
fn sent_list<T>(call: impl FnOnce(&Keystone) -> Result<T, Error>) -> Option<Recorded> {
    let server = Server::always(Reply::json(200, &json!([])));
    match (call(&client(&server)), server.requests().pop()) {
        (Ok(_), request @ Some(_)) => request,
        (Err(error), None) => {
            assert_eq!(error.kind(), ErrorKind::Argument, "{error}");
            None
        }
        (outcome, request) => panic!("{:?} {request:?}", outcome.map(drop)),
    }
}

/// Any JSON, numbers as they are kept.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..4)
                .prop_map(|fields| Value::Object(Map::from_iter(fields))),
        ]
    })
}
