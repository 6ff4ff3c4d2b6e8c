//! What is told of tags that stay.

use super::map;
use crate::prompts::LeftoverKind::{self, Nested, NoValue, Unclosed, Unopened};
use crate::prompts::Template;

fn leftovers(template: &str, variables: &str) -> Vec<(usize, String, LeftoverKind)> {
    Template::parse(template)
        .leftovers(&map(variables))
        .into_iter()
        .map(|left| (left.offset, left.tag, left.kind))
        .collect()
}

#[test]
fn each_tag_that_stays_is_told_once_with_its_place() {
    let template = "é{who}{ whom }{#xs}{n}{#in}{_it}{/in}{/xs}{#a}{/b}{u.v}{{ }}";
    let variables = r#"{"who": 1, "xs": [{"n": 1}, 2, 3], "u": "t"}"#;
    assert_eq!(
        leftovers(template, variables),
        [
            (7, "{ whom }".to_owned(), NoValue),
            (20, "{n}".to_owned(), NoValue),
            (23, "{#in}".to_owned(), Nested),
            (33, "{/in}".to_owned(), Nested),
            (43, "{#a}".to_owned(), Unclosed),
            (47, "{/b}".to_owned(), Unopened),
            (51, "{u.v}".to_owned(), NoValue),
        ]
    );
}

#[test]
fn what_is_not_filled_in_leaves_nothing() {
    for variables in ["{}", r#"{"s": []}"#, r#"{"s": false}"#] {
        assert_eq!(leftovers("{#s}{n}{#t}{/s}", variables), []);
    }
    assert_eq!(leftovers("{#s}{n}{/s}", r#"{"s": true}"#).len(), 1);
    assert_eq!(leftovers("{#s}{n}{/s}", r#"{"s": [1], "n": null}"#), []);
}
