//! The flags of a test binary of evaluations.
//!
//! They are all parsed here, those of the standard test runner as well as our own: libtest-mimic
//! takes one filter, knows no flags of ours, and ends the process on its own account.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum};

mod refusal;
mod twins;

pub(crate) use refusal::Refusal;
pub(crate) use twins::misspelt;

const SELECT: &str = "Which evaluations";
const ROWS: &str = "Which rows";
const RUN: &str = "How they run";
const EARLIER: &str = "Earlier runs";
const REPORT: &str = "What is reported";
const LIBTEST: &str = "Accepted as by other test binaries";

/// What the command line and the environment ask for.
#[derive(Parser, Debug, Clone, Default)]
#[command(
    name = "evals",
    disable_version_flag = true,
    disable_help_flag = true,
    args_override_self = true,
    next_line_help = true,
    override_usage = "cargo test --test TARGET -- [FLAGS] [FILTER]...",
    help_template = "Runs the evaluations of this test target.\n\n{usage-heading} {usage}\n\n{all-args}{after-help}"
)]
pub(crate) struct Flags {
    /// Run the evaluations whose name contains one of these
    #[arg(value_name = "FILTER", help_heading = SELECT)]
    pub filters: Vec<String>,
    /// Filters are whole names
    #[arg(long, help_heading = SELECT)]
    pub exact: bool,
    /// Leave out the evaluations whose name contains this; repeatable
    #[arg(long, value_name = "FILTER", help_heading = SELECT)]
    pub skip: Vec<String>,
    /// Run only the evaluations that are ignored otherwise
    #[arg(long, help_heading = SELECT)]
    pub ignored: bool,
    /// Run ignored evaluations too
    #[arg(long, help_heading = SELECT)]
    pub include_ignored: bool,
    /// Print the names of the evaluations and run nothing
    #[arg(long, help_heading = SELECT)]
    pub list: bool,

    /// Run the evaluations with this tag, and of the others the rows that carry it; repeatable [env: KEYSTONE_TAG, several separated by commas]
    #[arg(long, value_name = "TAG", help_heading = ROWS)]
    pub tag: Vec<String>,
    /// Leave out evaluations and rows with this tag; repeatable [env: KEYSTONE_NOT_TAG, likewise]
    #[arg(long, value_name = "TAG", help_heading = ROWS)]
    pub not_tag: Vec<String>,
    /// Run only the row of this id; repeatable [env: KEYSTONE_CASE, several separated by commas]
    #[arg(long, value_name = "ID", help_heading = ROWS)]
    pub case: Vec<String>,
    /// Run only the first N rows of each evaluation [env: KEYSTONE_FIRST]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = ROWS)]
    pub first: Option<u64>,
    /// Run only N rows of each evaluation, chosen by chance [env: KEYSTONE_SAMPLE]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = ROWS)]
    pub sample: Option<u64>,
    /// Choose the sample by this number; the same rows for the same seed, 0 unless given [env: KEYSTONE_SEED]
    #[arg(long, value_name = "S", help_heading = ROWS)]
    pub seed: Option<u64>,

    /// Run at most N rows of an evaluation at the same time [env: KEYSTONE_CONCURRENCY]
    #[arg(long, value_name = "N", value_parser = count, help_heading = RUN)]
    pub concurrency: Option<usize>,
    /// Run each row N times [env: KEYSTONE_TRIALS]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = RUN)]
    pub trials: Option<u32>,
    /// Give a row this long, such as 30s or 2m, or `none` for ever [env: KEYSTONE_TIMEOUT]
    #[arg(long, value_name = "TIME", value_parser = timeout, help_heading = RUN)]
    pub timeout: Option<Timeout>,
    /// Run N evaluations at the same time; one unless given
    #[arg(long, value_name = "N", value_parser = count, help_heading = RUN)]
    pub test_threads: Option<usize>,
    /// Check the whole of each data set before the first row runs, however large it is [env: KEYSTONE_CHECK]
    #[arg(long, help_heading = RUN)]
    pub check: bool,

    /// Go on with a run that was cut short: only rows that are missing or broke are run; RUN is an id or a folder, the latest run unless given [env: KEYSTONE_RESUME]
    #[arg(long, value_name = "RUN", num_args = 0..=1, conflicts_with_all = ["failed", "rescore", "run_id"], help_heading = EARLIER)]
    pub resume: Option<Option<String>>,
    /// Run only the rows that did not pass in that run [env: KEYSTONE_FAILED]
    #[arg(long, value_name = "RUN", num_args = 0..=1, conflicts_with = "rescore", help_heading = EARLIER)]
    pub failed: Option<Option<String>>,
    /// Run no task: grade the outputs of that run with the scorers of today [env: KEYSTONE_RESCORE]
    #[arg(long, value_name = "RUN", num_args = 0..=1, help_heading = EARLIER)]
    pub rescore: Option<Option<String>>,

    /// Show the first N rows of an evaluation that did not pass; 10 unless given [env: KEYSTONE_FAILURES]
    #[arg(long, value_name = "N", help_heading = REPORT)]
    pub failures: Option<usize>,
    /// Write results below this folder instead of `keystone` in cargo's target folder [env: KEYSTONE_OUTPUT]
    #[arg(long, value_name = "DIR", help_heading = REPORT)]
    pub output: Option<PathBuf>,
    /// Name the run, and so its folder [env: KEYSTONE_RUN_ID]
    #[arg(long, value_name = "ID", value_parser = run_id, help_heading = REPORT)]
    pub run_id: Option<String>,
    /// Write the JUnit report of the run to this file too [env: KEYSTONE_JUNIT]
    #[arg(long, value_name = "PATH", help_heading = REPORT)]
    pub junit: Option<PathBuf>,
    /// Colours; NO_COLOR and CLICOLOR_FORCE are honoured where this is not given [env: KEYSTONE_COLOR]
    #[arg(long, value_name = "auto|always|never", hide_possible_values = true, help_heading = REPORT)]
    pub color: Option<Colour>,
    /// How the list of evaluations is printed while they run; with json the report goes to stderr
    #[arg(long, value_name = "pretty|terse|json", hide_possible_values = true, conflicts_with = "quiet", help_heading = REPORT)]
    pub format: Option<Format>,
    /// One character for each evaluation, and one line in the report where it passed
    #[arg(short, long, help_heading = REPORT)]
    pub quiet: bool,
    /// Write the list of evaluations to this file instead of stdout
    #[arg(long, value_name = "PATH", help_heading = REPORT)]
    pub logfile: Option<PathBuf>,
    /// Print this
    #[arg(short, long, action = clap::ArgAction::Help, help_heading = REPORT)]
    pub help: Option<bool>,

    /// Run tests, which evaluations are
    #[arg(long, conflicts_with = "bench", help_heading = LIBTEST)]
    pub test: bool,
    /// Run benchmarks only, which evaluations are not
    #[arg(long, help_heading = LIBTEST)]
    pub bench: bool,
    /// No effect: output is never captured
    #[arg(long, alias = "no-capture", help_heading = LIBTEST)]
    pub nocapture: bool,
    /// No effect: output is never captured
    #[arg(long, help_heading = LIBTEST)]
    pub show_output: bool,
    /// No effect: the report always has times
    #[arg(long, help_heading = LIBTEST)]
    pub report_time: bool,
    /// No effect
    #[arg(short = 'Z', value_name = "FLAG", help_heading = LIBTEST)]
    pub unstable: Vec<String>,
}

/// How long a row may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timeout(pub(crate) Option<Duration>);

/// Whether reports are coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// Where stdout is a terminal that can.
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// How the list of evaluations is printed while they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A line each.
    Pretty,
    /// A character each.
    Terse,
    /// JSON events.
    Json,
}

fn count(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(0) => Err("a whole number of at least 1 is needed".into()),
        Ok(number) => Ok(number),
        Err(_) => Err("a whole number of at least 1 is needed".into()),
    }
}

fn timeout(text: &str) -> Result<Timeout, String> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(Timeout(None));
    }
    match humantime::parse_duration(text) {
        Ok(time) if time.is_zero() => {
            Err("no row can be done in no time; say `none` for no deadline".into())
        }
        Ok(time) => Ok(Timeout(Some(time))),
        Err(_) => Err("not a time; write it like 30s, 500ms, 2m or none".into()),
    }
}

fn run_id(text: &str) -> Result<String, String> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.len() > 100 || !text.chars().all(good) || text.starts_with('.') {
        return Err("an id is a folder's name: up to 100 letters, digits, `-`, `_` and `.`".into());
    }
    if text == "latest" {
        return Err("`latest` stands for the last run".into());
    }
    Ok(text.into())
}

/// Whether a text can be the id of a run.
pub(crate) fn is_run_id(text: &str) -> bool {
    run_id(text).is_ok()
}

impl Flags {
    /// Parses a command line, of which the first part is the program, and the settings that
    /// `env` knows where the command line leaves them open.
    pub(crate) fn parse(
        args: impl IntoIterator<Item = OsString>,
        env: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Refusal> {
        let mut args: Vec<OsString> = args.into_iter().collect();
        if args.is_empty() {
            args.push("evals".into());
        }
        let command = command();
        let given =
            command.clone().try_get_matches_from(&args).map_err(|error| Refusal::flag(&error))?;
        let more = twins::missing(&command, &given, env)?;
        let matches = if more.is_empty() {
            given
        } else {
            // Before what was given, which may end in `--` and names of evaluations.
            args.splice(1..1, more);
            command.try_get_matches_from(&args).map_err(|error| Refusal::flag(&error))?
        };
        Self::from_arg_matches(&matches).map_err(|error| Refusal::flag(&error))
    }

    /// The seed of the sample.
    pub(crate) fn seed(&self) -> u64 {
        self.seed.unwrap_or(0)
    }

    /// Whether the list of evaluations is one character each.
    pub(crate) fn terse(&self) -> bool {
        self.quiet || self.format == Some(Format::Terse)
    }

    /// Whether stdout belongs to JSON events.
    pub(crate) fn json(&self) -> bool {
        self.format == Some(Format::Json)
    }

    /// What narrows down the rows, as one would write it, for messages.
    pub(crate) fn row_filters(&self) -> String {
        let mut words = Vec::new();
        for (flag, values) in
            [("--tag", &self.tag), ("--not-tag", &self.not_tag), ("--case", &self.case)]
        {
            words.extend(values.iter().map(|value| format!("{flag} {value}")));
        }
        words.join(" ")
    }
}

fn command() -> clap::Command {
    let mut codes = String::from("Exit codes:\n");
    for code in crate::ExitCode::ALL {
        codes.push_str(&format!("  {:>3}  {}\n", code.code(), code.meaning()));
    }
    codes.push_str(
        "\nA flag goes before its setting in the environment. A run of a part of the rows says so.\n",
    );
    Flags::command().after_help(codes)
}

#[cfg(test)]
mod tests;
