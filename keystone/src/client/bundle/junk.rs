//! What is never part of an agent.

use std::ffi::OsStr;
use std::path::Path;

/// Left out whatever they are: version control (in a worktree or submodule `.git` is a file) and
/// what file managers leave behind.
const ALWAYS: [&str; 6] = [".git", ".hg", ".svn", ".jj", ".DS_Store", "Thumbs.db"];

/// Left out when they are folders, or links in the place of one: what a build or a package manager
/// makes anew. A file may well be called `target`.
const FOLDERS: [&str; 9] = [
    "target",
    "node_modules",
    "__pycache__",
    ".venv",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".tox",
    ".nox",
];

/// Whether the entry at `path`, whose own name is `name`, is junk.
pub(super) fn is_junk(path: &Path, name: &OsStr, folder: bool, link: bool) -> bool {
    let Some(name) = name.to_str() else { return false };
    ALWAYS.contains(&name)
        || (folder || link) && FOLDERS.contains(&name)
        // The mark of a Python virtual environment, whatever its folder is called. It holds
        // absolute paths of this machine and does not work elsewhere.
        || folder && path.join("pyvenv.cfg").is_file()
}
