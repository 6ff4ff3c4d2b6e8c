//! What a scorer says of one output.

use std::borrow::Cow;
use std::fmt::Display;

use serde_json::{Map, Value};

/// What a scorer says of one output: a number from 0 to 1 with a verdict, or why there is none.
///
/// A score that is not a number from 0 to 1 is no score: `Score::new(f64::NAN)` and
/// `Score::new(85.0)` are unscored with a reason, never quietly clamped to a pass.
///
/// ```
/// use keystone::Score;
///
/// let score = Score::new(0.75).message("three of four");
/// assert_eq!(score.value(), Some(0.75));
/// assert!(score.passed());
///
/// let unscored = Score::unscored("the judge did not answer");
/// assert_eq!(unscored.value(), None);
/// assert_eq!(unscored.unscored_reason(), Some("the judge did not answer"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    value: f64,
    passed: Option<bool>,
    unscored: bool,
    /// The message of a score, or the reason of an unscored one.
    message: Cow<'static, str>,
    metadata: Option<Box<Map<String, Value>>>,
}

/// A number passes from here on where neither the score nor its scorer says otherwise.
pub(crate) const DEFAULT_THRESHOLD: f64 = 0.5;

/// What floating-point rounding may add to a number that is 0 or 1 on paper.
const ROUNDING: f64 = 1e-9;

impl Score {
    /// A score from 0 (worst) to 1 (best). It passes from the scorer's threshold on, 0.5 where
    /// the scorer has none; [`Score::passed_if`] decides otherwise.
    ///
    /// A number that is not finite, or not from 0 to 1, gives an unscored score that says so.
    #[must_use]
    pub fn new(value: f64) -> Self {
        if !(-ROUNDING..=1.0 + ROUNDING).contains(&value) {
            return Self::unscored(format!(
                "the scorer gave {value}, but a score is a number from 0 to 1"
            ));
        }
        Self {
            // Adding zero turns a negative zero, which compares equal but is written otherwise,
            // into the usual one.
            value: value.clamp(0.0, 1.0) + 0.0,
            passed: None,
            unscored: false,
            message: Cow::Borrowed(""),
            metadata: None,
        }
    }

    /// A score of 1 that passes.
    #[must_use]
    pub fn pass() -> Self {
        Self {
            value: 1.0,
            passed: Some(true),
            unscored: false,
            message: Cow::Borrowed(""),
            metadata: None,
        }
    }

    /// A score of 0 that does not pass, and why.
    #[must_use]
    pub fn fail(why: impl Into<Cow<'static, str>>) -> Self {
        Self::new(0.0).passed_if(false).message(why)
    }

    /// No score, and why: the row is neither passed nor failed by this scorer.
    #[must_use]
    pub fn unscored(why: impl Into<Cow<'static, str>>) -> Self {
        Self { value: 0.0, passed: None, unscored: true, message: why.into(), metadata: None }
    }

    /// Decides whether the score passes, whatever its number.
    #[must_use]
    pub fn passed_if(mut self, passed: bool) -> Self {
        self.passed = Some(passed);
        self
    }

    /// Says in one line why the score is what it is. An unscored score keeps its reason.
    #[must_use]
    pub fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        if !self.unscored {
            self.message = message.into();
        }
        self
    }

    /// Adds one piece of metadata, kept in the journal.
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.get_or_insert_default().insert(key.into(), value.into());
        self
    }

    /// The number, unless unscored.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        (!self.unscored).then_some(self.value)
    }

    /// Whether the score passes. An unscored one does not.
    #[must_use]
    pub fn passed(&self) -> bool {
        !self.unscored && self.passed.unwrap_or(self.value >= DEFAULT_THRESHOLD)
    }

    /// Whether there is no score.
    #[must_use]
    pub fn is_unscored(&self) -> bool {
        self.unscored
    }

    /// Why there is no score, if there is none.
    #[must_use]
    pub fn unscored_reason(&self) -> Option<&str> {
        self.unscored.then_some(self.message.as_ref())
    }

    /// Why the score is what it is; empty where there is nothing to say, and for unscored ones.
    #[must_use]
    pub fn message_text(&self) -> &str {
        if self.unscored { "" } else { &self.message }
    }

    /// What the scorer noted beside the number.
    #[must_use]
    pub fn metadata_map(&self) -> Option<&Map<String, Value>> {
        self.metadata.as_deref()
    }

    /// Settles the verdict by the scorer's threshold where the score itself did not.
    #[cfg(feature = "macros")]
    #[must_use]
    pub(crate) fn settled(mut self, threshold: f64) -> Self {
        if self.passed.is_none() && !self.unscored {
            self.passed = Some(self.value >= threshold);
        }
        self
    }
}

/// What a scorer function may return: `bool`, a number, [`Score`], or an `Option` or `Result` of
/// one of those.
///
/// `None` and `Err` are unscored: the first says that there was nothing to score, the second
/// why it could not be done.
#[diagnostic::on_unimplemented(
    message = "a scorer cannot return `{Self}`",
    note = "it returns `bool`, a number, `Score`, or an `Option` or `Result` of one of those"
)]
pub trait IntoScore {
    /// The value as a [`Score`].
    fn into_score(self) -> Score;
}

impl IntoScore for Score {
    fn into_score(self) -> Score {
        self
    }
}

impl IntoScore for bool {
    fn into_score(self) -> Score {
        Score::new(f64::from(u8::from(self))).passed_if(self)
    }
}

macro_rules! number_into_score {
    ($($number:ty),*) => {$(
        impl IntoScore for $number {
            fn into_score(self) -> Score {
                #[allow(clippy::cast_precision_loss, clippy::cast_lossless, clippy::allow_attributes, reason = "only 0 and 1 are valid whole scores")]
                let value = self as f64;
                Score::new(value)
            }
        }
    )*};
}

number_into_score!(f32, f64, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

impl<T: IntoScore> IntoScore for Option<T> {
    fn into_score(self) -> Score {
        self.map_or_else(|| Score::unscored("the scorer returned None"), T::into_score)
    }
}

impl<T: IntoScore, E: Display> IntoScore for Result<T, E> {
    fn into_score(self) -> Score {
        match self {
            Ok(score) => score.into_score(),
            // The alternate form prints the whole chain of causes of anyhow and eyre errors.
            Err(error) => Score::unscored(format!("{error:#}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_a_number_from_0_to_1_and_anything_else_is_none() {
        for value in [0.0, 0.5, 1.0] {
            assert_eq!(Score::new(value).value(), Some(value));
        }
        // What rounding adds to a sum is not held against it.
        assert_eq!(Score::new(1.0 + 1e-12).value(), Some(1.0));
        assert_eq!(Score::new(-1e-12).value(), Some(0.0));
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.1, 1.1, 85.0] {
            let score = Score::new(value);
            assert_eq!((score.value(), score.passed()), (None, false));
            let reason = format!("the scorer gave {value}, but a score is a number from 0 to 1");
            assert_eq!(score.unscored_reason(), Some(reason.as_str()));
        }
        assert!(85_u8.into_score().is_unscored());
        assert!(
            Score::unscored("why").passed_if(true).message("other").passed_if(true).is_unscored()
        );
        assert!(!Score::unscored("why").passed_if(true).passed());
    }

    #[test]
    fn a_negative_zero_is_written_like_the_other() {
        // Otherwise it would depend on the order of rows which of the two a percentile is.
        assert!(Score::new(-0.0).value().is_some_and(f64::is_sign_positive));
        assert!(Score::new(-1e-12).value().is_some_and(f64::is_sign_positive));
    }

    #[test]
    fn a_number_passes_from_one_half_on_unless_something_else_is_said() {
        assert!(Score::new(0.5).passed());
        assert!(!Score::new(0.499).passed());
        assert!(!Score::new(1.0).passed_if(false).passed());
        assert!(Score::fail("why").passed_if(true).passed());
    }
}
