//! The rules: what to score by.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use keystone::eval::RowRecord;
use keystone::scorers::{Rule, RuleError, Scenario, Scorer, Subject, from_rule};
use keystone::{Case, Score};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::output::{Answer, Graded, Page};
use crate::diagnostics::{Problem, warning};
use crate::files::{position, shown, unreadable};

/// The fields of a rule.
const FIELDS: [&str; 3] = ["name", "type", "config"];

/// The fields that a server adds to the rules that it keeps, which say nothing about scoring.
const SERVER_FIELDS: [&str; 3] = ["id", "user_id", "created_at"];

/// The rules of a file, ready to score.
pub(super) struct Rules {
    rules: Vec<Ready>,
}

/// One rule, ready to score.
struct Ready {
    name: String,
    place: Problem,
    grader: Grader,
}

enum Grader {
    Scorer(Box<dyn Scorer>),
    /// There is no scorer for the rule yet, and this is what every row is told.
    Missing(String),
}

impl Rules {
    /// Reads the rules of a file.
    pub(super) fn read(path: &Path) -> Result<Self, Vec<Problem>> {
        let file = shown(path);
        let bytes = fs::read(path).map_err(|error| vec![unreadable(&file, path, &error)])?;
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
            Err(_) => return Err(vec![Problem::new(file, "not UTF-8; save the file as UTF-8")]),
        };
        Self::parse(&file, text)
    }

    fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| {
            vec![match serde_json::from_str::<Value>(text) {
                Ok(other) => Problem::new(file, no_list(&other)),
                Err(_) if text.trim().is_empty() => Problem::new(file, "the file is empty"),
                Err(_) => Problem::json(file, (1, 1), text, &error),
            }]
        })?;
        if items.is_empty() {
            let message = "the list is empty, so that nothing would be scored";
            return Err(vec![Problem::new(file, message)]);
        }
        let mut rules = Vec::new();
        let mut problems = Vec::new();
        let mut names: HashMap<String, usize> = HashMap::new();
        for (at, item) in items.into_iter().enumerate() {
            let place = |message: String| {
                let (line, column) = locate(text, item.get());
                Problem::new(file, message).at_line(line).at_column(column)
            };
            let rule = match rule(item.get()) {
                Ok(rule) => rule,
                Err(messages) => {
                    let number = at + 1;
                    problems.extend(
                        messages
                            .into_iter()
                            .map(|message| place(format!("rule {number}: {message}"))),
                    );
                    continue;
                }
            };
            if let Some(first) = names.get(&rule.name) {
                problems.push(place(format!(
                    "rule {}: the name {:?} is that of rule {first} already; give each rule a \
                     `name` of its own",
                    at + 1,
                    rule.name
                )));
            } else {
                names.insert(rule.name.clone(), at + 1);
            }
            let name = rule.name.clone();
            match grader(rule) {
                Ok(grader) => {
                    let place = place(format!("rule {name:?}"));
                    rules.push(Ready { name, place, grader });
                }
                Err(messages) => problems.extend(messages.into_iter().map(place)),
            }
        }
        if problems.is_empty() { Ok(Self { rules }) } else { Err(problems) }
    }

    /// Tells of the rules that will score nothing.
    pub(super) fn warn(&self) {
        for rule in &self.rules {
            if let Grader::Missing(reason) = &rule.grader {
                warning(format!("{}: every row is unscored, because {reason}", rule.place));
            }
        }
    }

    /// Scores a scenario.
    pub(super) fn answer_scenario(&self, scenario: &Scenario, page: &mut Page) {
        if !scenario.agent_output.is_null() {
            page.note_output();
        }
        let output = scenario.output();
        let graded = self.grade(&scenario.subject(&output));
        page.answer(&Answer::new(&scenario.id, &graded));
    }

    /// Answers for a row that could not be read.
    pub(super) fn answer_broken(&self, id: &Value, problem: Problem, page: &mut Page) {
        let told = problem.to_string();
        let graded = self.unscored(&format!("the row could not be read: {told}"));
        page.answer(&Answer { error: Some(&told), ..Answer::new(id, &graded) });
        page.problem(problem);
    }

    /// Scores a row of a journal.
    pub(super) fn answer_record(&self, eval: Option<&str>, record: &RowRecord, page: &mut Page) {
        let (graded, error) = match record.to_output() {
            Some(output) => (self.grade(&Subject::new(&case(record), &output)), None),
            None => {
                let error = record.error.as_ref().map_or_else(
                    || "the journal has no output for the row".to_owned(),
                    |error| format!("{}: {}", error.kind.describe(), error.message),
                );
                (self.unscored(&error), Some(error))
            }
        };
        page.answer(&Answer {
            eval,
            index: Some(record.index),
            trial: Some(record.trial),
            error: error.as_deref(),
            ..Answer::new(&record.id, &graded)
        });
    }

    fn grade(&self, subject: &Subject<'_>) -> Vec<Graded<'_>> {
        let grade = |rule: &Ready| match &rule.grader {
            Grader::Scorer(scorer) => scorer.score(subject),
            Grader::Missing(reason) => Score::unscored(reason.clone()),
        };
        self.rules.iter().map(|rule| Graded { rule: &rule.name, score: grade(rule) }).collect()
    }

    fn unscored(&self, reason: &str) -> Vec<Graded<'_>> {
        self.rules
            .iter()
            .map(|rule| Graded { rule: &rule.name, score: Score::unscored(reason.to_owned()) })
            .collect()
    }
}

/// The case of a row of a journal.
fn case(record: &RowRecord) -> Case {
    let mut case: Case =
        Case::new(record.input.as_ref().map_or(Value::Null, |input| input.value()));
    case.id = Some(record.id.clone());
    case.expected = record.expected.as_ref().map(|expected| expected.value());
    case.tags.clone_from(&record.tags);
    case.metadata.clone_from(&record.metadata);
    case.context.clone_from(&record.context);
    case
}

/// Reads the fields of one rule.
fn rule(text: &str) -> Result<Rule, Vec<String>> {
    // The text was checked with the list around it.
    let fields = match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => fields,
        Ok(other) => {
            return Err(vec![format!("{} is no rule, which is an object", kind_of(&other))]);
        }
        Err(error) => return Err(vec![error.to_string()]),
    };
    let mut problems: Vec<String> = unknown_fields(&fields);
    let kind = text_field(&fields, "type", &mut problems);
    let name = text_field(&fields, "name", &mut problems);
    if kind.is_none() && !fields.contains_key("type") {
        problems.insert(0, "it has no `type`, such as \"exact_match\"".to_owned());
    }
    match kind {
        Some(kind) if problems.is_empty() => {
            let config = fields.get("config").cloned().unwrap_or_default();
            Ok(Rule::new(name.unwrap_or_else(|| kind.clone()), kind, config))
        }
        _ => Err(problems),
    }
}

fn text_field(
    fields: &Map<String, Value>,
    field: &str,
    problems: &mut Vec<String>,
) -> Option<String> {
    match fields.get(field) {
        None => None,
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Null) if field == "name" => None,
        Some(Value::String(_)) => {
            problems.push(format!("`{field}` is empty"));
            None
        }
        Some(other) => {
            problems.push(format!("`{field}` is {}, but a text is needed", kind_of(other)));
            None
        }
    }
}

fn unknown_fields(fields: &Map<String, Value>) -> Vec<String> {
    let unknown = |field: &&String| {
        !FIELDS.contains(&field.as_str()) && !SERVER_FIELDS.contains(&field.as_str())
    };
    let message = |field: &String| {
        let near = FIELDS.into_iter().find(|known| {
            !fields.contains_key(*known) && strsim::damerau_levenshtein(field, known) <= 2
        });
        match near {
            Some(near) => format!("unknown field {field:?}; did you mean `{near}`?"),
            None => format!(
                "unknown field {field:?}; a rule has `name`, `type` and `config`, and the \
                 settings of its type stand in `config`"
            ),
        }
    };
    fields.keys().filter(unknown).map(message).collect()
}

/// Makes the scorer of a rule, or finds all that is wrong with its configuration.
fn grader(mut rule: Rule) -> Result<Grader, Vec<String>> {
    let mut problems = Vec::new();
    loop {
        let field = match from_rule(&rule) {
            Ok(scorer) => {
                if let Err(message) = scorer.check() {
                    problems.push(format!("rule {:?}: {message}", rule.name));
                }
                if problems.is_empty() && scorer.runs_in_sandbox() {
                    let kind = rule.kind;
                    let reason = format!("rules of type `{kind}` are checked in the sandbox only");
                    return Ok(Grader::Missing(reason));
                }
                if problems.is_empty() {
                    return Ok(Grader::Scorer(scorer));
                }
                break;
            }
            Err(RuleError::UnsupportedType { kind, .. }) => {
                let reason = format!("rules of type `{kind}` are not supported yet");
                return Ok(Grader::Missing(reason));
            }
            Err(error) => {
                problems.push(error.to_string());
                match error {
                    RuleError::Config { field, .. } | RuleError::UnknownField { field, .. } => {
                        field
                    }
                    _ => break,
                }
            }
        };
        // Only the first problem is told at a time. Without the field at fault comes the next.
        if rule.config.as_object_mut().and_then(|config| config.remove(&field)).is_none() {
            break;
        }
    }
    Err(problems)
}

/// Where a part of a text starts: its line and the byte within that, from 1.
fn locate(text: &str, part: &str) -> (u64, usize) {
    let offset = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    position(text.as_bytes(), offset)
}

fn no_list(found: &Value) -> String {
    let found = match found {
        Value::Object(fields) if fields.contains_key("type") => {
            return "rules are a list, but this is one rule; put it in [ and ]".to_owned();
        }
        other => kind_of(other),
    };
    format!("rules are a list of {{\"name\", \"type\", \"config\"}}, but this is {found}")
}

/// What a value is, with its article.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
