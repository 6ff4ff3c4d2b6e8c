//! Which evaluations run.

use std::collections::HashMap;

use keystone::eval::registry::EvalEntry;

use crate::flags::Flags;

/// An evaluation and the name under which reports know it.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// The module's path within the test crate and the name, or the whole path for other crates.
    pub(crate) name: String,
    pub(crate) entry: &'static EvalEntry,
}

/// What is done with an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It runs.
    Run,
    /// It is shown but not run, for this reason.
    Ignored(&'static str),
    /// It is not even shown.
    FilteredOut,
}

/// Names all evaluations, in their order.
///
/// # Errors
/// Every name that two evaluations share, and where they are.
pub(crate) fn named(entries: Vec<&'static EvalEntry>, krate: &str) -> Result<Vec<Named>, String> {
    let named: Vec<Named> = entries
        .into_iter()
        .map(|entry| Named { name: display_name(entry, krate), entry })
        .collect();
    let mut first: HashMap<&str, &EvalEntry> = HashMap::with_capacity(named.len());
    let mut clashes = Vec::new();
    for eval in &named {
        if let Some(other) = first.insert(&eval.name, eval.entry) {
            let (a, b) = (other, eval.entry);
            clashes.push(format!(
                "two evaluations are called `{}`: {}:{} and {}:{}",
                eval.name, a.file, a.line, b.file, b.line
            ));
        }
    }
    if !clashes.is_empty() {
        clashes.push("rename one of them, or set another name with `#[eval(name = \"…\")]`".into());
        return Err(clashes.join("\n  "));
    }
    Ok(named)
}

fn display_name(entry: &EvalEntry, krate: &str) -> String {
    let module = match entry.module.strip_prefix(krate) {
        Some("") => "",
        Some(rest) => rest.strip_prefix("::").unwrap_or(entry.module),
        None => entry.module,
    };
    if module.is_empty() { entry.name.into() } else { format!("{module}::{}", entry.name) }
}

/// Decides about one evaluation.
pub(crate) fn fate(eval: &Named, flags: &Flags) -> Fate {
    let matches = |filter: &String| matches(eval, filter, flags);
    let wanted = flags.filters.is_empty() || flags.filters.iter().any(matches);
    if !wanted || flags.skip.iter().any(matches) {
        return Fate::FilteredOut;
    }
    let tagged =
        |tags: &[String]| eval.entry.tags.iter().any(|own| tags.iter().any(|tag| tag == own));
    if tagged(&flags.not_tag) || (flags.ignored && eval.entry.ignore.is_none()) {
        return Fate::FilteredOut;
    }
    if flags.bench {
        return Fate::Ignored("not a benchmark");
    }
    match eval.entry.ignore {
        Some(why) if !flags.ignored && !flags.include_ignored => Fate::Ignored(why),
        _ => Fate::Run,
    }
}

fn matches(eval: &Named, filter: &str, flags: &Flags) -> bool {
    if flags.exact { eval.name == filter } else { eval.name.contains(filter) }
}

/// Whether an evaluation carries one of these tags itself.
pub(crate) fn tagged(eval: &Named, tags: &[String]) -> bool {
    eval.entry.tags.iter().any(|own| tags.iter().any(|tag| tag == own))
}

/// The word that is most like another, where one is like it at all.
pub(crate) fn closest<'a>(word: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Jaro and Winkler do not see that two letters next to each other changed places in a short
    // word, which is how short flags are mistyped.
    let likeness = |other: &str| {
        let swapped = word.len() > 2 && strsim::osa_distance(word, other) == 1;
        strsim::jaro_winkler(word, other).max(if swapped { 0.9 } else { 0.0 })
    };
    words
        .map(|other| (likeness(other), other))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, other)| other)
}

/// What to say where no evaluation has a name that was asked for, or none of them is to run.
pub(crate) fn no_match(named: &[Named], flags: &Flags) -> String {
    let there = |filter: &String| named.iter().any(|eval| matches(eval, filter, flags));
    if flags.filters.iter().any(there) {
        // The name is right; `--skip`, `--not-tag` or `--ignored` leave it out.
        return "no evaluation of that name is left to run".into();
    }
    let filters = flags.filters.iter().map(|filter| format!("`{filter}`")).collect::<Vec<_>>();
    let mut text = if filters.is_empty() {
        "no evaluation is left to run".to_owned()
    } else {
        format!("no evaluation matches {}", filters.join(" or "))
    };
    let close = flags.filters.iter().find_map(|filter| {
        let names = named.iter().flat_map(|eval| [eval.name.as_str(), eval.entry.name]);
        closest(filter, names)
    });
    match close {
        Some(close) => text.push_str(&format!("; did you mean `{close}`?")),
        None => text.push_str("; `--list` names them all"),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use keystone::eval::{Evaluation, registry::EvalEntry};

    fn never() -> Evaluation {
        unreachable!("selecting builds nothing")
    }

    const fn entry(module: &'static str, name: &'static str, line: u32) -> EvalEntry {
        EvalEntry::new(name, module, "tests/evals.rs", line, "/pkg", never)
    }

    static CAPITALS: EvalEntry = entry("evals", "capitals", 3).tags(&["smoke"]);
    static RIVERS: EvalEntry = entry("evals::geo", "rivers", 9);
    static OTHER: EvalEntry = entry("evals_common::geo", "rivers", 9).ignore("costs money");

    fn all() -> Vec<Named> {
        named(vec![&CAPITALS, &RIVERS, &OTHER], "evals").expect("names differ")
    }

    fn fates(args: &[&str]) -> Vec<Fate> {
        let args = std::iter::once(&"evals").chain(args).map(std::ffi::OsString::from);
        let flags = Flags::parse(args, &|_| None).expect("flags");
        all().iter().map(|eval| fate(eval, &flags)).collect()
    }

    #[test]
    fn names_are_paths_within_the_test_crate() {
        let names: Vec<String> = all().into_iter().map(|eval| eval.name).collect();
        assert_eq!(names, ["capitals", "geo::rivers", "evals_common::geo::rivers"]);
    }

    #[test]
    fn two_of_one_name_are_refused_with_both_places() {
        static TWIN: EvalEntry = entry("evals::geo", "rivers", 40);
        let why = named(vec![&CAPITALS, &RIVERS, &TWIN], "evals").expect_err("a clash");
        assert!(why.contains("`geo::rivers`: tests/evals.rs:9 and tests/evals.rs:40"), "{why}");
    }

    #[test]
    fn filters_are_parts_of_names_unless_exact() {
        use Fate::{FilteredOut, Ignored, Run};
        let costly = Ignored("costs money");
        assert_eq!(fates(&[]), [Run, Run, costly]);
        assert_eq!(fates(&["rivers"]), [FilteredOut, Run, costly]);
        assert_eq!(fates(&["--exact", "geo::rivers"]), [FilteredOut, Run, FilteredOut]);
        assert_eq!(fates(&["capitals", "geo::"]), [Run, Run, costly]);
        assert_eq!(fates(&["--skip", "geo"]), [Run, FilteredOut, FilteredOut]);
        assert_eq!(fates(&["--exact", "--skip", "geo::rivers"]), [Run, FilteredOut, costly]);
        assert_eq!(fates(&["--ignored"]), [FilteredOut, FilteredOut, Run]);
        assert_eq!(fates(&["--include-ignored"]), [Run, Run, Run]);
        assert_eq!(fates(&["--not-tag", "smoke"]), [FilteredOut, Run, costly]);
        assert_eq!(fates(&["--bench"]), [Ignored("not a benchmark"); 3]);
    }

    #[test]
    fn a_name_that_matches_nothing_gets_a_suggestion() {
        let flags = |filter: &str| Flags { filters: vec![filter.into()], ..Flags::default() };
        assert_eq!(
            no_match(&all(), &flags("captials")),
            "no evaluation matches `captials`; did you mean `capitals`?"
        );
        assert!(no_match(&all(), &flags("xyz")).ends_with("`--list` names them all"));
        let skipped = Flags { skip: vec!["capitals".into()], ..flags("capitals") };
        assert_eq!(no_match(&all(), &skipped), "no evaluation of that name is left to run");
    }
}
