//! Settings in the environment that stand in for flags.

use std::ffi::{OsStr, OsString};

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::Refusal;

/// How the text of a setting becomes flags.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The value of the flag.
    One,
    /// Several values, separated by commas.
    Several,
    /// Whether the flag is given.
    Switch,
    /// A run, or a yes for the latest.
    Run,
}

/// A setting and its flag, as the parser names it and as users write it.
const TWINS: &[(&str, &str, &str, Form)] = &[
    ("KEYSTONE_TAG", "tag", "--tag", Form::Several),
    ("KEYSTONE_NOT_TAG", "not_tag", "--not-tag", Form::Several),
    ("KEYSTONE_CASE", "case", "--case", Form::Several),
    ("KEYSTONE_FIRST", "first", "--first", Form::One),
    ("KEYSTONE_SAMPLE", "sample", "--sample", Form::One),
    ("KEYSTONE_SEED", "seed", "--seed", Form::One),
    ("KEYSTONE_CONCURRENCY", "concurrency", "--concurrency", Form::One),
    ("KEYSTONE_TRIALS", "trials", "--trials", Form::One),
    ("KEYSTONE_TIMEOUT", "timeout", "--timeout", Form::One),
    ("KEYSTONE_CHECK", "check", "--check", Form::Switch),
    ("KEYSTONE_RESUME", "resume", "--resume", Form::Run),
    ("KEYSTONE_FAILED", "failed", "--failed", Form::Run),
    ("KEYSTONE_RESCORE", "rescore", "--rescore", Form::Run),
    ("KEYSTONE_FAILURES", "failures", "--failures", Form::One),
    ("KEYSTONE_OUTPUT", "output", "--output", Form::One),
    ("KEYSTONE_RUN_ID", "run_id", "--run-id", Form::One),
    ("KEYSTONE_JUNIT", "junit", "--junit", Form::One),
    ("KEYSTONE_COLOR", "color", "--color", Form::One),
];

/// Flags that speak of an earlier run. One of them on the command line silences the settings of
/// all, as well as a run's id in the environment.
const EARLIER: &[&str] = &["resume", "failed", "rescore", "run_id"];

/// The flags that the environment adds to a command line. An empty setting is no setting.
pub(super) fn missing(
    command: &clap::Command,
    given: &ArgMatches,
    env: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Vec<OsString>, Refusal> {
    let is_given = |id: &str| given.value_source(id) == Some(ValueSource::CommandLine);
    let earlier_given = EARLIER.iter().any(|id| is_given(id) && *id != "run_id");
    let mut flags = Vec::new();
    for &(name, id, flag, form) in TWINS {
        if is_given(id) || (earlier_given && EARLIER.contains(&id)) {
            continue;
        }
        if id == "resume" && is_given("run_id") {
            continue;
        }
        let Some(value) = env(name).filter(|value| !value.is_empty()) else {
            continue;
        };
        let new = as_flags(name, flag, form, &value)?;
        let alone = std::iter::once(OsString::from("evals")).chain(new.iter().cloned());
        if let Err(error) = command.clone().try_get_matches_from(alone) {
            return Err(Refusal::setting(name, &error));
        }
        flags.extend(new);
    }
    Ok(flags)
}

fn as_flags(name: &str, flag: &str, form: Form, value: &OsStr) -> Result<Vec<OsString>, Refusal> {
    let with = |value: &OsStr| {
        let mut text = OsString::from(flag);
        text.push("=");
        text.push(value);
        text
    };
    if form == Form::One {
        return Ok(vec![with(value)]);
    }
    let Some(text) = value.to_str() else {
        return Err(Refusal::Bad(format!("{name} in the environment is not valid Unicode")));
    };
    Ok(match (form, yes_or_no(text)) {
        (Form::Several, _) => text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| with(part.as_ref()))
            .collect(),
        (_, Some(true)) => vec![flag.into()],
        (_, Some(false)) => Vec::new(),
        (Form::Run, None) => vec![with(value)],
        (_, None) => {
            return Err(Refusal::Bad(format!(
                "{name} in the environment is `{text}`; write 1 or 0"
            )));
        }
    })
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Some(true),
        "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Names in the environment that look like a setting of ours with a slip of the pen, each with
/// the setting. Nothing but names is looked at.
pub(crate) fn misspelt<'a>(names: impl Iterator<Item = &'a str>) -> Vec<(&'a str, &'static str)> {
    let mut found: Vec<_> = names
        .filter(|name| name.starts_with("KEYSTONE_"))
        .filter(|name| !TWINS.iter().any(|(twin, ..)| twin == name))
        .filter_map(|name| {
            // A setting of another part of Keystone may be near; two letters are a slip.
            let (twin, ..) =
                TWINS.iter().find(|(twin, ..)| strsim::osa_distance(name, twin) <= 2)?;
            Some((name, *twin))
        })
        .collect();
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_its_flag_and_is_in_the_help() {
        let command = super::super::command();
        let help = command.clone().render_long_help().to_string();
        for (name, id, flag, _) in TWINS {
            let arg = command.get_arguments().find(|arg| arg.get_id() == id).expect(id);
            assert_eq!(arg.get_long(), Some(&flag[2..]));
            assert!(help.contains(name), "{name} is not in the help");
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_noticed_and_other_settings_are_left_alone() {
        let names = [
            "KEYSTONE_CONCURENCY",
            "KEYSTONE_API_KEY",
            "KEYSTONE_TAG",
            "PATH",
            "KEYSTONE_BASE_URL",
        ];
        assert_eq!(misspelt(names.into_iter()), [("KEYSTONE_CONCURENCY", "KEYSTONE_CONCURRENCY")]);
    }
}
