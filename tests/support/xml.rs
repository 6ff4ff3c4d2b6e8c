//! Reading XML, as far as reports need it.

use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// An element of an XML file.
#[derive(Debug, Clone, Default)]
pub struct Element {
    /// Its name.
    pub name: String,
    attributes: Vec<(String, String)>,
    /// The text directly in it.
    pub text: String,
    /// The elements directly in it.
    pub children: Vec<Element>,
}

impl Element {
    /// Reads a file and checks that it is well-formed.
    ///
    /// # Panics
    /// Where it is not, or cannot be read.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => panic!("{}: {error}", path.display()),
        };
        match parse(&text) {
            Ok(root) => root,
            Err(why) => panic!("{} is not well-formed: {why}\n{text}", path.display()),
        }
    }

    /// An attribute, empty where it is not there.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// An attribute that is a number.
    ///
    /// # Panics
    /// Where it is not.
    #[must_use]
    pub fn number(&self, name: &str) -> u64 {
        match self.get(name).parse() {
            Ok(number) => number,
            Err(_) => panic!("{name} of <{}> is {:?}", self.name, self.get(name)),
        }
    }

    /// The elements of this name directly in it.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

fn parse(text: &str) -> Result<Element, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match event {
            Event::Start(tag) => open.push(element(&tag)?),
            Event::Empty(tag) => {
                let element = element(&tag)?;
                top(&mut open)?.children.push(element);
            }
            Event::End(_) => {
                let element = open.pop().ok_or("an end without a start")?;
                top(&mut open)?.children.push(element);
            }
            Event::Text(text) => {
                top(&mut open)?.text.push_str(&text);
            }
            Event::GeneralRef(name) => {
                let whole = format!("&{};", &*name);
                let text =
                    quick_xml::escape::unescape(&whole).map_err(|error| error.to_string())?;
                top(&mut open)?.text.push_str(&text);
            }
            Event::CData(data) => {
                top(&mut open)?.text.push_str(&data);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match (open.len(), open.pop().map(|document| document.children)) {
        (1, Some(mut roots)) if roots.len() == 1 => roots.pop().ok_or_else(String::new),
        (depth, roots) => {
            Err(format!("{depth} open elements, {} roots", roots.unwrap_or_default().len()))
        }
    }
}

fn top(open: &mut [Element]) -> Result<&mut Element, String> {
    open.last_mut().ok_or_else(|| "text outside of the document".to_owned())
}

fn element(tag: &BytesStart<'_>) -> Result<Element, String> {
    let mut element = Element { name: tag.name().as_ref().to_owned(), ..Element::default() };
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let key = attribute.key.as_ref().to_owned();
        let value =
            quick_xml::escape::unescape(&attribute.value).map_err(|error| error.to_string())?;
        element.attributes.push((key, value.into_owned()));
    }
    Ok(element)
}
