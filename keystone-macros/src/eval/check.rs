//! From options and function to an evaluation, or to everything that is wrong with them.

use std::time::Duration;

use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{Expr, ItemFn, LitStr, Path};

use super::data::{Data, Types, data};
use super::parse::OPTIONS;
use super::scores::{Entry, scores};
use super::tags as lists;
use super::task::{Inputs, inputs};
use crate::errors::Errors;
use crate::number::{Number, Range, number};
use crate::scorer::check_name;
use crate::settings::{Settings, Value, example, found, text};

/// An evaluation that is right as far as macros can tell.
pub(super) struct Evaluation<'a> {
    pub(super) krate: Path,
    pub(super) function: &'a ItemFn,
    pub(super) name: String,
    pub(super) data: Data,
    pub(super) types: Types,
    pub(super) inputs: Inputs,
    pub(super) scores: Vec<Entry>,
    /// Methods of `Evaluation` that take one number.
    pub(super) numbers: Vec<(&'static str, Number)>,
    pub(super) min_mean: Vec<(LitStr, Number)>,
    pub(super) timeout: Option<Timeout>,
    pub(super) tags: Vec<LitStr>,
    pub(super) ignore: Option<String>,
}

/// How long a row may take.
pub(super) enum Timeout {
    /// As long as it will.
    None,
    /// This long, checked.
    Literal(Duration),
    /// This long, an expression of type `Duration`.
    Expr(Expr),
}

const NUMBERS: [(&str, Range); 6] = [
    ("pass_rate", Range::Share),
    ("pass_threshold", Range::Share),
    ("max_errors", Range::ROWS),
    ("max_error_rate", Range::Share),
    ("max_concurrency", Range::CONCURRENCY),
    ("trials", Range::TRIALS),
];

pub(super) fn evaluation<'a>(
    settings: &Settings,
    function: &'a ItemFn,
    errors: &mut Errors,
) -> Option<Evaluation<'a>> {
    let krate = settings.krate();
    let data = data(settings, errors);
    let scores = scores(&krate, settings, errors);
    let inputs = inputs(&krate, function, errors);
    let name = name(settings, function, errors);
    let numbers = NUMBERS
        .iter()
        .filter_map(|(option, range)| {
            Some((*option, number(option, settings.expr(option)?, *range, errors)?))
        })
        .collect();
    let min_mean = min_mean(settings, errors);
    let timeout = settings.expr("timeout").and_then(|expr| timeout(expr, errors));
    let tags = settings.expr("tags").map(|expr| tags(expr, errors)).unwrap_or_default();
    let ignore = ignore(settings, errors);
    if let (Some(Inputs::Case { .. }), Some(setting)) = (&inputs, settings.get("expected_type")) {
        errors.at(
            &setting.name,
            "the task takes the whole case, whose type says what is expected: write \
             `&Case<I, E>` there instead",
        );
    }
    let (data, inputs) = (data?, inputs?);
    data.check(&inputs, errors);
    let types = types(&krate, settings, &data, &inputs);
    Some(Evaluation {
        krate,
        function,
        name,
        data,
        types,
        inputs,
        scores,
        numbers,
        min_mean,
        timeout,
        tags,
        ignore,
    })
}

fn name(settings: &Settings, function: &ItemFn, errors: &mut Errors) -> String {
    match settings.text(&OPTIONS, "name", errors) {
        Some(name) => {
            check_name(&name, errors);
            name.value()
        }
        None => syn::ext::IdentExt::unraw(&function.sig.ident).to_string(),
    }
}

fn types(krate: &Path, settings: &Settings, data: &Data, inputs: &Inputs) -> Types {
    if let Some((input, expected)) = inputs.case_types() {
        return Types { input: input.clone(), expected: expected.clone(), expected_is_json: false };
    }
    let input = match inputs {
        Inputs::Whole(parameter) => parameter.stored.clone(),
        // Rows that are read are read as the fields, so that the ones that do not fit are found
        // before anything runs. Rows made in code are objects of which a task reads its fields.
        _ if data.is_read() => quote::quote!(__KeystoneInput),
        _ => quote::quote!(#krate::__private::Value),
    };
    match settings.get("expected_type").map(|setting| &setting.value) {
        Some(Value::Type(ty)) => {
            Types { input, expected: quote_spanned!(ty.span()=> #ty), expected_is_json: false }
        }
        _ => Types {
            input,
            expected: quote::quote!(#krate::__private::Value),
            expected_is_json: true,
        },
    }
}

fn min_mean(settings: &Settings, errors: &mut Errors) -> Vec<(LitStr, Number)> {
    let Some(setting) = settings.get("min_mean") else {
        return Vec::new();
    };
    let Value::Map(pairs) = &setting.value else {
        return Vec::new();
    };
    if pairs.is_empty() {
        errors.at(&setting.name, "`min_mean` is empty; write `min_mean = { levenshtein: 0.8 }`");
    }
    let mut checked: Vec<(LitStr, Number)> = Vec::new();
    for (scorer, expr) in pairs {
        if checked.iter().any(|(earlier, _)| earlier.value() == scorer.value()) {
            errors.at(scorer, format!("`min_mean` names `{}` twice", scorer.value()));
        }
        if let Some(number) = number("min_mean", expr, Range::Share, errors) {
            checked.push((scorer.clone(), number));
        }
    }
    checked
}

fn timeout(expr: &Expr, errors: &mut Errors) -> Option<Timeout> {
    if matches!(expr, Expr::Path(path) if path.path.is_ident("none")) {
        return Some(Timeout::None);
    }
    let Some(text) = text(expr) else {
        if let Expr::Lit(_) | Expr::Unary(_) | Expr::Array(_) | Expr::Tuple(_) = expr {
            errors.at(
                expr,
                format!(
                    "expected a duration with its unit, such as `timeout = \"30s\"`, or \
                     `timeout = none`; found {}",
                    found(expr)
                ),
            );
            return None;
        }
        return Some(Timeout::Expr(expr.clone()));
    };
    match humantime::parse_duration(&text.value()) {
        Ok(duration) if duration.is_zero() => {
            errors.at(text, "no row is done in no time; for no limit write `timeout = none`");
            None
        }
        Ok(duration) => Some(Timeout::Literal(duration)),
        Err(error) => {
            let hint = if text.value() == "none" { "; write `none` without quotes" } else { "" };
            errors.at(
                text,
                format!(
                    "this is not a duration: {error}; write \"500ms\", \"30s\" or \"2m\"{hint}"
                ),
            );
            None
        }
    }
}

fn tags(expr: &Expr, errors: &mut Errors) -> Vec<LitStr> {
    let Expr::Array(list) = expr else {
        errors.at(
            expr,
            format!(
                "`tags` labels the evaluation with a list, `{}`, found {}; to name the field of \
                 the rows' own tags write `{}`",
                example(&OPTIONS, "tags"),
                found(expr),
                example(&OPTIONS, "tags_field"),
            ),
        );
        return Vec::new();
    };
    lists::tags(list, errors)
}

fn ignore(settings: &Settings, errors: &mut Errors) -> Option<String> {
    match settings.get("ignore")?.value {
        Value::Nothing => Some(String::new()),
        _ => settings.text(&OPTIONS, "ignore", errors).map(|why| why.value()),
    }
}
