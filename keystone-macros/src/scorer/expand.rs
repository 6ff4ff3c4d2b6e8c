//! What `#[scorer]` leaves in the user's code.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, ItemFn, Lifetime, Path, ReturnType, Type};

use super::check::Scorer;
use crate::errors::Errors;
use crate::number::Number;
use crate::settings::same;
use crate::types::set_lifetimes;

/// A unit struct of the function's name that is a scorer, and derefs to the function, so that it
/// can be called under that name.
pub(super) fn scorer(scorer: &Scorer) -> TokenStream {
    let Scorer { krate, function, name, weight, gate, threshold, bindings } = scorer;
    let item = Item::new(function);
    let Item { ident, value, .. } = &item;
    // Inside the constant the name is the function's again, so that its body can call itself and
    // have a variable of that name, which may shadow a function but not a unit struct.
    let inner = &function.sig.ident;
    let kept = item.function();
    let pointer = item.pointer(krate);
    let callee = item.callee(krate, inner);
    let private = quote!(#krate::__private);
    let subject = Ident::new("subject", Span::mixed_site());
    let call = call(krate, function, inner, bindings);
    let assertions = [weight, threshold].into_iter().flatten().map(|number| &number.assertion);
    let weight = weight.as_ref().map_or_else(|| quote!(1.0), |Number { value, .. }| quote!(#value));
    let threshold = option(threshold.as_ref());
    quote! {
        #value
        const _: () = {
            #(#assertions)*
            #kept

            #[automatically_derived]
            impl ::core::ops::Deref for #ident {
                type Target = #pointer;

                fn deref(&self) -> &Self::Target {
                    const FUNCTION: #pointer = #callee;
                    &FUNCTION
                }
            }

            #[automatically_derived]
            impl #krate::Scorer for #ident {
                fn name(&self) -> &str {
                    #name
                }

                fn policy(&self) -> #krate::scorers::Policy {
                    #private::policy(#weight, #gate)
                }

                fn score(&self, #subject: &#krate::scorers::Subject<'_>) -> #krate::Score {
                    #[allow(unused_imports)]
                    use #private::bind::{ByClone as _, FromJson as _};
                    #private::scored(#threshold, || { #call })
                }
            }
        };
    }
}

/// `Some(number)` or `None`.
pub(crate) fn option(number: Option<&Number>) -> TokenStream {
    match number {
        Some(Number { value, .. }) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// Binds the parameters and calls the function.
fn call(
    krate: &Path,
    function: &ItemFn,
    inner: &Ident,
    bindings: &[crate::binding::Binding],
) -> TokenStream {
    let fetches = bindings.iter().map(|binding| &binding.fetch);
    let arguments = bindings.iter().map(|binding| &binding.argument);
    let span = match &function.sig.output {
        ReturnType::Type(_, ty) => ty.span(),
        ReturnType::Default => function.sig.ident.span(),
    };
    let result = Ident::new("result", Span::mixed_site().located_at(span));
    let wait =
        function.sig.asyncness.map(|_| quote!(let #result = #krate::__private::wait(#result)?;));
    let into_score = quote_spanned!(span=> #krate::IntoScore::into_score);
    quote! {
        #(#fetches)*
        let #result = #inner(#(#arguments),*);
        #wait
        ::core::result::Result::Ok(#into_score(#result))
    }
}

/// The mistakes, and a scorer that satisfies the compiler, so that nothing but them is reported.
pub(super) fn broken(krate: &Path, function: &ItemFn, errors: Errors) -> TokenStream {
    let Item { ident, value, .. } = Item::new(function);
    let errors = errors.into_tokens();
    quote! {
        #errors
        #value
        #[automatically_derived]
        impl #krate::Scorer for #ident {
            fn name(&self) -> &str {
                ::core::stringify!(#ident)
            }

            fn score(&self, _: &#krate::scorers::Subject<'_>) -> #krate::Score {
                ::core::unreachable!()
            }
        }
    }
}

/// The function, taken apart.
struct Item<'a> {
    function: &'a ItemFn,
    ident: &'a Ident,
    /// The struct that takes the function's place.
    value: TokenStream,
}

impl<'a> Item<'a> {
    fn new(function: &'a ItemFn) -> Self {
        let ident = &function.sig.ident;
        let shown = function.attrs.iter().filter(|attribute| is_shown(attribute));
        let visibility = &function.vis;
        let value = quote! {
            #(#shown)*
            #[allow(non_camel_case_types)]
            #[derive(
                ::core::clone::Clone,
                ::core::marker::Copy,
                ::core::fmt::Debug,
                ::core::default::Default,
            )]
            #visibility struct #ident;
        };
        Self { function, ident, value }
    }

    /// The function with the attributes that are about its code.
    fn function(&self) -> TokenStream {
        let mut function = self.function.clone();
        function.attrs.retain(|attribute| !is_shown(attribute));
        function.vis = syn::Visibility::Inherited;
        function.into_token_stream()
    }

    fn types(&self) -> impl Iterator<Item = &Type> {
        self.function.sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(parameter) => Some(&*parameter.ty),
            FnArg::Receiver(_) => None,
        })
    }

    /// The type of a pointer to the function. That of an async function returns a boxed future,
    /// which borrows from every parameter.
    fn pointer(&self, krate: &Path) -> TokenStream {
        let output = &self.function.sig.output;
        let lifetimes = &self.function.sig.generics.params;
        if self.function.sig.asyncness.is_none() {
            let types = self.types();
            let higher = (!lifetimes.is_empty()).then(|| quote!(for<#lifetimes>));
            return quote!(#higher fn(#(#types),*) #output);
        }
        let Boxed { generics, types, output } = self.boxed(krate, output);
        let higher = generics.map(|lifetime| quote!(for<#lifetime>));
        quote!(#higher fn(#(#types),*) -> #output)
    }

    /// The types of the function that boxes the future of an async one. All that it borrows has
    /// one lifetime, which the future has as well.
    fn boxed(&self, krate: &Path, output: &ReturnType) -> Boxed {
        let call = Lifetime::new("'__keystone", Span::mixed_site());
        let with_lifetime = |ty: &Type| {
            let mut ty = ty.clone();
            set_lifetimes(&mut ty, &call);
            ty
        };
        let types: Vec<Type> = self.types().map(with_lifetime).collect();
        // A lifetime that no parameter has cannot be that of the future.
        let borrows = self.types().zip(&types).any(|(given, named)| !same(given, named));
        let lifetime = if borrows { quote!(#call) } else { quote!('static) };
        let output = match output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, ty) => with_lifetime(ty).into_token_stream(),
        };
        Boxed {
            generics: borrows.then_some(call),
            types,
            output: quote!(#krate::__private::BoxFuture<#lifetime, #output>),
        }
    }

    /// What the pointer points to.
    fn callee(&self, krate: &Path, inner: &Ident) -> TokenStream {
        if self.function.sig.asyncness.is_none() {
            return quote!(#inner);
        }
        let Boxed { generics, types, output } = self.boxed(krate, &self.function.sig.output);
        let generics = generics.map(|lifetime| quote!(<#lifetime>));
        let names: Vec<_> = (0..types.len())
            .map(|index| Ident::new(&format!("value_{index}"), Span::mixed_site()))
            .collect();
        quote! {{
            fn __keystone_boxed #generics (#(#names: #types),*) -> #output {
                ::std::boxed::Box::pin(#inner(#(#names),*))
            }
            __keystone_boxed
        }}
    }
}

/// Whether the attribute is about the name that users see, not about the code behind it. `cfg` and
/// `cfg_attr` are not among them: the compiler has resolved both before it asks this crate.
fn is_shown(attribute: &Attribute) -> bool {
    ["doc", "deprecated"].iter().any(|name| attribute.path().is_ident(name))
}

/// The types of the function that boxes the future of an async one.
struct Boxed {
    generics: Option<Lifetime>,
    types: Vec<Type>,
    output: TokenStream,
}
