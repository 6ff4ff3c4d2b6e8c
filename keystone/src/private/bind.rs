//! The parameters of scorer functions.
//!
//! Every function borrows what the subject holds where it is of the type that is asked for, and
//! makes a value of that type where it is not. Text takes everything: a number as the text of it.

use std::any::Any;
use std::borrow::Cow;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::Case;
use crate::scorers::{Bound, Subject, Unscorable};

type Result<T> = std::result::Result<T, Unscorable>;

/// The value, if it is of the type that is asked for.
fn as_type<T: 'static, U: 'static>(value: &U) -> Option<&T> {
    (value as &dyn Any).downcast_ref()
}

/// The value by value, if it is of the type that is asked for.
fn into_type<T: 'static, U: 'static>(value: U) -> Option<T> {
    let mut slot = Some(value);
    (&mut slot as &mut dyn Any).downcast_mut::<Option<T>>().and_then(Option::take)
}

fn is_text<T: 'static>() -> bool {
    std::any::TypeId::of::<T>() == std::any::TypeId::of::<String>()
}

fn no_expected() -> Unscorable {
    Unscorable("the row has no expected value".to_owned())
}

/// The output as a type: as it is, as JSON, as text, or read from its JSON.
///
/// # Errors
/// Says where the output does not fit the type.
pub fn output<'s, T: DeserializeOwned + 'static>(subject: &'s Subject<'_>) -> Result<Bound<'s, T>> {
    let output = subject.output();
    if let Some(same) = as_type(output).or_else(|| as_type(output.value())) {
        return Ok(Bound::Borrowed(same));
    }
    if is_text::<T>()
        && let Some(text) = into_type(subject.output_text().into_owned())
    {
        return Ok(Bound::Owned(text));
    }
    subject.output_as().map(Bound::Owned)
}

/// The output as text.
///
/// # Errors
/// None; it is a `Result` like those of its siblings.
pub fn output_text<'s>(subject: &'s Subject<'_>) -> Result<Cow<'s, str>> {
    Ok(subject.output_text())
}

/// The input as a type.
///
/// # Errors
/// Says where the input does not fit the type.
pub fn input<'s, T: DeserializeOwned + 'static>(subject: &'s Subject<'_>) -> Result<Bound<'s, T>> {
    if std::any::TypeId::of::<T>() == std::any::TypeId::of::<Value>()
        && let Some(same) = as_type(subject.input()?)
    {
        return Ok(Bound::Borrowed(same));
    }
    if is_text::<T>()
        && let Some(text) = into_type(subject.input_text()?.into_owned())
    {
        return Ok(Bound::Owned(text));
    }
    subject.input_as()
}

/// The input as text.
///
/// # Errors
/// Says why the input could not be turned into JSON.
pub fn input_text<'s>(subject: &'s Subject<'_>) -> Result<Cow<'s, str>> {
    subject.input_text()
}

/// The expected value as a type.
///
/// # Errors
/// Says that there is none, or where it does not fit the type.
pub fn expected<'s, T: DeserializeOwned + 'static>(
    subject: &'s Subject<'_>,
) -> Result<Bound<'s, T>> {
    expected_if(subject)?.ok_or_else(no_expected)
}

/// The expected value as text.
///
/// # Errors
/// Says that there is none.
pub fn expected_text<'s>(subject: &'s Subject<'_>) -> Result<Cow<'s, str>> {
    subject.expected_text().ok_or_else(no_expected)
}

/// The expected value as a type, if there is one.
///
/// # Errors
/// Says where it does not fit the type.
pub fn expected_if<'s, T: DeserializeOwned + 'static>(
    subject: &'s Subject<'_>,
) -> Result<Option<Bound<'s, T>>> {
    if std::any::TypeId::of::<T>() == std::any::TypeId::of::<Value>() {
        return Ok(subject.expected().and_then(as_type).map(Bound::Borrowed));
    }
    if is_text::<T>() {
        let text = subject.expected_text().map(Cow::into_owned);
        return Ok(text.and_then(into_type).map(Bound::Owned));
    }
    subject.expected_if()
}

/// The expected value as text, if there is one.
///
/// # Errors
/// None; it is a `Result` like those of its siblings.
pub fn expected_text_if<'s>(subject: &'s Subject<'_>) -> Result<Option<Cow<'s, str>>> {
    Ok(subject.expected_text())
}

/// The metadata: the map itself, or as a type.
///
/// # Errors
/// Says where the metadata does not fit the type.
pub fn metadata<'s, T: DeserializeOwned + 'static>(
    subject: &'s Subject<'_>,
) -> Result<Bound<'s, T>> {
    let metadata: &Map<String, Value> = subject.metadata();
    if let Some(same) = as_type(metadata) {
        return Ok(Bound::Borrowed(same));
    }
    T::deserialize(Value::Object(metadata.clone())).map(Bound::Owned).map_err(|error| {
        Unscorable(format!("the metadata does not fit the scorer's type: {error}"))
    })
}

/// The types of case that a parameter can have.
#[diagnostic::on_unimplemented(
    message = "the parameter `case` of a scorer is a `&Case<I, E>`, not `{Self}`",
    label = "not a `Case` of types that are `Deserialize`",
    note = "write `&Case`, or `&Case<I, E>` with the types of input and expected value"
)]
pub trait AnyCase: Sized {
    /// The case of the subject as this type.
    ///
    /// # Errors
    /// Says which part of the case does not fit the type.
    fn of<'s>(subject: &'s Subject<'_>) -> Result<Bound<'s, Self>>;
}

impl<I: DeserializeOwned + 'static, E: DeserializeOwned + 'static> AnyCase for Case<I, E> {
    fn of<'s>(subject: &'s Subject<'_>) -> Result<Bound<'s, Self>> {
        subject.case_as()
    }
}

/// The whole case.
///
/// # Errors
/// Says which part of the case does not fit the type.
pub fn case<'s, T: AnyCase>(subject: &'s Subject<'_>) -> Result<Bound<'s, T>> {
    T::of(subject)
}

/// Which part of a subject a parameter is.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// The output.
    Output,
    /// The input.
    Input,
    /// The expected value.
    Expected,
    /// The case.
    Case,
    /// The metadata.
    Metadata,
}

/// Makes a value of a parameter that is taken by value.
pub struct Own<T>(PhantomData<T>);

impl<T> Own<T> {
    /// For this type.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "a token of the expansion, not a value")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// First choice: what is borrowed is cloned.
pub trait ByClone<T> {
    /// The value.
    ///
    /// # Errors
    /// None; it is a `Result` like that of [`FromJson::own`].
    fn own(&self, bound: Bound<'_, T>, part: Part, subject: &Subject<'_>) -> Result<T>;
}

impl<T: Clone> ByClone<T> for &Own<T> {
    fn own(&self, bound: Bound<'_, T>, _: Part, _: &Subject<'_>) -> Result<T> {
        Ok(match bound {
            Bound::Borrowed(value) => value.clone(),
            Bound::Owned(value) => value,
        })
    }
}

/// Second choice: what is borrowed is made again from its JSON.
pub trait FromJson<T> {
    /// The value.
    ///
    /// # Errors
    /// Says where the value does not fit the type.
    fn own(&self, bound: Bound<'_, T>, part: Part, subject: &Subject<'_>) -> Result<T>;
}

impl<T: DeserializeOwned> FromJson<T> for Own<T> {
    fn own(&self, bound: Bound<'_, T>, part: Part, subject: &Subject<'_>) -> Result<T> {
        if let Bound::Owned(value) = bound {
            return Ok(value);
        }
        let value = match part {
            Part::Output => subject.output().value(),
            Part::Input => subject.input()?,
            Part::Expected => subject.expected().ok_or_else(no_expected)?,
            // Neither is borrowed unless it is the map itself, which can be cloned.
            Part::Case | Part::Metadata => &Value::Null,
        };
        T::deserialize(value)
            .map_err(|error| Unscorable(format!("a value does not fit the scorer's type: {error}")))
    }
}
