//! The projects, each compiled once.

use std::sync::LazyLock;

use keystone_e2e::{Bench, Project};

static CAPITALS: LazyLock<Project> = LazyLock::new(|| Project::build("capitals", &["evals"]));
static SINK: LazyLock<Project> =
    LazyLock::new(|| Project::build("sink", &["evals", "clash", "nothing", "thousand"]));
static TIMERS: LazyLock<Project> = LazyLock::new(|| Project::build("timers", &["evals"]));
static LIBRARY: LazyLock<Project> = LazyLock::new(|| Project::build("library", &["my-evals"]));

/// The example of the documentation.
pub(crate) fn capitals() -> Bench<'static> {
    CAPITALS.bench("evals")
}

/// Evaluations that do whatever a test needs.
pub(crate) fn sink() -> Bench<'static> {
    SINK.bench("evals")
}

/// Another target of that project.
pub(crate) fn sink_target(target: &str) -> Bench<'static> {
    SINK.bench(target)
}

/// Tasks that need tokio.
pub(crate) fn timers() -> Bench<'static> {
    TIMERS.bench("evals")
}

/// Evaluations in a library.
pub(crate) fn library() -> Bench<'static> {
    LIBRARY.bench("my-evals")
}
