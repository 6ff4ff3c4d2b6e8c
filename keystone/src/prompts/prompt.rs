//! Rendering of prompts that are stored.

use serde_json::{Map, Value};

use super::error::TooLarge;
use super::scope::Variables;
use super::template::Template;
use crate::types::Prompt;

impl Prompt {
    /// Fills in the template here, without a call: with these variables, and with the stored ones
    /// where these have none of the name. A variable that is given replaces the stored one whole.
    ///
    /// [`prompts`](crate::prompts) has the rules of templates.
    ///
    /// ```
    /// use keystone::{prompts::variables, types::Prompt};
    /// use serde_json::json;
    ///
    /// let prompt: Prompt = serde_json::from_value(json!({
    ///     "slug": "greet",
    ///     "template": "{salute} {who}",
    ///     "variables": {"salute": "Hi", "who": "you"},
    /// }))?;
    /// assert_eq!(prompt.render(&variables(json!({"who": "Ann"}))?), "Hi Ann");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn render(&self, variables: &Map<String, Value>) -> String {
        let variables = Variables::new(variables).over(&self.variables);
        Template::parse(&self.template).render_from(variables)
    }

    /// The same, unless that takes more than so many bytes: see [`Template::render_bounded`].
    ///
    /// # Errors
    /// Where it takes more than `limit` bytes.
    pub fn render_bounded(
        &self,
        variables: &Map<String, Value>,
        limit: usize,
    ) -> Result<String, TooLarge> {
        let variables = Variables::new(variables).over(&self.variables);
        Template::parse(&self.template).render_bounded_from(variables, limit)
    }
}
