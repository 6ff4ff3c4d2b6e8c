//! Where tags stand in a text.
//!
//! Every tag starts with a brace and holds no other, but for the second of a doubled one. A
//! search that fails can therefore go on at the next brace, and no text is read more than twice.

/// A placeholder as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placeholder<'a> {
    /// Where it starts, in bytes.
    pub(super) at: usize,
    /// The whole of it, with its braces.
    pub(super) raw: &'a str,
    /// Names joined by dots.
    pub(super) path: &'a str,
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Text(&'a str),
    Placeholder(Placeholder<'a>),
}

/// Which end of a section a tag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Open,
    Close,
}

/// A tag of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SectionTag<'a> {
    /// Where it starts, in bytes.
    pub(super) at: usize,
    /// The whole of it, with its braces.
    pub(super) raw: &'a str,
    pub(super) end: End,
    pub(super) name: &'a str,
}

impl SectionTag<'_> {
    /// Where the text goes on behind it.
    pub(super) fn after(&self) -> usize {
        self.at + self.raw.len()
    }
}

/// A text, cut into placeholders and what is between them; `start` is where it starts in the
/// whole.
pub(super) fn parts(text: &str, start: usize) -> impl Iterator<Item = Part<'_>> {
    let mut done = 0;
    let mut waiting: Option<Placeholder<'_>> = None;
    std::iter::from_fn(move || {
        if let Some(placeholder) = waiting.take() {
            return Some(Part::Placeholder(placeholder));
        }
        let from = done;
        let mut search = done;
        while let Some(at) = find_brace(text, search) {
            let Some((length, path)) = placeholder(&text[at..]) else {
                search = at + 1;
                continue;
            };
            done = at + length;
            let found = Placeholder { at: start + at, raw: &text[at..done], path };
            if from == at {
                return Some(Part::Placeholder(found));
            }
            waiting = Some(found);
            return Some(Part::Text(&text[from..at]));
        }
        done = text.len();
        (from < done).then(|| Part::Text(&text[from..]))
    })
}

/// The tags of sections, from the start of a text to its end.
pub(super) fn section_tags(text: &str, start: usize) -> impl Iterator<Item = SectionTag<'_>> {
    let mut search = 0;
    std::iter::from_fn(move || {
        while let Some(at) = find_brace(text, search) {
            if let Some((length, end, name)) = section_tag(&text[at..]) {
                search = at + length;
                let raw = &text[at..search];
                return Some(SectionTag { at: start + at, raw, end, name });
            }
            search = at + 1;
        }
        None
    })
}

fn find_brace(text: &str, from: usize) -> Option<usize> {
    text.get(from..)?.find('{').map(|at| from + at)
}

/// How long the placeholder is that a text starts with, and its path.
fn placeholder(text: &str) -> Option<(usize, &str)> {
    let inside = text.strip_prefix('{')?;
    let inside = inside.strip_prefix('{').unwrap_or(inside).trim_start();
    let mut rest = inside;
    loop {
        rest = name(rest)?.1;
        match rest.strip_prefix('.') {
            Some(next) => rest = next,
            None => break,
        }
    }
    let path = &inside[..inside.len() - rest.len()];
    let rest = rest.trim_start().strip_prefix('}')?;
    let rest = rest.strip_prefix('}').unwrap_or(rest);
    Some((text.len() - rest.len(), path))
}

/// How long the tag of a section is that a text starts with, which end, and of which section.
fn section_tag(text: &str) -> Option<(usize, End, &str)> {
    let inside = text.strip_prefix('{')?;
    let (end, inside) = match inside.strip_prefix('#') {
        Some(inside) => (End::Open, inside),
        None => (End::Close, inside.strip_prefix('/')?),
    };
    let (name, rest) = name(inside.trim_start())?;
    let rest = rest.trim_start().strip_prefix('}')?;
    Some((text.len() - rest.len(), end, name))
}

/// The name that a text starts with, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}
