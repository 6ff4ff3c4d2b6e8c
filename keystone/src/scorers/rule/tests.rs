use serde_json::{Value, json};

use super::kinds::UNSUPPORTED;
use super::*;
use crate::scorers::{
    CommandExits, Contains, ExactMatch, FileContains, FileExists, JsonDiff, JsonValidity,
    Levenshtein, LlmJudge, NumericDiff, Rule, Scorer, ScorerExt, SemanticListContains, SqlEquals,
};

fn error(kind: &str, config: Value) -> RuleError {
    from_rule(&Rule::new("r", kind, config)).err().unwrap()
}

#[test]
fn rules_of_scorers_make_the_same_scorers() {
    let scorers: Vec<Box<dyn Scorer>> = vec![
        Box::new(Contains::new("needle")),
        Box::new(Contains::new("").case_sensitive().named("c")),
        Box::new(ExactMatch::new()),
        Box::new(ExactMatch::new().expected("x").expected_key("k").ignore_case().keep_whitespace()),
        Box::new(ExactMatch::new().expected(json!({"a": [1.0, true]})).named("e")),
        Box::new(Levenshtein::new()),
        Box::new(Levenshtein::new().expected("").expected_key("k").threshold(0.0)),
        Box::new(NumericDiff::new()),
        Box::new(NumericDiff::new().expected(-1e300).expected_key("k").tolerance(0.5)),
        Box::new(JsonDiff::new()),
        Box::new(JsonDiff::new().expected(json!([1])).expected_key("k").threshold(0.25)),
        Box::new(JsonValidity::new()),
        Box::new(JsonValidity::new().named("v")),
        Box::new(SemanticListContains::new()),
        Box::new(
            SemanticListContains::new()
                .expected([json!("a"), json!(1)])
                .expected_key("k")
                .fuzzy()
                .fuzzy_threshold(0.5)
                .threshold(0.5)
                .named("s"),
        ),
        Box::new(SemanticListContains::new().expected([""; 0])),
        Box::new(FileExists::new("a/b")),
        Box::new(FileContains::new("a").contains("x").named("f")),
        Box::new(FileContains::new("a").contains("").not_contains("y").pattern("z+")),
        Box::new(CommandExits::new("false").exit_code(255)),
        Box::new(SqlEquals::new("db", "SELECT 1", json!({"a": [null, 1.5]}))),
        Box::new(SqlEquals::new("db", "SELECT NULL", Value::Null)),
        Box::new(LlmJudge::new("polite?")),
        Box::new(
            LlmJudge::new("polite?")
                .model("m")
                .input_from("agent_output")
                .rubric([("pass", "yes"), ("fail", "no")])
                .temperature(0.5)
                .named("j"),
        ),
        Box::new(LlmJudge::new("polite?").rubric([("", ""); 0])),
    ];
    for scorer in scorers {
        let rule = scorer.rule().unwrap();
        let again = from_rule(&rule).unwrap();
        assert_eq!(again.rule(), Some(rule));
        assert_eq!(again.name(), scorer.name());
        assert_eq!(again.check(), Ok(()));
    }
}

#[test]
fn rules_have_the_fields_of_the_platform() {
    let config = |scorer: &dyn Scorer| scorer.rule().unwrap().config;
    assert_eq!(config(&Contains::new("x")), json!({"text": "x", "case_sensitive": false}));
    assert_eq!(
        config(&ExactMatch::new()),
        json!({"expected": null, "expected_key": null, "case_sensitive": true, "strip": true})
    );
    assert_eq!(
        config(&Levenshtein::new()),
        json!({"expected": null, "expected_key": null, "threshold": 0.8})
    );
    assert_eq!(
        config(&NumericDiff::new()),
        json!({"expected": null, "expected_key": null, "tolerance": 0.01})
    );
    assert_eq!(
        config(&JsonDiff::new()),
        json!({"expected": null, "expected_key": null, "threshold": 1.0})
    );
    assert_eq!(config(&JsonValidity::new()), json!({}));
    assert_eq!(
        config(&SemanticListContains::new()),
        json!({"expected": null, "expected_key": null, "fuzzy": false,
               "fuzzy_threshold": 0.75, "threshold": 1.0})
    );
}

#[test]
fn weight_and_gate_are_not_in_a_rule() {
    let rule = Levenshtein::new().weight(2.0).gate().rule().unwrap();
    let again = from_rule(&rule).unwrap().named("again");
    assert_eq!((again.policy().weight, again.policy().gate), (1.0, false));
    assert_eq!(rule, Levenshtein::new().rule().unwrap());
}

#[test]
fn nulls_and_an_absent_configuration_are_defaults() {
    for config in [Value::Null, json!({}), json!({"threshold": null, "expected": null})] {
        let scorer = from_rule(&Rule::new("levenshtein", "levenshtein", config)).unwrap();
        assert_eq!(scorer.rule(), Levenshtein::new().rule());
    }
    let scorer = from_rule(&Rule::new("c", "contains", json!({"text": null}))).unwrap();
    let (case, output) = (crate::Case::new("in"), crate::Output::text("out"));
    assert!(scorer.score(&crate::scorers::Subject::new(&case, &output)).is_unscored());
}

#[test]
fn unknown_types_are_told_from_those_not_supported_yet() {
    for (kind, meant) in [
        ("exactmatch", Some("exact_match")),
        ("Exact-Match", Some("exact_match")),
        ("json_valid", Some("json_validity")),
        ("llm_as_a_judge", Some("llm_as_judge")),
        ("vibes", None),
        ("", None),
    ] {
        let RuleError::UnknownType { suggestion, .. } = error(kind, json!({})) else {
            panic!("{kind}")
        };
        assert_eq!(suggestion, meant, "{kind}");
    }
    for kind in UNSUPPORTED {
        let error = error(kind, json!({"anything": 1}));
        assert!(matches!(error, RuleError::UnsupportedType { .. }), "{kind}");
        assert!(error.to_string().contains("is not supported yet"));
    }
}

#[test]
fn a_bad_configuration_says_what_is_needed() {
    for (kind, config, message) in [
        ("levenshtein", json!([]), "`config` is a list, but an object is needed"),
        (
            "levenshtein",
            json!({"threshold": 1.5}),
            "`threshold` is 1.5, but a number from 0 to 1 is needed",
        ),
        (
            "levenshtein",
            json!({"threshold": "0.9"}),
            "`threshold` is \"0.9\", but a number from 0 to 1 is needed",
        ),
        ("levenshtein", json!({"expected_key": 7}), "`expected_key` is 7, but a text is needed"),
        (
            "levenshtein",
            json!({"treshold": 1}),
            "unknown field \"treshold\"; did you mean `threshold`?",
        ),
        (
            "levenshtein",
            json!({"model": "m"}),
            "unknown field \"model\"; rules of type `levenshtein` have expected, expected_key, threshold",
        ),
        (
            "json_validity",
            json!({"x": null}),
            "unknown field \"x\"; rules of type `json_validity` have none",
        ),
        (
            "numeric_diff",
            json!({"tolerance": -1}),
            "`tolerance` is -1, but a number from 0 up is needed",
        ),
        (
            "numeric_diff",
            json!({"expected": "many"}),
            "`expected` is \"many\", but a number is needed",
        ),
        ("file_exists", json!({}), "`path` is missing, but a text is needed"),
        ("file_exists", json!({"path": 1}), "`path` is 1, but a text is needed"),
        (
            "file_content",
            json!({"path": "a", "contain": "b"}),
            "unknown field \"contain\"; did you mean `contains`?",
        ),
        (
            "command_exit",
            json!({"command": "x", "exit_code": 1.5}),
            "`exit_code` is 1.5, but a whole number from 0 to 255 is needed",
        ),
        (
            "command_exit",
            json!({"command": "x", "exit_code": -1}),
            "`exit_code` is -1, but a whole number from 0 to 255 is needed",
        ),
        (
            "sql",
            json!({"service": "db", "query": "q"}),
            "`equals` is missing, but a JSON value, be it null, is needed",
        ),
        ("llm_as_judge", json!([]), "`config` is a list, but an object is needed"),
        ("llm_as_judge", json!({"criteria": 1}), "`criteria` is 1, but a text is needed"),
        (
            "llm_as_judge",
            json!({"criteria": "c", "rubric": {"pass": 1}}),
            "`rubric` is an object, but an object of texts is needed",
        ),
        (
            "llm_as_judge",
            json!({"criteria": "c", "temperature": -1}),
            "`temperature` is -1, but a number from 0 up is needed",
        ),
        ("contains", json!({"text": 1}), "`text` is 1, but a text is needed"),
        (
            "contains",
            json!({"case_sensitive": "yes"}),
            "`case_sensitive` is \"yes\", but true or false is needed",
        ),
        (
            "semantic_list_contains",
            json!({"expected": "a"}),
            "`expected` is \"a\", but a list of texts is needed",
        ),
    ] {
        assert_eq!(error(kind, config).to_string(), format!("rule \"r\": {message}"));
    }
}

#[test]
fn a_judge_without_criteria_is_not_supported_yet() {
    for config in [
        Value::Null,
        json!({}),
        json!({"template_key": "factuality"}),
        json!({"criteria": null, "model": "m"}),
    ] {
        assert!(matches!(error("llm_as_judge", config), RuleError::UnsupportedType { .. }));
    }
}
