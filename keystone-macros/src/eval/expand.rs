//! What `#[eval]` adds to the user's code.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ReturnType;
use syn::spanned::Spanned;

use super::check::{Evaluation, Timeout};
use super::task::{Inputs, Parameter, Passed, local, local_at};

/// One constant that holds the entry for the registry. The function itself is not touched.
pub(super) fn evaluation(evaluation: &Evaluation<'_>) -> TokenStream {
    let Evaluation { krate, name, data, types, inputs, scores, tags, .. } = evaluation;
    let assertions = evaluation
        .numbers
        .iter()
        .map(|(_, number)| number)
        .chain(evaluation.min_mean.iter().map(|(_, number)| number))
        .chain(data.number())
        .map(|number| &number.assertion);
    let fields = fields(evaluation);
    let data = data.expand(krate, inputs, types);
    let task = task(evaluation);
    let scorers = scores.iter().map(|entry| entry.expand(krate));
    let options = options(evaluation);
    let ignore = evaluation.ignore.as_ref().map(|why| quote!(.ignore(#why)));
    let line = quote_spanned!(evaluation.function.sig.ident.span()=> ::core::line!());
    quote! {
        const _: () = {
            #fields
            #(#assertions)*
            const __KEYSTONE_ENTRY: #krate::eval::registry::EvalEntry =
                #krate::eval::registry::EvalEntry::new(
                    #name,
                    ::core::module_path!(),
                    ::core::file!(),
                    #line,
                    ::core::env!("CARGO_MANIFEST_DIR"),
                    || {
                        #[allow(unused_imports)]
                        use #krate::__private::rows::{
                            FileFunctionKind as _, FileKind as _, FunctionKind as _, ListKind as _,
                            ResultKind as _, UnknownKind as _,
                        };
                        #krate::eval::Eval::new(#name)
                            .data(#data)
                            .task_with(#task)
                            #(.scorer(#scorers))*
                            #options
                    },
                )
                .tags(&[#(#tags),*])
                #ignore;
            #krate::__private::inventory::submit! { __KEYSTONE_ENTRY }
        };
    }
}

/// The input of a task with several parameters, as a struct of them.
fn fields(evaluation: &Evaluation<'_>) -> TokenStream {
    let Inputs::Fields(parameters) = &evaluation.inputs else {
        return TokenStream::new();
    };
    let krate = &evaluation.krate;
    let serde = quote!(#krate::__private::serde);
    let serde_path = serde.to_string().replace(' ', "");
    let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let expecting = format!("an object with the fields {}", crate::errors::list(&names, "and"));
    let fields = parameters.iter().enumerate().map(|(index, parameter)| {
        let Parameter { name, stored, .. } = parameter;
        let field = field(index);
        quote!(#[serde(rename = #name)] #field: #stored)
    });
    quote! {
        #[derive(#serde::Deserialize)]
        #[serde(crate = #serde_path, expecting = #expecting)]
        struct __KeystoneInput { #(#fields),* }
    }
}

fn field(index: usize) -> syn::Ident {
    quote::format_ident!("field_{index}")
}

/// The closure that calls the function.
fn task(evaluation: &Evaluation<'_>) -> TokenStream {
    let Evaluation { krate, function, .. } = evaluation;
    let private = quote!(#krate::__private);
    let (context, value) = (local("context"), local("value"));
    let (fetch, arguments) = arguments(evaluation, &quote!(#context));
    let ident = &function.sig.ident;
    let span = match &function.sig.output {
        ReturnType::Type(_, ty) => ty.span(),
        ReturnType::Default => ident.span(),
    };
    let wait = function.sig.asyncness.map(|_| quote!(let #value = #context.wait(#value)?;));
    // Located at the return type, so that what is wrong with the value is said there.
    let (result, kind) = (local_at("result", span), local_at("kind", span));
    let output = quote_spanned! {span=>
        let #kind = (&&&&#private::task::Probe::of(&#value)).outcome();
        let #result = #kind.split(#value)?;
        let #kind = (&&&#private::task::Probe::of(&#result)).output();
        #kind.make(#result)
    };
    quote! {
        |#context| {
            #[allow(unused_imports)]
            use #private::task::{
                Again as _, ByClone as _, ChainOutcome as _, DebugOutcome as _, DirectOutput as _,
                DisplayOutcome as _, JsonOutput as _, OtherOutput as _, PlainOutcome as _,
                Unowned as _,
            };
            #fetch
            let #value = #ident(#(#arguments),*);
            #wait
            #output
        }
    }
}

/// The statements before the call, and the arguments of it.
fn arguments(
    evaluation: &Evaluation<'_>,
    context: &TokenStream,
) -> (TokenStream, Vec<TokenStream>) {
    let krate = &evaluation.krate;
    match &evaluation.inputs {
        Inputs::Case { owned: false, .. } => (TokenStream::new(), vec![quote!(#context.case)]),
        Inputs::Case { owned: true, span, .. } => {
            let clone = quote_spanned!(*span=> ::core::clone::Clone::clone(#context.case));
            (TokenStream::new(), vec![clone])
        }
        Inputs::Whole(parameter) => {
            let place = quote!(#context.case.input);
            let whole = quote!(|input| input);
            (TokenStream::new(), vec![argument(krate, parameter, context, &place, &whole)])
        }
        Inputs::Fields(parameters) if evaluation.data.is_read() => {
            let arguments = parameters.iter().enumerate().map(|(index, parameter)| {
                let field = field(index);
                let place = quote!(#context.case.input.#field);
                let part = quote!(|input: __KeystoneInput| input.#field);
                argument(krate, parameter, context, &place, &part)
            });
            (TokenStream::new(), arguments.collect())
        }
        Inputs::Fields(parameters) => {
            let input = local("input");
            let arguments = parameters.iter().enumerate().map(|(index, parameter)| {
                let field = field(index);
                match parameter.passed {
                    Passed::Reference => quote!(&#input.#field),
                    Passed::Slice => quote!(&#input.#field[..]),
                    Passed::Value => quote!(#input.#field),
                }
            });
            let fetch = quote! {
                let #input: __KeystoneInput = #krate::__private::task::fields(#context)?;
            };
            (fetch, arguments.collect())
        }
    }
}

/// A value that the case holds, as the parameter wants it.
fn argument(
    krate: &syn::Path,
    parameter: &Parameter,
    context: &TokenStream,
    place: &TokenStream,
    part: &TokenStream,
) -> TokenStream {
    match parameter.passed {
        Passed::Reference => quote!(&#place),
        Passed::Slice => quote!(&#place[..]),
        Passed::Value => quote_spanned! {parameter.ty.span()=>
            (&&&#krate::__private::task::Argument::new(&#place, #context)).take(#part)?
        },
    }
}

/// The calls that set everything else.
fn options(evaluation: &Evaluation<'_>) -> TokenStream {
    let numbers = evaluation.numbers.iter().map(|(method, number)| {
        let (method, value) = (local(method), &number.value);
        quote!(.#method(#value))
    });
    let means = evaluation.min_mean.iter().map(|(scorer, number)| {
        let value = &number.value;
        quote!(.min_mean(#scorer, #value))
    });
    let timeout = evaluation.timeout.as_ref().map(|timeout| match timeout {
        Timeout::None => quote!(.no_timeout()),
        Timeout::Expr(expr) => quote!(.timeout(#expr)),
        Timeout::Literal(duration) => {
            let seconds = Literal::u64_suffixed(duration.as_secs());
            let nanos = Literal::u32_suffixed(duration.subsec_nanos());
            quote!(.timeout(::core::time::Duration::new(#seconds, #nanos)))
        }
    });
    let tags = evaluation.tags.iter().map(|tag| quote!(.tag(#tag)));
    quote!(#(#numbers)* #(#means)* #timeout #(#tags)*).into_token_stream()
}
