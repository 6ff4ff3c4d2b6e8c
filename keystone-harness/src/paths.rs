//! Where results lie.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::site::Site;

/// The file that names the last run.
const LATEST: &str = "latest";

/// The file in a run's folder that names the run before it.
const BEFORE: &str = ".before";

/// The files in a run's folder by which processes that share it take turns.
pub(crate) const CLAIM_LOCK: &str = ".claim.lock";
pub(crate) const QUEUE_LOCK: &str = ".queue.lock";
pub(crate) const REBUILD_LOCK: &str = ".rebuild.lock";

/// Which evaluation a folder of results belongs to.
pub(crate) const SOURCE: &str = "source.json";

/// The folder below which all runs lie.
pub(crate) fn output_folder(asked: Option<&Path>, site: &Site) -> PathBuf {
    let folder = match asked {
        Some(folder) => folder.to_owned(),
        None => target_folder(site).join("keystone"),
    };
    // Absolute, so that what a report says can be pasted anywhere.
    std::path::absolute(&folder).unwrap_or(folder)
}

/// Cargo's target folder: the one that the compiler was told, where it is still there; else the
/// one that the program lies in, which cargo marks as a cache; else one by the usual name.
fn target_folder(site: &Site) -> PathBuf {
    let told = site.target_tmpdir.and_then(|folder| Path::new(folder).parent());
    if let Some(folder) = told.filter(|folder| folder.is_dir()) {
        return folder.to_owned();
    }
    let program = std::env::current_exe().unwrap_or_default();
    let marked = program.ancestors().skip(1).find(|folder| folder.join("CACHEDIR.TAG").is_file());
    marked.map_or_else(|| PathBuf::from("target"), Path::to_owned)
}

/// A name for a new run: when it started, to the second in UTC, and four digits by chance.
pub(crate) fn new_run_id() -> String {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    run_id_at(SystemTime::now(), hasher.finish() as u16)
}

fn run_id_at(time: SystemTime, chance: u16) -> String {
    let time = humantime::format_rfc3339_seconds(time).to_string().replace(['-', ':'], "");
    format!("{time}-{chance:04x}")
}

/// The name of an evaluation's folder within its run: the evaluation's name where every file
/// system can hold it, else something like it with a hash.
pub(crate) fn eval_folder(name: &str) -> String {
    let plain = name.replace("::", ".");
    let safe: String = plain
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' })
        .take(80)
        .collect();
    // Windows gives these names to devices, with any extension, and drops dots at the end.
    let stem = safe.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit()));
    let dotted = safe.starts_with('.') || safe.ends_with('.') || safe.is_empty();
    // A name that came through whole may still meet one that did not, or the folder's other
    // inhabitants; those all hold a dot or a hash.
    if safe == plain && !device && !dotted && !matches!(safe.as_str(), "summary.json" | "junit.xml")
    {
        return safe;
    }
    format!("{}-{:08x}", safe.trim_matches('.'), hash(name))
}

/// FNV-1a, 32 bits: a few digits that depend on a name and on nothing else.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Which evaluation a folder of results belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Source {
    /// The name under which reports know it.
    pub(crate) eval: String,
    /// The package of the test target.
    #[serde(default)]
    pub(crate) package: String,
    /// The test target.
    #[serde(default)]
    pub(crate) target: String,
    /// The source file, as the compiler was told it.
    pub(crate) file: String,
    /// The line of the attribute.
    pub(crate) line: u32,
}

impl Source {
    /// What tells evaluations apart, wherever in their files they stand by now.
    pub(crate) fn key(&self) -> String {
        format!("{}\0{}\0{}", self.package, self.target, self.eval)
    }

    /// Reads what a folder of results says of itself.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(SOURCE)).ok()?).ok()
    }

    /// Where the results of this evaluation are or would be in a run. Targets that share a run,
    /// as they do under nextest, may have evaluations of one name: the second of them gets a
    /// folder with a hash.
    pub(crate) fn folder_in(&self, run: &Path) -> PathBuf {
        let plain = eval_folder(&self.eval);
        let folder = run.join(&plain);
        match Self::read(&folder) {
            Some(other) if other.key() != self.key() => {
                run.join(format!("{plain}-{:08x}", hash(&self.key())))
            }
            _ => folder,
        }
    }

    /// Makes the folder for the results of this evaluation in a run.
    pub(crate) fn claim(&self, run: &Path) -> io::Result<PathBuf> {
        let _lock = lock(&run.join(CLAIM_LOCK))?;
        let folder = self.folder_in(run);
        fs::create_dir_all(&folder)?;
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        replace(&folder.join(SOURCE), &text)?;
        Ok(folder)
    }
}

/// Takes a lock between processes, which is given back when the file is dropped.
pub(crate) fn lock(path: &Path) -> io::Result<fs::File> {
    let file = fs::OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    match file.lock() {
        // Some network file systems have no locks. Runs in one process do not need them.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(file),
        result => result.map(|()| file),
    }
}

/// Writes a file so that a reader sees the old one or the new one whole.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    replace_with(path, |file| file.write_all(content))
}

/// Writes a file bit by bit so that a reader sees the old one or the new one whole.
pub(crate) fn replace_with(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = fs::File::create(&draft).and_then(|file| {
        let mut file = io::BufWriter::new(file);
        write(&mut file)?;
        file.flush()
    });
    let done = written.and_then(|()| fs::rename(&draft, path));
    if done.is_err() {
        // Half a file is of no use, and on a full disk its room is.
        let _ = fs::remove_file(&draft);
    }
    done
}

/// Notes which run is the last, and in its folder which one was the last before.
pub(crate) fn set_latest(output: &Path, run: &str) -> io::Result<()> {
    if let Some(before) = named_latest(output).filter(|before| before != run) {
        replace(&output.join(run).join(BEFORE), format!("{before}\n").as_bytes())?;
    }
    replace(&output.join(LATEST), format!("{run}\n").as_bytes())
}

/// Takes back a run in which nothing was to run, so that the one before it is the last again: what
/// came to nothing is nothing to go on with, or to repeat. `own` are the files that a run makes
/// beside its evaluations; a folder that holds anything else is left as it is.
pub(crate) fn forget(output: &Path, run: &str, own: &[&str]) {
    let folder = output.join(run);
    let Ok(entries) = fs::read_dir(&folder) else { return };
    let Ok(entries) = entries.collect::<io::Result<Vec<_>>>() else { return };
    let is_own = |name: &std::ffi::OsStr| name == BEFORE || own.iter().any(|own| name == *own);
    if !entries.iter().all(|entry| is_own(&entry.file_name())) {
        return;
    }
    let before = first_line(&folder.join(BEFORE));
    for entry in entries {
        let _ = fs::remove_file(entry.path());
    }
    // What is still there shows as a run without results; nothing worse comes of it.
    let _ = fs::remove_dir(&folder);
    if named_latest(output).as_deref() == Some(run) {
        let _ = match before {
            Some(before) => replace(&output.join(LATEST), format!("{before}\n").as_bytes()),
            None => fs::remove_file(output.join(LATEST)),
        };
    }
}

/// The last run but for `own`, where its folder is still there. Processes that share a run look
/// for the one before it, whichever of them comes first.
pub(crate) fn latest(output: &Path, own: Option<&str>) -> Option<String> {
    let mut id = named_latest(output)?;
    if Some(id.as_str()) == own {
        id = first_line(&output.join(id).join(BEFORE))?;
    }
    output.join(&id).is_dir().then_some(id)
}

fn named_latest(output: &Path) -> Option<String> {
    first_line(&output.join(LATEST))
}

fn first_line(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// All runs below a folder, the newest first as far as their names tell.
pub(crate) fn runs(output: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(output) else {
        return Vec::new();
    };
    let mut runs: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    runs.sort_unstable_by(|a, b| b.cmp(a));
    runs
}

#[cfg(test)]
pub(crate) mod tests;
