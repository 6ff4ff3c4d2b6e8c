//! Writing and reading the archive.

use std::fmt::Write as _;
use std::fs::{self, File, Metadata};
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

use super::error::{BundleError, BundleErrorKind};
use super::prepared::{Bundle, Summary};
use super::progress::{Meter, OnProgress};
use super::walk::{Entry, EntryKind, Plan};

/// Time of every member: 2000-01-01T00:00:00Z. Zero would be simpler, yet tar warns of it and tools
/// that make zip files refuse what is older than 1980.
const TIME: u64 = 946_684_800;

/// The byte of the gzip header for "unknown operating system" (RFC 1952 section 2.3.1).
const ANY_SYSTEM: u8 = 255;

/// Longest name that fits the header of a member (GNU tar format).
const SHORT_NAME: usize = 100;

/// Size of a buffer between this process and a file.
const BUFFER: usize = 64 * 1024;

/// Where the members come from.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a> {
    /// The real path of the folder, or of the file if that is all.
    pub(super) real: &'a Path,
    /// The folder as the user wrote it.
    pub(super) shown: &'a Path,
    /// Whether `real` is the only member.
    pub(super) single: bool,
}

impl Origin<'_> {
    fn real(&self, path: &Path) -> PathBuf {
        if self.single { self.real.to_owned() } else { self.real.join(path) }
    }
}

/// Writes the archive of `plan` to a file without a name in `folder`.
pub(super) fn pack_to_temp(
    origin: Origin<'_>,
    plan: Plan,
    folder: &Path,
    on_progress: Option<OnProgress>,
) -> Result<Bundle, BundleError> {
    let writing = |error| BundleError::writing(folder, error);
    let file = tempfile::tempfile_in(folder).map_err(writing)?;
    let mut summary =
        Summary { skipped: plan.skipped, dangling_links: plan.dangling, ..Summary::default() };
    for entry in &plan.entries {
        match entry.kind {
            EntryKind::Folder => summary.folders += 1,
            EntryKind::Link(_) => summary.links += 1,
            EntryKind::File(bytes) => {
                summary.files += 1;
                summary.content_bytes += bytes;
            }
        }
    }
    let mut meter = Meter::new(summary.files, summary.content_bytes, on_progress);
    let sink = BufWriter::with_capacity(BUFFER, Sink::new(file));
    let sink = pack(origin, &plan.entries, folder, sink, &mut meter)?;
    let sink = sink.into_inner().map_err(|error| writing(error.into_error()))?;
    let (mut file, size_bytes, digest) = sink.finish();
    file.rewind().map_err(writing)?;
    Ok(Bundle { file, size_bytes, digest, summary: Some(summary) })
}

/// Writes the archive to `out`. `folder` is where that is, for errors.
pub(super) fn pack<W: Write>(
    origin: Origin<'_>,
    entries: &[Entry],
    folder: &Path,
    out: W,
    meter: &mut Meter,
) -> Result<W, BundleError> {
    let writing = |error| BundleError::writing(folder, error);
    // No time and no system in the header. The level is named so that a new default of the library
    // does not change digests.
    let gzip =
        GzBuilder::new().mtime(0).operating_system(ANY_SYSTEM).write(out, Compression::new(6));
    let mut archive = Builder::new(gzip);
    for Entry { path, kind } in entries {
        let shown = origin.shown.join(path);
        let mut name = member_name(path, &shown)?;
        match kind {
            EntryKind::Folder => {
                name.push(b'/');
                let header = header(EntryType::Directory, 0o755, 0);
                append(&mut archive, header, &name, None, io::empty()).map_err(writing)?;
            }
            EntryKind::Link(target) => {
                let header = header(EntryType::Symlink, 0o777, 0);
                let target = member_name(target, &shown)?;
                append(&mut archive, header, &name, Some(&target), io::empty()).map_err(writing)?;
            }
            EntryKind::File(listed) => {
                let mut source = Source::open(&origin.real(path), &shown, *listed, meter)?;
                let header = header(EntryType::Regular, source.mode()?, *listed);
                let appended = append(&mut archive, header, &name, None, &mut source);
                // Where reading failed, what tar says of it is beside the point.
                source.close()?;
                appended.map_err(writing)?;
                meter.file_done();
            }
        }
    }
    archive.into_inner().and_then(GzEncoder::finish).map_err(writing)
}

/// A header with everything but the name.
pub(super) fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(TIME);
    // Beyond 8 GiB this is written in base 256, as GNU tar does.
    header.set_size(size);
    header
}

/// Appends a member. Names go in byte by byte, as they are: those that do not fit the header come
/// before it in a member of their own, as GNU tar does. The library's own way cuts long names as
/// text, so that a long one which is not UTF-8 may fail.
fn append<W: Write>(
    archive: &mut Builder<W>,
    mut header: Header,
    name: &[u8],
    target: Option<&[u8]>,
    content: impl Read,
) -> io::Result<()> {
    if let Some(target) = target {
        long_name(archive, EntryType::GNULongLink, target)?;
        fill(&mut header.as_old_mut().linkname, target);
    }
    long_name(archive, EntryType::GNULongName, name)?;
    fill(&mut header.as_old_mut().name, name);
    header.set_cksum();
    archive.append(&header, content)
}

/// Writes `name` in a member of its own if it does not fit a header.
fn long_name<W: Write>(archive: &mut Builder<W>, kind: EntryType, name: &[u8]) -> io::Result<()> {
    if name.len() <= SHORT_NAME {
        return Ok(());
    }
    let mut header = header(kind, 0o644, name.len() as u64 + 1);
    fill(&mut header.as_old_mut().name, b"././@LongLink");
    header.set_cksum();
    archive.append(&header, name.chain(&b"\0"[..]))
}

/// As much of `name` as fits.
fn fill(slot: &mut [u8; SHORT_NAME], name: &[u8]) {
    for (byte, name) in slot.iter_mut().zip(name) {
        *byte = *name;
    }
}

/// The bytes of a path in an archive.
#[cfg(unix)]
fn member_name(path: &Path, _shown: &Path) -> Result<Vec<u8>, BundleError> {
    use std::os::unix::ffi::OsStrExt;
    Ok(path.as_os_str().as_bytes().to_vec())
}

/// The bytes of a path in an archive, where names are not bytes.
#[cfg(not(unix))]
fn member_name(path: &Path, shown: &Path) -> Result<Vec<u8>, BundleError> {
    let name = path.to_str().ok_or_else(|| {
        let what = "its name is not valid Unicode";
        BundleError::new(BundleErrorKind::Name, shown, what)
    })?;
    Ok(name.replace(std::path::MAIN_SEPARATOR, "/").into_bytes())
}

/// The content of a file, exactly as many bytes as the header says.
struct Source<'a> {
    file: File,
    shown: &'a Path,
    before: Metadata,
    left: u64,
    meter: &'a mut Meter,
    failure: Option<BundleError>,
}

impl<'a> Source<'a> {
    fn open(
        path: &Path,
        shown: &'a Path,
        listed: u64,
        meter: &'a mut Meter,
    ) -> Result<Self, BundleError> {
        let reading = |error| BundleError::reading(shown, error);
        // Asked once more, and of the path itself: since the folder was listed a pipe may have
        // taken the file's place, which would not open, or a link that leads elsewhere.
        let at_path = fs::symlink_metadata(path).map_err(reading)?;
        if !at_path.is_file() {
            return Err(BundleError::changed(shown, "it is no file any more"));
        }
        let file = File::open(path).map_err(reading)?;
        let before = file.metadata().map_err(reading)?;
        if !same_file(&at_path, &before) {
            return Err(BundleError::changed(shown, "it was replaced while it was packed"));
        }
        if before.len() != listed {
            let what = format!(
                "it had {listed} bytes when the folder was listed and has {} now",
                before.len()
            );
            return Err(BundleError::changed(shown, &what));
        }
        Ok(Self { file, shown, before, left: listed, meter, failure: None })
    }

    /// Mode of the member: whether its owner may run it, and nothing else.
    #[cfg(unix)]
    fn mode(&mut self) -> Result<u32, BundleError> {
        use std::os::unix::fs::PermissionsExt;
        Ok(if self.before.permissions().mode() & 0o100 == 0 { 0o644 } else { 0o755 })
    }

    /// Mode of the member. The system keeps none, so what looks like a program is one.
    #[cfg(not(unix))]
    fn mode(&mut self) -> Result<u32, BundleError> {
        let mut start = Vec::new();
        (&self.file)
            .take(4)
            .read_to_end(&mut start)
            .and_then(|_| self.file.rewind())
            .map_err(|error| BundleError::reading(self.shown, error))?;
        let program = start.starts_with(b"#!") || start.starts_with(b"\x7fELF");
        Ok(if program { 0o755 } else { 0o644 })
    }

    /// What went wrong with reading, if anything, and whether the file is still the one that was
    /// opened.
    fn close(mut self) -> Result<(), BundleError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let reading = |error| BundleError::reading(self.shown, error);
        if self.left == 0 && self.file.read(&mut [0]).map_err(reading)? > 0 {
            return Err(BundleError::changed(self.shown, "it grew while it was packed"));
        }
        let after = self.file.metadata().map_err(reading)?;
        // Some file systems know no times; then the sizes have to do.
        if let (Ok(before), Ok(after)) = (self.before.modified(), after.modified())
            && before != after
        {
            return Err(BundleError::changed(self.shown, "it was written to while it was packed"));
        }
        Ok(())
    }

    fn fail(&mut self, failure: BundleError) -> io::Error {
        self.failure = Some(failure);
        io::Error::other("the file cannot be packed")
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        match self.file.read(&mut buffer[..most]) {
            Ok(0) => {
                let what = "it shrank while it was packed";
                Err(self.fail(BundleError::changed(self.shown, what)))
            }
            Ok(read) => {
                self.left -= read as u64;
                self.meter.read(read);
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => Err(self.fail(BundleError::reading(self.shown, error))),
        }
    }
}

#[cfg(unix)]
fn same_file(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.dev() == other.dev() && one.ino() == other.ino()
}

#[cfg(not(unix))]
fn same_file(one: &Metadata, other: &Metadata) -> bool {
    other.is_file() && one.len() == other.len()
}

/// Takes a finished archive as it is.
pub(super) fn take_as_is(
    path: &Path,
    on_progress: Option<OnProgress>,
) -> Result<Bundle, BundleError> {
    let reading = |error| BundleError::reading(path, error);
    let mut file = File::open(path).map_err(reading)?;
    let size = file.metadata().map_err(reading)?.len();
    check(&file, path)?;
    file.rewind().map_err(reading)?;

    let mut meter = Meter::new(1, size, on_progress);
    let mut sink = Sink::new(io::sink());
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(reading(error)),
        };
        sink.write_all(&buffer[..read]).map_err(reading)?;
        meter.read(read);
    }
    let (_, size_bytes, digest) = sink.finish();
    if size_bytes != size {
        return Err(BundleError::changed(path, "its size changed while it was read"));
    }
    meter.file_done();
    file.rewind().map_err(reading)?;
    Ok(Bundle { file, size_bytes, digest, summary: None })
}

/// Whether `file` is a gzip-compressed tar archive that holds something, as far as its first member
/// tells. The whole of it is for the server to check.
fn check(file: &File, path: &Path) -> Result<(), BundleError> {
    let not = |what: String| BundleError::new(BundleErrorKind::NotAnArchive, path, what);
    let mut file = BufReader::with_capacity(BUFFER, file);
    let mut start = Vec::new();
    (&mut file)
        .take(2)
        .read_to_end(&mut start)
        .and_then(|_| file.rewind())
        .map_err(|error| BundleError::reading(path, error))?;
    if start.is_empty() {
        return Err(not("its name is that of an archive, but it is empty".to_owned()));
    }
    if start != [0x1f, 0x8b] {
        return Err(not(
            "its name is that of an archive, but it is not compressed with gzip".to_owned()
        ));
    }
    let mut archive = tar::Archive::new(MultiGzDecoder::new(file));
    let first = archive.entries().and_then(|mut entries| entries.next().transpose());
    match first {
        Ok(Some(_)) => Ok(()),
        Ok(None) => {
            Err(BundleError::new(BundleErrorKind::Empty, path, "the archive has no members"))
        }
        Err(error) => Err(not(format!(
            "its name is that of an archive, but there is no tar archive in it: {error}"
        ))),
    }
}

/// Counts and digests what is written.
struct Sink<W> {
    inner: W,
    hash: Sha256,
    size: u64,
}

impl<W> Sink<W> {
    fn new(inner: W) -> Self {
        Self { inner, hash: Sha256::new(), size: 0 }
    }

    /// What was written to, how many bytes, and their digest.
    fn finish(self) -> (W, u64, String) {
        let mut digest = String::from("sha256:");
        for byte in self.hash.finalize() {
            // Writing to a `String` does not fail.
            let _ = write!(digest, "{byte:02x}");
        }
        (self.inner, self.size, digest)
    }
}

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
