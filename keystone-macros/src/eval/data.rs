//! Where the rows come from.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, LitStr, Path, UnOp};

use super::dataset::{self, Dataset};
use super::parse::{FIELDS, OPTIONS};
use super::task::{Inputs, local, local_at};
use crate::errors::Errors;
use crate::number::Number;
use crate::settings::{Settings, found, text};
use crate::types::is_number;

/// Where the rows come from.
pub(super) enum Data {
    /// A file, and the methods and names of the fields that have other names than usual.
    File { path: LitStr, fields: FieldNames },
    /// Records that a server keeps, and the same of their fields.
    Remote { dataset: Box<Dataset>, fields: FieldNames },
    /// A list in the attribute.
    Rows(Vec<Row>),
    /// Whatever an expression gives: a function to call, or rows.
    Source(Expr),
    /// Whatever an expression gives when it is evaluated anew for each run.
    Lazy(Expr),
}

/// Methods of `Fields`, and the names that they are given.
type FieldNames = Vec<(&'static str, LitStr)>;

/// A row of a list in the attribute.
pub(super) enum Row {
    Input(Expr),
    Pair(Expr, Expr),
    Case(Expr),
}

/// Reads `data` and the options that go with it.
pub(super) fn data(settings: &Settings, errors: &mut Errors) -> Option<Data> {
    let fields: FieldNames = FIELDS
        .iter()
        .filter_map(|(option, method)| Some((*method, settings.text(&OPTIONS, option, errors)?)))
        .collect();
    let Some(expr) = settings.expr("data") else {
        if !settings.was_meant("data") {
            errors.at_span(
                proc_macro2::Span::call_site(),
                "`data` is missing: write `data = \"data/rows.jsonl\"`, `dataset(\"ds_…\")`, a \
                 function that returns rows, or a list of `(input, expected)`",
            );
        }
        return None;
    };
    if let Some(path) = text(expr) {
        if path.value().trim().is_empty() {
            errors.at(path, "`data` is the path of a file: `data = \"data/rows.jsonl\"`");
        }
        return Some(Data::File { path: path.clone(), fields });
    }
    if let Some(call) = dataset::call(expr) {
        let dataset = Box::new(dataset::dataset(call, errors)?);
        return Some(Data::Remote { dataset, fields });
    }
    for (option, _) in FIELDS {
        if let Some(setting) = settings.get(option) {
            errors.at(
                &setting.name,
                format!(
                    "`{option}` names a field of the rows of a file, and this `data` is not the \
                     path of one; rows made in code are `Case`s or `(input, expected)` pairs"
                ),
            );
        }
    }
    match expr {
        Expr::Array(list) => {
            if list.elems.is_empty() {
                errors.at(list, "the list has no rows; write `[(\"input\", \"expected\")]`");
            }
            Some(Data::Rows(
                list.elems.iter().filter_map(|row| errors.keep(self::row(row))).collect(),
            ))
        }
        Expr::Lit(_) | Expr::Unary(_) | Expr::Range(_) | Expr::Tuple(_) => {
            errors.at(
                expr,
                format!(
                    "`data` is the path of a file, a `dataset(…)`, a function or a list of rows, \
                     found {}",
                    found(expr)
                ),
            );
            None
        }
        Expr::Path(_) | Expr::Closure(_) => Some(Data::Source(expr.clone())),
        _ => Some(Data::Lazy(expr.clone())),
    }
}

fn row(expr: &Expr) -> syn::Result<Row> {
    match expr {
        Expr::Tuple(tuple) => {
            let mut parts = tuple.elems.iter();
            match (parts.next(), parts.next(), parts.next()) {
                (Some(input), Some(expected), None) => {
                    Ok(Row::Pair(input.clone(), expected.clone()))
                }
                (Some(input), None, None) => Ok(Row::Input(input.clone())),
                _ => Err(syn::Error::new_spanned(
                    expr,
                    "a row is an input, a pair `(input, expected)`, or a `Case`, which has room \
                     for more: `Case::new(input).expected(expected).tag(\"smoke\")`",
                )),
            }
        }
        other if is_literal(other) => Ok(Row::Input(other.clone())),
        other => Ok(Row::Case(other.clone())),
    }
}

fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)) && is_literal(&unary.expr),
        Expr::Group(group) => is_literal(&group.expr),
        _ => false,
    }
}

/// The types of a case, as the expansion writes them.
pub(super) struct Types {
    pub(super) input: TokenStream,
    pub(super) expected: TokenStream,
    /// Whether nobody said what an expected value is, so that it is JSON.
    pub(super) expected_is_json: bool,
}

impl Data {
    /// Whether rows come from a file or a server, and so are read as the task's types.
    pub(super) fn is_read(&self) -> bool {
        matches!(self, Self::File { .. } | Self::Remote { .. })
    }

    /// The number that the compiler has to check, where there is one.
    pub(super) fn number(&self) -> Option<&Number> {
        match self {
            Self::Remote { dataset, .. } => dataset.version.as_ref(),
            _ => None,
        }
    }

    /// Checks the rows of a list against the parameters of the task.
    pub(super) fn check(&self, inputs: &Inputs, errors: &mut Errors) {
        let (Self::Rows(rows), Inputs::Fields(fields)) = (self, inputs) else {
            return;
        };
        for row in rows {
            let (Row::Input(input) | Row::Pair(input, _)) = row else {
                continue;
            };
            match input {
                Expr::Tuple(tuple) if tuple.elems.len() == fields.len() => {}
                Expr::Tuple(_) | Expr::Lit(_) => errors.at(
                    input,
                    format!(
                        "the task has {} parameters, so this input is a tuple of as many values, \
                         or `json!({{ … }})` with their names",
                        fields.len()
                    ),
                ),
                _ => {}
            }
        }
    }

    /// The expression for the data.
    pub(super) fn expand(&self, krate: &Path, inputs: &Inputs, types: &Types) -> TokenStream {
        let Types { input, expected, .. } = types;
        let module = quote!(#krate::__private::rows);
        let turbofish = quote!(::<#input, #expected>);
        match self {
            Self::File { path, fields } => {
                let fields = (!fields.is_empty()).then(|| {
                    let fields = expand_fields(krate, fields);
                    quote!(.fields(#fields))
                });
                quote!(#module::file #turbofish (#krate::eval::data::Dataset::file(#path) #fields))
            }
            Self::Remote { dataset, fields } => {
                dataset.expand(&module, &turbofish, &expand_fields(krate, fields))
            }
            Self::Rows(rows) => {
                let rows = rows.iter().map(|row| row.expand(krate, inputs, types));
                quote!(#module::values #turbofish ([#(#rows),*]))
            }
            Self::Source(expr) => source(krate, types, expr.span(), &quote!(#expr)),
            Self::Lazy(expr) => source(krate, types, expr.span(), &quote!(move || #expr)),
        }
    }
}

fn expand_fields(krate: &Path, fields: &FieldNames) -> TokenStream {
    let calls = fields.iter().map(|(method, name)| {
        let method = local(method);
        quote!(.#method(#name))
    });
    quote!(<#krate::eval::data::Fields as ::core::default::Default>::default() #(#calls)*)
}

/// What the value is (a function, rows, a file) is told apart by its type, in `__private`.
fn source(
    krate: &Path,
    types: &Types,
    span: proc_macro2::Span,
    value: &TokenStream,
) -> TokenStream {
    let Types { input, expected, expected_is_json } = types;
    // Where nothing says what is expected, typed cases say so themselves.
    let expected = if *expected_is_json {
        quote!(#krate::__private::rows::AnyExpected)
    } else {
        quote!(#krate::__private::rows::Expected<#expected>)
    };
    let (source, kind) = (local_at("source", span), local_at("kind", span));
    let probe = quote_spanned! {span=>
        (&&&&&&#krate::__private::rows::Source::<_, #input, #expected>::of(&#source)).kind()
    };
    quote_spanned! {span=> {
        let #source = #value;
        let #kind = #probe;
        #kind.data(#source)
    }}
}

impl Row {
    fn expand(&self, krate: &Path, inputs: &Inputs, types: &Types) -> TokenStream {
        let Types { input, expected, expected_is_json } = types;
        let case = quote!(#krate::Case::<#input, #expected>);
        match self {
            Self::Input(value) => {
                let value = input_value(krate, inputs, value);
                quote!(#case::new(#value))
            }
            Self::Pair(value, wanted) => {
                let value = input_value(krate, inputs, value);
                let wanted = if *expected_is_json {
                    json(krate, wanted)
                } else {
                    typed(wanted, syn::parse2(expected.clone()).ok().as_ref())
                };
                quote!(#case::new(#value).expected(#wanted))
            }
            Self::Case(value) => quote_spanned! {value.span()=>
                #krate::eval::IntoCase::<#input, #expected>::into_case(#value)
            },
        }
    }
}

/// An input as the value that `Case::new` takes.
fn input_value(krate: &Path, inputs: &Inputs, value: &Expr) -> TokenStream {
    match inputs {
        Inputs::Fields(fields) => match value {
            Expr::Tuple(tuple) if tuple.elems.len() == fields.len() => {
                let names = fields.iter().map(|field| &field.name);
                let values = tuple.elems.iter();
                quote!(#krate::__private::json!({ #(#names: #values),* }))
            }
            other => json(krate, other),
        },
        Inputs::Whole(parameter) => {
            typed(value, syn::parse2(parameter.stored.clone()).ok().as_ref())
        }
        Inputs::Case { input, .. } => typed(value, syn::parse2(input.clone()).ok().as_ref()),
    }
}

/// A literal number takes the type that is wanted; left to `Into`, every one would be an `i32`.
fn typed(value: &Expr, ty: Option<&syn::Type>) -> TokenStream {
    match ty {
        Some(ty) if is_literal(value) && is_number(ty) => {
            quote!(::core::convert::identity::<#ty>(#value))
        }
        _ => quote!(#value),
    }
}

fn json(krate: &Path, value: &Expr) -> TokenStream {
    // Braces and brackets would be read as JSON, in which an expression is not always one.
    quote_spanned!(value.span()=> #krate::__private::json!((#value)))
}
