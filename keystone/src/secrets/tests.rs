use std::ffi::OsString;
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;

/// Variables whose values tell which one was looked up; none of `UNSET…`.
fn environment(name: &str) -> Option<OsString> {
    match name {
        "EMPTY" => Some(OsString::new()),
        "HOME" | "USERPROFILE" => None,
        name if name.starts_with("UNSET") => None,
        name => Some(format!("value of {name}").into()),
    }
}

fn collector() -> Collector<'static> {
    Collector::new().environment(environment)
}

fn collected(yaml: &str) -> Secrets {
    collector().from_text(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"))
}

fn error(yaml: &str) -> SecretsError {
    collector().from_text(yaml).expect_err(yaml)
}

#[track_caller]
fn assert_values(yaml: &str, values: &[(&str, &str)]) {
    assert_eq!(collected(yaml).iter().collect::<Vec<_>>(), values, "{yaml}");
}

#[track_caller]
fn assert_error(yaml: &str, kind: SecretsErrorKind, message: &str) {
    let error = error(yaml);
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, message), "{yaml}");
}

#[test]
fn entries_are_read_however_yaml_writes_them() {
    let both = [("A", "value of A"), ("b_1", "value of OTHER")];
    for yaml in [
        "secrets: [A, {name: b_1, source: 'env:OTHER'}]",
        "secrets:\n- A\n- name: b_1\n  source: env:OTHER\n",
        "secrets:\n  - A\n  - name: b_1\n    source: env:OTHER # a comment\n",
        "secrets: # needed by the agent\n\n  # the first\n  - \"A\"\n  - source: \"env:OTHER\"\n    \
         name: 'b_1'\n",
        "id: x\nsecrets:\n  -   A\n  -\n    name: b_1\n    scope: {file_template: 'x'}\n    \
         source: >-\n      env:OTHER\ntask:\n  prompt: |\n    secrets:\n    - NOT_ME\n",
        "x: &b {name: b_1, source: env:OTHER}\nsecrets: [A, *b]\n",
        "x: &b {source: env:OTHER}\nsecrets: [A, {<<: *b, name: b_1}]\n",
        "\u{feff}---\nsecrets:\r\n- A\r\n- name: b_1\r\n  source: env:OTHER\r\n...\n",
        "{\"secrets\": [\"A\", {\"name\": \"b_1\", \"source\": \"env:OTHER\"}]}",
        "secrets: [A, {name: b_1, source: ' env: OTHER '}]",
    ] {
        assert_values(yaml, &both);
    }
}

#[test]
fn names_that_other_languages_take_for_something_else_are_names() {
    assert_values(
        "secrets: [NO, on, y]",
        &[("NO", "value of NO"), ("on", "value of on"), ("y", "value of y")],
    );
    assert_values(
        "secrets: ['1', 'true', \"null\"]",
        &[("1", "value of 1"), ("null", "value of null"), ("true", "value of true")],
    );
}

#[test]
fn a_spec_without_secrets_has_none() {
    for yaml in [
        "",
        "# nothing\n",
        "---\n",
        "id: x",
        "secrets:",
        "secrets: null",
        "secrets: []",
        "task: {secrets: [A]}",
        "1: x\n? [a, b]\n: y\nsecrets: []\nlimit: .inf\nbig: 1e999\n",
    ] {
        assert_eq!(collected(yaml), Secrets::default(), "{yaml}");
    }
}

#[test]
fn what_is_not_forwarded_is_named_with_the_reason() {
    let secrets = collected(
        "secrets:\n\
         - name: STORED\n  source: dashboard\n\
         - {name: LITERAL, from: 'static://text'}\n\
         - {name: MADE, from: generated, source: env}\n\
         - UNSET_1\n\
         - {name: X, source: env:UNSET_2}\n\
         - EMPTY\n\
         - {name: NO_FILE, source: file:does/not/exist}\n\
         - {name: SET, from: '', source: }\n",
    );
    assert_eq!(secrets.iter().collect::<Vec<_>>(), [("SET", "value of SET")]);
    let withheld: Vec<String> = secrets.withheld().iter().map(ToString::to_string).collect();
    assert_eq!(
        withheld,
        [
            "STORED: it is stored on the server",
            "LITERAL: the server makes it of the spec",
            "MADE: the server makes it of the spec",
            "UNSET_1: the variable UNSET_1 is not set",
            "X: the variable UNSET_2 is not set",
            "EMPTY: its value is empty",
            "NO_FILE: the file does/not/exist does not exist",
        ]
    );
    let lines: Vec<u64> = secrets.withheld().iter().map(|withheld| withheld.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8, 9]);
    let intended = secrets.withheld().iter().filter(|withheld| withheld.reason.is_intended());
    assert_eq!(intended.count(), 3);
}

#[test]
fn values_are_never_shown() {
    let secrets = collected("secrets: [A, UNSET_1]");
    assert_eq!(
        format!("{secrets:?}"),
        "Secrets { values: {\"A\": [secret]}, withheld: [Withheld { name: \"UNSET_1\", line: 1, \
         reason: Unset { variable: \"UNSET_1\" } }] }"
    );
    assert!(!format!("{:?}", collector()).contains("value"));
    assert_eq!((secrets.len(), secrets.is_empty()), (1, false));
    assert_eq!(secrets.into_map().into_values().collect::<Vec<_>>(), ["value of A"]);
}

#[test]
fn an_unknown_source_names_the_secret_and_its_place() {
    let sources = "a source is `env`, `env:NAME`, `file:PATH`, `command:SHELL` or `dashboard`";
    for (source, what) in [
        ("vault:prod/key", "unknown source `vault:`"),
        ("ENV", "unknown source"),
        ("sk-live-123", "unknown source"),
        ("sk-live:123", "unknown source"),
        ("environment", "unknown source"),
        ("'env:'", "there is nothing after `env:`"),
        ("'file: '", "there is nothing after `file:`"),
        ("'command:'", "there is nothing after `command:`"),
        ("static://s3cret", "a literal is given by `from`, not by `source`"),
    ] {
        let yaml = format!("secrets:\n- A\n- name: KEY\n  source: {source}\n");
        let message = format!("4:11: secret \"KEY\": {what}; {sources}");
        assert_error(&yaml, SecretsErrorKind::UnknownSource, &message);
    }
}

#[test]
fn what_is_no_list_of_secrets_is_an_error_with_its_place() {
    use SecretsErrorKind::{Duplicate, Shape, Yaml};
    for (yaml, kind, message) in [
        (
            "id: x\nsecrets: {A: env}",
            Shape,
            "2:10: `secrets` is a map, but a list is needed, such as `- NAME` on a line of its own",
        ),
        (
            "secrets: 7",
            Shape,
            "1:10: `secrets` is a number, but a list is needed, such as `- NAME` on a line of its \
             own",
        ),
        (
            "secrets: A",
            Shape,
            "1:10: `secrets` is a text, but a list is needed, such as `- NAME` on a line of its \
             own",
        ),
        ("- A", Shape, "1:1: a spec is a map, but this is a list"),
        ("just text", Shape, "1:1: a spec is a map, but this is a text"),
        ("true", Shape, "1:1: a spec is a map, but this is a boolean"),
        ("12", Shape, "1:1: a spec is a map, but this is a number"),
        (
            "secrets:\n- 12",
            Shape,
            "2:3: a secret is a name or an object with `name`, but this is a number; a name that \
             looks like something else has to be quoted",
        ),
        (
            "secrets:\n- A\n-\n",
            Shape,
            "3:2: a secret is a name or an object with `name`, but this is null; a name that \
             looks like something else has to be quoted",
        ),
        (
            "secrets:\n- [A]",
            Shape,
            "2:3: a secret is a name or an object with `name`, but this is a list; a name that \
             looks like something else has to be quoted",
        ),
        ("secrets:\n- source: env", Shape, "2:3: the secret has no `name`"),
        ("secrets:\n- name: ''", Shape, "2:9: the name of the secret is empty"),
        ("secrets: [' ']", Shape, "1:11: the name of the secret is empty"),
        (
            "secrets:\n- name: true",
            Shape,
            "2:9: the `name` of the secret is a boolean, but a text is needed; quote it",
        ),
        (
            "secrets: [{name: A, source: [env]}]",
            Shape,
            "1:29: secret \"A\": `source` is a list; a source is `env`, `env:NAME`, `file:PATH`, \
             `command:SHELL` or `dashboard`",
        ),
        (
            "secrets:\n- A\n- B\n- {name: A, source: dashboard}",
            Duplicate,
            "4:3: secret \"A\": it is declared twice, first in line 2",
        ),
        ("secrets: [A", Yaml, "1:10: unclosed bracket '['"),
        ("secrets:\n- 'A", Yaml, "2:3: unclosed quote"),
        (
            "secrets:\n- name: A\n  source: env: B",
            Yaml,
            "3:14: mapping values are not allowed in this context",
        ),
        ("secrets: *none", Yaml, "1:10: reference to unknown value"),
        (
            "secrets: [A]\nsecrets: [B]",
            Yaml,
            "2:1: duplicate mapping key `secrets` is not allowed here",
        ),
    ] {
        assert_error(yaml, kind, message);
    }
    assert_eq!(error("secrets: [A]\n---\nsecrets: [B]").kind(), Yaml);
    let error = error("id: x\nsecrets: {A: env}");
    assert_eq!((error.line(), error.column(), error.secret()), (Some(2), Some(10), None));
}

#[test]
fn bombs_do_not_go_off() {
    use std::fmt::Write as _;

    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = level - 1;
        let list = format!(", *a{before}").repeat(9);
        writeln!(laughs, "a{level}: &a{level} [{}]", &list[2..]).unwrap();
    }
    for yaml in [
        format!("{laughs}secrets: [A]\n"),
        format!("{laughs}secrets: *a11\n"),
        "[".repeat(100_000),
        format!("secrets: {}", "{a: ".repeat(1_000)),
        format!("secrets:\n{}", "- ".repeat(10_000)),
        "a: &a [*a]".to_owned(),
        format!("x: [{}]", "a,".repeat(400_000)),
    ] {
        let error = error(&yaml);
        assert_eq!(error.kind(), SecretsErrorKind::Yaml, "{error}");
        assert!(error.to_string().len() < 300, "{error}");
    }
    // As deep as allowed needs no more than half of what a thread has.
    let nested = |depth: usize| format!("x: {}{}", "[".repeat(depth), "]".repeat(depth));
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let deepest = small.spawn(move || collected(&nested(31)).is_empty()).unwrap();
    assert!(deepest.join().unwrap());
    assert_eq!(error(&nested(32)).kind(), SecretsErrorKind::Yaml);

    let large = "#".repeat(usize::try_from(LARGEST_SPEC).unwrap());
    assert!(collected(&large).is_empty());
    let error = error(&format!("{large}#"));
    assert_eq!(error.kind(), SecretsErrorKind::TooLarge);
}

#[test]
fn files_are_trimmed_and_found_where_they_are_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    fs::write(folder.path().join("key"), "\n  in the folder \t\r\n").unwrap();
    fs::write(home.join("key"), "at home\n").unwrap();
    fs::write(folder.path().join("blank"), " \n").unwrap();
    let collector = Collector::new().directory(folder.path()).environment(|name| {
        ["HOME", "USERPROFILE"].contains(&name).then(|| home.clone().into_os_string())
    });
    let yaml = format!(
        "secrets:\n\
         - {{name: relative, source: file:key}}\n\
         - {{name: home, source: file:~/key}}\n\
         - {{name: absolute, source: 'file:{}'}}\n\
         - {{name: spaced, source: 'file: ./key'}}\n\
         - {{name: blank, source: file:blank}}\n\
         - {{name: below_a_file, source: file:key/key}}\n",
        home.join("key").display()
    );
    let secrets = collector.from_text(&yaml).unwrap();
    assert_eq!(
        secrets.iter().collect::<Vec<_>>(),
        [
            ("absolute", "at home"),
            ("home", "at home"),
            ("relative", "in the folder"),
            ("spaced", "in the folder"),
        ]
    );
    assert_eq!(secrets.withheld().len(), 2);
}

#[test]
fn a_file_that_is_there_and_cannot_be_used_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("binary"), b"hidden\xff").unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    let large = fs::File::create(folder.path().join("large")).unwrap();
    large.set_len(LARGEST_VALUE + 1).unwrap();
    for (path, message) in [
        ("binary", "is not UTF-8"),
        ("folder", "cannot be read: "),
        ("large", "has more than 1048576 bytes"),
        ("~somebody/key", "starts with the home folder of another user"),
        ("~/key", "which says where that is, is not set"),
    ] {
        let yaml = format!("secrets:\n- {{name: A, source: file:{path}}}");
        let error = collector().directory(folder.path()).from_text(&yaml).unwrap_err();
        assert_eq!(error.kind(), SecretsErrorKind::Source);
        assert_eq!((error.secret(), error.line()), (Some("A"), Some(2)));
        assert!(error.to_string().contains(message), "{error}");
        assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf8_is_an_error() {
    use std::os::unix::ffi::OsStringExt as _;

    let error = Collector::new()
        .environment(|_| Some(OsString::from_vec(b"sec\xff".to_vec())))
        .from_text("secrets: [A]")
        .unwrap_err();
    assert_eq!(error.to_string(), "1:11: secret \"A\": the variable A is not UTF-8");
}

#[test]
fn a_spec_is_read_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("spec.yaml");
    let read = |content: &[u8]| {
        fs::write(&spec, content).unwrap();
        collector().from_file(&spec)
    };
    assert_eq!(read(b"secrets: [A]").unwrap().get("A"), Some("value of A"));

    let shown = spec.display();
    assert!(read("id: x\n# é \u{1f600}".as_bytes()).is_ok());
    let error = read(b"id: x\n# \xc3\xa9 \xff").unwrap_err();
    assert_eq!(error.to_string(), format!("{shown}:2:5: the spec is not UTF-8"));
    assert_eq!(error.kind(), SecretsErrorKind::NotUtf8);
    let error = read(b"\xff\xfei\0d\0").unwrap_err();
    assert_eq!((error.line(), error.column()), (Some(1), Some(1)));

    let error = read(b"secrets:\n- {name: KEY, source: x}").unwrap_err();
    assert!(error.to_string().starts_with(&format!("{shown}:2:23: secret \"KEY\": unknown")));
    assert_eq!(error.path(), Some(spec.as_path()));

    let error = read(&vec![b'#'; usize::try_from(LARGEST_SPEC).unwrap() + 1]).unwrap_err();
    let message = format!("{shown}: the spec has more than 1048576 bytes");
    assert_eq!((error.kind(), error.to_string()), (SecretsErrorKind::TooLarge, message));

    for path in [folder.path(), Path::new("does/not/exist.yaml")] {
        let error = collect_declared(path).unwrap_err();
        assert_eq!(error.kind(), SecretsErrorKind::Read);
        let start = format!("{}: the spec cannot be read: ", path.display());
        assert!(error.to_string().starts_with(&start), "{error}");
    }
}

#[cfg(unix)]
mod commands {
    use std::time::Duration;

    use super::*;

    fn run(command: &str) -> Result<Secrets, SecretsError> {
        let quoted = command.replace('\'', "''");
        collector().from_text(&format!("secrets:\n- {{name: A, source: 'command:{quoted}'}}"))
    }

    #[test]
    fn the_output_is_the_value() {
        for (command, value) in [
            ("echo '  a b '", "a b"),
            ("printf 'x\\ny\\n' | head -n 1", "x"),
            ("echo \"é: #\"; echo no >&2", "é: #"),
            ("cat", ""),
            ("true", ""),
        ] {
            let secrets = run(command).unwrap();
            assert_eq!(secrets.get("A").unwrap_or_default(), value, "{command}");
        }
    }

    #[test]
    fn they_run_in_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("key"), "k").unwrap();
        let collector = collector().directory(folder.path());
        let secrets = collector.from_text("secrets: [{name: A, source: command:cat key}]").unwrap();
        assert_eq!(secrets.get("A"), Some("k"));
    }

    #[test]
    fn one_that_fails_gives_no_value() {
        for command in ["echo secret; exit 3", "no-such-program-at-all", "kill -9 $$"] {
            let secrets = run(command).unwrap();
            assert!(secrets.is_empty());
            let WithheldReason::CommandFailed { how } = &secrets.withheld()[0].reason else {
                panic!("{secrets:?}");
            };
            assert!(!how.contains("secret") && !how.is_empty());
        }
    }

    #[test]
    fn output_without_end_or_not_utf8_is_an_error() {
        for (command, message) in
            [("yes", "writes more than 1048576 bytes"), ("printf 'a\\377'", "is not UTF-8")]
        {
            let error = run(command).unwrap_err();
            assert_eq!(error.kind(), SecretsErrorKind::Source);
            assert!(error.to_string().starts_with("2:21: secret \"A\": "), "{error}");
            assert!(error.to_string().contains(message), "{error}");
        }
    }

    #[test]
    fn one_that_does_not_end_is_killed_with_what_it_started() {
        // What it has started keeps the other end of a pipe: reading comes to its end only when
        // all of them are gone. Each would sleep longer than a test may take.
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for command in [
            "exec 3>pipe; sleep 600; true",
            "exec 3>pipe; (sleep 600 & sleep 600); true",
            "exec 3>pipe; exec >&-; sleep 600",
            "exec 3>pipe; sleep 600 & true",
        ] {
            let reader = {
                let pipe = pipe.clone();
                std::thread::spawn(move || fs::read(pipe).map(|read| read.len()))
            };
            let error = collector()
                .directory(folder.path())
                .command_timeout(Duration::from_millis(200))
                .from_text(&format!("secrets:\n- {{name: A, source: 'command:{command}'}}"))
                .unwrap_err();
            assert!(error.to_string().contains("did not end within 200ms"), "{error}");
            // A machine so busy that the command never came to open the pipe would leave the
            // reader waiting for that.
            drop(fs::OpenOptions::new().read(true).write(true).open(&pipe).unwrap());
            assert_eq!(reader.join().unwrap().unwrap(), 0);
        }
    }

    #[test]
    fn none_runs_before_all_entries_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let yaml = "secrets:\n- {name: A, source: command:touch ran}\n- {name: B, source: wrong}";
        let error = collector().directory(folder.path()).from_text(yaml).unwrap_err();
        assert_eq!(error.secret(), Some("B"));
        assert!(!folder.path().join("ran").exists());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever a spec says, it is read or refused, and a literal of it is never repeated.
    #[test]
    fn no_error_repeats_a_literal(
        before in "[ -~\n]{0,12}",
        after in "[\\[\\]{}:,'\"&*!|>#% \n-]{0,8}",
        place in 0_usize..6,
    ) {
        let literal = "S3cr3tL1teral";
        let yaml = match place {
            0 => format!("{before}\nsecrets:\n- name: A\n  from: static://{literal}{after}\n"),
            1 => format!("secrets:\n- name: A\n  source: {literal}{after}\n"),
            2 => format!("secrets: [{{name: A, from: \"static://{literal}{after}}}]"),
            3 => format!("secrets:\n- {{name: A, source: static:{literal}{after}}}"),
            4 => format!("services:\n- env: {{A: {literal}{after}}}\n{before}"),
            _ => format!("secrets:\n- A\n- source: {after}{literal}\n  name: B"),
        };
        // No command: of those, a source could be made by chance only.
        prop_assume!(!yaml.contains("command:"));
        if let Err(error) = collector().from_text(&yaml) {
            prop_assert!(!error.to_string().contains(literal), "{error}\n{yaml}");
            prop_assert!(!format!("{error:?}").contains(literal), "{error:?}\n{yaml}");
        }
    }

    /// Any name and any other variable come through as they are, quoted as JSON is.
    #[test]
    fn any_name_comes_through(name in "[^\\s\\x00-\\x1f\\x7f-\\x9f]{1,20}", other in "[A-Za-z0-9_]{1,20}") {
        prop_assume!(!["UNSET", "EMPTY", "HOME", "USERPROFILE"].iter().any(|no| name.starts_with(no) || other.starts_with(no)));
        let entry = serde_json::json!({"name": name, "source": format!("env:{other}")});
        let secrets = collected(&format!("secrets:\n- {entry}\n"));
        prop_assert_eq!(secrets.get(&name).map(str::to_owned), Some(format!("value of {other}")));
        let entry = serde_json::json!(name);
        let secrets = collected(&format!("secrets:\n- {entry}\n"));
        prop_assert_eq!(secrets.get(&name).map(str::to_owned), Some(format!("value of {name}")));
    }
}
