//! Where a symbolic link leads.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// As many links in a row as Linux follows.
const MOST_HOPS: usize = 40;

/// Why a link is not taken along.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It, or a link on its way, holds an absolute path.
    Absolute,
    /// It, or a link on its way, climbs above the folder.
    Leaves,
    /// It leads in a circle.
    Circle,
}

impl Refusal {
    pub(super) fn describe(&self, target: &Path) -> String {
        let target = target.display();
        match self {
            Self::Absolute => format!(
                "it is a symbolic link to `{target}`, by way of an absolute path, which is another one where the agent runs"
            ),
            Self::Leaves => {
                format!("it is a symbolic link to `{target}`, which leaves the folder")
            }
            Self::Circle => {
                format!("it is a symbolic link to `{target}`, which leads in a circle")
            }
        }
    }
}

/// Follows `target`, the content of the link at `link` (relative to `root`), through every further
/// link on the way. The result is relative to `root`; there need be nothing at it.
///
/// Going step by step rather than asking the system for the real path finds a way that leaves the
/// folder and comes back, and one whose end does not exist.
pub(super) fn follow(root: &Path, link: &Path, target: &Path) -> Result<PathBuf, Refusal> {
    let mut place = link.parent().unwrap_or(Path::new("")).to_path_buf();
    let mut steps = VecDeque::new();
    prepend(&mut steps, target)?;
    let mut hops = 1;
    while let Some(step) = steps.pop_front() {
        let Some(name) = step else {
            if !place.pop() {
                return Err(Refusal::Leaves);
            }
            continue;
        };
        place.push(name);
        let Ok(next) = fs::read_link(root.join(&place)) else { continue };
        hops += 1;
        if hops > MOST_HOPS {
            return Err(Refusal::Circle);
        }
        place.pop();
        prepend(&mut steps, &next)?;
    }
    Ok(place)
}

/// Puts the steps of `path` before those that are left: a name, or `None` for one up.
fn prepend(steps: &mut VecDeque<Option<OsString>>, path: &Path) -> Result<(), Refusal> {
    for component in path.components().rev() {
        match component {
            Component::Prefix(_) | Component::RootDir => return Err(Refusal::Absolute),
            Component::CurDir => {}
            Component::ParentDir => steps.push_front(None),
            Component::Normal(name) => steps.push_front(Some(name.to_owned())),
        }
    }
    Ok(())
}
