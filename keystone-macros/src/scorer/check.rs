//! From options and function to a scorer, or to everything that is wrong with them.

use syn::{FnArg, ItemFn, Path, ReturnType, Type};

use crate::binding::{self, Binding};
use crate::errors::Errors;
use crate::number::{Number, Range, number};
use crate::settings::Settings;

use super::parse::OPTIONS;

/// A scorer that is right as far as macros can tell.
pub(super) struct Scorer {
    pub(super) krate: Path,
    pub(super) function: ItemFn,
    pub(super) name: String,
    pub(super) weight: Option<Number>,
    pub(super) gate: bool,
    pub(super) threshold: Option<Number>,
    pub(super) bindings: Vec<Binding>,
}

/// The function comes back where nothing can be made of it.
pub(super) fn scorer(
    settings: &Settings,
    function: ItemFn,
    errors: &mut Errors,
) -> Result<Scorer, Box<ItemFn>> {
    let krate = settings.krate();
    let name = match settings.text(&OPTIONS, "name", errors) {
        Some(name) => {
            check_name(&name, errors);
            name.value()
        }
        None => syn::ext::IdentExt::unraw(&function.sig.ident).to_string(),
    };
    let mut setting = |option: &str, range| {
        settings.expr(option).and_then(|expr| number(option, expr, range, errors))
    };
    let weight = setting("weight", Range::Weight);
    let threshold = setting("threshold", Range::Share);
    let gate = settings.get("gate").is_some();
    signature(&function, errors);
    let mut bindings = Vec::new();
    for (index, input) in function.sig.inputs.iter().enumerate() {
        let FnArg::Typed(parameter) = input else {
            continue;
        };
        if let Some((ident, _)) = binding::parameter(&parameter.pat, errors)
            && let Some(binding) = binding::bind(&krate, index, ident, &parameter.ty, errors)
        {
            bindings.push(binding);
        }
    }
    if function.sig.inputs.is_empty() {
        errors.at(
            &function.sig.ident,
            format!(
                "a scorer needs something to look at: `fn {}(output: &str)`",
                function.sig.ident
            ),
        );
    }
    if errors.is_empty() {
        Ok(Scorer { krate, function, name, weight, gate, threshold, bindings })
    } else {
        Err(Box::new(function))
    }
}

/// A name appears in tables and on the command line.
pub(crate) fn check_name(name: &syn::LitStr, errors: &mut Errors) {
    let text = name.value();
    if text.trim().is_empty() {
        errors.at(name, "a name is not empty");
    } else if text.trim() != text || text.chars().any(char::is_control) {
        errors.at(name, "a name is one line, without white space around it");
    }
}

fn signature(function: &ItemFn, errors: &mut Errors) {
    let signature = &function.sig;
    crate::eval::plain_function("scorer", function, errors);
    for parameter in &signature.generics.params {
        if !matches!(parameter, syn::GenericParam::Lifetime(lifetime) if lifetime.bounds.is_empty())
        {
            errors.at(
                parameter,
                "a scorer is one value, so it cannot be generic; write the concrete type",
            );
        }
    }
    match &signature.output {
        ReturnType::Default => errors.at(
            &signature.ident,
            "a scorer returns its verdict: write `-> bool`, `-> f64`, `-> Score`, or an `Option` or \
             `Result` of those",
        ),
        ReturnType::Type(_, ty) => {
            if let Type::ImplTrait(opaque) = crate::types::plain(ty) {
                errors.at(opaque, "a scorer returns a concrete type; write `bool`, `f64` or `Score`");
            }
        }
    }
}
