//! What of a folder goes into its bundle.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::vec;

use ignore::gitignore::Gitignore;

use super::dotenv::is_dotenv;
use super::error::{BundleError, BundleErrorKind};
use super::gitignore;
use super::junk::is_junk;
use super::link;
use super::prepared::{SkipReason, Skipped};

/// How many names an error lists at most.
const MOST_NAMED: usize = 10;

/// One member of the archive.
#[derive(Debug)]
pub(super) struct Entry {
    /// Relative to the folder.
    pub(super) path: PathBuf,
    pub(super) kind: EntryKind,
}

#[derive(Debug)]
pub(super) enum EntryKind {
    Folder,
    /// Its size was this when the folder was listed.
    File(u64),
    /// What the link holds.
    Link(PathBuf),
}

/// Everything that goes in, in the order of the archive, and what does not.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) entries: Vec<Entry>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) dangling: Vec<PathBuf>,
}

/// A folder that is being listed.
struct Level {
    folder: PathBuf,
    names: vec::IntoIter<OsString>,
    rules: Option<Gitignore>,
    /// Set in a folder that is left out but for something in it that was named.
    only_named: Option<SkipReason>,
}

/// Lists the folder at `root`, which holds no link on its way; `shown` is how the user wrote it.
pub(super) fn plan(
    root: &Path,
    shown: &Path,
    include: &[PathBuf],
    gitignore: bool,
) -> Result<Plan, BundleError> {
    let include = named(include, shown)?;
    let mut walk = Walk {
        root,
        shown,
        gitignore,
        missing: include.clone(),
        include,
        levels: Vec::new(),
        links: Vec::new(),
        env_files: Vec::new(),
        plan: Plan::default(),
    };
    walk.enter(PathBuf::new(), None)?;
    // Levels lie on the heap: folders may be nested deeper than a thread's stack is.
    while let Some(level) = walk.levels.last_mut() {
        match level.names.next() {
            Some(name) => {
                let path = level.folder.join(&name);
                walk.visit(path, name)?;
            }
            None => {
                walk.levels.pop();
            }
        }
    }
    walk.finish()
}

/// The paths to let in, without `./`.
fn named(include: &[PathBuf], shown: &Path) -> Result<BTreeSet<PathBuf>, BundleError> {
    let mut paths = BTreeSet::new();
    for path in include {
        let mut clean = PathBuf::new();
        for component in path.components() {
            match component {
                Component::CurDir => {}
                Component::Normal(name) => clean.push(name),
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                    let what = format!("`{}` is to be let in and not inside it", path.display());
                    return Err(BundleError::new(BundleErrorKind::Include, shown, what));
                }
            }
        }
        // An empty path is the folder itself, which is let in anyway.
        if clean != Path::new("") {
            paths.insert(clean);
        }
    }
    Ok(paths)
}

struct Walk<'a> {
    root: &'a Path,
    shown: &'a Path,
    gitignore: bool,
    include: BTreeSet<PathBuf>,
    /// Those of `include` that have not been met.
    missing: BTreeSet<PathBuf>,
    levels: Vec<Level>,
    /// Where each link leads.
    links: Vec<(PathBuf, PathBuf)>,
    env_files: Vec<PathBuf>,
    plan: Plan,
}

impl Walk<'_> {
    fn enter(
        &mut self,
        folder: PathBuf,
        only_named: Option<SkipReason>,
    ) -> Result<(), BundleError> {
        let real = self.root.join(&folder);
        let shown = self.shown.join(&folder);
        let reading = |error| BundleError::reading(&shown, error);
        let rules = if self.gitignore && only_named.is_none() {
            gitignore::rules(&real, &shown)?
        } else {
            None
        };
        let mut names = Vec::new();
        for entry in fs::read_dir(&real).map_err(reading)? {
            names.push(entry.map_err(reading)?.file_name());
        }
        // By bytes, whatever the order of the file system and the language of the machine.
        names.sort_unstable();
        self.levels.push(Level { folder, names: names.into_iter(), rules, only_named });
        Ok(())
    }

    fn visit(&mut self, path: PathBuf, name: OsString) -> Result<(), BundleError> {
        let real = self.root.join(&path);
        let metadata = match fs::symlink_metadata(&real) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let what = "it went away while the folder was listed";
                return Err(BundleError::changed(&self.shown.join(&path), what));
            }
            Err(error) => return Err(BundleError::reading(&self.shown.join(&path), error)),
        };
        let mut only_named = None;
        if self.missing.remove(&path) {
            // Named: no rule applies to it. Below a folder that is named they do.
        } else if let Some(reason) = self.reason_to_skip(&real, &name, &metadata) {
            // The next name in order is one inside this folder, if there is any.
            let holds_named = metadata.is_dir()
                && self.include.range(path.clone()..).next().is_some_and(|n| n.starts_with(&path));
            if !holds_named {
                self.plan.skipped.push(Skipped { path, reason });
                return Ok(());
            }
            only_named = Some(reason);
        } else if !metadata.is_dir() && is_dotenv(&name) {
            self.env_files.push(path);
            return Ok(());
        }
        self.take(path, &real, &metadata, only_named)
    }

    fn reason_to_skip(
        &self,
        real: &Path,
        name: &OsString,
        metadata: &Metadata,
    ) -> Option<SkipReason> {
        if let Some(reason) = self.levels.last().and_then(|level| level.only_named) {
            return Some(reason);
        }
        let folder = metadata.is_dir();
        if is_junk(real, name, folder, metadata.is_symlink()) {
            return Some(SkipReason::Junk);
        }
        // The nearest file that says anything about a path decides.
        self.levels
            .iter()
            .rev()
            .filter_map(|level| level.rules.as_ref())
            .map(|rules| rules.matched(real, folder))
            .find(|verdict| !verdict.is_none())
            .filter(|verdict| verdict.is_ignore())
            .map(|_| SkipReason::Gitignored)
    }

    fn take(
        &mut self,
        path: PathBuf,
        real: &Path,
        metadata: &Metadata,
        only_named: Option<SkipReason>,
    ) -> Result<(), BundleError> {
        let kind = if metadata.is_dir() {
            self.enter(path.clone(), only_named)?;
            EntryKind::Folder
        } else if metadata.is_symlink() {
            let shown = self.shown.join(&path);
            let target =
                fs::read_link(real).map_err(|error| BundleError::reading(&shown, error))?;
            let end = link::follow(self.root, &path, &target).map_err(|refusal| {
                BundleError::new(BundleErrorKind::Link, &shown, refusal.describe(&target))
            })?;
            self.links.push((path.clone(), end));
            EntryKind::Link(target)
        } else if metadata.is_file() {
            EntryKind::File(metadata.len())
        } else {
            // Pipes, sockets and devices are what running programs left here. Opening one might
            // wait for ever.
            self.plan.skipped.push(Skipped { path, reason: SkipReason::Special });
            return Ok(());
        };
        self.plan.entries.push(Entry { path, kind });
        Ok(())
    }

    fn finish(mut self) -> Result<Plan, BundleError> {
        if let Some(first) = self.env_files.first() {
            let names: Vec<String> = self
                .env_files
                .iter()
                .take(MOST_NAMED)
                .map(|path| format!("`{}`", path.display()))
                .collect();
            let more = match self.env_files.len().saturating_sub(MOST_NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let what =
                format!("files of environment variables would be sent: {}", names.join(", "))
                    + &more;
            let path = self.shown.join(first);
            return Err(BundleError::new(BundleErrorKind::EnvFile, &path, what));
        }
        if let Some(missing) = self.missing.first() {
            let path = self.shown.join(missing);
            let what = "it is to be let in and not there";
            return Err(BundleError::new(BundleErrorKind::Include, &path, what));
        }
        if self.plan.entries.iter().all(|entry| matches!(entry.kind, EntryKind::Folder)) {
            let what = match self.plan.skipped.len() {
                0 => "there are no files in it".to_owned(),
                1 => "there are no files in it besides the one entry that is left out".to_owned(),
                n => format!("there are no files in it besides the {n} entries that are left out"),
            };
            return Err(BundleError::new(BundleErrorKind::Empty, self.shown, what));
        }
        let packed: BTreeSet<&Path> =
            self.plan.entries.iter().map(|entry| entry.path.as_path()).collect();
        self.plan.dangling = self
            .links
            .into_iter()
            .filter(|(_, end)| end != Path::new("") && !packed.contains(end.as_path()))
            .map(|(link, _)| link)
            .collect();
        Ok(self.plan)
    }
}
