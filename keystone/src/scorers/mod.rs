//! Scorers: what grades an output.

mod score;
mod scorer;
mod subject;

pub use score::{IntoScore, Score};
pub use scorer::{Policy, Rule, Scorer};
pub use subject::{Bound, Subject, Unscorable};

pub(crate) use subject::CaseData;
