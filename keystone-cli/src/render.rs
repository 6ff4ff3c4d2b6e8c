//! `keystone render`: a prompt template, filled in.

use std::fmt::Display;
use std::path::PathBuf;

use clap::Args;
use keystone::prompts::Template;
use serde_json::{Map, Value};

use crate::diagnostics::{Problem, error, warning};
use crate::ending::Ending;
use crate::files::{self, Text, is_stdin};

/// How many tags that stay are told of. Of the rest only the number is.
const TOLD: usize = 20;

const AFTER_HELP: &str = "\
Templates:
  {who} {{ who }}         the value of a variable; texts as they are, all else as compact JSON
  {user.city}             a value inside of objects
  {#docs}- {title}{/docs} once for each item of a list; {_it} is the item
  {#formal}Dear {/formal} once, unless missing, null, false, 0 or empty
  What has no value stays as it is written, and is told of on the standard error. A value that
  holds braces is not filled in again.

Exit codes:
  0  the text was written
  1  it could not be written
  2  the command line, the template or the variables are at fault; nothing was written

Examples:
  keystone render prompt.txt --vars vars.json
  echo '{\"who\": \"Ann\"}' | keystone render prompt.txt --vars - --strict";

/// Fill in a prompt template
///
/// Writes the text to the standard output exactly as it comes out: the line feed at its end is
/// the one of the template, if that has one.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// The file of the template, in UTF-8; `-` for standard input
    template: PathBuf,

    /// The variables: a file with a JSON object; `-` for standard input
    #[arg(long, value_name = "FILE")]
    vars: PathBuf,

    /// Refuse a template in which a tag would stay: one without a value, or half of a section
    #[arg(long)]
    strict: bool,
}

/// Renders what the options name, and says on the standard error what is wrong.
pub(crate) fn run(options: &Options) -> Ending {
    match try_run(options) {
        Ok(ending) => ending,
        Err(problem) => {
            error(problem);
            Ending::Refused
        }
    }
}

fn try_run(options: &Options) -> Result<Ending, Problem> {
    if is_stdin(&options.template) && is_stdin(&options.vars) {
        let message = "cannot be both the template and the variables; put one of them in a file";
        return Err(Problem::new("<stdin>", message));
    }
    let source = Text::read(&options.template)?;
    let variables = variables(&Text::read(&options.vars)?)?;
    let template = Template::parse(&source.text);
    let leftovers = template.leftovers(&variables);
    let tell = |problem: &dyn Display| {
        if options.strict { error(problem) } else { warning(problem) }
    };
    for leftover in leftovers.iter().take(TOLD) {
        // White space inside of a tag may be line feeds.
        let tag = leftover.tag.escape_debug();
        let reason = leftover.kind.describe();
        tell(&source.problem(leftover.offset, format!("{tag} {reason}")));
    }
    if leftovers.len() > TOLD {
        tell(&format!("… and {} more tags that stay", leftovers.len() - TOLD));
    }
    if options.strict && !leftovers.is_empty() {
        return Ok(Ending::Refused);
    }
    Ok(files::write(&template.render(&variables)))
}

/// Reads the variables.
fn variables(source: &Text) -> Result<Map<String, Value>, Problem> {
    let Text { name, text } = source;
    let found = match serde_json::from_str(text) {
        Ok(Value::Object(variables)) => return Ok(variables),
        Ok(Value::Null) => "null",
        Ok(Value::Bool(_)) => "a boolean",
        Ok(Value::Number(_)) => "a number",
        Ok(Value::String(_)) => "a text",
        Ok(Value::Array(_)) => "a list",
        Err(_) if text.trim_ascii().is_empty() => {
            return Err(Problem::new(name, "the file is empty; without variables, write {}"));
        }
        Err(error) => return Err(Problem::json(name, (1, 1), text, &error)),
    };
    let start = text.len() - text.trim_ascii_start().len();
    let message = format!("variables are an object of names and values, but this is {found}");
    Err(source.problem(start, message))
}
