//! `#[eval]`.

mod check;
mod data;
mod dataset;
mod expand;
mod parse;
mod scores;
mod tags;
mod task;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemFn;

use crate::errors::Errors;

pub(crate) use parse::{not_a_function, plain_function};

pub(crate) fn attribute(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let settings = parse::options(options, &mut errors);
    let registered = match syn::parse2::<ItemFn>(item.clone()) {
        Ok(function) => check::evaluation(&settings, &function, &mut errors)
            .filter(|_| errors.is_empty())
            .map(|evaluation| expand::evaluation(&evaluation)),
        Err(error) => {
            errors.push(not_a_function("eval", &item, error));
            None
        }
    };
    let errors = errors.into_tokens();
    quote!(#errors #item #registered)
}
