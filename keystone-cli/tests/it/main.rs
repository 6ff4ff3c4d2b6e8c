//! Tests of the `keystone` command, all of them through the program itself.

mod answers;
mod bad_rows;
mod bad_rules;
mod command;
mod help;
mod journals;
mod streams;
