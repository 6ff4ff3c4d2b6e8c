//! The `keystone` command.

mod diagnostics;
mod score;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Evaluations as tests: score what language models and agents answered.
#[derive(Debug, Parser)]
#[command(name = "keystone", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Score(score::Options),
}

fn main() -> ExitCode {
    let Command::Score(options) = Cli::parse().command;
    score::run(&options).into()
}
