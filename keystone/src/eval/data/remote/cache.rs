//! The folder of copies: where it is, and how files get there.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The variable that names the folder.
const VARIABLE: &str = "KEYSTONE_CACHE_DIR";

/// The folder's name below cargo's target folder.
const BELOW_TARGET: &str = "keystone-cache";

/// How long a file stays that nothing used and another one has replaced. A process that found it
/// before has opened it long since.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// A folder of copies.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The folder that was asked for; else the one of the environment; else one in cargo's target
    /// folder, where the program lies in one; else one among the user's caches.
    pub(super) fn new(asked: Option<&Path>) -> Self {
        let folder = asked
            .map(Path::to_owned)
            .or_else(|| variable(VARIABLE))
            .or_else(|| Some(target_folder()?.join(BELOW_TARGET)))
            .unwrap_or_else(|| users_folder().join("keystone"))
            .join("datasets");
        // Absolute, so that what a problem says can be pasted anywhere.
        Self { folder: std::path::absolute(&folder).unwrap_or(folder) }
    }

    /// Where a file is or would be.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Makes the folder.
    pub(super) fn make(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)
    }

    /// Waits until no other process is about to write this file. `None` where there are no locks,
    /// as on some network file systems; all that is lost then is that two may fetch the same.
    pub(super) fn lock(&self, name: &str) -> Option<File> {
        let path = self.path(name).with_extension("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).ok()?;
        file.lock().ok()?;
        Some(file)
    }

    /// Puts a file there, all at once.
    pub(super) fn put(&self, name: &str, parts: &[&[u8]]) -> io::Result<PathBuf> {
        let path = self.path(name);
        let (unfinished, mut file) = self.unfinished(name)?;
        let written = parts
            .iter()
            .try_for_each(|part| file.write_all(part))
            .and_then(|()| file.sync_all())
            .and_then(|()| {
                drop(file);
                fs::rename(&unfinished, &path)
            });
        match written {
            Ok(()) => Ok(path),
            Err(error) => {
                let _ = fs::remove_file(&unfinished);
                Err(error)
            }
        }
    }

    /// A new file beside the one that it is to become. Records may be private: others cannot read
    /// it.
    fn unfinished(&self, name: &str) -> io::Result<(PathBuf, File)> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut number = 0_u32;
        loop {
            let path = self.path(&format!("{name}.{}-{number}.tmp", std::process::id()));
            match options.open(&path) {
                Ok(file) => return Ok((path, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Notes that a file is still of use.
    pub(super) fn touch(&self, path: &Path) {
        // Where that cannot be noted, the file may be fetched once more.
        let _ = File::options()
            .append(true)
            .open(path)
            .and_then(|file| file.set_modified(SystemTime::now()));
    }

    /// Removes the files whose names begin like this, except for one, that nothing has used for a
    /// day: earlier copies, and what processes left that were killed.
    pub(super) fn prune(&self, prefix: &str, except: &Path) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        let old = |entry: &fs::DirEntry| {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > KEPT))
        };
        for entry in entries.flatten() {
            let (name, path) = (entry.file_name(), entry.path());
            let ours = name.to_string_lossy().starts_with(prefix)
                && path.extension() != Some(OsStr::new("lock"));
            if ours && path != except && old(&entry) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// The folder that a variable of the environment names. An empty one counts as not set.
fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The target folder that the program lies in; cargo marks it as a cache.
fn target_folder() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    let marked = program.ancestors().skip(1).find(|folder| folder.join("CACHEDIR.TAG").is_file());
    marked.map(Path::to_owned)
}

/// Where users of this system keep caches.
fn users_folder() -> PathBuf {
    let folder = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        env::home_dir().map(|home| home.join("Library/Caches"))
    } else {
        // The XDG Base Directory Specification passes over relative paths.
        variable("XDG_CACHE_HOME")
            .filter(|folder| folder.is_absolute())
            .or_else(|| env::home_dir().map(|home| home.join(".cache")))
    };
    folder.unwrap_or_else(env::temp_dir)
}
