//! Variables from anything that has names and values.

use serde::Serialize;
use serde_json::{Map, Value};

use super::error::VariablesError;

/// Makes variables of a struct, a map, or what `json!` makes.
///
/// ```
/// use keystone::prompts::{render, variables};
///
/// #[derive(serde::Serialize)]
/// struct Ticket<'a> {
///     title: &'a str,
///     urgent: bool,
/// }
///
/// let ticket = Ticket { title: "No heat", urgent: true };
/// assert_eq!(render("{title}{#urgent} (!){/urgent}", &variables(ticket)?), "No heat (!)");
/// # Ok::<(), keystone::prompts::VariablesError>(())
/// ```
///
/// # Errors
/// Where it is no object, such as a list or a number, or has no JSON form.
pub fn variables(values: impl Serialize) -> Result<Map<String, Value>, VariablesError> {
    let found = match serde_json::to_value(values) {
        Ok(Value::Object(variables)) => return Ok(variables),
        Ok(Value::Null) => "null",
        Ok(Value::Bool(_)) => "a boolean",
        Ok(Value::Number(_)) => "a number",
        Ok(Value::String(_)) => "a text",
        Ok(Value::Array(_)) => "a list",
        Err(source) => return Err(VariablesError::NotJson { source }),
    };
    Err(VariablesError::NotAnObject { found })
}
