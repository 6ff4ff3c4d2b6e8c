//! The evaluations that this program knows: what `#[keystone::eval]` leaves behind.

use super::Evaluation;

/// One evaluation that `#[keystone::eval]` found, before anything of it is run.
///
/// All of it is known at compile time, so that listing evaluations reads no data and calls no
/// function of the user's.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct EvalEntry {
    /// The name that the attribute gives, or the function's.
    pub name: &'static str,
    /// The path of the module that holds the function.
    pub module: &'static str,
    /// The source file.
    pub file: &'static str,
    /// The line of the attribute.
    pub line: u32,
    /// The folder of the package that holds the function; paths of data sets resolve from there.
    pub root: &'static str,
    /// The labels of the evaluation.
    pub tags: &'static [&'static str],
    /// Why the evaluation is left out unless asked for, where it is.
    pub ignore: Option<&'static str>,
    build: fn() -> Evaluation,
}

impl EvalEntry {
    /// An entry of this name; `build` makes the evaluation when it is to run.
    #[must_use]
    pub const fn new(
        name: &'static str,
        module: &'static str,
        file: &'static str,
        line: u32,
        root: &'static str,
        build: fn() -> Evaluation,
    ) -> Self {
        Self { name, module, file, line, root, tags: &[], ignore: None, build }
    }

    /// Sets the labels.
    #[must_use]
    pub const fn tags(mut self, tags: &'static [&'static str]) -> Self {
        self.tags = tags;
        self
    }

    /// Leaves the evaluation out unless asked for, and says why.
    #[must_use]
    pub const fn ignore(mut self, why: &'static str) -> Self {
        self.ignore = Some(why);
        self
    }

    /// Makes the evaluation.
    pub fn build(&self) -> Evaluation {
        (self.build)().root(self.root)
    }
}

inventory::collect!(EvalEntry);

/// Every evaluation linked into this program, sorted by module, file and line, which does not
/// depend on the linker.
#[must_use]
pub fn entries() -> Vec<&'static EvalEntry> {
    let mut entries: Vec<_> = inventory::iter::<EvalEntry>.into_iter().collect();
    entries.sort_by_key(|entry| (entry.module, entry.file, entry.line, entry.name));
    entries
}
