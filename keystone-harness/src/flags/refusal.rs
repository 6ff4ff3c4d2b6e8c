//! Why a command line is not followed.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Why a command line is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It asks for the help, which this is.
    Help(String),
    /// It does not make sense, for this reason.
    Bad(String),
}

impl Refusal {
    /// The parser's account of a flag.
    pub(super) fn flag(error: &clap::Error) -> Self {
        if matches!(error.kind(), ErrorKind::DisplayHelp) {
            return Self::Help(error.render().to_string());
        }
        Self::Bad(format!("{}\n  `--help` lists all flags", account(error)))
    }

    /// The parser's account of a setting in the environment. Its value is part of the account:
    /// the settings of this program are no secrets.
    pub(super) fn setting(name: &str, error: &clap::Error) -> Self {
        Self::Bad(format!("{name} in the environment: {}", account(error)))
    }
}

fn account(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    if error.kind() == ErrorKind::UnknownArgument
        && let Some(flag) = text(ContextKind::InvalidArg)
    {
        let known = super::command();
        let longs: Vec<&str> = known.get_arguments().filter_map(clap::Arg::get_long).collect();
        let bare = flag.trim_start_matches('-');
        let close = crate::select::closest(bare, longs.into_iter());
        return match close {
            Some(close) => format!("unknown flag `{flag}`; did you mean `--{close}`?"),
            None => format!("unknown flag `{flag}`"),
        };
    }
    // What is left is the first paragraph: no usage, which is long, and no pointer to `--help`.
    let rendered = error.render().to_string();
    let mut kept = Vec::new();
    for line in rendered.lines() {
        let line = line.trim();
        if line.starts_with("Usage:") || line.starts_with("For more information") {
            break;
        }
        if !line.is_empty() {
            kept.push(line.trim_start_matches("error: "));
        }
    }
    kept.join("\n  ")
}
