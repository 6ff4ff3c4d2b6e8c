//! The list of scorers.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure, LitStr, Pat, PatType, Path, Token};

use super::task::local;
use crate::binding::{self, Binding};
use crate::errors::Errors;
use crate::settings::{Settings, found, same, text};

/// A scorer of the list.
pub(super) enum Entry {
    /// Any value that is a scorer.
    Value(Expr),
    /// Such a value under another name, and the calls that follow.
    Named { name: LitStr, scorer: Expr, outer: Expr },
    /// A closure, its name, and the calls that follow.
    Closure { name: LitStr, closure: Box<ExprClosure>, bindings: Vec<Binding>, outer: Expr },
}

/// Reads the list.
pub(super) fn scores(krate: &Path, settings: &Settings, errors: &mut Errors) -> Vec<Entry> {
    let Some(expr) = settings.expr("scores") else {
        if !settings.was_meant("scores") {
            errors.at_span(
                proc_macro2::Span::call_site(),
                "`scores` is missing: write `scores = [ExactMatch::new()]`, or the name of a \
                 `#[scorer]` function in brackets",
            );
        }
        return Vec::new();
    };
    let Expr::Array(list) = expr else {
        errors.at(
            expr,
            match expr {
                Expr::Path(_) | Expr::Call(_) | Expr::MethodCall(_) | Expr::Closure(_) => format!(
                    "`scores` is a list, even of one; write `scores = [{}]`",
                    quote!(#expr).to_string().replace(" :: ", "::").replace(" ()", "()")
                ),
                _ => format!("`scores` is a list of scorers in brackets, found {}", found(expr)),
            },
        );
        return Vec::new();
    };
    if list.elems.is_empty() {
        errors.at(
            list,
            "`scores` is empty; an evaluation needs a scorer, such as `ExactMatch::new()`",
        );
    }
    let mut entries: Vec<Entry> = Vec::new();
    for (index, element) in list.elems.iter().enumerate() {
        let Some(entry) = entry(krate, index, element, errors) else {
            continue;
        };
        let twice = entries.iter().any(|earlier| match (earlier, &entry) {
            (Entry::Value(a), Entry::Value(b)) => same(a, b),
            (a, b) => a.name().is_some() && a.name() == b.name(),
        });
        if twice {
            errors.at(
                element,
                "this scorer is in the list already, and names are unique; to have it twice, \
                 write `named(\"another name\", …)` around one",
            );
        }
        entries.push(entry);
    }
    entries
}

impl Entry {
    fn name(&self) -> Option<String> {
        match self {
            Self::Value(_) => None,
            Self::Named { name, .. } | Self::Closure { name, .. } => Some(name.value()),
        }
    }

    /// The expression for the scorer.
    pub(super) fn expand(&self, krate: &Path) -> TokenStream {
        let private = quote!(#krate::__private);
        match self {
            Self::Value(expr) => quote!(#expr),
            Self::Named { name, scorer, outer } => {
                let span = scorer.span();
                let made = quote_spanned!(span=> #private::Named::new(#name, #scorer));
                chain(outer, &made)
            }
            Self::Closure { name, closure, bindings, outer } => {
                let fetches = bindings.iter().map(|binding| &binding.fetch);
                let arguments = bindings.iter().map(|binding| &binding.argument);
                let (function, subject, result) =
                    (local("function"), local("subject"), local("result"));
                let is_async =
                    closure.asyncness.is_some() || matches!(&*closure.body, Expr::Async(_));
                let wait = is_async.then(|| quote!(let #result = #private::wait(#result)?;));
                let into_score =
                    quote_spanned!(closure.body.span()=> #krate::IntoScore::into_score);
                let made = quote! {
                    #private::FnScorer::new(#name, {
                        #[allow(unused_imports)]
                        use #private::bind::{ByClone as _, FromJson as _};
                        let #function = #closure;
                        move |#subject: &#krate::scorers::Subject<'_>| {
                            #(#fetches)*
                            let #result = #function(#(#arguments),*);
                            #wait
                            ::core::result::Result::Ok(#into_score(#result))
                        }
                    })
                };
                chain(outer, &made)
            }
        }
    }
}

fn entry(krate: &Path, index: usize, element: &Expr, errors: &mut Errors) -> Option<Entry> {
    match innermost(element) {
        Expr::Closure(closure) => {
            let name = LitStr::new(&format!("scorer_{}", index + 1), closure.span());
            closure_entry(krate, name, closure, element, errors)
        }
        call @ Expr::Call(_) => match named(call) {
            Some((name, inner)) => {
                crate::scorer::check_name(name, errors);
                match unwrapped(inner) {
                    Expr::Closure(closure) => {
                        closure_entry(krate, name.clone(), closure, element, errors)
                    }
                    scorer => Some(Entry::Named {
                        name: name.clone(),
                        scorer: scorer.clone(),
                        outer: element.clone(),
                    }),
                }
            }
            None => Some(Entry::Value(element.clone())),
        },
        Expr::Lit(_) | Expr::Array(_) | Expr::Tuple(_) | Expr::Range(_) => {
            errors.at(
                element,
                format!(
                    "expected a scorer such as `ExactMatch::new()`, a `#[scorer]` function or a \
                     closure, found {}",
                    found(element)
                ),
            );
            None
        }
        _ => Some(Entry::Value(element.clone())),
    }
}

/// What method calls are made on: the closure of `(|output| …).gate()`.
fn innermost(expr: &Expr) -> &Expr {
    match expr {
        Expr::MethodCall(call) => innermost(&call.receiver),
        other => unwrapped(other),
    }
}

fn unwrapped(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => unwrapped(&paren.expr),
        Expr::Group(group) => unwrapped(&group.expr),
        other => other,
    }
}

/// The parts of `named("name", scorer)`.
fn named(expr: &Expr) -> Option<(&LitStr, &Expr)> {
    let Expr::Call(call) = expr else { return None };
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    if !function.path.is_ident("named") || call.args.len() != 2 {
        return None;
    }
    Some((text(call.args.first()?)?, call.args.last()?))
}

fn closure_entry(
    krate: &Path,
    name: LitStr,
    closure: &ExprClosure,
    outer: &Expr,
    errors: &mut Errors,
) -> Option<Entry> {
    let mut closure = closure.clone();
    let mut bindings = Vec::new();
    if closure.inputs.is_empty() {
        errors.at(&closure, "a scorer needs something to look at: `|output: &str| …`");
    }
    let count = closure.inputs.len();
    for (index, pat) in closure.inputs.iter_mut().enumerate() {
        let Some((ident, ty)) = binding::parameter(pat, errors) else {
            continue;
        };
        let ident = ident.clone();
        let ty = match ty {
            Some(ty) => ty.clone(),
            // A name that has no default is not a name of a parameter; `bind` says so.
            None => binding::default_type(krate, &ident).unwrap_or_else(|| syn::parse_quote!(&str)),
        };
        if let Some(binding) = binding::bind(krate, index, &ident, &ty, errors) {
            bindings.push(binding);
        }
        if !matches!(pat, Pat::Type(_)) {
            *pat = Pat::Type(PatType {
                attrs: Vec::new(),
                pat: Box::new(pat.clone()),
                colon_token: Token![:](ident.span()),
                ty: Box::new(ty),
            });
        }
    }
    (bindings.len() == count && count > 0).then(|| Entry::Closure {
        name,
        closure: Box::new(closure),
        bindings,
        outer: outer.clone(),
    })
}

/// The method calls of `outer`, made on another value.
fn chain(outer: &Expr, made: &TokenStream) -> TokenStream {
    let Expr::MethodCall(call) = outer else {
        return made.clone();
    };
    let receiver = chain(&call.receiver, made);
    let (dot, method, turbofish, args) =
        (&call.dot_token, &call.method, &call.turbofish, &call.args);
    quote!(#receiver #dot #method #turbofish (#args))
}
