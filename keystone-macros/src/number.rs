//! Numbers in options: literals are checked here, constants by an assertion in the expansion.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Lit, UnOp};

use crate::errors::Errors;
use crate::settings::found;

/// Which numbers an option takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Range {
    /// From 0 to 1.
    Share,
    /// Finite and not negative.
    Weight,
    /// Whole, and at least this.
    Whole { least: u64, most: u64, kind: &'static str },
}

impl Range {
    /// How many rows at the same time.
    pub(crate) const CONCURRENCY: Self = Self::Whole { least: 1, most: 1 << 20, kind: "usize" };
    /// How many times a task runs on each case.
    pub(crate) const TRIALS: Self = Self::Whole { least: 1, most: u32::MAX as u64, kind: "u32" };
    /// How many rows.
    pub(crate) const ROWS: Self = Self::Whole { least: 0, most: u64::MAX, kind: "u64" };

    /// Which version of a dataset.
    pub(crate) const VERSION: Self = Self::Whole { least: 1, most: u64::MAX, kind: "u64" };

    fn words(self) -> String {
        match self {
            Self::Share => "a number from 0 to 1".to_owned(),
            Self::Weight => "a number that is not negative".to_owned(),
            Self::Whole { least: 0, .. } => "a whole number".to_owned(),
            Self::Whole { least, most, .. } if most >= u64::from(u32::MAX) => {
                format!("a whole number of at least {least}")
            }
            Self::Whole { least, most, .. } => format!("a whole number from {least} to {most}"),
        }
    }
}

/// A number as the expansion uses it.
#[derive(Clone)]
pub(crate) struct Number {
    /// The expression.
    pub(crate) value: TokenStream,
    /// What checks it at compile time; empty for literals, which are checked already.
    pub(crate) assertion: TokenStream,
}

/// Checks the number that an option was given.
pub(crate) fn number(
    option: &str,
    expr: &Expr,
    range: Range,
    errors: &mut Errors,
) -> Option<Number> {
    match expr {
        Expr::Group(group) => return number(option, &group.expr, range, errors),
        Expr::Lit(literal) => match (&literal.lit, range) {
            (Lit::Int(int), Range::Whole { least, most, kind }) => {
                let wanted = range.words();
                let Ok(value) = int.base10_parse::<u64>() else {
                    errors.at(int, format!("`{option}` is {wanted}; {int} is too large"));
                    return None;
                };
                if !(least..=most).contains(&value) {
                    errors.at(int, format!("`{option}` is {wanted}, found {value}"));
                    return None;
                }
                if !int.suffix().is_empty() && int.suffix() != kind {
                    errors.at(int, format!("`{option}` is a `{kind}`; remove `{}`", int.suffix()));
                    return None;
                }
                return Some(literal_value(int));
            }
            (Lit::Int(_) | Lit::Float(_), Range::Share | Range::Weight) => {
                return fraction(option, &literal.lit, range, errors);
            }
            _ => {}
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) && is_number(&unary.expr) => {}
        Expr::Path(_)
        | Expr::Binary(_)
        | Expr::Call(_)
        | Expr::MethodCall(_)
        | Expr::Cast(_)
        | Expr::Paren(_)
        | Expr::Macro(_)
        | Expr::Field(_)
        | Expr::Index(_)
        | Expr::Const(_)
        | Expr::Unary(_) => return Some(constant(option, expr, range)),
        _ => {}
    }
    let what = if is_percentage(expr) {
        "a string; a share is written `0.9`, not \"90%\"".to_owned()
    } else if let Expr::Lit(literal) = expr
        && let (Lit::Float(float), Range::Whole { .. }) = (&literal.lit, range)
    {
        format!("`{float}`")
    } else {
        found(expr).to_owned()
    };
    errors.at(expr, format!("expected {}, found {what}", range.words()));
    None
}

fn fraction(option: &str, literal: &Lit, range: Range, errors: &mut Errors) -> Option<Number> {
    let (value, suffix) = match literal {
        Lit::Int(int) => (int.base10_parse::<f64>(), int.suffix()),
        Lit::Float(float) => (float.base10_parse::<f64>(), float.suffix()),
        _ => return None,
    };
    let value = errors.keep(value)?;
    let valid = match range {
        Range::Share => (0.0..=1.0).contains(&value),
        _ => value.is_finite(),
    };
    if !valid {
        let hint = if range == Range::Share && (10.0..=100.0).contains(&value) {
            format!("; for {value} per cent write `{}`", value / 100.0)
        } else {
            String::new()
        };
        errors.at(literal, format!("`{option}` is {}, found {value}{hint}", range.words()));
        return None;
    }
    if !suffix.is_empty() && suffix != "f64" {
        errors.at(literal, format!("`{option}` is an `f64`; remove `{suffix}`"));
        return None;
    }
    let mut number = proc_macro2::Literal::f64_unsuffixed(value);
    number.set_span(literal.span());
    Some(literal_value(&number))
}

fn literal_value(literal: &impl ToTokens) -> Number {
    Number { value: literal.to_token_stream(), assertion: TokenStream::new() }
}

fn constant(option: &str, expr: &Expr, range: Range) -> Number {
    let message = format!("`{option}` is {}", range.words());
    let span = expr.span();
    let assertion = match range {
        Range::Share => quote_spanned! {span=>
            const _: () = {
                const NUMBER: f64 = #expr;
                ::core::assert!(NUMBER >= 0.0 && NUMBER <= 1.0, #message);
            };
        },
        Range::Weight => quote_spanned! {span=>
            const _: () = {
                const NUMBER: f64 = #expr;
                ::core::assert!(NUMBER >= 0.0 && NUMBER <= ::core::primitive::f64::MAX, #message);
            };
        },
        Range::Whole { least: 0, .. } => TokenStream::new(),
        Range::Whole { least, most, kind } => {
            let kind = proc_macro2::Ident::new(kind, span);
            let least = proc_macro2::Literal::u64_unsuffixed(least);
            let most = proc_macro2::Literal::u64_unsuffixed(most);
            quote_spanned! {span=>
                const _: () = {
                    const NUMBER: ::core::primitive::#kind = #expr;
                    ::core::assert!(NUMBER >= #least && NUMBER <= #most, #message);
                };
            }
        }
    };
    Number { value: quote!(#expr), assertion }
}

fn is_number(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(literal) if matches!(literal.lit, Lit::Int(_) | Lit::Float(_)))
}

fn is_percentage(expr: &Expr) -> bool {
    crate::settings::text(expr).is_some_and(|text| text.value().trim_end().ends_with('%'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn check(expr: Expr, range: Range) -> Result<String, String> {
        let mut errors = Errors::default();
        let number = number("bar", &expr, range, &mut errors);
        match number {
            Some(number) => Ok(number.value.to_string()),
            None => Err(errors.messages().join("|")),
        }
    }

    #[test]
    fn shares_are_from_0_to_1() {
        assert_eq!(check(parse_quote!(0.9), Range::Share).as_deref(), Ok("0.9"));
        assert_eq!(check(parse_quote!(1), Range::Share).as_deref(), Ok("1.0"));
        assert_eq!(check(parse_quote!(BAR), Range::Share).as_deref(), Ok("BAR"));
        for (expr, message) in [
            (parse_quote!(1.5), "`bar` is a number from 0 to 1, found 1.5"),
            (
                parse_quote!(90),
                "`bar` is a number from 0 to 1, found 90; for 90 per cent write `0.9`",
            ),
            (parse_quote!(-0.1), "expected a number from 0 to 1, found a negative number"),
            (parse_quote!("0.9"), "expected a number from 0 to 1, found a string"),
            (parse_quote!(0.9f32), "`bar` is an `f64`; remove `f32`"),
            (parse_quote!([0.9]), "expected a number from 0 to 1, found a list"),
            (parse_quote!(true), "expected a number from 0 to 1, found a boolean"),
        ] {
            assert_eq!(check(expr, Range::Share), Err(message.to_owned()));
        }
    }

    #[test]
    fn whole_numbers_are_whole() {
        assert_eq!(check(parse_quote!(8), Range::CONCURRENCY).as_deref(), Ok("8"));
        assert_eq!(check(parse_quote!(0), Range::ROWS).as_deref(), Ok("0"));
        for (expr, range, message) in [
            (parse_quote!(0), Range::TRIALS, "`bar` is a whole number of at least 1, found 0"),
            (
                parse_quote!(1.5),
                Range::TRIALS,
                "expected a whole number of at least 1, found `1.5`",
            ),
            (parse_quote!(-1), Range::ROWS, "expected a whole number, found a negative number"),
        ] {
            assert_eq!(check(expr, range), Err(message.to_owned()));
        }
    }
}
