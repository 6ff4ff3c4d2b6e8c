//! The part of a spec that is about secrets, as YAML gives it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{AliasLimits, NonFiniteFloatPolicy};
use serde_saphyr::{MessageFormatter, Spanned, UserMessageFormatter};

use super::error::{Place, SecretsError, SecretsErrorKind};

/// What stands under `secrets`. Its type says how deep it is looked at, since every level of a
/// type without end would be a good piece of the stack.
pub(super) type Declared = Node<Spanned<Entry>>;

/// What stands in the list of secrets.
pub(super) type Entry = Node<Spanned<Leaf>>;

/// What stands in a secret.
pub(super) type Leaf = Node<IgnoredAny>;

/// Any YAML, of which lists and maps hold this.
pub(super) enum Node<C> {
    Null,
    Text(String),
    List(Vec<C>),
    Map(Vec<(Leaf, C)>),
    Number,
    Bool,
    Binary,
}

impl<C> Node<C> {
    /// What it is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Number => "a number",
            Self::Bool => "a boolean",
            Self::Binary => "binary data",
        }
    }
}

/// Where it stands; an alias stands where it is used.
pub(super) fn place_of<C>(node: &Spanned<Node<C>>) -> Place {
    Place { line: node.referenced.line(), column: node.referenced.column() }
}

/// What stands under `secrets` in a spec.
pub(super) fn secrets_of(yaml: &str) -> Result<Option<Spanned<Declared>>, SecretsError> {
    let spec: Spec = serde_saphyr::from_str_with_options(yaml, options()).map_err(|error| {
        // The message alone: a snippet of the spec could show a secret that stands in it.
        let message = UserMessageFormatter.format_message(&error).into_owned();
        let wrong = SecretsError::new(SecretsErrorKind::Yaml, message);
        match error.location() {
            Some(at) => wrong.at(Place { line: at.line(), column: at.column() }),
            None => wrong,
        }
    })?;
    match spec {
        Spec::Map(secrets) => Ok(secrets),
        Spec::Other(kind) => Err(SecretsError::new(
            SecretsErrorKind::Shape,
            format!("a spec is a map, but this is {kind}"),
        )
        .at(Place { line: 1, column: 1 })),
    }
}

/// Limits far above what specs need, and far below what hurts.
fn options() -> serde_saphyr::Options {
    let mut alias_limits = AliasLimits::default();
    alias_limits.max_total_replayed_events = 50_000;
    alias_limits.max_replay_stack_depth = 32;
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 200_000,
            max_nodes: 100_000,
            max_aliases: 10_000,
            max_anchors: 1_000,
            max_recorded_anchor_events: 50_000,
            max_recorded_anchor_bytes: 4 * 1024 * 1024,
            // Each level takes up to 20 KiB of the stack where the parser is not optimized.
            max_depth: 32,
            flow_nesting_limit: 32,
            max_documents: 1,
            max_total_scalar_bytes: 4 * 1024 * 1024,
            max_merge_keys: 1_000,
        },
        alias_limits: alias_limits,
        // `NO` and `on` are names.
        strict_booleans: true,
        // What stands elsewhere in the spec is not looked at.
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        with_snippet: false,
    }
}

enum Spec {
    Map(Option<Spanned<Declared>>),
    Other(&'static str),
}

impl<'de> Deserialize<'de> for Spec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SpecVisitor;

        impl<'de> Visitor<'de> for SpecVisitor {
            type Value = Spec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Spec, A::Error> {
                let mut secrets = None;
                while let Some(key) = map.next_key::<Leaf>()? {
                    if matches!(&key, Node::Text(key) if key == "secrets") {
                        secrets = Some(map.next_value()?);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Spec::Map(secrets))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Spec, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Spec::Other("a list"))
            }

            fn visit_unit<E>(self) -> Result<Spec, E> {
                Ok(Spec::Map(None))
            }

            fn visit_none<E>(self) -> Result<Spec, E> {
                Ok(Spec::Map(None))
            }

            fn visit_str<E>(self, _: &str) -> Result<Spec, E> {
                Ok(Spec::Other("a text"))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Spec, E> {
                Ok(Spec::Other("a boolean"))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Spec, E> {
                Ok(Spec::Other("a number"))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Spec, E> {
                Ok(Spec::Other("a number"))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Spec, E> {
                Ok(Spec::Other("a number"))
            }
        }

        deserializer.deserialize_any(SpecVisitor)
    }
}

impl<'de, C: Deserialize<'de>> Deserialize<'de> for Node<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NodeVisitor<C>(PhantomData<C>);

        impl<'de, C: Deserialize<'de>> Visitor<'de> for NodeVisitor<C> {
            type Value = Node<C>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("YAML")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<C>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Node::Map(entries))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node<C>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(Node::List(items))
            }

            fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Node<C>, D::Error> {
                Node::deserialize(inner)
            }

            fn visit_unit<E>(self) -> Result<Node<C>, E> {
                Ok(Node::Null)
            }

            fn visit_none<E>(self) -> Result<Node<C>, E> {
                Ok(Node::Null)
            }

            fn visit_str<E>(self, text: &str) -> Result<Node<C>, E> {
                Ok(Node::Text(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Node<C>, E> {
                Ok(Node::Text(text))
            }

            fn visit_bytes<E>(self, _: &[u8]) -> Result<Node<C>, E> {
                Ok(Node::Binary)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Node<C>, E> {
                Ok(Node::Bool)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Node<C>, E> {
                Ok(Node::Number)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Node<C>, E> {
                Ok(Node::Number)
            }

            fn visit_i128<E>(self, _: i128) -> Result<Node<C>, E> {
                Ok(Node::Number)
            }

            fn visit_u128<E>(self, _: u128) -> Result<Node<C>, E> {
                Ok(Node::Number)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Node<C>, E> {
                Ok(Node::Number)
            }
        }

        deserializer.deserialize_any(NodeVisitor(PhantomData))
    }
}
