//! Rules that make no sense are refused before a row is read.

use crate::command::Scratch;

/// What is said of rules that are refused.
fn refused(rules: &str) -> Vec<String> {
    let scored = Scratch::new().score_rows(rules, "{\"id\":1}\n");
    assert_eq!((scored.code, scored.out.as_str()), (Some(2), ""), "{}", scored.err);
    scored.errors().into_iter().map(str::to_owned).collect()
}

#[test]
fn an_unknown_type_gets_a_suggestion() {
    assert_eq!(
        refused(r#"[{"name": "near", "type": "levenstein"}]"#),
        [r#"rules.json:1:2: rule "near": unknown type "levenstein"; did you mean `levenshtein`?"#]
    );
    let far = refused(r#"[{"type": "zzz"}]"#);
    assert!(far[0].contains("the types are command_exit, contains, exact_match"), "{far:?}");
}

#[test]
fn all_that_is_wrong_is_told_with_its_place() {
    let told = refused(
        r#"[
  {"type": "levenshtein", "config": {"treshold": 0.9, "threshold": 1.5, "expected_key": 3}},
  {"type": "exact_match", "confg": {}}, 7,
  {"tpye": "exact_match"},
  {"type": ["x"], "name": 3},
  {"type": "numeric_diff", "tolerance": 0.1},
  {"type": "contains", "config": []},
  {"type": "json_diff", "name": ""}
]"#,
    );
    assert_eq!(
        told,
        [
            r#"rules.json:2:3: rule "levenshtein": unknown field "treshold"; did you mean `threshold`?"#,
            r#"rules.json:2:3: rule "levenshtein": `expected_key` is 3, but a text is needed"#,
            r#"rules.json:2:3: rule "levenshtein": `threshold` is 1.5, but a number from 0 to 1 is needed"#,
            r#"rules.json:3:3: rule 2: unknown field "confg"; did you mean `config`?"#,
            "rules.json:3:41: rule 3: a number is no rule, which is an object",
            r#"rules.json:4:3: rule 4: it has no `type`, such as "exact_match""#,
            r#"rules.json:4:3: rule 4: unknown field "tpye"; did you mean `type`?"#,
            "rules.json:5:3: rule 5: `type` is a list, but a text is needed",
            "rules.json:5:3: rule 5: `name` is a number, but a text is needed",
            r#"rules.json:6:3: rule 6: unknown field "tolerance"; a rule has `name`, `type` and `config`, and the settings of its type stand in `config`"#,
            r#"rules.json:7:3: rule "contains": `config` is a list, but an object is needed"#,
            "rules.json:8:3: rule 8: `name` is empty",
        ]
    );
}

#[test]
fn two_rules_of_one_name_are_told_apart_by_nothing() {
    assert_eq!(
        refused(
            r#"[{"type": "json_validity"},
                {"type": "contains", "name": "c"},
                {"type": "contains", "name": "json_validity"}]"#
        ),
        [
            r#"rules.json:3:17: rule 3: the name "json_validity" is that of rule 1 already; give each rule a `name` of its own"#
        ]
    );
}

#[test]
fn what_is_no_list_of_rules_is_refused() {
    for (rules, told) in [
        ("", "rules.json: the file is empty"),
        ("[]", "rules.json: the list is empty, so that nothing would be scored"),
        (
            r#"{"type": "json_validity"}"#,
            "rules.json: rules are a list, but this is one rule; put it in [ and ]",
        ),
        (
            r#""json_validity""#,
            r#"rules.json: rules are a list of {"name", "type", "config"}, but this is a text"#,
        ),
        ("[\n  {\"type\": }\n]", "rules.json:2:12: not JSON: expected value"),
        (
            "[{\"type\": \"levenshtein\",\n\"config\": {\"threshold\": NaN}}]",
            "rules.json:2:25: NaN is not JSON; write null where there is no number",
        ),
    ] {
        assert_eq!(refused(rules), [told], "{rules}");
    }
}

#[test]
fn a_file_of_rules_that_is_not_there_is_named_whole() {
    let scratch = Scratch::new();
    scratch.write("rows.jsonl", "{}\n");
    let scored = scratch.score(&["--rules", "rulez.json", "--rows", "rows.jsonl"]);
    assert_eq!((scored.code, scored.out.as_str()), (Some(2), ""));
    let told = scored.errors()[0];
    assert!(told.starts_with("rulez.json: there is no such file: "), "{told}");

    let scored = scratch.score(&["--rules", ".", "--rows", "rows.jsonl"]);
    assert_eq!(scored.code, Some(2));
}

#[test]
fn rules_that_a_server_kept_are_accepted_as_they_are() {
    let rules = r#"[{"id": 3, "user_id": "u", "name": "valid", "type": "json_validity",
        "config": {}, "created_at": "2026-11-23T00:00:00Z"}]"#;
    let scored = Scratch::new().score_rows(&format!("\u{feff}{rules}"), "{\"agent_output\":\"1\"}");
    assert_eq!((scored.code, scored.err.as_str()), (Some(0), ""));
}
