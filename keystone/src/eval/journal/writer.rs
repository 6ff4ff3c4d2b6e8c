//! Writing a journal while many threads finish rows.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::JOURNAL_FILE;

/// Appends lines to a journal.
///
/// There is no thread of its own behind it: whoever hands in lines writes them, together with all
/// that others handed in meanwhile, in one `write`. A line is therefore in the hands of the
/// operating system before the thread that finished the row takes up the next one, unless another
/// thread is writing at this moment and takes the line along.
pub(in crate::eval) struct Writer {
    path: PathBuf,
    pending: Mutex<Vec<u8>>,
    file: Mutex<Sink>,
}

struct Sink {
    file: File,
    /// Lines that are being written; what is left of them after an error.
    unwritten: Vec<u8>,
    error: Option<io::Error>,
}

impl Writer {
    /// Starts a journal in this folder, which is made where it is missing. An earlier journal
    /// there is replaced.
    pub(in crate::eval) fn create(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(JOURNAL_FILE);
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
        lock(&file)?;
        if file.metadata()?.is_file() {
            // Only now that no other run writes it.
            file.set_len(0)?;
        }
        Ok(Self::over(path, file))
    }

    /// Goes on with a journal. A torn last line is taken off first.
    pub(in crate::eval) fn append(folder: &Path) -> io::Result<Self> {
        let path = folder.join(JOURNAL_FILE);
        let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
        lock(&file)?;
        let end = end_of_whole_lines(&mut file)?;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        Ok(Self::over(path, file))
    }

    fn over(path: PathBuf, file: File) -> Self {
        Self {
            path,
            pending: Mutex::default(),
            file: Mutex::new(Sink { file, unwritten: Vec::new(), error: None }),
        }
    }

    pub(in crate::eval) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends an event.
    pub(in crate::eval) fn event(&self, event: &impl Serialize) {
        let mut line = serde_json::to_vec(event).unwrap_or_default();
        line.push(b'\n');
        self.lines(&mut line);
    }

    /// Appends whole lines and leaves the buffer empty. `false` says that the journal could not be
    /// written; the lines are kept then.
    pub(in crate::eval) fn lines(&self, lines: &mut Vec<u8>) -> bool {
        locked(&self.pending).append(lines);
        self.drain()
    }

    fn drain(&self) -> bool {
        loop {
            let Ok(mut sink) = self.file.try_lock() else {
                // Whoever holds the file looks for further lines after letting go of it.
                return true;
            };
            if sink.error.is_some() {
                return false;
            }
            loop {
                let Sink { unwritten, .. } = &mut *sink;
                std::mem::swap(unwritten, &mut locked(&self.pending));
                if sink.unwritten.is_empty() {
                    break;
                }
                if !sink.write() {
                    return false;
                }
            }
            drop(sink);
            if locked(&self.pending).is_empty() {
                return true;
            }
        }
    }

    /// Whether the journal could not be written, and why.
    pub(in crate::eval) fn failure(&self) -> Option<String> {
        locked(&self.file).error.as_ref().map(ToString::to_string)
    }

    /// Tries once more to write what is left, and returns what still is.
    pub(in crate::eval) fn finish(&self) -> Result<(), (io::Error, Vec<u8>)> {
        let mut sink = locked(&self.file);
        sink.error = None;
        let mut pending = std::mem::take(&mut *locked(&self.pending));
        sink.unwritten.append(&mut pending);
        sink.write();
        // A task that never returns may hold on to the file for as long as the process lives.
        let _ = sink.file.unlock();
        match sink.error.take() {
            None => Ok(()),
            Some(error) => Err((error, std::mem::take(&mut sink.unwritten))),
        }
    }
}

impl Sink {
    /// Writes what is unwritten, in one call where the system allows; on an error keeps exactly
    /// the bytes that are missing, so that a later attempt goes on in the middle of a line.
    fn write(&mut self) -> bool {
        let mut written = 0;
        while written < self.unwritten.len() {
            match self.file.write(&self.unwritten[written..]) {
                Ok(0) => self.error = Some(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    written += count;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => self.error = Some(error),
            }
            break;
        }
        self.unwritten.drain(..written);
        self.error.is_none()
    }
}

/// Keeps other runs from writing the same journal, whose lines would tear each other apart.
fn lock(file: &File) -> io::Result<()> {
    // There a lock would keep readers out as well.
    if cfg!(windows) {
        return Ok(());
    }
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(io::Error::new(
            io::ErrorKind::ResourceBusy,
            "another run is writing this journal; wait for its end",
        )),
        // Not every file system has locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// A panic cannot leave these buffers half changed, so that a poisoned lock is as good as any.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The length of a file up to and with its last line feed.
fn end_of_whole_lines(file: &mut File) -> io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut block = vec![0; 64 * 1024];
    while end > 0 {
        let start = end.saturating_sub(block.len() as u64);
        let block = &mut block[..(end - start) as usize];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(block)?;
        if let Some(at) = block.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
