//! The `keystone` command.

mod diagnostics;
mod ending;
mod files;
mod price;
mod render;
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
    Price(price::Options),
    Render(render::Options),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Score(options) => score::run(&options),
        Command::Price(options) => price::run(&options),
        Command::Render(options) => render::run(&options),
    }
    .into()
}
