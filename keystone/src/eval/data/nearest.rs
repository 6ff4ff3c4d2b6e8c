//! The name that somebody probably meant.

use std::fmt::Write as _;

/// The candidate most like the name, if one is alike enough to be a slip of the finger.
pub(super) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = name.to_lowercase();
    // A third of the letters may be wrong: more than that, and the guess is noise.
    let allowed = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many names a message lists.
const LISTED: usize = 12;

/// Names in quotes with commas between them, the first dozen.
pub(super) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    let mut rest = 0_usize;
    for (index, name) in names.into_iter().enumerate() {
        if index >= LISTED {
            rest += 1;
            continue;
        }
        let comma = if index == 0 { "" } else { ", " };
        // Writing to a text cannot fail.
        let _ = write!(text, "{comma}{name:?}");
    }
    if rest > 0 {
        let _ = write!(text, " and {rest} more");
    }
    text
}
