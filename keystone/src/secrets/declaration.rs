//! What a spec says of each secret.

use std::collections::HashMap;

use serde_saphyr::Spanned;

use super::error::{Place, SecretsError, SecretsErrorKind};
use super::node::{Declared, Entry, Node, place_of};

/// One entry of a spec's `secrets`.
pub(super) struct Declaration {
    pub(super) name: String,
    pub(super) origin: Origin,
    /// Where its source stands, or the entry, where it has none of its own.
    pub(super) place: Place,
}

/// Where a value comes from.
pub(super) enum Origin {
    /// The environment variable of this name.
    Variable(String),
    /// The file at this path, as the spec has it.
    File(String),
    /// The output of this command.
    Command(String),
    /// The server, which has it stored.
    Dashboard,
    /// The server, which makes it of the spec.
    Spec,
}

/// The sources, for a message.
const SOURCES: &str = "a source is `env`, `env:NAME`, `file:PATH`, `command:SHELL` or `dashboard`";

/// The declarations in what stands under `secrets`.
pub(super) fn declarations(secrets: Spanned<Declared>) -> Result<Vec<Declaration>, SecretsError> {
    let place = place_of(&secrets);
    let entries = match secrets.value {
        Node::Null => return Ok(Vec::new()),
        Node::List(entries) => entries,
        other => {
            let message = format!(
                "`secrets` is {}, but a list is needed, such as `- NAME` on a line of its own",
                other.kind()
            );
            return Err(shape(message, place));
        }
    };
    let mut lines = HashMap::new();
    let mut declarations = Vec::with_capacity(entries.len());
    for entry in entries {
        let place = place_of(&entry);
        let declaration = declaration(entry)?;
        if let Some(first) = lines.insert(declaration.name.clone(), place.line) {
            return Err(SecretsError::new(
                SecretsErrorKind::Duplicate,
                format!("it is declared twice, first in line {first}"),
            )
            .of(&declaration.name)
            .at(place));
        }
        declarations.push(declaration);
    }
    Ok(declarations)
}

fn shape(message: impl Into<String>, place: Place) -> SecretsError {
    SecretsError::new(SecretsErrorKind::Shape, message).at(place)
}

fn declaration(entry: Spanned<Entry>) -> Result<Declaration, SecretsError> {
    let place = place_of(&entry);
    let fields = match entry.value {
        Node::Text(name) => {
            let name = checked_name(name, place)?;
            return Ok(Declaration { origin: Origin::Variable(name.clone()), name, place });
        }
        Node::Map(fields) => fields,
        other => {
            let message = format!(
                "a secret is a name or an object with `name`, but this is {}; a name that looks \
                 like something else has to be quoted",
                other.kind()
            );
            return Err(shape(message, place));
        }
    };
    let (mut name, mut source, mut from) = (None, None, None);
    for (key, value) in fields {
        let Node::Text(key) = key else { continue };
        match key.as_str() {
            "name" => name = Some(value),
            "source" => source = Some(value),
            "from" => from = Some(value),
            _ => {}
        }
    }
    let name = match name {
        Some(Spanned { value: Node::Null, .. }) | None => {
            return Err(shape("the secret has no `name`", place));
        }
        Some(node) => {
            let place = place_of(&node);
            match node.value {
                Node::Text(name) => checked_name(name, place)?,
                other => {
                    let message = format!(
                        "the `name` of the secret is {}, but a text is needed; quote it",
                        other.kind()
                    );
                    return Err(shape(message, place));
                }
            }
        }
    };
    let (source, place) = match source {
        None => (String::new(), place),
        Some(node) => {
            let place = place_of(&node);
            match node.value {
                Node::Null => (String::new(), place),
                Node::Text(source) => (source, place),
                other => {
                    let message = format!("`source` is {}; {SOURCES}", other.kind());
                    return Err(shape(message, place).of(&name));
                }
            }
        }
    };
    let origin = origin(&name, &source).map_err(|error| error.of(&name).at(place))?;
    let given = from.is_some_and(|from| match from.value {
        Node::Null => false,
        Node::Text(text) => !text.is_empty(),
        _ => true,
    });
    let origin = if given { Origin::Spec } else { origin };
    Ok(Declaration { name, origin, place })
}

fn checked_name(name: String, place: Place) -> Result<String, SecretsError> {
    if name.trim().is_empty() {
        return Err(shape("the name of the secret is empty", place));
    }
    Ok(name)
}

/// What a `source` says; an empty one is none, and stands for the environment.
fn origin(name: &str, source: &str) -> Result<Origin, SecretsError> {
    let source = source.trim();
    match source {
        "" | "env" => return Ok(Origin::Variable(name.to_owned())),
        "dashboard" => return Ok(Origin::Dashboard),
        _ => {}
    }
    let unknown =
        |message: String| Err(SecretsError::new(SecretsErrorKind::UnknownSource, message));
    let (kind, rest) = match source.split_once(':') {
        Some((kind, rest)) => (kind, rest.trim()),
        // It may well be the secret itself, put in the wrong place, and is not repeated.
        None => return unknown(format!("unknown source; {SOURCES}")),
    };
    if matches!(kind, "env" | "file" | "command") && rest.is_empty() {
        return unknown(format!("there is nothing after `{kind}:`; {SOURCES}"));
    }
    match kind {
        "env" => Ok(Origin::Variable(rest.to_owned())),
        "file" => Ok(Origin::File(rest.to_owned())),
        "command" => Ok(Origin::Command(rest.to_owned())),
        "static" => unknown(format!("a literal is given by `from`, not by `source`; {SOURCES}")),
        kind if kind.len() <= 12 && kind.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            unknown(format!("unknown source `{kind}:`; {SOURCES}"))
        }
        _ => unknown(format!("unknown source; {SOURCES}")),
    }
}
