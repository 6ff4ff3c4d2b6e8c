//! The distance where one text has at most 64 characters and they are not ASCII: no allocation.

use super::bits::{Column, WORD};

/// The distance of two texts, the first of at most 64 characters, the second of `length`.
pub(super) fn distance(short: &str, long: &str, length: usize) -> usize {
    let mut rows = Rows::new();
    let mut count = 0;
    for c in short.chars().take(WORD) {
        rows.insert(u32::from(c), 1 << count);
        count += 1;
    }
    let mut column = Column::<1>::rising();
    column.advance_through(long.chars().map(|c| rows.get(u32::from(c))));
    length.saturating_add_signed(column.rise(count))
}

const SLOTS: usize = 128;

/// For each character, the rows that hold it, as bits. A hash table with linear probing, at most
/// half full; a slot without rows is free.
struct Rows([(u32, u64); SLOTS]);

impl Rows {
    fn new() -> Self {
        Self([(0, 0); SLOTS])
    }

    #[inline]
    fn slot(&self, c: u32) -> usize {
        // Letters of one script follow each other, and so do their slots.
        let mut slot = c as usize % SLOTS;
        while self.0[slot].1 != 0 && self.0[slot].0 != c {
            slot = (slot + 1) % SLOTS;
        }
        slot
    }

    #[inline]
    fn get(&self, c: u32) -> u64 {
        self.0[self.slot(c)].1
    }

    fn insert(&mut self, c: u32, row: u64) {
        let slot = self.slot(c);
        self.0[slot].0 = c;
        self.0[slot].1 |= row;
    }
}
