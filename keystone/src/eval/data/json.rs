//! Rows that are JSON objects.

use std::fmt;
use std::sync::Arc;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::Map;
use serde_json::value::RawValue;

use super::fields::{Fields, Role};
use super::nearest::{nearest, quoted};
use super::problem::Problem;
use super::row::{Part, RowText, Shape, id_of, metadata_of, offset_of, texts_of, without_place};
use super::source::{Place, Source};
use super::values::{Member, follow, keys, kind, lone_value, offset_in};

/// A row, and the roles whose fields it has.
pub(super) struct Parsed {
    pub(super) row: RowText,
    pub(super) roles: u16,
}

/// Turns the text of a row into a row.
pub(super) fn parse(source: &Arc<Source>, place: Place, bytes: Vec<u8>) -> Result<Parsed, Problem> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let (line, column) = place.locate(error.as_bytes(), offset);
        let byte = error.as_bytes().get(offset).copied().unwrap_or_default();
        source.not_utf8(byte).at_line(line).at_column(column)
    })?;
    let row = Row { source, place, text: &text };

    let trimmed = text.trim_matches([' ', '\t', '\r', '\n']);
    let found = row.top(trimmed)?;
    if let Some((role, second)) = found.twice {
        let message = "the key is there twice, and it is not clear which value is meant";
        return Err(row.at(Some(second.get()), message).in_field(row.top_name(role)));
    }

    let mut roles = 0;
    let mut value = |role: Role| {
        let value = row.value(&found, trimmed, role);
        if let Ok(Some(_)) = value {
            roles |= role.bit();
        }
        value
    };
    let wrong = |json, role, id| move |message| row.wrong(json, role, message, id);

    let id = match value(Role::Id)? {
        None => None,
        Some(json) => id_of(json).map_err(wrong(json, Role::Id, None))?,
    };
    let named = id.as_deref();
    let mut value = |role| value(role).map_err(|problem| problem.of_row(named));

    let Some(input) = value(Role::Input)? else {
        return Err(row.without_input(&found, trimmed).of_row(named));
    };
    let (input, lone_input) = row.unwrapped(input, Role::Input);
    let expected = value(Role::Expected)?
        .map(|json| row.unwrapped(json, Role::Expected))
        .filter(|(json, _)| *json != "null");
    let tags = match value(Role::Tags)? {
        None => Vec::new(),
        Some(json) => texts_of(json, false).map_err(wrong(json, Role::Tags, named))?,
    };
    let context = match value(Role::Context)? {
        None => Vec::new(),
        Some(json) => texts_of(json, true).map_err(wrong(json, Role::Context, named))?,
    };
    let metadata = match value(Role::Metadata)? {
        None => Map::new(),
        Some(json) => metadata_of(json).map_err(wrong(json, Role::Metadata, named))?,
    };

    let part = |json: &str, lone: bool| {
        let start = offset_in(&text, json);
        let shape = if lone { Shape::Lone } else { Shape::Json };
        Part::new(&text, start..start + json.len(), shape)
    };
    let input = part(input, lone_input);
    let expected = expected.map(|(json, lone)| part(json, lone));
    let row = RowText {
        source: Arc::clone(source),
        place,
        input,
        expected,
        id,
        tags,
        metadata,
        context,
        text,
    };
    Ok(Parsed { row, roles })
}

/// A row while it is taken apart.
#[derive(Clone, Copy)]
struct Row<'a> {
    source: &'a Source,
    place: Place,
    text: &'a str,
}

impl<'a> Row<'a> {
    /// Finds the fields at the top of the row that somebody asked for.
    fn top(&self, trimmed: &'a str) -> Result<Top<'a>, Problem> {
        let fields = &self.source.fields;
        let mut json = serde_json::Deserializer::from_str(trimmed);
        if trimmed.starts_with('{') {
            let top = json.deserialize_map(TopVisitor { fields });
            return top
                .and_then(|top| json.end().map(|()| top))
                .map_err(|error| self.syntax(trimmed, &error));
        }
        // Not an object; but is it JSON?
        match serde_json::from_str::<&RawValue>(trimmed) {
            Err(error) => Err(self.syntax(trimmed, &error)),
            // Where the whole row is the input, the row may be anything.
            Ok(_) if fields.slot(Role::Input).is_whole() => Ok(Top::default()),
            Ok(_) => {
                Err(self
                    .at(Some(trimmed), format!("the row is {}, expected an object", kind(trimmed))))
            }
        }
    }

    /// The value of a role, if the row has one.
    fn value(
        &self,
        top: &Top<'a>,
        trimmed: &'a str,
        role: Role,
    ) -> Result<Option<&'a str>, Problem> {
        let slot = self.source.fields.slot(role);
        if slot.is_whole() {
            return Ok(Some(trimmed));
        }
        if let Some(raw) = top.literal[role as usize] {
            return Ok(Some(raw.get()));
        }
        let Some(head) = top.head[role as usize] else {
            return Ok(None);
        };
        match follow(head.get(), &slot.path[1..]) {
            Member::Found(raw) => Ok(Some(raw.get())),
            Member::Absent => Ok(None),
            Member::Twice => Err(self
                .at(Some(head.get()), "a key on the way there is given twice")
                .in_field(&*slot.name)),
        }
    }

    /// What a value stands for, and whether that is something in it: servers keep objects only, so
    /// that in a copy of their records `{"value": …}` stands for what is no object. Where somebody
    /// named the field, the value stands for itself.
    fn unwrapped(&self, json: &'a str, role: Role) -> (&'a str, bool) {
        if !self.source.copied || self.source.fields.slot(role).explicit {
            return (json, false);
        }
        match lone_value(json) {
            Some(inside) => (inside, true),
            None => (json, false),
        }
    }

    /// The key at the top of the row that a role looks for first.
    fn top_name(&self, role: Role) -> &'a str {
        let slot = self.source.fields.slot(role);
        slot.path.first().unwrap_or(&slot.name)
    }

    /// A problem at a part of the row's text.
    fn at(&self, part: Option<&str>, message: impl Into<String>) -> Problem {
        let offset = part.map_or(0, |part| offset_in(self.text, part));
        let (line, column) = self.place.locate(self.text.as_bytes(), offset);
        self.source.problem(message).at_line(line).at_column(column)
    }

    /// A field whose value is not what its role takes.
    fn wrong(&self, json: &str, role: Role, message: String, id: Option<&str>) -> Problem {
        let name = &*self.source.fields.slot(role).name;
        let mut message = message;
        if matches!(role, Role::Tags | Role::Metadata | Role::Context | Role::Id) {
            let other = Source::option_for(role, "");
            message.push_str(&format!(" (if it is something else, write `{other}`)"));
        }
        self.at(Some(json), message).in_field(name).of_row(id)
    }

    /// Says how far the name of the input leads, and what there is instead.
    #[cold]
    fn without_input(&self, top: &Top<'a>, trimmed: &'a str) -> Problem {
        let slot = self.source.fields.slot(Role::Input);
        let Some(head) = top.head[Role::Input as usize] else {
            let message = missing(Role::Input, &slot.name, &keys(trimmed), "the row has");
            return self.at(Some(trimmed), message);
        };
        let (mut at, mut depth) = (head.get(), 1);
        while let Member::Found(raw) = follow(at, &slot.path[depth..=depth]) {
            (at, depth) = (raw.get(), depth + 1);
        }
        let names = keys(at);
        let there = match quoted(names.iter().map(String::as_str)) {
            none if none.is_empty() => format!("is {}", kind(at)),
            names => format!("has {names}"),
        };
        let parent = slot.path[..depth].join(".");
        self.at(Some(at), format!("there is no {:?}; {parent:?} {there}", slot.name))
    }

    /// Text that is not JSON.
    #[cold]
    fn syntax(&self, trimmed: &str, error: &serde_json::Error) -> Problem {
        let offset = offset_of(trimmed, error);
        let rest = &trimmed.as_bytes()[offset.min(trimmed.len())..];
        let starts = |words: &[&str]| words.iter().any(|word| rest.starts_with(word.as_bytes()));
        let hint = if trimmed.as_bytes().contains(&0) {
            "; the line holds NUL bytes, so the file is damaged or not UTF-8"
        } else if error.is_eof() {
            "; a row ends in the middle, and each must stand whole on one line"
        } else if starts(&["NaN", "Infinity", "nfinity"]) {
            "; JSON has no NaN and no Infinity, write null"
        } else if starts(&["None", "True", "False", "'"]) {
            "; this is Python's notation, write the rows with json.dumps"
        } else {
            ""
        };
        self.at(
            trimmed.get(offset..).or(Some(trimmed)),
            format!("not JSON: {}{hint}", without_place(error)),
        )
    }
}

/// What to say of a field or column that is not there.
pub(super) fn missing<S: AsRef<str>>(role: Role, name: &str, names: &[S], have: &str) -> String {
    let names = || names.iter().map(AsRef::as_ref).filter(|name| !name.is_empty());
    let there = quoted(names());
    if there.is_empty() {
        return format!("there is no {name:?}; {have} no field at all");
    }
    let near = nearest(name, names());
    let question = match near {
        Some(near) => format!("; did you mean {near:?}?"),
        None => ".".to_owned(),
    };
    // Only the input must be somewhere; of the others there may be none.
    let usual = ["question", "prompt", "query", "text"];
    let suggested = near.or_else(|| {
        let usual = usual.into_iter().find(|usual| names().any(|name| name == *usual));
        usual.or_else(|| names().next()).filter(|_| role == Role::Input)
    });
    let advice = match suggested {
        Some(name) => format!("Name the field to take: `{}`", Source::option_for(role, name)),
        None => format!("Name one of these, or take `{}` out", Source::option_for(role, name)),
    };
    format!("there is no {name:?}; {have} {there}{question} {advice}")
}

/// The fields at the top of a row that somebody asked for.
#[derive(Default)]
struct Top<'a> {
    literal: [Option<&'a RawValue>; Role::COUNT],
    head: [Option<&'a RawValue>; Role::COUNT],
    /// A field that is there twice, and its second value.
    twice: Option<(Role, &'a RawValue)>,
}

struct TopVisitor<'f> {
    fields: &'f Fields,
}

impl<'de> Visitor<'de> for TopVisitor<'_> {
    type Value = Top<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Top<'de>, A::Error> {
        let mut top = Top::default();
        while let Some(roles) = map.next_key_seed(Key { fields: self.fields })? {
            if roles == 0 {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let raw: &RawValue = map.next_value()?;
            for role in Role::ALL {
                let slots = [
                    (roles & role.bit(), &mut top.literal),
                    (roles & (role.bit() << Role::COUNT), &mut top.head),
                ];
                for (plays, values) in slots {
                    if plays != 0 && values[role as usize].replace(raw).is_some() {
                        top.twice = Some((role, raw));
                    }
                }
            }
        }
        Ok(top)
    }
}

/// Reads a key as the set of roles that it plays.
struct Key<'f> {
    fields: &'f Fields,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = u16;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<u16, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = u16;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<u16, E> {
        Ok(self.fields.roles_of(key))
    }
}
