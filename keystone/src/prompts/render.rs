//! The text that comes out.
//!
//! Sections come first, then the placeholders of all that is text by then, even where a
//! placeholder is put together from both sides of a section's tag. Text therefore waits, and is
//! looked through when a value comes, or at the end. A value goes straight to what is done: no
//! tag is found in it, and none reaches across it.

use std::convert::Infallible;
use std::fmt::Write;

use serde_json::Value;

use super::error::TooLarge;
use super::scope::Variables;
use super::tag::{self, Part};

/// What a rendering may take.
pub(super) trait Budget {
    type Error;

    /// Takes note of bytes that sections made.
    fn made(&mut self, bytes: usize) -> Result<(), Self::Error>;

    /// Looks at how long the result has become.
    fn check(&self, length: usize) -> Result<(), Self::Error>;
}

/// No bound.
#[derive(Debug)]
pub(super) struct Unbounded;

impl Budget for Unbounded {
    type Error = Infallible;

    fn made(&mut self, _: usize) -> Result<(), Infallible> {
        Ok(())
    }

    fn check(&self, _: usize) -> Result<(), Infallible> {
        Ok(())
    }
}

/// So many bytes.
#[derive(Debug)]
pub(super) struct Bounded {
    limit: usize,
    left: usize,
}

impl Bounded {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, left: limit }
    }
}

impl Budget for Bounded {
    type Error = TooLarge;

    fn made(&mut self, bytes: usize) -> Result<(), TooLarge> {
        self.left = self.left.checked_sub(bytes).ok_or(TooLarge::new(self.limit))?;
        Ok(())
    }

    fn check(&self, length: usize) -> Result<(), TooLarge> {
        if length > self.limit { Err(TooLarge::new(self.limit)) } else { Ok(()) }
    }
}

/// A text that is being made.
#[derive(Debug)]
pub(super) struct Rendering<'a, B> {
    variables: Variables<'a>,
    budget: B,
    done: String,
    /// Text whose placeholders are not filled in yet.
    waiting: String,
}

impl<'a, B: Budget> Rendering<'a, B> {
    pub(super) fn new(variables: Variables<'a>, budget: B) -> Self {
        Self { variables, budget, done: String::new(), waiting: String::new() }
    }

    /// Adds text of the template.
    pub(super) fn text(&mut self, text: &str) -> Result<(), B::Error> {
        self.budget.made(text.len())?;
        self.waiting.push_str(text);
        Ok(())
    }

    /// Adds what stands in a section, for an item of a list or for none.
    pub(super) fn parts(
        &mut self,
        parts: &[Part<'_>],
        item: Option<&'a Value>,
    ) -> Result<(), B::Error> {
        for part in parts {
            match part {
                Part::Text(text) => self.text(text)?,
                Part::Placeholder(placeholder) => {
                    let value = match item {
                        Some(item) => self.variables.find_in(item, placeholder.path),
                        None => self.variables.find(placeholder.path),
                    };
                    match value {
                        Some(value) => self.value(value)?,
                        None => self.text(placeholder.raw)?,
                    }
                }
            }
        }
        Ok(())
    }

    fn value(&mut self, value: &Value) -> Result<(), B::Error> {
        self.fill_in()?;
        let before = self.done.len();
        write_value(value, &mut self.done);
        self.budget.made((self.done.len() - before).max(1))?;
        self.budget.check(self.done.len())
    }

    /// Fills in the placeholders of the text that waits.
    fn fill_in(&mut self) -> Result<(), B::Error> {
        let Self { variables, budget, done, waiting } = self;
        for part in tag::parts(waiting, 0) {
            match part {
                Part::Text(text) => done.push_str(text),
                Part::Placeholder(placeholder) => match variables.find(placeholder.path) {
                    Some(value) => write_value(value, done),
                    None => done.push_str(placeholder.raw),
                },
            }
            budget.check(done.len())?;
        }
        waiting.clear();
        Ok(())
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> Result<String, B::Error> {
        self.fill_in()?;
        Ok(self.done)
    }
}

/// Adds the text of a value.
fn write_value(value: &Value, text: &mut String) {
    match value {
        Value::String(value) => text.push_str(value),
        // Compact JSON. Writing to a `String` does not fail.
        other => drop(write!(text, "{other}")),
    }
}
