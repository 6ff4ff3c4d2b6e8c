//! Lists of tags.

use syn::{ExprArray, LitStr};

use crate::errors::Errors;
use crate::settings::{found, text};

/// The tags of a list: texts that are not empty, have no comma and are there once.
pub(super) fn tags(list: &ExprArray, errors: &mut Errors) -> Vec<LitStr> {
    let mut tags: Vec<LitStr> = Vec::new();
    for element in &list.elems {
        match text(element) {
            None => errors.at(element, format!("a tag is a text, found {}", found(element))),
            Some(tag) if tag.value().trim().is_empty() => errors.at(tag, "a tag is not empty"),
            Some(tag) if tag.value().contains(',') => {
                errors.at(tag, "a tag has no comma, which is what separates tags");
            }
            Some(tag) if tags.iter().any(|earlier| earlier.value() == tag.value()) => {
                errors.at(tag, "this tag is in the list already");
            }
            Some(tag) => tags.push(tag.clone()),
        }
    }
    tags
}
