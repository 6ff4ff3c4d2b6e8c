//! What the macros need to know of types, all of it by their looks: macros run before types are
//! known, so everything that can be left to the compiler is.

use syn::{GenericArgument, Ident, Lifetime, PathArguments, PathSegment, Type};

/// The type without parentheses and invisible groups.
pub(crate) fn plain(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => plain(&group.elem),
        Type::Paren(paren) => plain(&paren.elem),
        other => other,
    }
}

/// The last segment of a type that is a path, such as `Case<String>` of `keystone::Case<String>`.
pub(crate) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match plain(ty) {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        _ => None,
    }
}

/// The type arguments of a type of this name, whatever path it has.
pub(crate) fn arguments_of<'a>(ty: &'a Type, name: &str) -> Option<Vec<&'a Type>> {
    let segment = last_segment(ty).filter(|segment| segment.ident == name)?;
    match &segment.arguments {
        PathArguments::None => Some(Vec::new()),
        PathArguments::AngleBracketed(list) => Some(
            list.args
                .iter()
                .filter_map(|argument| match argument {
                    GenericArgument::Type(ty) => Some(ty),
                    _ => None,
                })
                .collect(),
        ),
        PathArguments::Parenthesized(_) => None,
    }
}

/// Whether the type is `str`.
pub(crate) fn is_str(ty: &Type) -> bool {
    matches!(plain(ty), Type::Path(path) if path.path.is_ident("str"))
}

/// What an `Option` holds.
pub(crate) fn option_of(ty: &Type) -> Option<&Type> {
    match arguments_of(ty, "Option")?.as_slice() {
        [inner] => Some(inner),
        _ => None,
    }
}

/// A type as a parameter has it.
pub(crate) enum Shape<'a> {
    /// `&str`
    Text,
    /// `&[T]`
    Slice(&'a Type),
    /// `&T`
    Reference(&'a Type),
    /// `T`
    Value(&'a Type),
}

/// The shape of a parameter's type; the error is the type that no shape fits, and why.
pub(crate) fn shape(ty: &Type) -> syn::Result<Shape<'_>> {
    let ty = plain(ty);
    let wrong = |message: &str| Err(syn::Error::new_spanned(ty, message));
    match ty {
        Type::Reference(reference) => {
            if reference.mutability.is_some() {
                return wrong("parameters are shared, not changed: write `&` instead of `&mut`");
            }
            match plain(&reference.elem) {
                elem if is_str(elem) => Ok(Shape::Text),
                Type::Slice(slice) => Ok(Shape::Slice(&slice.elem)),
                Type::TraitObject(_) => wrong("a parameter needs a concrete type, not `dyn`"),
                Type::ImplTrait(_) => wrong("a parameter needs a concrete type, not `impl`"),
                elem => Ok(Shape::Reference(elem)),
            }
        }
        Type::ImplTrait(_) => {
            wrong("a parameter needs a concrete type, not `impl`; write `&str`, say")
        }
        Type::Infer(_) => wrong("a parameter needs its type, which cannot be inferred"),
        Type::Never(_) | Type::Ptr(_) => wrong("a parameter of this type cannot be given a value"),
        _ => Ok(Shape::Value(ty)),
    }
}

/// Whether the type is one of the number types of the language.
pub(crate) fn is_number(ty: &Type) -> bool {
    const NUMBERS: [&str; 14] = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64",
    ];
    matches!(plain(ty), Type::Path(path)
        if NUMBERS.iter().any(|number| path.path.is_ident(number)))
}

/// Makes this lifetime of every lifetime in the type that is not `'static`, and of every one that
/// is left out.
pub(crate) fn set_lifetimes(ty: &mut Type, lifetime: &Lifetime) {
    match ty {
        Type::Group(group) => set_lifetimes(&mut group.elem, lifetime),
        Type::Paren(paren) => set_lifetimes(&mut paren.elem, lifetime),
        Type::Array(array) => set_lifetimes(&mut array.elem, lifetime),
        Type::Slice(slice) => set_lifetimes(&mut slice.elem, lifetime),
        Type::Tuple(tuple) => {
            tuple.elems.iter_mut().for_each(|elem| set_lifetimes(elem, lifetime));
        }
        Type::Reference(reference) => {
            if reference.lifetime.as_ref().is_none_or(|given| given.ident != "static") {
                reference.lifetime = Some(lifetime.clone());
            }
            set_lifetimes(&mut reference.elem, lifetime);
        }
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                // The one type of ours whose lifetime may be left out altogether.
                if segment.ident == "Subject" && segment.arguments.is_none() {
                    segment.arguments =
                        PathArguments::AngleBracketed(syn::parse_quote!(<#lifetime>));
                }
                let PathArguments::AngleBracketed(list) = &mut segment.arguments else {
                    continue;
                };
                for argument in &mut list.args {
                    match argument {
                        GenericArgument::Lifetime(given) if given.ident != "static" => {
                            *given = lifetime.clone();
                        }
                        GenericArgument::Type(ty) => set_lifetimes(ty, lifetime),
                        _ => {}
                    }
                }
            }
        }
        _ => {}
    }
}

/// A name without the underscore that says it is not used.
pub(crate) fn used_name(ident: &Ident) -> String {
    let name = syn::ext::IdentExt::unraw(ident).to_string();
    let used = name.trim_start_matches('_');
    if used.is_empty() { name } else { used.to_owned() }
}
