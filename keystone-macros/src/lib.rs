//! The attribute macros of the `keystone` crate. Use them from there: `keystone::eval`,
//! `keystone::scorer`.
