//! Closures as scorers.

use super::{IntoScore, Score, Scorer, Subject};

/// A scorer from a name and a function that returns a `bool`, a number from 0 to 1, a [`Score`],
/// or an `Option` or `Result` of one of those.
///
/// ```
/// use keystone::scorers::{Scorer, Subject, from_fn};
/// use keystone::{Case, Output};
///
/// let brief = from_fn("brief", |subject: &Subject<'_>| {
///     subject.output_text().split_whitespace().count() <= 20
/// });
///
/// let (case, output): (Case, _) = (Case::new("Who?"), Output::text("Ada Lovelace."));
/// assert!(brief.score(&Subject::new(&case, &output)).passed());
/// ```
pub fn from_fn<F, R>(name: impl Into<String>, function: F) -> FromFn<F>
where
    F: Fn(&Subject<'_>) -> R + Send + Sync,
    R: IntoScore,
{
    FromFn { name: name.into(), function }
}

/// A closure as a scorer; see [`from_fn`].
#[derive(Clone)]
pub struct FromFn<F> {
    name: String,
    function: F,
}

impl<F> std::fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FromFn").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<F, R> Scorer for FromFn<F>
where
    F: Fn(&Subject<'_>) -> R + Send + Sync,
    R: IntoScore,
{
    fn name(&self) -> &str {
        &self.name
    }

    fn score(&self, subject: &Subject<'_>) -> Score {
        (self.function)(subject).into_score()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Case, Output};

    #[test]
    fn every_kind_of_result_becomes_a_score() {
        let case: Case = Case::new("in").expected("out");
        let output = Output::text("out");
        let subject = Subject::new(&case, &output);

        let equal = from_fn("equal", |s: &Subject<'_>| Some(s.output_text()) == s.expected_text());
        assert!(equal.score(&subject).passed());
        let share = from_fn("share", |_: &Subject<'_>| 0.25);
        assert_eq!(share.score(&subject).value(), Some(0.25));
        let none = from_fn("none", |_: &Subject<'_>| None::<f64>);
        assert!(none.score(&subject).is_unscored());
        let broken = from_fn("broken", |s: &Subject<'_>| {
            s.output_text().parse::<i32>().map(|number| number == 4)
        });
        assert_eq!(broken.score(&subject).unscored_reason(), Some("invalid digit found in string"));
    }
}
