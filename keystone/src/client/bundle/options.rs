//! How a bundle is prepared.

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::archive::{self, Origin};
use super::error::{BundleError, BundleErrorKind};
use super::prepared::Bundle;
use super::progress::{OnProgress, Progress};
use super::walk::{self, Entry, EntryKind, Plan};

/// How a bundle is prepared: what is let in, where the archive is written, who is told.
///
/// Of a folder these are left out wherever they are in it, unless
/// [named](BundleOptions::include):
///
/// - `.git`, `.hg`, `.svn`, `.jj`, `.DS_Store` and `Thumbs.db`;
/// - folders called `target`, `node_modules`, `__pycache__`, `.venv`, `.mypy_cache`,
///   `.pytest_cache`, `.ruff_cache`, `.tox` or `.nox`, and Python virtual environments of any name;
/// - what a `.gitignore` in the folder or below names, also outside a git repository; those of
///   parent folders and the user's global one are not read;
/// - pipes, sockets and devices.
///
/// Other hidden files are kept. Symbolic links are kept as links; one that leads out of the folder,
/// or holds an absolute path, is an error. So is a file of environment variables that is not
/// ignored: `.env`, `.envrc` and `.env.*`, but for `.env.example`, `.sample`, `.template`, `.dist`
/// and `.defaults`.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use keystone::client::bundle::{BundleErrorKind, BundleOptions};
///
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("agent.sh"), "echo $GREETING")?;
/// std::fs::write(folder.path().join(".env.production"), "GREETING=hello")?;
///
/// let error = BundleOptions::new().prepare(folder.path()).unwrap_err();
/// assert_eq!(error.kind(), BundleErrorKind::EnvFile);
///
/// let bundle = BundleOptions::new()
///     .include(".env.production")
///     .on_progress(|progress| println!("{} of {}", progress.bytes, progress.total_bytes))
///     .prepare(folder.path())?;
/// assert!(bundle.size_bytes() > 0);
/// # Ok(())
/// # }
/// ```
#[must_use = "options do nothing until `prepare` is called"]
pub struct BundleOptions {
    include: Vec<PathBuf>,
    gitignore: bool,
    temp_dir: Option<PathBuf>,
    on_progress: Option<OnProgress>,
}

impl Default for BundleOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl BundleOptions {
    /// The usual rules.
    pub fn new() -> Self {
        Self { include: Vec::new(), gitignore: true, temp_dir: None, on_progress: None }
    }

    /// Lets in the file or folder at `path`, relative to the folder that is packed, whatever rule
    /// would keep it out: `.env`, `dist/agent.bin` where `dist` is git-ignored, `target`. To what
    /// is in a folder that is let in the rules apply as ever. May be called repeatedly; has no
    /// effect on a single file or finished archive.
    pub fn include(mut self, path: impl Into<PathBuf>) -> Self {
        self.include.push(path.into());
        self
    }

    /// Reads no `.gitignore`. Junk and files of environment variables stay out all the same.
    pub fn no_gitignore(mut self) -> Self {
        self.gitignore = false;
        self
    }

    /// Writes the archive to `folder` rather than to the system's folder for temporary files, which
    /// may be small or kept in memory.
    pub fn temp_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.temp_dir = Some(folder.into());
        self
    }

    /// Calls `callback` after every file, and within a large one every 256 KiB.
    pub fn on_progress(mut self, callback: impl FnMut(Progress) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(callback));
        self
    }

    /// Prepares what is at `path`. Blocks until the archive is written; may be called from any
    /// thread.
    ///
    /// # Errors
    ///
    /// Whatever [`BundleErrorKind`] lists. Nothing is left behind.
    pub fn prepare(self, path: impl AsRef<Path>) -> Result<Bundle, BundleError> {
        let shown = path.as_ref();
        let reading = |error| BundleError::reading(shown, error);
        // The path itself may be a link: it is what the user pointed at.
        let metadata = fs::metadata(shown).map_err(reading)?;
        if metadata.is_dir() {
            let root = fs::canonicalize(shown).map_err(reading)?;
            let plan = walk::plan(&root, shown, &self.include, self.gitignore)?;
            self.pack(Origin { real: &root, shown, single: false }, plan)
        } else if !metadata.is_file() {
            let what = "it is a pipe, a socket or a device";
            Err(BundleError::new(BundleErrorKind::NotAFile, shown, what))
        } else if is_archive(shown) {
            archive::take_as_is(shown, self.on_progress)
        } else {
            let (Some(folder), Some(name)) = (shown.parent(), shown.file_name()) else {
                return Err(BundleError::new(BundleErrorKind::Name, shown, "it has no base name"));
            };
            // The real path, as a link is followed here and nowhere else.
            let real = fs::canonicalize(shown).map_err(reading)?;
            let entry = Entry { path: name.into(), kind: EntryKind::File(metadata.len()) };
            let plan = Plan { entries: vec![entry], ..Plan::default() };
            self.pack(Origin { real: &real, shown: folder, single: true }, plan)
        }
    }

    fn pack(self, origin: Origin<'_>, plan: Plan) -> Result<Bundle, BundleError> {
        let folder = self.temp_dir.unwrap_or_else(env::temp_dir);
        archive::pack_to_temp(origin, plan, &folder, self.on_progress)
    }
}

impl fmt::Debug for BundleOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BundleOptions")
            .field("include", &self.include)
            .field("gitignore", &self.gitignore)
            .field("temp_dir", &self.temp_dir)
            .field("on_progress", &self.on_progress.is_some())
            .finish()
    }
}

/// Whether the name says that this is a finished archive.
fn is_archive(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name.ends_with(".tar.gz") || name.ends_with(".tgz")
}
