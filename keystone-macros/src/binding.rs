//! How the parameters of a scorer get their values.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Pat, Path, Type};

use crate::errors::{Errors, unknown};
use crate::types::{Shape, option_of, shape, used_name};

/// What a parameter of a scorer can be called.
pub(crate) const NAMES: [&str; 8] =
    ["output", "input", "expected", "context", "case", "metadata", "tags", "subject"];

/// A parameter and the value that it gets.
pub(crate) struct Binding {
    /// The statement that fetches the value, with `?` where that can fail.
    pub(crate) fetch: TokenStream,
    /// The expression that is passed.
    pub(crate) argument: TokenStream,
}

/// The name and the type of a parameter: `output: &str`, or just `output` in a closure.
pub(crate) fn parameter<'a>(
    pat: &'a Pat,
    errors: &mut Errors,
) -> Option<(&'a Ident, Option<&'a Type>)> {
    match pat {
        Pat::Ident(name) if name.subpat.is_none() && name.by_ref.is_none() => {
            Some((&name.ident, None))
        }
        Pat::Type(typed) => parameter(&typed.pat, errors).map(|(name, _)| (name, Some(&*typed.ty))),
        other => {
            errors.at(
                other,
                format!("a parameter of a scorer is bound by its name; call it {}", names()),
            );
            None
        }
    }
}

/// The type that a parameter of a closure has where none is written.
pub(crate) fn default_type(krate: &Path, name: &Ident) -> Option<Type> {
    let span = name.span();
    let ty = match used_name(name).as_str() {
        "output" => quote_spanned!(span=> &str),
        "input" | "expected" => quote_spanned!(span=> &#krate::__private::Value),
        "context" | "tags" => quote_spanned!(span=> &[::std::string::String]),
        "case" => quote_spanned!(span=> &#krate::Case),
        "metadata" => {
            quote_spanned!(span=> &#krate::__private::Map<::std::string::String, #krate::__private::Value>)
        }
        "subject" => quote_spanned!(span=> &#krate::scorers::Subject<'_>),
        _ => return None,
    };
    syn::parse2(ty).ok()
}

fn names() -> String {
    crate::errors::list(&NAMES, "or")
}

/// Binds the parameter number `index`.
pub(crate) fn bind(
    krate: &Path,
    index: usize,
    name: &Ident,
    ty: &Type,
    errors: &mut Errors,
) -> Option<Binding> {
    let word = used_name(name);
    if !NAMES.contains(&word.as_str()) {
        errors.at(
            name,
            format!(
                "{}\nparameters of a scorer are bound by their names",
                unknown("parameter", &word, &NAMES)
            ),
        );
        return None;
    }
    let binder = Binder {
        private: quote!(#krate::__private),
        value: Ident::new(&format!("value_{index}"), Span::mixed_site().located_at(ty.span())),
        subject: Ident::new("subject", Span::mixed_site()),
    };
    errors.keep(match word.as_str() {
        "subject" => binder.subject(ty),
        "context" | "tags" => binder.texts(&word, ty),
        "case" | "metadata" => binder.whole(&word, ty),
        "expected" => match option_of(ty) {
            Some(inner) => binder.optional(inner),
            None => binder.field(&word, ty),
        },
        _ => binder.field(&word, ty),
    })
}

struct Binder {
    private: TokenStream,
    value: Ident,
    subject: Ident,
}

impl Binder {
    fn subject(&self, ty: &Type) -> syn::Result<Binding> {
        let subject = &self.subject;
        match shape(ty)? {
            Shape::Reference(_) => {
                Ok(Binding { fetch: TokenStream::new(), argument: quote!(#subject) })
            }
            _ => Err(syn::Error::new_spanned(ty, "`subject` is a `&Subject<'_>`")),
        }
    }

    fn texts(&self, word: &str, ty: &Type) -> syn::Result<Binding> {
        let Self { value, subject, .. } = self;
        let method = Ident::new(word, Span::mixed_site().located_at(ty.span()));
        let argument = match shape(ty)? {
            Shape::Slice(_) => quote!(#value),
            Shape::Value(_) => quote!(#value.to_vec()),
            Shape::Reference(_) => quote!(&#value.to_vec()),
            Shape::Text => {
                return Err(syn::Error::new_spanned(
                    ty,
                    format!("`{word}` is a list of texts; write `&[String]`"),
                ));
            }
        };
        Ok(Binding { fetch: quote!(let #value = #subject.#method();), argument })
    }

    /// The case and the metadata, which are never text.
    fn whole(&self, word: &str, ty: &Type) -> syn::Result<Binding> {
        if matches!(shape(ty)?, Shape::Text | Shape::Slice(_)) {
            let right = if word == "case" { "&Case" } else { "&Map<String, Value>" };
            return Err(syn::Error::new_spanned(
                ty,
                format!("`{word}` is neither text nor a list; write `{right}`"),
            ));
        }
        self.field(word, ty)
    }

    fn field(&self, word: &str, ty: &Type) -> syn::Result<Binding> {
        let Self { private, value, subject } = self;
        let function = Ident::new(word, Span::mixed_site());
        let fetch = |ty: TokenStream| {
            let path = quote_spanned!(ty.span()=> #private::bind::#function::<#ty>);
            quote!(let #value = #path(#subject)?;)
        };
        Ok(match shape(ty)? {
            Shape::Text => {
                let function = Ident::new(&format!("{word}_text"), Span::mixed_site());
                Binding {
                    fetch: quote!(let #value = #private::bind::#function(#subject)?;),
                    argument: quote!(&*#value),
                }
            }
            Shape::Slice(item) => Binding {
                fetch: fetch(quote_spanned!(item.span()=> ::std::vec::Vec<#item>)),
                argument: quote!(&#value[..]),
            },
            Shape::Reference(ty) => {
                Binding { fetch: fetch(quote!(#ty)), argument: quote!(&*#value) }
            }
            Shape::Value(ty) => {
                let bound = fetch(quote!(#ty));
                let part = Ident::new(
                    &format!("{}{}", word[..1].to_uppercase(), &word[1..]),
                    Span::mixed_site(),
                );
                let own = quote_spanned!(ty.span()=> (&&#private::bind::Own::<#ty>::new()).own);
                Binding {
                    fetch: quote! {
                        #bound
                        let #value = #own(#value, #private::bind::Part::#part, #subject)?;
                    },
                    argument: quote!(#value),
                }
            }
        })
    }

    fn optional(&self, inner: &Type) -> syn::Result<Binding> {
        let Self { private, value, subject } = self;
        let fetch = |ty: TokenStream| {
            let path = quote_spanned!(ty.span()=> #private::bind::expected_if::<#ty>);
            quote!(let #value = #path(#subject)?;)
        };
        Ok(match shape(inner)? {
            Shape::Text => Binding {
                fetch: quote!(let #value = #private::bind::expected_text_if(#subject)?;),
                argument: quote!(#value.as_deref()),
            },
            Shape::Slice(item) => Binding {
                fetch: fetch(quote_spanned!(item.span()=> ::std::vec::Vec<#item>)),
                argument: quote!(#value.as_deref().map(|list| &list[..])),
            },
            Shape::Reference(ty) => {
                Binding { fetch: fetch(quote!(#ty)), argument: quote!(#value.as_deref()) }
            }
            Shape::Value(ty) => {
                let bound = fetch(quote!(#ty));
                let own = quote_spanned!(ty.span()=> (&&#private::bind::Own::<#ty>::new()).own);
                Binding {
                    fetch: quote! {
                        #bound
                        let #value = match #value {
                            ::core::option::Option::Some(value) => ::core::option::Option::Some(
                                #own(value, #private::bind::Part::Expected, #subject)?,
                            ),
                            ::core::option::Option::None => ::core::option::Option::None,
                        };
                    },
                    argument: quote!(#value),
                }
            }
        })
    }
}
