//! Cells of a table as values of the type that is asked for.

use std::fmt::Display;

use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Error;

/// A cell, which is text for a type that takes text, and JSON of the type for any other.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a>(pub(super) &'a str);

impl<'a> Cell<'a> {
    /// The value of the cell.
    pub(super) fn read<T: DeserializeOwned>(self) -> Result<T, Error> {
        let text = match T::deserialize(self) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        // A type that asks for nothing in particular, such as an untagged enum, was shown a text.
        // Where it has no use for one, it may have for what the text says.
        serde_json::from_str(self.0).map_err(|_| text)
    }

    fn parse<V, F>(self, visitor: V, expected: &str, read: F) -> Result<V::Value, Error>
    where
        V: Visitor<'a>,
        F: FnOnce(
            &mut serde_json::Deserializer<serde_json::de::StrRead<'a>>,
            V,
        ) -> Result<V::Value, Error>,
    {
        let mut json = serde_json::Deserializer::from_str(self.0);
        read(&mut json, visitor)
            .and_then(|value| json.end().map(|()| value))
            .map_err(|error| self.mismatch(expected, &error))
    }

    fn mismatch(self, expected: &str, error: &Error) -> Error {
        if self.0.trim().is_empty() {
            return Error::custom(format_args!("the cell is empty, expected {expected}"));
        }
        if error.is_data() {
            // The JSON is in order, and what it says of the type is the better message.
            return Error::custom(super::row::without_place(error));
        }
        Error::custom(format_args!("the cell {} is not {expected}", shown(self.0)))
    }
}

/// A cell in quotes, cut to what a message can hold.
fn shown(cell: &str) -> impl Display {
    const SHOWN: usize = 60;
    match cell.char_indices().nth(SHOWN) {
        None => format!("{cell:?}"),
        Some((end, _)) => format!("{:?}…", &cell[..end]),
    }
}

macro_rules! numbers {
    ($($method:ident $name:literal),* $(,)?) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.parse(visitor, $name, |json, visitor| json.$method(visitor))
        })*
    };
}

impl<'de> Deserializer<'de> for Cell<'de> {
    type Error = Error;

    numbers! {
        deserialize_i8 "a number (i8)", deserialize_i16 "a number (i16)",
        deserialize_i32 "a number (i32)", deserialize_i64 "a number (i64)",
        deserialize_i128 "a number (i128)", deserialize_u8 "a number (u8)",
        deserialize_u16 "a number (u16)", deserialize_u32 "a number (u32)",
        deserialize_u64 "a number (u64)", deserialize_u128 "a number (u128)",
        deserialize_f32 "a number", deserialize_f64 "a number",
        deserialize_seq "a JSON list", deserialize_map "a JSON object",
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        // Spreadsheets write TRUE, and Python True.
        let cell = self.0.trim();
        if cell.eq_ignore_ascii_case("true") {
            visitor.visit_bool(true)
        } else if cell.eq_ignore_ascii_case("false") {
            visitor.visit_bool(false)
        } else {
            self.parse(visitor, "true or false", |json, visitor| json.deserialize_bool(visitor))
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_empty() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_empty() {
            return visitor.visit_unit();
        }
        self.parse(visitor, "null", |json, visitor| json.deserialize_unit(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.parse(visitor, "a JSON list", |json, visitor| json.deserialize_tuple(len, visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.parse(visitor, "a JSON list", |json, visitor| {
            json.deserialize_tuple_struct(name, len, visitor)
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.parse(visitor, "a JSON object", |json, visitor| {
            json.deserialize_struct(name, fields, visitor)
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        // A variant without content is its name; one with content is an object.
        if self.0.trim_start().starts_with('{') {
            return self.parse(visitor, "a JSON object", |json, visitor| {
                json.deserialize_enum(name, variants, visitor)
            });
        }
        visitor.visit_enum(IntoDeserializer::<Error>::into_deserializer(self.0))
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for Cell<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A whole record: an object whose values are cells.
pub(super) fn record<'a>(
    cells: &'a [(String, String)],
) -> MapDeserializer<'a, impl Iterator<Item = (&'a str, Cell<'a>)>, Error> {
    MapDeserializer::new(cells.iter().map(|(name, cell)| (name.as_str(), Cell(cell))))
}
