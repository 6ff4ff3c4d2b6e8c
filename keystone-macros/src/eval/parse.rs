//! The options of `#[eval]`, and what both attributes ask of a function.

use proc_macro2::TokenStream;
use syn::{Item, ItemFn};

use crate::errors::Errors;
use crate::settings::{Known, Settings, Takes};

const fn takes(takes: Takes, name: &'static str, example: &'static str) -> Known {
    Known { name, takes, example }
}

pub(super) const OPTIONS: [Known; 21] = [
    takes(Takes::Expr, "data", "data = \"data/rows.jsonl\""),
    takes(Takes::Expr, "scores", "scores = [ExactMatch::new()]"),
    takes(Takes::Expr, "input", "input = \"question\""),
    takes(Takes::Expr, "expected", "expected = \"answer.value\""),
    takes(Takes::Expr, "id", "id = \"key\""),
    takes(Takes::Expr, "context", "context = \"documents\""),
    takes(Takes::Expr, "metadata", "metadata = \"extra\""),
    takes(Takes::Expr, "tags_field", "tags_field = \"labels\""),
    takes(Takes::Type, "expected_type", "expected_type = f64"),
    takes(Takes::Expr, "name", "name = \"capitals\""),
    takes(Takes::Expr, "pass_rate", "pass_rate = 0.9"),
    takes(Takes::Expr, "pass_threshold", "pass_threshold = 0.8"),
    takes(Takes::Map, "min_mean", "min_mean = { levenshtein: 0.8 }"),
    takes(Takes::Expr, "max_errors", "max_errors = 3"),
    takes(Takes::Expr, "max_error_rate", "max_error_rate = 0.05"),
    takes(Takes::Expr, "max_concurrency", "max_concurrency = 8"),
    takes(Takes::Expr, "trials", "trials = 3"),
    takes(Takes::Expr, "timeout", "timeout = \"30s\""),
    takes(Takes::Expr, "tags", "tags = [\"smoke\"]"),
    takes(Takes::MaybeExpr, "ignore", "ignore = \"needs a key\""),
    takes(Takes::Path, "crate", "crate = ::keystone"),
];

/// The options that name a field of the rows of a file, and the method of `Fields` for each.
pub(super) const FIELDS: [(&str, &str); 6] = [
    ("input", "input"),
    ("expected", "expected"),
    ("id", "id"),
    ("tags_field", "tags"),
    ("context", "context"),
    ("metadata", "metadata"),
];

pub(super) fn options(tokens: TokenStream, errors: &mut Errors) -> Settings {
    Settings::parse(tokens, &OPTIONS, errors)
}

/// What to say of an item that is not a function: that, or what is wrong inside the function.
pub(crate) fn not_a_function(attribute: &str, item: &TokenStream, error: syn::Error) -> syn::Error {
    let what = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Fn(_)) | Err(_) => return error,
        Ok(Item::Struct(_)) => "a struct",
        Ok(Item::Enum(_)) => "an enum",
        Ok(Item::Const(_)) => "a constant",
        Ok(Item::Static(_)) => "a static",
        Ok(Item::Mod(_)) => "a module",
        Ok(Item::Impl(_)) => "an `impl` block",
        Ok(Item::Trait(_)) => "a trait",
        Ok(Item::Use(_)) => "an import",
        Ok(_) => "something else",
    };
    // The first token rather than all of them: a whole struct underlined says less.
    let mut first = item.clone().into_iter();
    let span = first.next().map_or_else(proc_macro2::Span::call_site, |token| token.span());
    syn::Error::new(span, format!("`#[{attribute}]` goes on a function, and this is {what}"))
}

/// Reports what no function that is called from outside can have.
pub(crate) fn plain_function(attribute: &str, function: &ItemFn, errors: &mut Errors) {
    let signature = &function.sig;
    if let Some(receiver) = signature.receiver() {
        errors.at(
            receiver,
            format!(
                "`#[{attribute}]` goes on a free function, which has no `self`; move it out of the \
                 `impl` block"
            ),
        );
    }
    if matches!(signature.safety, syn::Safety::Unsafe(_)) {
        errors.at(
            &signature.safety,
            format!("`#[{attribute}]` calls the function from safe code; remove `unsafe`"),
        );
    }
    if let Some(constness) = signature.constness {
        errors.at(constness, format!("`#[{attribute}]` functions run at run time; remove `const`"));
    }
    if let Some(abi) = &signature.abi {
        errors.at(abi, format!("`#[{attribute}]` functions are plain Rust; remove `extern`"));
    }
    if let Some(variadic) = &signature.variadic {
        errors.at(variadic, "name every parameter instead of `...`");
    }
    if let Some(bounds) = &signature.generics.where_clause {
        errors.at(bounds, format!("`#[{attribute}]` functions are not generic; remove `where`"));
    }
}
