//! What every scorer is.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Invariant, Score, Subject};

/// Grades one output.
///
/// Scorers are shared between threads and never changed by a run: what belongs to a row (its
/// expected value, its input) comes with the [`Subject`].
///
/// ```
/// use keystone::{Score, Scorer, scorers::Subject};
///
/// struct Polite;
///
/// impl Scorer for Polite {
///     fn name(&self) -> &str {
///         "polite"
///     }
///
///     fn score(&self, subject: &Subject<'_>) -> Score {
///         if subject.output_text().contains("please") { Score::pass() } else { Score::fail("no please") }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scorer",
    note = "put `#[keystone::scorer]` on the function, or write a closure in the list"
)]
pub trait Scorer: Send + Sync {
    /// The name under which the scores appear, unique among the scorers of an evaluation.
    fn name(&self) -> &str;

    /// Grades one output. What cannot be graded is [`Score::unscored`].
    fn score(&self, subject: &Subject<'_>) -> Score;

    /// How the score counts.
    fn policy(&self) -> Policy {
        Policy::default()
    }

    /// The scorer as data, where it has such a form.
    fn rule(&self) -> Option<Rule> {
        None
    }

    /// The scorer as an invariant of a spec, which the sandbox checks after the agent has run;
    /// `None` for a scorer that is no such check.
    fn invariant(&self) -> Option<Invariant> {
        None
    }

    /// Whether the scorer needs the sandbox that the agent ran in. Such a scorer gives every
    /// output [`Score::unscored`]; it is used through its [`invariant`](Scorer::invariant).
    fn runs_in_sandbox(&self) -> bool {
        false
    }

    /// Whether the scorer's own parameters make sense. Asked before the first row runs.
    ///
    /// # Errors
    /// Says which parameter does not, and what it may be.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// How a scorer's score counts in the outcome of a row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Policy {
    /// The share of the scorer in the composite, which is the mean weighted by this. Not
    /// negative; 1 unless set.
    pub weight: f64,
    /// Whether a row fails when this scorer does, whatever the composite says.
    pub gate: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { weight: 1.0, gate: false }
    }
}

/// A scorer as data: what the platform and `keystone score --rules` understand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Rule {
    /// The name under which scores appear.
    pub name: String,
    /// The kind of scorer, such as `exact_match`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The scorer's parameters.
    #[serde(default)]
    pub config: Value,
}

impl Rule {
    /// A rule of this name and kind.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: impl Into<String>, config: Value) -> Self {
        Self { name: name.into(), kind: kind.into(), config }
    }
}

macro_rules! forward_scorer {
    ($($pointer:ty),*) => {$(
        impl<S: Scorer + ?Sized> Scorer for $pointer {
            fn name(&self) -> &str {
                (**self).name()
            }
            fn score(&self, subject: &Subject<'_>) -> Score {
                (**self).score(subject)
            }
            fn policy(&self) -> Policy {
                (**self).policy()
            }
            fn rule(&self) -> Option<Rule> {
                (**self).rule()
            }
            fn invariant(&self) -> Option<Invariant> {
                (**self).invariant()
            }
            fn runs_in_sandbox(&self) -> bool {
                (**self).runs_in_sandbox()
            }
            fn check(&self) -> Result<(), String> {
                (**self).check()
            }
        }
    )*};
}

forward_scorer!(&S, Box<S>, Arc<S>);
