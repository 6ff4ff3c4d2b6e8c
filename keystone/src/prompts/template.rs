//! Templates: texts that were read for their sections.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;

use serde_json::{Map, Value};

use super::error::TooLarge;
use super::leftover::{self, Leftover};
use super::render::{Bounded, Budget, Rendering, Unbounded};
use super::scope::{Repeat, Variables};
use super::tag::{self, End, Part};

/// A template that was read, to be rendered any number of times.
///
/// Every text is a template: what is no tag is text. See [the module](super) for the rules.
///
/// ```
/// use keystone::prompts::{Template, variables};
/// use serde_json::json;
///
/// let greeting = Template::parse("Hi {who}");
/// for who in ["Ann", "Bo"] {
///     let variables = variables(json!({"who": who}))?;
///     assert_eq!(greeting.render(&variables), format!("Hi {who}"));
/// }
/// # Ok::<(), keystone::prompts::VariablesError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template<'a> {
    source: &'a str,
    nodes: Vec<Node<'a>>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node<'a> {
    /// What is outside of sections, and where it starts.
    Text {
        at: usize,
        text: &'a str,
    },
    Section(Section<'a>),
}

/// A section that has both its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section<'a> {
    pub(super) name: &'a str,
    /// Where the text between the tags starts.
    pub(super) at: usize,
    pub(super) text: &'a str,
    pub(super) parts: Vec<Part<'a>>,
}

/// Fills in a template. See [the module](super) for the rules.
///
/// Takes time in proportion to the template, the variables used and the result.
///
/// ```
/// use keystone::prompts::{render, variables};
/// use serde_json::json;
///
/// let variables = variables(json!({"who": "Ann", "vip": true}))?;
/// assert_eq!(render("Dear {who}{#vip}, welcome back{/vip}!", &variables), "Dear Ann, welcome back!");
/// // What has no value stays.
/// assert_eq!(render("{who} and {whom}", &variables), "Ann and {whom}");
/// # Ok::<(), keystone::prompts::VariablesError>(())
/// ```
#[must_use]
pub fn render(template: &str, variables: &Map<String, Value>) -> String {
    Template::parse(template).render(variables)
}

impl<'a> Template<'a> {
    /// Reads a template, in time proportional to its length.
    #[must_use]
    pub fn parse(source: &'a str) -> Self {
        // The first closing tag of a name behind some place is looked for at places that only
        // move on, so that each closing tag is passed over once.
        let mut closing: HashMap<&str, VecDeque<(usize, usize)>> = HashMap::new();
        for tag in tag::section_tags(source, 0).filter(|tag| tag.end == End::Close) {
            closing.entry(tag.name).or_default().push_back((tag.at, tag.after()));
        }
        let mut nodes = Vec::new();
        let mut done = 0;
        for open in tag::section_tags(source, 0).filter(|tag| tag.end == End::Open) {
            // Inside of a section there are no others.
            if open.at < done {
                continue;
            }
            let Some(closing) = closing.get_mut(open.name) else { continue };
            let body = open.after();
            while closing.front().is_some_and(|(at, _)| *at < body) {
                closing.pop_front();
            }
            let Some((end, after)) = closing.pop_front() else { continue };
            if done < open.at {
                nodes.push(Node::Text { at: done, text: &source[done..open.at] });
            }
            let text = &source[body..end];
            let parts = tag::parts(text, body).collect();
            nodes.push(Node::Section(Section { name: open.name, at: body, text, parts }));
            done = after;
        }
        if done < source.len() {
            nodes.push(Node::Text { at: done, text: &source[done..] });
        }
        Self { source, nodes }
    }

    /// The text that was read.
    #[must_use]
    pub fn source(&self) -> &'a str {
        self.source
    }

    pub(super) fn nodes(&self) -> &[Node<'a>] {
        &self.nodes
    }

    /// Fills in the template.
    ///
    /// A section over a long list multiplies its text; where templates or variables are not your
    /// own, use [`render_bounded`](Self::render_bounded).
    #[must_use]
    pub fn render(&self, variables: &Map<String, Value>) -> String {
        self.render_from(Variables::new(variables))
    }

    pub(super) fn render_from(&self, variables: Variables<'_>) -> String {
        let rendered: Result<String, Infallible> = self.fill(variables, Unbounded);
        let Ok(text) = rendered;
        text
    }

    /// Fills in the template, unless that takes more than so many bytes.
    ///
    /// The bound is for the result, and before that for the text that sections make, in which
    /// placeholders that are still to be filled in count as they are written and an empty value
    /// counts as one byte. So it limits memory, to about twice the bound and the largest value,
    /// and also time. A server should bound the length of templates and of variables as well.
    ///
    /// ```
    /// use keystone::prompts::{Template, variables};
    /// use serde_json::json;
    ///
    /// let variables = variables(json!({"xs": [1, 2, 3]}))?;
    /// let template = Template::parse("{#xs}item {_it}\n{/xs}");
    /// assert_eq!(template.render_bounded(&variables, 1000)?.len(), 21);
    /// let error = template.render_bounded(&variables, 20).unwrap_err();
    /// assert_eq!(error.limit(), 20);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where it takes more than `limit` bytes.
    pub fn render_bounded(
        &self,
        variables: &Map<String, Value>,
        limit: usize,
    ) -> Result<String, TooLarge> {
        self.render_bounded_from(Variables::new(variables), limit)
    }

    pub(super) fn render_bounded_from(
        &self,
        variables: Variables<'_>,
        limit: usize,
    ) -> Result<String, TooLarge> {
        self.fill(variables, Bounded::new(limit))
    }

    /// The tags that stay in the text as they are written, in the order in which they stand.
    ///
    /// Nothing of that is an error, but it is seldom meant: a misspelt variable, a section that is
    /// not closed, a section in a section. What stands in a section counts if that is filled in
    /// with these variables at all. Each tag counts once.
    ///
    /// ```
    /// use keystone::prompts::{LeftoverKind, Template, variables};
    /// use serde_json::json;
    ///
    /// let variables = variables(json!({"who": "Ann"}))?;
    /// let left = Template::parse("Hi {who}, hi {whom}").leftovers(&variables);
    /// assert_eq!((left[0].tag.as_str(), left[0].offset), ("{whom}", 13));
    /// assert_eq!(left[0].kind, LeftoverKind::NoValue);
    /// # Ok::<(), keystone::prompts::VariablesError>(())
    /// ```
    #[must_use]
    pub fn leftovers(&self, variables: &Map<String, Value>) -> Vec<Leftover> {
        leftover::of(self, Variables::new(variables))
    }

    fn fill<B: Budget>(&self, variables: Variables<'_>, budget: B) -> Result<String, B::Error> {
        let mut rendering = Rendering::new(variables, budget);
        for node in &self.nodes {
            match node {
                Node::Text { text, .. } => rendering.text(text)?,
                Node::Section(section) => match Repeat::of(variables.get(section.name)) {
                    Repeat::Never => {}
                    Repeat::Once => rendering.parts(&section.parts, None)?,
                    // Long lists cost nothing where there is nothing to repeat.
                    Repeat::Each(_) if section.parts.is_empty() => {}
                    Repeat::Each(items) => {
                        for item in items {
                            rendering.parts(&section.parts, Some(item))?;
                        }
                    }
                },
            }
        }
        rendering.finish()
    }
}
