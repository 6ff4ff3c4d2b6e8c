//! `dataset("ds_…", version = 3, tags = ["pro"])`: records that a server keeps.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, LitStr, Path};

use super::tags as lists;
use crate::errors::{Errors, unknown};
use crate::number::{Number, Range, number};
use crate::settings::{found, text};

/// How it is written.
const EXAMPLE: &str = "dataset(\"ds_…\", version = 3, tags = [\"pro\"])";

/// The options after the id.
const OPTIONS: [&str; 2] = ["version", "tags"];

/// Records that a server keeps.
pub(super) struct Dataset {
    id: Expr,
    pub(super) version: Option<Number>,
    tags: Vec<LitStr>,
    /// Where it stands, for what the compiler has to say.
    name: Path,
}

/// The call, if it is one of `dataset`. A function of the user's of that name is called by a longer
/// path.
pub(super) fn call(expr: &Expr) -> Option<&ExprCall> {
    match expr {
        Expr::Group(group) => call(&group.expr),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) if path.path.is_ident("dataset") => Some(call),
            _ => None,
        },
        _ => None,
    }
}

/// Reads the id and the options; `None` where there is no id.
pub(super) fn dataset(call: &ExprCall, errors: &mut Errors) -> Option<Dataset> {
    let Expr::Path(name) = &*call.func else {
        return None;
    };
    let mut arguments = call.args.iter().peekable();
    let id = arguments.next_if(|first| !matches!(first, Expr::Assign(_)));
    let (mut version, mut tags, mut given) = (None, Vec::new(), Vec::new());
    for argument in arguments {
        let Some((option, value)) = assignment(argument) else {
            errors
                .at(argument, format!("the id stands first, and all else has a name: `{EXAMPLE}`"));
            continue;
        };
        let word = option.unraw().to_string();
        if given.contains(&word) {
            errors.at(option, format!("`{word}` is given twice"));
            continue;
        }
        match word.as_str() {
            "version" => version = number("version", value, Range::VERSION, errors),
            "tags" => tags = self::tags(value, errors),
            "id" => errors.at(option, format!("the id has no name: `{EXAMPLE}`")),
            _ => errors.at(option, unknown("`dataset` option", &word, &OPTIONS)),
        }
        given.push(word);
    }
    match id {
        Some(id) => {
            check_id(id, errors);
            Some(Dataset { id: id.clone(), version, tags, name: name.path.clone() })
        }
        None => {
            if !given.iter().any(|word| word == "id") {
                errors.at(
                    &call.func,
                    format!(
                        "the id of the dataset is missing: write `{EXAMPLE}`; for a function of \
                         your own of this name, write `self::dataset()`"
                    ),
                );
            }
            None
        }
    }
}

fn assignment(argument: &Expr) -> Option<(&Ident, &Expr)> {
    match argument {
        Expr::Assign(assign) => match &*assign.left {
            Expr::Path(path) => Some((path.path.get_ident()?, &assign.right)),
            _ => None,
        },
        _ => None,
    }
}

fn check_id(id: &Expr, errors: &mut Errors) {
    match text(id) {
        Some(text) if text.value().trim().is_empty() => {
            errors.at(text, format!("the id of the dataset is empty: write `{EXAMPLE}`"));
        }
        Some(_) => {}
        None => {
            if let Expr::Lit(_) | Expr::Unary(_) | Expr::Array(_) | Expr::Tuple(_) = id {
                errors.at(
                    id,
                    format!(
                        "the id of the dataset is a text, found {}; write `{EXAMPLE}`",
                        found(id)
                    ),
                );
            }
        }
    }
}

fn tags(value: &Expr, errors: &mut Errors) -> Vec<LitStr> {
    let Expr::Array(list) = value else {
        errors.at(
            value,
            format!("`tags` is a list of texts, found {}; write `{EXAMPLE}`", found(value)),
        );
        return Vec::new();
    };
    if list.elems.is_empty() {
        errors.at(list, "the list has no tags; leave `tags` out for the records of all");
    }
    lists::tags(list, errors)
}

impl Dataset {
    /// The expression for the data, read as these types.
    pub(super) fn expand(
        &self,
        module: &TokenStream,
        turbofish: &TokenStream,
        fields: &TokenStream,
    ) -> TokenStream {
        let Self { id, version, tags, name } = self;
        let version = match version {
            Some(Number { value, .. }) => quote!(::core::option::Option::Some(#value)),
            None => quote!(::core::option::Option::None),
        };
        // Named where the user wrote `dataset`, so that the compiler points there.
        let remote = quote_spanned!(name.span()=> remote);
        quote!(#module::#remote #turbofish (#id, #version, &[#(#tags),*], #fields))
    }
}
