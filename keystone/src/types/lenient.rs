//! How the shapes of the API are read: what is missing, null or of a neighbouring type is understood,
//! what means something else is an error.
//!
//! Every field names [`read`] (or [`rounded`]) as its reader, and every struct has a default for
//! what is not there. The readers are visitors, so that nothing is kept in between:
//!
//! | field | understood | an error |
//! |---|---|---|
//! | text | text, null, numbers, booleans | lists, objects |
//! | whole number | numbers without a fraction, numbers as text, null | fractions, what does not fit |
//! | milliseconds, rounded means | as above, and fractions, which are rounded | what does not fit |
//! | number | numbers, numbers as text, null | text such as `NaN` |
//! | boolean | `true`, `false`, 0, 1, these as text, null | every other number or text |
//! | list | lists, null; nulls in it are left out | anything else |
//! | map, object | objects, null | anything else, lists too |
//!
//! Null counts as missing everywhere.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Number, Value};

/// What can be read leniently.
pub(super) trait Lenient<'de>: Sized {
    fn lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Reads one field.
pub(super) fn read<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Lenient<'de>,
{
    T::lenient(deserializer)
}

/// Reads a whole number whose fraction does not matter, such as milliseconds.
pub(super) fn rounded<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Rounded<'de>,
{
    T::rounded(deserializer)
}

/// Reads text of which empty means none, as cursors do.
pub(super) fn non_empty<'de, D>(deserializer: D) -> Result<Option<String>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(Some(String::lenient(deserializer)?).filter(|text| !text.is_empty()))
}

/// Reads the rows of a page, which are whatever the caller asks for.
pub(super) fn rows<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(List(PhantomData::<Option<T>>))
}

/// Whether an optional field is left out.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Makes structs that derive `Deserialize` and `Default` readable as fields.
macro_rules! objects {
    ($($name:ident),+ $(,)?) => {$(
        impl<'de> $crate::types::lenient::Lenient<'de> for $name {
            fn lenient<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::types::lenient::object(deserializer)
            }
        }
    )+};
}
pub(super) use objects;

/// Reads an object; a list in its place is refused, though serde would take it for the fields in
/// order.
pub(super) fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    deserializer.deserialize_any(Object(PhantomData))
}

struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for Object<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// The key under which serde_json hands out a number when its feature `arbitrary_precision` is on,
/// which any crate of the program can do.
const PRECISE_NUMBER: &str = "$serde_json::private::Number";

/// The digits of such a number; any other object is no scalar.
fn precise_number<'de, A, V>(mut map: A, expected: &V) -> Result<String, A::Error>
where
    A: MapAccess<'de>,
    V: Visitor<'de>,
{
    match map.next_key::<String>()? {
        Some(key) if key == PRECISE_NUMBER => map.next_value(),
        _ => Err(Error::invalid_type(Unexpected::Map, expected)),
    }
}

struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_unit<E: Error>(self) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<String, E> {
        Ok(Number::from_f64(value).map(|number| number.to_string()).unwrap_or_default())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<String, A::Error> {
        precise_number(map, &self)
    }
}

impl<'de> Lenient<'de> for String {
    fn lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text)
    }
}

/// Whole numbers of any width.
struct Whole<T> {
    round: bool,
    number: PhantomData<T>,
}

impl<T: TryFrom<i128>> Whole<T> {
    fn exact() -> Self {
        Self { round: false, number: PhantomData }
    }

    fn rounded() -> Self {
        Self { round: true, number: PhantomData }
    }

    fn fit<E: Error>(value: i128) -> Result<T, E> {
        T::try_from(value)
            .map_err(|_| E::custom(format_args!("the whole number {value} is out of range")))
    }

    fn float<E: Error>(&self, value: f64) -> Result<T, E>
    where
        Self: for<'de> Visitor<'de>,
    {
        // Every integer type that a shape uses lies within these bounds, and i128 beyond them.
        if !value.is_finite() || value.abs() >= 2_f64.powi(64) {
            return Err(E::custom(format_args!("the whole number {value} is out of range")));
        }
        if self.round || value.fract() == 0.0 {
            return Self::fit(value.round() as i128);
        }
        Err(E::invalid_value(Unexpected::Float(value), self))
    }
}

impl<'de, T: TryFrom<i128> + Default> Visitor<'de> for Whole<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.round { "a number" } else { "a whole number" })
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        Self::fit(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        Self::fit(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        self.float(value)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        if let Ok(value) = text.trim().parse::<i128>() {
            return Self::fit(value);
        }
        match text.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => self.float(value),
            _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let digits = precise_number(map, &self)?;
        self.visit_str(&digits)
    }
}

/// Whole numbers whose fraction does not matter.
pub(super) trait Rounded<'de>: Sized {
    fn rounded<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

macro_rules! whole {
    ($($number:ty),+) => {$(
        impl<'de> Lenient<'de> for $number {
            fn lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Whole::exact())
            }
        }

        impl<'de> Rounded<'de> for $number {
            fn rounded<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Whole::rounded())
            }
        }
    )+};
}

whole!(u16, u32, u64, i64);

struct Float;

impl<'de> Visitor<'de> for Float {
    type Value = f64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
        Ok(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<f64, E> {
        Ok(value as f64)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
        Ok(value as f64)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
        match text.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<f64, E> {
        Ok(0.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<f64, A::Error> {
        let digits = precise_number(map, &self)?;
        self.visit_str(&digits)
    }
}

impl<'de> Lenient<'de> for f64 {
    fn lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Float)
    }
}

struct Boolean;

impl<'de> Visitor<'de> for Boolean {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("true or false")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<bool, E> {
        match value {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(E::invalid_value(Unexpected::Unsigned(value), &self)),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<bool, E> {
        match u64::try_from(value) {
            Ok(value) => self.visit_u64(value),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(value), &self)),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<bool, E> {
        match value {
            0.0 => Ok(false),
            1.0 => Ok(true),
            _ => Err(E::invalid_value(Unexpected::Float(value), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        match text.trim() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        let digits = precise_number(map, &self)?;
        self.visit_str(&digits)
    }
}

impl<'de> Lenient<'de> for bool {
    fn lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Boolean)
    }
}

/// Hands a type's reader to the collection that holds it.
struct Reader<T>(PhantomData<T>);

impl<T> Clone for Reader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Reader<T> {}

impl<'de, T: Lenient<'de>> DeserializeSeed<'de> for Reader<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::lenient(deserializer)
    }
}

struct Perhaps<F>(F);

impl<'de, T, F> Visitor<'de> for Perhaps<F>
where
    F: DeserializeSeed<'de, Value = T>,
{
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value or null")
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        self.0.deserialize(deserializer).map(Some)
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for Option<T> {
    fn lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(Perhaps(Reader(PhantomData)))
    }
}

/// Reads fractions of an optional number as its neighbour.
struct Rounding<T>(PhantomData<T>);

impl<'de, T: Rounded<'de>> DeserializeSeed<'de> for Rounding<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::rounded(deserializer)
    }
}

impl<'de, T: Rounded<'de>> Rounded<'de> for Option<T> {
    fn rounded<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(Perhaps(Rounding(PhantomData)))
    }
}

struct List<S>(S);

impl<'de, S, T> Visitor<'de> for List<S>
where
    S: DeserializeSeed<'de, Value = Option<T>> + Copy,
{
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_unit<E: Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self.0)? {
            values.extend(value);
        }
        Ok(values)
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for Vec<T> {
    fn lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(List(Reader(PhantomData::<Option<T>>)))
    }
}

struct Entries<T>(PhantomData<T>);

impl<'de, T: Lenient<'de>> Visitor<'de> for Entries<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            entries.insert(key, map.next_value_seed(Reader(PhantomData))?);
        }
        Ok(entries)
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for BTreeMap<String, T> {
    fn lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Entries(PhantomData))
    }
}

impl<'de> Lenient<'de> for Map<String, Value> {
    fn lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.unwrap_or_default())
    }
}

impl<'de> Lenient<'de> for Value {
    fn lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer)
    }
}
