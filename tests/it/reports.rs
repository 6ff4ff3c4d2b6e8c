//! Reports that machines read, and what must never be in any.

use std::fs;
use std::path::Path;

use keystone_e2e::{Element, Ran};
use serde_json::{Value, json};

use crate::projects;

fn check_counts(suite: &Element, counts: &Value, extra: u64) {
    let count = |name: &str| counts[name].as_u64().unwrap_or_default();
    let total = count("pass") + count("fail") + count("error") + count("unscored");
    assert_eq!(suite.number("tests"), total + extra, "{suite:?}");
    assert_eq!(suite.all("testcase").count() as u64, total + extra);
    assert_eq!(suite.number("skipped"), count("unscored"));
    let with = |name: &'static str| {
        suite.all("testcase").filter(|case| case.all(name).next().is_some()).count() as u64
    };
    assert_eq!(
        (with("failure"), with("error")),
        (suite.number("failures"), suite.number("errors"))
    );
    assert_eq!(with("skipped"), count("unscored"));
    assert_eq!(with("failure") + with("error"), count("fail") + count("error") + extra);
}

#[test]
fn junit_is_well_formed_and_counts_as_the_summary_does() {
    let bench = projects::sink();
    let odd = "a\u{1}b <&>\"' ]]> \u{1b}[31m 東京 \u{fffe}\n\ttab";
    bench.data(
        "script.jsonl",
        [
            json!({"id": "pass", "input": "yes", "expected": "yes"}),
            json!({"id": "fail <1> & \"two\"", "input": odd, "expected": "yes"}),
            json!({"id": "error", "input": "error", "expected": "yes"}),
            json!({"id": "panic", "input": "panic", "expected": "yes"}),
            json!({"id": "unscored", "input": "yes"}),
        ]
        .map(|row| format!("{row}\n"))
        .concat(),
    );
    let copy = bench.path("deep/er/report.xml");
    let ran = bench.run(&["scripts::script", "--junit", &copy.to_string_lossy()]);
    ran.expect_code(101);
    let root = Element::read(&bench.run_folder().join("junit.xml"));
    assert_eq!(root.name, "testsuites");
    let suites: Vec<&Element> = root.all("testsuite").collect();
    assert_eq!(suites.len(), 2);
    for (suite, eval) in suites.iter().zip(["scripts.script", "scripts.script_again"]) {
        let counts = &bench.summary(eval)["counts"];
        assert_eq!(*counts, json!({"pass": 1, "fail": 1, "error": 2, "unscored": 1}));
        check_counts(suite, counts, 0);
        let single = Element::read(&bench.eval_folder(eval).join("junit.xml"));
        assert_eq!(
            format!("{:?}", single.all("testsuite").next().unwrap_or(&root)),
            format!("{suite:?}")
        );
        let cases: Vec<&Element> = suite.all("testcase").collect();
        assert_eq!(cases[1].get("name"), "fail <1> & \"two\"");
        let failure = cases[1].all("failure").next().unwrap_or_else(|| panic!("no failure"));
        assert!(failure.text.contains("東京") && failure.text.contains("<&>"), "{}", failure.text);
        let kinds: Vec<&str> = cases
            .iter()
            .flat_map(|case| case.all("error"))
            .map(|error| error.get("type"))
            .collect();
        assert_eq!(kinds, ["task", "task_panic"]);
    }
    let copied = fs::read(copy).unwrap_or_default();
    assert_eq!(copied, fs::read(bench.run_folder().join("junit.xml")).unwrap_or_default());
    python_reads(&bench.run_folder().join("junit.xml"));
}

/// A second opinion, where there is one.
fn python_reads(path: &Path) {
    let program = "import sys, xml.dom.minidom as m; m.parse(sys.argv[1])";
    let python = std::process::Command::new("python3").args(["-c", program]).arg(path).output();
    match python {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr))
        }
        Err(_) => eprintln!("SKIPPED: no python3 to parse {}", path.display()),
    }
}

#[test]
fn junit_is_red_whenever_the_run_is() {
    let bench = projects::sink();
    for (eval, extra) in [
        ("endings::green", 0),
        ("endings::red", 0),
        ("endings::broken", 0),
        ("endings::dataless", 1),
        ("grades::low_mean", 0),
        ("grades::unscored", 1),
    ] {
        let ran = bench.run(&["--exact", eval]);
        let root = Element::read(&bench.run_folder().join("junit.xml"));
        let suite = root.all("testsuite").next().unwrap_or_else(|| panic!("no suite"));
        let red = suite.number("failures") + suite.number("errors") > 0;
        assert_eq!(red, ran.code != Some(0), "{eval}: {suite:?}");
        let folder = bench.eval_folder(&eval.replace("::", ".")).join("summary.json");
        let counts = if folder.exists() {
            keystone_e2e::read_json(&folder)["counts"].clone()
        } else {
            json!({})
        };
        check_counts(suite, &counts, extra);
    }
}

#[test]
fn github_gets_annotations_and_a_summary_of_the_step() {
    let bench = projects::sink();
    let summary = bench.write("step.md", "before\n");
    let root = bench.project().folder().to_string_lossy().into_owned();
    let ran = bench.run_with(
        &[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_STEP_SUMMARY", &summary.to_string_lossy()),
            ("GITHUB_WORKSPACE", &root),
        ],
        &["endings::"],
    );
    ran.expect_code(103);
    let errors: Vec<&str> =
        ran.stdout.lines().filter(|line| line.starts_with("::error ")).collect();
    assert_eq!(errors.len(), 4, "{ran}");
    assert!(errors[0].starts_with("::error file=tests/evals/endings.rs,line="), "{}", errors[0]);
    assert!(
        errors[0].contains("title=endings%3A%3Ared failed::pass_rate 0 %25 < 100 %25"),
        "{}",
        errors[0]
    );
    let text = fs::read_to_string(summary).unwrap_or_default();
    assert!(text.starts_with("before\n### Evaluations"), "{text}");
    for words in [
        "| ✅ | `endings::green` | 100 % |",
        "| ❌ | `endings::red` | 0 % |",
        "💥",
        "the data base is down",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    // What a model says is no command to the runner.
    let stop = ran.stdout.lines().position(|line| line.starts_with("::stop-commands::"));
    let report = ran.stdout.lines().position(|line| line.starts_with("endings::red  failed"));
    assert!(stop.is_some() && stop < report, "{ran}");
    bench.run(&["endings::"]).does_not_say("::error");
}

#[test]
fn nothing_of_a_progress_line_goes_into_a_pipe() {
    let bench = projects::sink();
    let content: String = (0..400)
        .map(|n| {
            format!("{}\n", json!({"id": format!("r{n}"), "input": "work yes", "expected": "yes"}))
        })
        .collect();
    bench.data("script.jsonl", content);
    let mut command = bench.binary(&["--exact", "scripts::script", "--concurrency", "1"]);
    command.env_remove("NO_COLOR").env("TERM", "xterm-256color");
    let ran = Ran::of(command);
    ran.expect_code(0).does_not_say("rows/s").does_not_say("\u{1b}").does_not_say("\r");
    assert_eq!(ran.stderr, "");
}

/// All files below a folder.
fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// The environment and the command line may hold secrets. Nothing of them is written down or
/// printed, unless a task itself says it.
#[test]
fn secrets_of_the_environment_are_written_nowhere() {
    let bench = projects::sink();
    let secret = "sk-e2e-4f7ac0ffee1234567890";
    let header = "Bearer e2e-deadbeef-0987654321";
    let ran = bench.run_with(
        &[
            ("OPENAI_API_KEY", secret),
            ("KEYSTONE_API_KEY", secret),
            ("KEYSTONE_API_KEYY", secret),
            ("KEYSTONE_TAGG", secret),
            ("AUTHORIZATION", header),
            ("HTTP_AUTHORIZATION", header),
            ("GITHUB_TOKEN", secret),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_STEP_SUMMARY", &bench.path("step.md").to_string_lossy()),
        ],
        &["endings::", "scripts::", "kinds::", "files::"],
    );
    ran.expect_code(103)
        .says("KEYSTONE_TAGG is no setting")
        .does_not_say(secret)
        .does_not_say(header);
    let mut written = Vec::new();
    files(bench.folder(), &mut written);
    assert!(written.len() > 20);
    for path in written {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()).into_owned();
        for word in [secret, header, "e2e-deadbeef"] {
            assert!(!text.contains(word), "{} has it", path.display());
        }
    }
}

#[test]
fn what_a_model_says_does_nothing_to_the_terminal() {
    let bench = projects::sink();
    let wild = "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{202e}gpj.exe";
    bench.data(
        "script.jsonl",
        format!("{}\n", json!({"id": wild, "input": wild, "expected": format!("{wild}!")})),
    );
    let ran = bench.run(&["--exact", "scripts::script"]);
    ran.expect_code(101);
    for bad in ["\u{1b}", "\u{7}", "\u{9b}", "\u{202e}"] {
        ran.does_not_say(bad);
    }
    assert_eq!(bench.rows("scripts.script")[0]["id"], wild, "the journal has it as it is");
}
