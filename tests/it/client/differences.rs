//! Where the Rust client does on purpose what the Python SDK does not.

use serde_json::Value;

/// A difference between the two clients, and why.
#[derive(Debug)]
pub(super) struct Difference {
    /// The call.
    pub(super) call: &'static str,
    /// What of it differs: the `requests`, the `members` of a bundle, the `outcome`, …
    side: &'static str,
    /// What the Python SDK does, as JSON.
    python: &'static str,
    /// What the Rust client does, as JSON.
    rust: &'static str,
    /// Why.
    pub(super) reason: &'static str,
}

impl Difference {
    /// The call and the side, and what both clients do.
    pub(super) fn sides(&self) -> ((String, String), [Value; 2]) {
        let read = |text: &str| match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) => panic!("{} {}: {error}: {text}", self.call, self.side),
        };
        ((self.call.to_owned(), self.side.to_owned()), [read(self.python), read(self.rust)])
    }
}

/// All of them. What is listed and does not happen fails as well as what happens and is not listed.
pub(super) const DIFFERENCES: &[Difference] = &[
    Difference {
        call: "agents.upload-directory",
        side: "members",
        python: r#"[["lib/nested/data.bin 4", "main.py 15", "zoë ✓.txt 8"]]"#,
        rust: r#"[["lib/ 0", "lib/nested/ 0", "lib/nested/data.bin 4", "main.py 15",
                   "zoë ✓.txt 8"]]"#,
        reason: "Python loses folders that are empty; an agent may count on them.",
    },
    Difference {
        call: "agents.upload-junk",
        side: "members",
        python: r#"[[".DS_Store 4", ".git/HEAD 4", "__pycache__/main.pyc 4",
                     "lib/nested/data.bin 4", "main.py 15", "node_modules/a/index.js 4",
                     "zoë ✓.txt 8"]]"#,
        rust: r#"[["lib/ 0", "lib/nested/ 0", "lib/nested/data.bin 4", "main.py 15",
                   "zoë ✓.txt 8"]]"#,
        reason: "The reference says that common junk is skipped; Python sends all of it.",
    },
    Difference {
        call: "datasets.get_records-ampersand",
        side: "requests",
        python: r#"[{"request": "GET /v1/datasets/ds_abc/records", "query": ["d=", "tags=r"]}]"#,
        rust: r#"[{"request": "GET /v1/datasets/ds_abc/records", "query": ["tags=r&d"]}]"#,
        reason: "Python does not escape `&`, so that it asks for another tag.",
    },
    Difference {
        call: "experiments.run_and_wait-broken_poll",
        side: "outcome",
        python: r#""error 500: restarting""#,
        rust: r#""ok""#,
        reason: "A server that fails once while one waits does not end the run, nor the wait.",
    },
    Difference {
        call: "experiments.run_and_wait-broken_poll",
        side: "requests",
        python: r#"[{"request": "POST /v1/experiments/exp-broken/run"},
                    {"request": "GET /v1/experiments/exp-broken"},
                    {"request": "GET /v1/experiments/exp-broken"}]"#,
        rust: r#"[{"request": "POST /v1/experiments/exp-broken/run"},
                  {"request": "GET /v1/experiments/exp-broken"},
                  {"request": "GET /v1/experiments/exp-broken"},
                  {"request": "GET /v1/experiments/exp-broken"}]"#,
        reason: "A server that fails once while one waits does not end the run, nor the wait.",
    },
    Difference {
        call: "export.traces-ampersand",
        side: "requests",
        python: r#"[{"request": "GET /v1/traces", "query": ["d=", "limit=100", "tool=r"]},
                    {"request": "GET /v1/traces",
                     "query": ["cursor=c-2_x", "d=", "limit=100", "tool=r"]}]"#,
        rust: r#"[{"request": "GET /v1/traces", "query": ["limit=100", "tool=r&d#1"]},
                  {"request": "GET /v1/traces",
                   "query": ["cursor=c-2_x", "limit=100", "tool=r&d#1"]}]"#,
        reason: "Python escapes neither `&` nor `#`, so that it asks for another tool.",
    },
    Difference {
        call: "prompts.get-tag_slash",
        side: "requests",
        python: r#"[{"request": "GET /v1/prompts/team/greet/tags/a/b"}]"#,
        rust: r#"[{"request": "GET /v1/prompts/team%2Fgreet/tags/a%2Fb"}]"#,
        reason: "Python does not escape `/`, so that it asks for another path.",
    },
    Difference {
        call: "sandboxes.create-odd_yaml",
        side: "requests",
        python: r#"[{"request": "POST /v1/sandboxes", "type": "application/json",
                     "body": {"spec_id": "fix-failing-test"}}]"#,
        rust: r#"[{"request": "POST /v1/sandboxes", "type": "application/json",
                   "body": {"spec_id": "fix-failing-test",
                            "secrets": {"AT_COLUMN_0": "1", "COMMENT": "3", "flow_map": "2"}}}]"#,
        reason: "Python scans lines; comments, flow maps and lists that are not indented are YAML too.",
    },
    Difference {
        call: "sandboxes.get-hash",
        side: "requests",
        python: r#"[{"request": "GET /v1/sandboxes/sb"}]"#,
        rust: r#"[{"request": "GET /v1/sandboxes/sb%231"}]"#,
        reason: "Python does not escape `#`, so that it asks for another sandbox.",
    },
    Difference {
        call: "sandboxes.get-missing",
        side: "outcome",
        python: r#""error 404: not_found""#,
        rust: r#""error 404: there is no sandbox missing""#,
        reason: "Of an error in the documented shape Python shows the code, not the message.",
    },
    Difference {
        call: "sandboxes.get-question",
        side: "requests",
        python: r#"[{"request": "GET /v1/sandboxes/sb", "query": ["x=1"]}]"#,
        rust: r#"[{"request": "GET /v1/sandboxes/sb%3Fx%3D1"}]"#,
        reason: "Python does not escape `?`, so that it asks for another sandbox.",
    },
    Difference {
        call: "sandboxes.get-slash",
        side: "requests",
        python: r#"[{"request": "GET /v1/sandboxes/sb/1"}]"#,
        rust: r#"[{"request": "GET /v1/sandboxes/sb%2F1"}]"#,
        reason: "Python does not escape `/`, so that it asks for another path.",
    },
    Difference {
        call: "sandboxes.read_file-odd",
        side: "requests",
        python: r#"[{"request": "GET /v1/sandboxes/sb-abc/files/a%20b/%C3%A9"}]"#,
        rust: r#"[{"request": "GET /v1/sandboxes/sb-abc/files/a%20b/%C3%A9%3F%23.txt"}]"#,
        reason: "Python escapes neither `?` nor `#`, so that it reads another file.",
    },
];
