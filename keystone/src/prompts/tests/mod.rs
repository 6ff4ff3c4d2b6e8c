mod bounds;
mod leftovers;
mod properties;
mod vectors;

use serde_json::{Map, Value};

use super::{render, variables};

/// Renders with variables that are written as JSON.
fn rendered(template: &str, json: &str) -> String {
    render(template, &map(json))
}

fn map(json: &str) -> Map<String, Value> {
    let value: Value = serde_json::from_str(json).expect("the test's variables are JSON");
    variables(value).expect("and an object")
}
