//! Where a test target comes from.

/// Where a test target comes from, as [`main!`](crate::main) sees it at compile time.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Site {
    /// The crate of the test target: the first part of its module path.
    pub(crate) krate: &'static str,
    file: &'static str,
    pub(crate) package: Option<&'static str>,
    pub(crate) target_tmpdir: Option<&'static str>,
}

impl Site {
    /// The place where `main!` stands: its module path and source file.
    pub const fn new(module: &'static str, file: &'static str) -> Self {
        Self { krate: module, file, package: None, target_tmpdir: None }
    }

    /// The package, where cargo built it.
    pub const fn package(mut self, name: Option<&'static str>) -> Self {
        self.package = name;
        self
    }

    /// The folder for scratch files that cargo names to integration tests; it lies in the target
    /// folder.
    pub const fn target_tmpdir(mut self, folder: Option<&'static str>) -> Self {
        self.target_tmpdir = folder;
        self
    }

    /// The name of the target as cargo knows it. Crate names have underscores where the target may
    /// have hyphens, so the file's name decides where the two agree.
    pub(crate) fn target(&self) -> &'static str {
        let krate = self.krate.split("::").next().unwrap_or(self.krate);
        let mut parts = self.file.rsplit(['/', '\\']);
        let stem = parts.next().and_then(|file| file.strip_suffix(".rs")).unwrap_or_default();
        let folder = parts.next().unwrap_or_default();
        [stem, folder].into_iter().find(|name| name.replace('-', "_") == krate).unwrap_or(krate)
    }

    /// How cargo selects the target.
    pub(crate) fn target_flag(&self) -> &'static str {
        let mut folders = self.file.split(['/', '\\']).rev().skip(1);
        match folders.find(|folder| matches!(*folder, "benches" | "examples" | "tests")) {
            Some("benches") => "--bench",
            Some("examples") => "--example",
            _ => "--test",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hyphen_in_the_targets_name_is_found_again() {
        assert_eq!(Site::new("my_evals", "pkg/tests/my-evals.rs").target(), "my-evals");
        assert_eq!(Site::new("my_evals", r"pkg\tests\my-evals\main.rs").target(), "my-evals");
        assert_eq!(Site::new("evals", "tests/evals.rs").target(), "evals");
        assert_eq!(Site::new("renamed", "tests/evals.rs").target(), "renamed");
    }

    #[test]
    fn benches_and_examples_are_selected_as_such() {
        assert_eq!(Site::new("evals", "a/tests/evals.rs").target_flag(), "--test");
        assert_eq!(Site::new("evals", "a/benches/evals/main.rs").target_flag(), "--bench");
        assert_eq!(Site::new("evals", "examples/evals.rs").target_flag(), "--example");
        assert_eq!(Site::new("evals", "evals.rs").target_flag(), "--test");
    }
}
