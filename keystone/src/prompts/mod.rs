//! Prompts and their templates.
//!
//! A template is a text with placeholders and sections:
//!
//! | in a template | stands for |
//! |---|---|
//! | `{who}`, `{{ who }}` | the value of a variable; one brace or two mean the same |
//! | `{user.city.zip}` | a value inside of maps |
//! | `{#docs}…{/docs}` | the part between the tags, once for each item of a list; `{_it}` is the item, and where the item is a map, its keys are variables of their own |
//! | `{#formal}…{/formal}` | the same, once, unless the variable is missing, null, false, 0, or an empty text, list or map |
//!
//! ```
//! use keystone::prompts::{render, variables};
//! use serde_json::json;
//!
//! let variables = variables(json!({
//!     "question": "Where is Oslo?",
//!     "docs": [{"title": "Norway"}, {"title": "Fjords"}],
//! }))?;
//! assert_eq!(
//!     render("{question}{#docs}\n- {title}{/docs}", &variables),
//!     "Where is Oslo?\n- Norway\n- Fjords",
//! );
//! # Ok::<(), keystone::prompts::VariablesError>(())
//! ```
//!
//! # The rules
//!
//! - A name is letters, digits and underscores of any script, and may start with a digit. A path
//!   is names joined by single dots. There may be white space inside the braces, not around the
//!   dots. What has any other form (`{a-b}`, `{}`, `{"k": 1}`) is plain text, so that JSON in a
//!   template is safe as long as no brace is directly followed by a bare name and a closing brace.
//! - A placeholder without a value stays as it is written. Lists have no index: `{xs.0}` is the
//!   key `0` of a map.
//! - Texts are put in as they are, everything else as compact JSON: `true`, `null`, `12`, `1.0`,
//!   `["a"]`. Nothing is escaped. The keys of maps come in the order that the map has. An integer
//!   beyond 64 bits is a float before it comes here, because [`serde_json::Value`] has no other.
//! - Sections have single braces and one name, which is looked up among the variables themselves. A
//!   section ends at the first closing tag of its name, and is not looked into for further
//!   sections: their tags stay in the text, as do tags without a partner.
//! - First sections are filled in, with whatever placeholders their part holds, then the
//!   placeholders of the text that came out. **A value that was put in is not looked into
//!   again**, whatever braces it holds, so that no value can read other variables.
//! - There are no escapes, comments, defaults, filters or partials. Line breaks beside tags stay.
//!
//! [`Template`] reads a text once for many renderings, sets a bound to what they may take, and
//! tells of tags that no value fills.

mod error;
mod leftover;
mod prompt;
mod render;
mod scope;
mod tag;
mod template;
#[cfg(test)]
mod tests;
mod variables;

pub use error::{TooLarge, VariablesError};
pub use leftover::{Leftover, LeftoverKind};
pub use template::{Template, render};
pub use variables::variables;
