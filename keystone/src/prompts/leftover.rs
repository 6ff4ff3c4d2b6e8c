//! Tags that stay in the text.

use super::scope::{Repeat, Variables};
use super::tag::{self, End, Part, Placeholder};
use super::template::{Node, Section, Template};

/// A tag that stays in the text as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leftover {
    /// Where it starts in the template, in bytes from 0.
    pub offset: usize,
    /// The tag as it is written, with its braces.
    pub tag: String,
    /// Why it stays.
    pub kind: LeftoverKind,
}

/// Why a tag stays in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LeftoverKind {
    /// No variable has the name, or the path leads nowhere.
    NoValue,
    /// The section has no closing tag.
    Unclosed,
    /// The closing tag has no section.
    Unopened,
    /// It belongs to a section inside of a section, which there is not.
    Nested,
}

impl LeftoverKind {
    /// The reason in a few words, to follow the tag.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::NoValue => "has no value",
            Self::Unclosed => "is never closed",
            Self::Unopened => "closes nothing",
            Self::Nested => "is inside of another section, and sections do not nest",
        }
    }
}

/// All tags of a template that stay, in their order.
pub(super) fn of(template: &Template<'_>, variables: Variables<'_>) -> Vec<Leftover> {
    let mut found = Vec::new();
    for node in template.nodes() {
        match node {
            Node::Text { at, text } => {
                let placeholders = tag::parts(text, *at).filter_map(placeholder);
                let missing =
                    placeholders.filter(|placeholder| variables.find(placeholder.path).is_none());
                found.extend(missing.map(without_value));
                found.extend(tag::section_tags(text, *at).map(|tag| Leftover {
                    offset: tag.at,
                    tag: tag.raw.to_owned(),
                    kind: match tag.end {
                        End::Open => LeftoverKind::Unclosed,
                        End::Close => LeftoverKind::Unopened,
                    },
                }));
            }
            Node::Section(section) => of_section(section, variables, &mut found),
        }
    }
    found.sort_by_key(|leftover| leftover.offset);
    found
}

fn of_section(section: &Section<'_>, variables: Variables<'_>, found: &mut Vec<Leftover>) {
    let repeat = Repeat::of(variables.get(section.name));
    if matches!(repeat, Repeat::Never | Repeat::Each([])) {
        return;
    }
    let placeholders = section.parts.iter().copied().filter_map(placeholder);
    // What an item leaves is looked up among the variables once more.
    let missing = placeholders.filter(|placeholder| {
        variables.find(placeholder.path).is_none()
            && match repeat {
                Repeat::Each(items) => {
                    items.iter().any(|item| variables.find_in(item, placeholder.path).is_none())
                }
                Repeat::Never | Repeat::Once => true,
            }
    });
    found.extend(missing.map(without_value));
    found.extend(tag::section_tags(section.text, section.at).map(|tag| Leftover {
        offset: tag.at,
        tag: tag.raw.to_owned(),
        kind: LeftoverKind::Nested,
    }));
}

fn placeholder(part: Part<'_>) -> Option<Placeholder<'_>> {
    match part {
        Part::Placeholder(placeholder) => Some(placeholder),
        Part::Text(_) => None,
    }
}

fn without_value(placeholder: Placeholder<'_>) -> Leftover {
    Leftover {
        offset: placeholder.at,
        tag: placeholder.raw.to_owned(),
        kind: LeftoverKind::NoValue,
    }
}
