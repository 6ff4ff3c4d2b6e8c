//! What a query answers.

use serde_json::{Value, json};

use super::Invariant;
use super::place::{check_text, runs_in_sandbox};
use super::settings::{Settings, settings_methods, settings_of_scorer};
use crate::scorers::{Rule, Scorer};

/// Checks in the sandbox that a query gives a value: the first column of its first row. The
/// platform calls it `SQLEquals`.
///
/// The name is `sql:` and the service, unless [`named`](SqlEquals::named) otherwise. Rule type and
/// type of the check are `sql`, with `service`, `query` and `equals`.
///
/// ```
/// use keystone::scorers::{Scorer, SqlEquals};
/// use serde_json::Value;
///
/// let paid = SqlEquals::new("db", "SELECT count(*) FROM orders WHERE paid", 3);
/// assert_eq!(paid.name(), "sql:db");
/// let unset = SqlEquals::new("db", "SELECT deleted_at FROM users", Value::Null).named("not deleted");
/// assert_eq!(unset.invariant().map(|invariant| invariant.check["equals"].clone()), Some(Value::Null));
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct SqlEquals {
    service: String,
    query: String,
    equals: Value,
    settings: Settings,
}

impl SqlEquals {
    /// Checks that a query to this service of the spec gives this value; null is the NULL of SQL.
    /// An empty service or query is an error of [`Scorer::check`].
    pub fn new(
        service: impl Into<String>,
        query: impl Into<String>,
        equals: impl Into<Value>,
    ) -> Self {
        let service = service.into();
        Self {
            settings: Settings::new(format!("sql:{service}")),
            service,
            query: query.into(),
            equals: equals.into(),
        }
    }
}

settings_methods!(SqlEquals);

impl Scorer for SqlEquals {
    settings_of_scorer!();
    runs_in_sandbox!();

    fn rule(&self) -> Option<Rule> {
        let config = json!({"service": self.service, "query": self.query, "equals": self.equals});
        Some(Rule::new(self.name(), "sql", config))
    }

    fn invariant(&self) -> Option<Invariant> {
        let check = json!({
            "type": "sql",
            "service": self.service,
            "query": self.query,
            "equals": self.equals,
        });
        Some(Invariant::new(format!("SQL check on {}", self.service), check).counted(self.policy()))
    }

    fn check(&self) -> Result<(), String> {
        check_text("service", &self.service)?;
        check_text("query", &self.query)
    }
}
