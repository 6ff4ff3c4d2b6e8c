//! What a task asks for: its parameters, and the types that follow from them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, GenericParam, ItemFn, Pat, PatType, Path, ReturnType, Type};

use super::parse::plain_function;
use crate::errors::Errors;
use crate::types::{Shape, arguments_of, plain, shape, used_name};

/// What a task asks for.
pub(super) enum Inputs {
    /// The case: by reference, or its own copy.
    Case { input: TokenStream, expected: TokenStream, owned: bool, span: Span },
    /// The whole input.
    Whole(Box<Parameter>),
    /// Fields of the input, which is an object.
    Fields(Vec<Parameter>),
}

/// A parameter that holds the input or a field of it.
pub(super) struct Parameter {
    /// The name of the field.
    pub(super) name: String,
    /// The type that the value is stored as.
    pub(super) stored: TokenStream,
    pub(super) ty: Type,
    pub(super) passed: Passed,
}

/// How a stored value is passed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    /// As `&T` of a stored `T`.
    Reference,
    /// As `&str` or `&[T]` of a stored `String` or `Vec<T>`.
    Slice,
    /// As `T`.
    Value,
}

impl Inputs {
    /// The types of input and expected value that the parameters fix.
    pub(super) fn case_types(&self) -> Option<(&TokenStream, &TokenStream)> {
        match self {
            Self::Case { input, expected, .. } => Some((input, expected)),
            _ => None,
        }
    }
}

/// What the function asks for; `None` where that cannot be told.
pub(super) fn inputs(krate: &Path, function: &ItemFn, errors: &mut Errors) -> Option<Inputs> {
    let signature = &function.sig;
    plain_function("eval", function, errors);
    for parameter in &signature.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            errors.at(
                parameter,
                "a task cannot be generic, since nothing says which types to run it with; write \
                 the concrete type",
            );
        }
    }
    match &signature.output {
        ReturnType::Default => errors.at(
            &signature.ident,
            "a task returns what is to be scored: write `-> String`, any type that is `Serialize`, \
             `-> Output`, or a `Result` of those",
        ),
        ReturnType::Type(_, ty) => match plain(ty) {
            Type::Never(never) => {
                errors.at(never, "a task that never returns has no output to score")
            }
            Type::Tuple(tuple) if tuple.elems.is_empty() => {
                errors.at(tuple, "a task returns what is to be scored, such as `String`");
            }
            _ => {}
        },
    }
    let typed: Vec<&PatType> = signature
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(parameter) => Some(parameter),
            FnArg::Receiver(_) => None,
        })
        .collect();
    match typed.as_slice() {
        [] => {
            if signature.inputs.is_empty() {
                errors.at(
                    &signature.ident,
                    format!(
                        "a task takes its input: write `fn {0}(input: String)`, another type that \
                         is `Deserialize`, or `fn {0}(case: &Case)`",
                        signature.ident
                    ),
                );
            }
            None
        }
        [one] => errors.keep(single(krate, one)),
        several => {
            let parameters: Vec<_> =
                several.iter().filter_map(|typed| errors.keep(field(typed))).collect();
            twice(&parameters, several, errors);
            (parameters.len() == several.len()).then_some(Inputs::Fields(parameters))
        }
    }
}

fn single(krate: &Path, typed: &PatType) -> syn::Result<Inputs> {
    let (case, owned) = match plain(&typed.ty) {
        Type::Reference(reference) => (&*reference.elem, false),
        other => (other, true),
    };
    let Some(types) = arguments_of(case, "Case") else {
        return parameter("input".to_owned(), &typed.ty)
            .map(|parameter| Inputs::Whole(Box::new(parameter)));
    };
    // Reports `&mut Case` as it does `&mut String`.
    shape(&typed.ty)?;
    let json = quote_spanned!(case.span()=> #krate::__private::Value);
    let span = typed.ty.span();
    let (input, expected) = match types.as_slice() {
        [] => (json.clone(), json),
        [input] => (quote!(#input), json),
        [input, expected] => (quote!(#input), quote!(#expected)),
        _ => {
            return Err(syn::Error::new_spanned(
                &typed.ty,
                "a case has the types of its input and its expected value: `&Case<I, E>`",
            ));
        }
    };
    Ok(Inputs::Case { input, expected, owned, span })
}

fn field(typed: &PatType) -> syn::Result<Parameter> {
    let Pat::Ident(pattern) = &*typed.pat else {
        return Err(syn::Error::new_spanned(
            &typed.pat,
            "each of several parameters is a field of the input, so it needs the field's name; or \
             take the whole input as one parameter",
        ));
    };
    let elem = match plain(&typed.ty) {
        Type::Reference(reference) => &*reference.elem,
        other => other,
    };
    if arguments_of(elem, "Case").is_some() {
        return Err(syn::Error::new_spanned(
            &typed.ty,
            "a task takes the case alone, or fields of the input; write one parameter, \
             `case: &Case<I, E>`, and read the input from `case.input`",
        ));
    }
    parameter(used_name(&pattern.ident), &typed.ty)
}

fn parameter(name: String, ty: &Type) -> syn::Result<Parameter> {
    if let Type::Reference(reference) = plain(ty)
        && reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static")
    {
        return Err(syn::Error::new_spanned(
            &reference.lifetime,
            "a task borrows its input for the call only; remove `'static`",
        ));
    }
    let (stored, passed) = match shape(ty)? {
        Shape::Text => (quote_spanned!(ty.span()=> ::std::string::String), Passed::Slice),
        Shape::Slice(item) => (quote_spanned!(ty.span()=> ::std::vec::Vec<#item>), Passed::Slice),
        Shape::Reference(inner) => (quote!(#inner), Passed::Reference),
        Shape::Value(inner) => (quote!(#inner), Passed::Value),
    };
    Ok(Parameter { name, stored, ty: ty.clone(), passed })
}

fn twice(parameters: &[Parameter], typed: &[&PatType], errors: &mut Errors) {
    for (index, parameter) in parameters.iter().enumerate() {
        if parameters[..index].iter().any(|earlier| earlier.name == parameter.name) {
            let place = typed.get(index).map(|typed| &typed.pat);
            errors.at(place, format!("`{}` is the name of two parameters", parameter.name));
        }
    }
}

/// A local variable of the expansion, which no code of the user's can see.
pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// A local variable at code of the user's, where the compiler then points. If the name were one
/// that the user's code cannot see, the compiler would point at the attribute.
pub(super) fn local_at(name: &str, span: Span) -> Ident {
    Ident::new(&format!("__keystone_{name}"), span)
}
