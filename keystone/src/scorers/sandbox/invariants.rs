//! The invariants of several scorers.

use std::collections::HashSet;

use serde::ser::{Serialize, Serializer};

use super::Invariant;
use crate::scorers::Scorer;

/// The invariants of several scorers, in their order, which is the order of a report.
///
/// Serialized it is the map that stands under `invariants` in a spec.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Invariants {
    entries: Vec<(String, Invariant)>,
    without: Vec<String>,
}

impl Invariants {
    /// The keys and what is checked under them, in the order of the scorers.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Invariant)> {
        self.entries.iter().map(|(key, invariant)| (key.as_str(), invariant))
    }

    /// What is checked under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Invariant> {
        self.iter().find(|(known, _)| *known == key).map(|(_, invariant)| invariant)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The names of the scorers that have no form as an invariant, such as `levenshtein`. They
    /// run at the client, once the outputs are there.
    #[must_use]
    pub fn without_invariant(&self) -> &[String] {
        &self.without
    }
}

impl IntoIterator for Invariants {
    type Item = (String, Invariant);
    type IntoIter = std::vec::IntoIter<(String, Invariant)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl Serialize for Invariants {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// The invariants of a spec that scorers stand for.
///
/// The key of each is the name of its scorer with `:`, `/` and space replaced by `_`, as on the
/// platform. Where two scorers would have the same key, the first keeps it, and the others get
/// `_2`, `_3` and so on: the next number that is no other scorer's key.
///
/// ```
/// use keystone::scorers::{FileContains, FileExists, Levenshtein, Scorer, scorers_to_invariants};
///
/// let scorers: [Box<dyn Scorer>; 4] = [
///     Box::new(FileExists::new("out/report.md").gate()),
///     Box::new(FileContains::new("log").contains("done")),
///     Box::new(FileContains::new("log").not_contains("panic")),
///     Box::new(Levenshtein::new()),
/// ];
/// let invariants = scorers_to_invariants(&scorers);
/// let keys: Vec<&str> = invariants.iter().map(|(key, _)| key).collect();
/// assert_eq!(keys, ["file_exists_out_report.md", "file_content_log", "file_content_log_2"]);
/// assert_eq!(invariants.without_invariant(), ["levenshtein"]);
/// ```
#[must_use]
pub fn scorers_to_invariants<S: Scorer>(scorers: impl IntoIterator<Item = S>) -> Invariants {
    let mut made = Vec::new();
    let mut without = Vec::new();
    for scorer in scorers {
        match scorer.invariant() {
            Some(invariant) => made.push((scorer.name().replace([':', '/', ' '], "_"), invariant)),
            None => without.push(scorer.name().to_owned()),
        }
    }
    // No number may lead to a key that a later scorer has by its name.
    let mut taken: HashSet<String> = made.iter().map(|(key, _)| key.clone()).collect();
    let mut met = HashSet::new();
    let mut entries = Vec::with_capacity(made.len());
    for (key, invariant) in made {
        if met.insert(key.clone()) {
            entries.push((key, invariant));
            continue;
        }
        let mut number = 2_usize;
        let key = loop {
            let numbered = format!("{key}_{number}");
            if taken.insert(numbered.clone()) {
                break numbered;
            }
            number += 1;
        };
        entries.push((key, invariant));
    }
    Invariants { entries, without }
}
