//! Tests of the `keystone` command, all of them through the program itself.

#![expect(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod answers;
mod bad_rows;
mod bad_rules;
mod command;
mod help;
mod journals;
mod price;
mod render;
mod streams;
