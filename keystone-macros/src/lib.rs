//! The attribute macros of the `keystone` crate. Use them from there: `keystone::eval`,
//! `keystone::scorer`, where they are documented.
//!
//! Each attribute is read in three steps: `parse` turns tokens into settings, `check` turns
//! settings into a model and collects every mistake, and `expand` writes the model down. What an
//! expansion does happens in `keystone::__private`; the generated code only calls it.

mod binding;
mod errors;
mod eval;
mod number;
mod scorer;
mod settings;
mod types;

use proc_macro::TokenStream;

/// Turns a function into an evaluation. Exported as `keystone::eval`, where its options are described.
#[proc_macro_attribute]
pub fn eval(options: TokenStream, item: TokenStream) -> TokenStream {
    eval::attribute(options.into(), item.into()).into()
}

/// Turns a function into a scorer. Exported as `keystone::scorer`, where its options are described.
#[proc_macro_attribute]
pub fn scorer(options: TokenStream, item: TokenStream) -> TokenStream {
    scorer::attribute(options.into(), item.into()).into()
}
