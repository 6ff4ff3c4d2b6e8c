//! The `name = value` list in the parentheses of an attribute.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, LitStr, Path, Token, Type, braced};

use crate::errors::{Errors, did_you_mean, unknown};

/// What an option takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// An expression.
    Expr,
    /// A type.
    Type,
    /// A path of a module.
    Path,
    /// Names in braces, each with an expression.
    Map,
    /// Nothing.
    Nothing,
    /// Nothing, or an expression.
    MaybeExpr,
}

/// An option that an attribute knows, and how it is written, for error messages.
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) takes: Takes,
    pub(crate) example: &'static str,
}

/// One option as it was given.
pub(crate) struct Setting {
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

/// The value of an option.
pub(crate) enum Value {
    Nothing,
    Expr(Expr),
    Type(Type),
    Path(Path),
    Map(Vec<(LitStr, Expr)>),
}

/// All options that were given, each at most once.
#[derive(Default)]
pub(crate) struct Settings {
    given: Vec<Setting>,
    /// The options that were meant by what could not be read.
    meant: Vec<&'static str>,
}

impl Settings {
    /// Reads the options, and goes on after each mistake with the next option.
    pub(crate) fn parse(tokens: TokenStream, known: &[Known], errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        let read = |input: ParseStream<'_>| {
            while !input.is_empty() {
                match setting(input, known) {
                    Ok(setting) => settings.add(setting, errors),
                    Err((meant, error)) => {
                        settings.meant.extend(meant);
                        errors.push(error);
                        skip(input, known);
                    }
                }
                if input.is_empty() {
                    break;
                }
                if let Err(error) = input.parse::<Token![,]>() {
                    errors.at_span(error.span(), "expected `,` before the next option");
                    skip(input, known);
                    let _ = input.parse::<Option<Token![,]>>();
                }
            }
            Ok(())
        };
        if let Err(error) = read.parse2(tokens) {
            errors.push(error);
        }
        settings
    }

    fn add(&mut self, setting: Setting, errors: &mut Errors) {
        if self.get(&setting.name.unraw().to_string()).is_some() {
            errors.at(&setting.name, format!("`{}` is given twice", setting.name.unraw()));
        } else {
            self.given.push(setting);
        }
    }

    /// Whether the option of this name was given, or meant by something that could not be read:
    /// then it is not missing as well.
    pub(crate) fn was_meant(&self, name: &str) -> bool {
        self.get(name).is_some() || self.meant.contains(&name)
    }

    /// The option of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Setting> {
        self.given.iter().find(|setting| setting.name == name)
    }

    /// The expression that the option of this name was given.
    pub(crate) fn expr(&self, name: &str) -> Option<&Expr> {
        match &self.get(name)?.value {
            Value::Expr(expr) => Some(expr),
            _ => None,
        }
    }

    /// The path that `crate` was given, else `::keystone`.
    pub(crate) fn krate(&self) -> Path {
        match self.get("crate").map(|setting| &setting.value) {
            Some(Value::Path(path)) => path.clone(),
            _ => syn::parse_quote!(::keystone),
        }
    }

    /// The text that the option of this name was given, with an error where it is none.
    pub(crate) fn text(&self, known: &[Known], name: &str, errors: &mut Errors) -> Option<LitStr> {
        let expr = self.expr(name)?;
        match text(expr) {
            Some(text) => Some(text.clone()),
            None => {
                let example = example(known, name);
                errors.at(
                    expr,
                    format!("`{name}` is a text, found {}; write `{example}`", found(expr)),
                );
                None
            }
        }
    }
}

/// How the option of this name is written.
pub(crate) fn example(known: &[Known], name: &str) -> &'static str {
    known.iter().find(|option| option.name == name).map_or("", |option| option.example)
}

/// The text of an expression that is a literal text.
pub(crate) fn text(expr: &Expr) -> Option<&LitStr> {
    match expr {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text),
        Expr::Group(group) => text(&group.expr),
        _ => None,
    }
}

/// What an expression is, in words, for "expected …, found …".
pub(crate) fn found(expr: &Expr) -> &'static str {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Str(_) => "a string",
            syn::Lit::ByteStr(_) | syn::Lit::CStr(_) => "a byte string",
            syn::Lit::Byte(_) => "a byte",
            syn::Lit::Char(_) => "a character",
            syn::Lit::Int(_) => "a whole number",
            syn::Lit::Float(_) => "a number",
            syn::Lit::Bool(_) => "a boolean",
            _ => "a literal",
        },
        Expr::Unary(_) => "a negative number",
        Expr::Array(_) | Expr::Repeat(_) => "a list",
        Expr::Tuple(_) => "a tuple",
        Expr::Closure(_) => "a closure",
        Expr::Range(_) => "a range",
        Expr::Block(_) => "a block",
        Expr::Path(_) => "a path",
        _ => "an expression",
    }
}

/// What could not be read: the option that it was meant to be, where that is clear, and why.
type Unread = (Option<&'static str>, syn::Error);

fn setting(input: ParseStream<'_>, known: &[Known]) -> Result<Setting, Unread> {
    if !input.peek(Ident::peek_any) {
        let message = "expected the name of an option, such as `name = \"…\"`";
        return Err((None, input.error(message)));
    }
    let name = input.call(Ident::parse_any).map_err(|error| (None, error))?;
    let word = name.unraw().to_string();
    let Some(option) = known.iter().find(|option| option.name == word) else {
        let names: Vec<&'static str> = known.iter().map(|option| option.name).collect();
        let error = syn::Error::new_spanned(&name, unknown("option", &word, &names));
        return Err((did_you_mean(&word, &names), error));
    };
    match value(input, &name, option) {
        Ok(value) => Ok(Setting { name, value }),
        Err(error) => Err((Some(option.name), error)),
    }
}

fn value(input: ParseStream<'_>, name: &Ident, option: &Known) -> syn::Result<Value> {
    let Known { name: word, takes, example } = option;
    let error = |message: String| Err(syn::Error::new_spanned(name, message));
    let assigned = input.peek(Token![=]) && !input.peek(Token![==]);
    match (takes, assigned) {
        (Takes::Nothing, true) => {
            return error(format!("`{word}` takes no value; write `{example}`"));
        }
        (Takes::Nothing | Takes::MaybeExpr, false) => return Ok(Value::Nothing),
        (_, false) => return error(format!("`{word}` needs a value: `{example}`")),
        _ => {}
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() || input.peek(Token![,]) {
        return error(format!("`{word}` needs a value: `{example}`"));
    }
    Ok(match takes {
        Takes::Type => Value::Type(input.parse()?),
        Takes::Path => Value::Path(input.call(Path::parse_mod_style)?),
        Takes::Map => Value::Map(map(input, option)?),
        _ => Value::Expr(input.parse()?),
    })
}

fn map(input: ParseStream<'_>, option: &Known) -> syn::Result<Vec<(LitStr, Expr)>> {
    if !input.peek(syn::token::Brace) {
        return Err(input.error(format!("expected `{}`", option.example)));
    }
    let content;
    braced!(content in input);
    let mut pairs = Vec::new();
    while !content.is_empty() {
        let name = if content.peek(LitStr) {
            content.parse()?
        } else if content.peek(Ident::peek_any) {
            let name = content.call(Ident::parse_any)?;
            LitStr::new(&name.unraw().to_string(), name.span())
        } else {
            return Err(content.error(format!("expected a name: `{}`", option.example)));
        };
        if content.peek(Token![=]) {
            content.parse::<Token![=]>()?;
        } else {
            content.parse::<Token![:]>()?;
        }
        pairs.push((name, content.parse()?));
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(pairs)
}

/// Skips to the comma before the next option. A comma inside a value that could not be read is
/// told from it by what follows: the name of an option.
fn skip(input: ParseStream<'_>, known: &[Known]) {
    let begins_option = |input: ParseStream<'_>| {
        let fork = input.fork();
        let Ok(name) = fork.call(Ident::parse_any) else {
            return fork.is_empty();
        };
        let word = name.unraw().to_string();
        fork.peek(Token![=]) || known.iter().any(|option| option.name == word)
    };
    while !input.is_empty() {
        if input.peek(Token![,]) {
            let ahead = input.fork();
            if ahead.parse::<Token![,]>().is_ok() && begins_option(&ahead) {
                return;
            }
        }
        if input.parse::<TokenTree>().is_err() {
            return;
        }
    }
}

/// Whether two pieces of code are the same, token for token.
pub(crate) fn same(a: &impl ToTokens, b: &impl ToTokens) -> bool {
    a.to_token_stream().to_string() == b.to_token_stream().to_string()
}
