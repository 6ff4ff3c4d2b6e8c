//! Templates that are filled in.

use crate::command::{Scored, Scratch};

const ARGUMENTS: [&str; 4] = ["render", "prompt.txt", "--vars", "vars.json"];

fn render(template: impl AsRef<[u8]>, variables: impl AsRef<[u8]>) -> Scored {
    let scratch = Scratch::new();
    scratch.write("prompt.txt", template);
    scratch.write("vars.json", variables);
    scratch.run(&ARGUMENTS)
}

#[test]
fn the_text_comes_out_exactly() {
    for (template, text) in [
        ("Hi {who}", "Hi Ann"),
        ("Hi {who}\r\n\n", "Hi Ann\r\n\n"),
        ("{#docs}- {title}\n{/docs}", "- Ä\n- {who}\n"),
        ("\u{feff}{n} {f} {docs}", "1 1.0 [{\"title\":\"Ä\"},{\"title\":\"{who}\"}]"),
        ("", ""),
    ] {
        let variables =
            r#"{"who": "Ann", "n": 1, "f": 1.0, "docs": [{"title": "Ä"}, {"title": "{who}"}]}"#;
        for variables in [variables.to_owned(), format!("\u{feff}{variables}")] {
            let rendered = render(template, variables);
            assert_eq!((rendered.code, rendered.err.as_str()), (Some(0), ""), "{template}");
            assert_eq!(rendered.out, text);
        }
    }
}

#[test]
fn one_of_both_may_come_from_the_standard_input() {
    let scratch = Scratch::new();
    scratch.write("prompt.txt", "Hi {who}");
    scratch.write("vars.json", r#"{"who": "Ann"}"#);
    let from_vars = scratch.run_with(&["render", "prompt.txt", "--vars", "-"], r#"{"who": "Bo"}"#);
    assert_eq!((from_vars.code, from_vars.out.as_str()), (Some(0), "Hi Bo"));
    let from_template = scratch.run_with(&["render", "--vars", "vars.json", "-"], "Dear {who}");
    assert_eq!((from_template.code, from_template.out.as_str()), (Some(0), "Dear Ann"));
    let both = scratch.run(&["render", "-", "--vars", "-"]);
    assert_eq!(both.code, Some(2));
    assert_eq!(
        both.errors(),
        ["<stdin>: cannot be both the template and the variables; put one of them in a file"]
    );
}

#[test]
fn what_stays_is_told_with_its_place() {
    let template = "Hi {who},\né{ whom\n}\n{#docs}{who}{n}{#in}{/docs}{#open}{/shut}\n";
    let variables = r#"{"who": "Ann", "docs": [1, {"n": 2}]}"#;
    let told = [
        "prompt.txt:2:3: { whom\\n} has no value",
        "prompt.txt:4:13: {n} has no value",
        "prompt.txt:4:16: {#in} is inside of another section, and sections do not nest",
        "prompt.txt:4:28: {#open} is never closed",
        "prompt.txt:4:35: {/shut} closes nothing",
    ];
    let rendered = render(template, variables);
    assert_eq!(rendered.code, Some(0));
    assert_eq!(rendered.out, "Hi Ann,\né{ whom\n}\nAnn{n}{#in}Ann2{#in}{#open}{/shut}\n");
    let lines: Vec<_> = told.iter().map(|line| format!("warning: {line}")).collect();
    assert_eq!(rendered.err.lines().collect::<Vec<_>>(), lines);

    let scratch = Scratch::new();
    scratch.write("prompt.txt", template);
    scratch.write("vars.json", variables);
    let strict = scratch.run(&[&ARGUMENTS[..], &["--strict"]].concat());
    assert_eq!((strict.code, strict.out.as_str()), (Some(2), ""));
    assert_eq!(strict.errors(), told);

    let many = render("{x}".repeat(50), "{}");
    assert_eq!((many.code, many.err.lines().count()), (Some(0), 21));
    assert!(many.err.ends_with("warning: … and 30 more tags that stay\n"), "{}", many.err);
}

#[test]
fn files_that_make_no_sense_are_refused() {
    for (template, variables, told) in [
        (&b"x"[..], "", "vars.json: the file is empty; without variables, write {}"),
        (b"x", "{\n  \"a\": }", "vars.json:2:8: not JSON: expected value"),
        (
            b"x",
            "{\"a\": NaN}",
            "vars.json:1:7: NaN is not JSON; write null where there is no number",
        ),
        (
            b"x",
            "\n [1]",
            "vars.json:2:2: variables are an object of names and values, but this is a list",
        ),
        (b"x\ny\xff", "{}", "prompt.txt:2:2: not UTF-8 (byte 0xff); save the file as UTF-8"),
        (b"\xff\xfex\0", "{}", "prompt.txt: the file is UTF-16; save it as UTF-8"),
    ] {
        let rendered = render(template, variables);
        assert_eq!((rendered.code, rendered.out.as_str()), (Some(2), ""), "{told}");
        assert_eq!(rendered.errors(), [told]);
    }
    let scratch = Scratch::new();
    scratch.write("prompt.txt", "x");
    let missing = scratch.run(&ARGUMENTS);
    assert_eq!(missing.code, Some(2));
    assert!(
        missing.err.starts_with("error: vars.json: there is no such file: "),
        "{}",
        missing.err
    );
    let folder = scratch.run(&["render", ".", "--vars", "vars.json"]);
    assert_eq!(folder.code, Some(2));
    assert_eq!(scratch.run(&["render", "prompt.txt"]).code, Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let scratch = Scratch::new();
    scratch.write("prompt.txt", "x");
    scratch.write("vars.json", "{}");
    let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    let output = scratch.keystone(&ARGUMENTS).stdout(full).output().expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("error: standard output: cannot be written: "), "{said}");
}
