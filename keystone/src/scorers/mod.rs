//! Scorers: what grades an output.
//!
//! Built in are seven that need no model: [`ExactMatch`], [`Contains`], [`Levenshtein`],
//! [`NumericDiff`], [`JsonDiff`], [`JsonValidity`] and [`SemanticListContains`]. Anything else is
//! a closure ([`from_fn`]) or a type that implements [`Scorer`].
//!
//! ```
//! use keystone::scorers::{ExactMatch, Levenshtein, Scorer, Subject};
//! use keystone::{Case, Output};
//!
//! let case: Case = Case::new("What is the capital of France?").expected("Paris");
//! let output = Output::text("paris");
//! let subject = Subject::new(&case, &output);
//!
//! assert!(ExactMatch::new().ignore_case().score(&subject).passed());
//! assert_eq!(Levenshtein::new().score(&subject).message_text(), "similarity=0.800 threshold=0.8");
//! ```
//!
//! # Where the expected value comes from
//! Scorers that compare with an expected value take the first of these: what the scorer was given
//! with `expected(…)`; where it was given `expected_key("…")`, the value of that name
//! ([`Subject::parameter`]) and nothing else; the expected value of the row. Where there is none,
//! the row is unscored, with a reason that says what was looked for.
//!
//! # Scorers that run in the sandbox
//! [`FileExists`], [`FileContains`], [`CommandExits`], [`SqlEquals`] and [`LlmJudge`] say what the
//! sandbox checks once an agent has run in it. They cannot grade an output here: every one is
//! unscored, with a reason. [`scorers_to_invariants`] makes the invariants of a spec of them.
//!
//! # Scorers as data
//! A built-in scorer has a form as data, its [`Rule`], and [`from_rule`] makes a scorer of one.
//! Weight and gate are not part of a rule; they are part of an [`Invariant`].

mod adjusted;
pub mod edit_distance;
mod function;
mod heuristic;
mod rule;
mod sandbox;
mod scenario;
mod score;
mod scorer;
mod settings;
mod subject;

pub use adjusted::{Adjusted, ScorerExt};
pub use function::{FromFn, from_fn};
pub use heuristic::{
    Contains, ExactMatch, JsonDiff, JsonValidity, Levenshtein, NumericDiff, SemanticListContains,
};
pub use rule::{RuleError, from_rule};
pub use sandbox::{
    CommandExits, FileContains, FileExists, Invariant, Invariants, LlmJudge, SqlEquals,
    scorers_to_invariants,
};
pub use scenario::Scenario;
pub use score::{IntoScore, Score};
pub use scorer::{Policy, Rule, Scorer};
pub use subject::{Bound, Subject, Unscorable};

pub(crate) use subject::CaseData;
