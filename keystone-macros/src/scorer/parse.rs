//! The options of `#[scorer]`.

use proc_macro2::TokenStream;

use crate::errors::Errors;
use crate::settings::{Known, Settings, Takes};

pub(super) const OPTIONS: [Known; 5] = [
    Known { name: "name", takes: Takes::Expr, example: "name = \"brief\"" },
    Known { name: "weight", takes: Takes::Expr, example: "weight = 2.0" },
    Known { name: "gate", takes: Takes::Nothing, example: "gate" },
    Known { name: "threshold", takes: Takes::Expr, example: "threshold = 0.7" },
    Known { name: "crate", takes: Takes::Path, example: "crate = ::keystone" },
];

pub(super) fn options(tokens: TokenStream, errors: &mut Errors) -> Settings {
    Settings::parse(tokens, &OPTIONS, errors)
}

/// What to say of an item that is not a function: that, or what is wrong inside the function.
pub(super) fn not_a_function(item: &TokenStream, error: syn::Error) -> syn::Error {
    crate::eval::not_a_function("scorer", item, error)
}
