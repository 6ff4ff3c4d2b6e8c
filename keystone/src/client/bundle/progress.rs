//! How far a preparation is.

/// How far the preparation of a bundle is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Files that are done.
    pub files: u64,
    /// Files in all.
    pub total_files: u64,
    /// Bytes of content read, before compression.
    pub bytes: u64,
    /// Bytes of content in all, before compression.
    pub total_bytes: u64,
}

/// What is called with the progress.
pub(super) type OnProgress = Box<dyn FnMut(Progress) + Send>;

/// Bytes between two reports within one file: a bar that moves, and no cost to speak of.
const STEP: u64 = 256 * 1024;

/// Counts and reports.
pub(super) struct Meter {
    now: Progress,
    reported: u64,
    callback: Option<OnProgress>,
}

impl Meter {
    pub(super) fn new(total_files: u64, total_bytes: u64, callback: Option<OnProgress>) -> Self {
        let now = Progress { total_files, total_bytes, ..Progress::default() };
        Self { now, reported: 0, callback }
    }

    pub(super) fn read(&mut self, bytes: usize) {
        self.now.bytes += bytes as u64;
        if self.now.bytes - self.reported >= STEP {
            self.report();
        }
    }

    pub(super) fn file_done(&mut self) {
        self.now.files += 1;
        self.report();
    }

    fn report(&mut self) {
        self.reported = self.now.bytes;
        if let Some(callback) = &mut self.callback {
            callback(self.now);
        }
    }
}
