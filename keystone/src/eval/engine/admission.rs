//! Which cases run, and under which names.

use std::collections::{BTreeSet, BinaryHeap, HashSet};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::Selection;
use super::super::identity::Identities;
use super::super::work::{Admission, Admit, Candidate, Source};

/// How many names are remembered in order to propose one of them for a mistyped name.
const REMEMBERED: usize = 10_000;

/// Names cases and chooses among them.
pub(super) struct Admitter {
    names: Identities,
    selection: Selection,
    /// Whether the evaluation itself carries a label that was asked for.
    tagged: bool,
    /// Whether everything is wanted.
    whole: bool,
    sampled: Option<HashSet<u64>>,
    seen: u64,
    admitted: u64,
    left_out: bool,
    matched: BTreeSet<String>,
    known: Vec<String>,
}

impl Admitter {
    pub(super) fn new(selection: &Selection, eval_tags: &[String]) -> Self {
        let tagged =
            selection.tags.is_empty() || selection.tags.iter().any(|tag| eval_tags.contains(tag));
        Self {
            names: Identities::default(),
            selection: selection.clone(),
            tagged,
            whole: selection.is_whole(),
            sampled: None,
            seen: 0,
            admitted: 0,
            left_out: false,
            matched: BTreeSet::new(),
            known: Vec::new(),
        }
    }

    /// Chooses the sample, which needs a pass over the whole data set.
    pub(super) fn sample(&mut self, source: &mut dyn Source, eval_tags: &[String]) {
        let Some((size, seed)) = self.selection.sample else {
            return;
        };
        let mut lottery = Lottery {
            admitter: Self::new(&self.selection, eval_tags),
            seed,
            size: usize::try_from(size).unwrap_or(usize::MAX),
            drawn: BinaryHeap::new(),
        };
        while source.next(1024, &mut lottery).is_some() {}
        self.sampled = Some(lottery.drawn.into_iter().map(|(_, index)| index).collect());
    }

    /// How many cases were looked at, and how many of them are to run.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.seen, self.admitted)
    }

    /// Whether the selection left anything out.
    pub(super) fn left_out(&self) -> bool {
        self.left_out
    }

    pub(super) fn repeated_content(&self) -> u64 {
        self.names.repeated_content()
    }

    /// The names that were asked for and found.
    pub(super) fn matched(&self) -> &BTreeSet<String> {
        &self.matched
    }

    /// Names of the data set that are close to the ones that were asked for.
    pub(super) fn close(&self) -> Vec<String> {
        let mut close: Vec<(f64, &String)> = self
            .known
            .iter()
            .filter_map(|known| {
                let best = self
                    .selection
                    .ids
                    .iter()
                    .map(|id| strsim::jaro_winkler(id, known))
                    .fold(0.0, f64::max);
                (best > 0.8).then_some((best, known))
            })
            .collect();
        close.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        close.into_iter().take(3).map(|(_, id)| format!("`{id}`")).collect()
    }

    fn wants(&mut self, index: u64, id: &str, tags: &[String]) -> bool {
        let Selection { ids, only, tags: wanted, not_tags, .. } = &self.selection;
        if !ids.is_empty() {
            if self.known.len() < REMEMBERED {
                self.known.push(id.to_owned());
            }
            if !ids.iter().any(|wanted| wanted == id) {
                return false;
            }
            self.matched.insert(id.to_owned());
        }
        only.as_ref().is_none_or(|only| only.contains(id))
            && (self.tagged || wanted.iter().any(|tag| tags.contains(tag)))
            && !not_tags.iter().any(|tag| tags.contains(tag))
            && self.sampled.as_ref().is_none_or(|sampled| sampled.contains(&index))
    }
}

impl Admit for Admitter {
    fn admit(&mut self, case: Candidate<'_>) -> Admission {
        self.seen += 1;
        let given;
        let (id, name) = match case.id {
            Some(id) if !case.unique && !self.names.note(id) => return Admission::Duplicate,
            Some(id) => (id, None),
            None => {
                given = self.names.of_content((case.content)());
                (given.as_str(), Some(given.clone()))
            }
        };
        if !self.whole && (self.satisfied() || !self.wants(case.index, id, case.tags)) {
            self.left_out = true;
            return Admission::Skip;
        }
        self.admitted += 1;
        Admission::Run(name)
    }

    fn admit_all(&mut self, cases: usize) -> bool {
        if self.whole {
            self.seen += cases as u64;
            self.admitted += cases as u64;
        }
        self.whole
    }

    fn satisfied(&self) -> bool {
        self.selection.first.is_some_and(|first| self.admitted >= first)
    }
}

/// Draws a sample by the smallest hashes of the names, so that the same cases are drawn whatever
/// their order, and a larger sample holds every smaller one.
struct Lottery {
    admitter: Admitter,
    seed: u64,
    size: usize,
    drawn: BinaryHeap<(u64, u64)>,
}

impl Admit for Lottery {
    fn admit(&mut self, case: Candidate<'_>) -> Admission {
        let (index, id) = (case.index, case.id.map(str::to_owned));
        if let Admission::Run(name) = self.admitter.admit(case) {
            let id = name.or(id).unwrap_or_default();
            self.drawn.push((xxh3_64_with_seed(id.as_bytes(), self.seed), index));
            if self.drawn.len() > self.size {
                self.drawn.pop();
            }
        }
        Admission::Skip
    }

    fn satisfied(&self) -> bool {
        self.admitter.satisfied()
    }
}

impl Selection {
    /// The filters in words, as their flags.
    pub(in crate::eval) fn describe(&self, tagged: bool) -> Vec<String> {
        let mut words = Vec::new();
        words.extend(self.ids.iter().map(|id| format!("--case {id}")));
        if self.only.is_some() {
            words.push("--failed".to_owned());
        }
        if !tagged {
            words.extend(self.tags.iter().map(|tag| format!("--tag {tag}")));
        }
        words.extend(self.not_tags.iter().map(|tag| format!("--not-tag {tag}")));
        words.extend(self.first.map(|first| format!("--first {first}")));
        words.extend(self.sample.map(|(size, seed)| format!("--sample {size} --seed {seed}")));
        words
    }
}
