//! `#[scorer]`.

mod check;
mod expand;
mod parse;

use proc_macro2::TokenStream;
use syn::ItemFn;

use crate::errors::Errors;

pub(crate) use check::check_name;

pub(crate) fn attribute(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let settings = parse::options(options, &mut errors);
    let function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            errors.push(parse::not_a_function(&item, error));
            return [errors.into_tokens(), item].into_iter().collect();
        }
    };
    match check::scorer(&settings, function, &mut errors) {
        Ok(scorer) if errors.is_empty() => expand::scorer(&scorer),
        Ok(scorer) => expand::broken(&scorer.krate, &scorer.function, errors),
        Err(function) => expand::broken(&settings.krate(), &function, errors),
    }
}
