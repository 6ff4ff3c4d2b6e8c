//! The scorers that run in the sandbox, from their rules.

use serde_json::Value;

use super::RuleError;
use super::fields::Fields;
use crate::scorers::{CommandExits, FileContains, FileExists, LlmJudge, Rule, SqlEquals};

pub(super) fn command_exit(rule: &Rule) -> Result<CommandExits, RuleError> {
    let fields = Fields::of(rule, &["command", "exit_code"])?;
    let mut scorer = CommandExits::new(fields.required_text("command")?).named(&rule.name);
    if let Some(value) = fields.value("exit_code") {
        // A platform that keeps all numbers as floating-point ones writes `0.0`.
        let code =
            value.as_f64().filter(|code| code.fract() == 0.0 && (0.0..=255.0).contains(code));
        let Some(code) = code else {
            return Err(fields.bad("exit_code", value, "a whole number from 0 to 255"));
        };
        #[expect(clippy::cast_possible_truncation, reason = "a whole number from 0 to 255")]
        let code = code as i32;
        scorer = scorer.exit_code(code);
    }
    Ok(scorer)
}

pub(super) fn file_content(rule: &Rule) -> Result<FileContains, RuleError> {
    let fields = Fields::of(rule, &["path", "contains", "not_contains", "pattern"])?;
    let mut scorer = FileContains::new(fields.required_text("path")?).named(&rule.name);
    if let Some(text) = fields.text("contains")? {
        scorer = scorer.contains(text);
    }
    if let Some(text) = fields.text("not_contains")? {
        scorer = scorer.not_contains(text);
    }
    if let Some(pattern) = fields.text("pattern")? {
        scorer = scorer.pattern(pattern);
    }
    Ok(scorer)
}

pub(super) fn file_exists(rule: &Rule) -> Result<FileExists, RuleError> {
    let fields = Fields::of(rule, &["path"])?;
    Ok(FileExists::new(fields.required_text("path")?).named(&rule.name))
}

pub(super) fn llm_as_judge(rule: &Rule) -> Result<LlmJudge, RuleError> {
    // The platform's own judges are rules of this type as well, with a template's key in the
    // place of criteria.
    if let Value::Null | Value::Object(_) = &rule.config
        && rule.config.get("criteria").is_none_or(Value::is_null)
    {
        let (rule, kind) = (rule.name.clone(), rule.kind.clone());
        return Err(RuleError::UnsupportedType { rule, kind });
    }
    let fields = Fields::of(rule, &["criteria", "model", "input_from", "rubric", "temperature"])?;
    let mut scorer = LlmJudge::new(fields.required_text("criteria")?).named(&rule.name);
    if let Some(model) = fields.text("model")? {
        scorer = scorer.model(model);
    }
    if let Some(input_from) = fields.text("input_from")? {
        scorer = scorer.input_from(input_from);
    }
    if let Some(rubric) = fields.value("rubric") {
        let lines = rubric.as_object().and_then(|rubric| {
            rubric.iter().map(|(key, text)| Some((key, text.as_str()?))).collect::<Option<Vec<_>>>()
        });
        let Some(lines) = lines else {
            return Err(fields.bad("rubric", rubric, "an object of texts"));
        };
        scorer = scorer.rubric(lines);
    }
    let from_zero = |number| number >= 0.0;
    if let Some(temperature) = fields.number("temperature", "a number from 0 up", from_zero)? {
        scorer = scorer.temperature(temperature);
    }
    Ok(scorer)
}

pub(super) fn sql(rule: &Rule) -> Result<SqlEquals, RuleError> {
    let fields = Fields::of(rule, &["service", "query", "equals"])?;
    let (service, query) = (fields.required_text("service")?, fields.required_text("query")?);
    // Null is a value that a query can give, so it has to be told from a field forgotten.
    if !fields.has("equals") {
        return Err(fields.missing("equals", "a JSON value, be it null,"));
    }
    let equals = fields.value("equals").cloned().unwrap_or_default();
    Ok(SqlEquals::new(service, query, equals).named(&rule.name))
}
