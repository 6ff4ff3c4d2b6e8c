//! Texts as small numbers, so that a table with a row a symbol stays small.

/// Two texts in one alphabet. Symbol 0 stands for every character that the first text has not.
pub(super) enum Pair {
    /// At most 127 different characters: symbols below 128.
    Narrow(Vec<u8>, Vec<u8>),
    /// More than that, and how many symbols there are.
    Wide(Vec<u32>, Vec<u32>, usize),
}

/// Numbers the characters of the first text from 1 on, and maps both texts, whose lengths in
/// characters are given so that room is made for them at once.
pub(super) fn map(a: &str, length_a: usize, b: &str, length_b: usize) -> Pair {
    let mut numbers = Numbers::new();
    let mut wide = Vec::with_capacity(length_a);
    wide.extend(a.chars().map(|c| numbers.insert(c)));
    if numbers.count < 128 {
        let a = wide.into_iter().map(narrow).collect();
        let mut narrow_b = Vec::with_capacity(length_b);
        narrow_b.extend(b.chars().map(|c| narrow(numbers.get(c))));
        return Pair::Narrow(a, narrow_b);
    }
    let mut wide_b = Vec::with_capacity(length_b);
    wide_b.extend(b.chars().map(|c| numbers.get(c)));
    Pair::Wide(wide, wide_b, numbers.count as usize + 1)
}

#[expect(clippy::cast_possible_truncation, reason = "only called with symbols below 128")]
fn narrow(symbol: u32) -> u8 {
    symbol as u8
}

/// Which number a character has: a hash table with linear probing.
struct Numbers {
    count: u32,
    /// Pairs of character and number, 0 being free; the length is a power of two, and at most
    /// half of it is in use.
    slots: Vec<(char, u32)>,
}

impl Numbers {
    fn new() -> Self {
        Self { count: 0, slots: vec![('\0', 0); 256] }
    }

    #[inline]
    fn get(&self, c: char) -> u32 {
        self.slots[self.slot(c)].1
    }

    #[inline]
    fn insert(&mut self, c: char) -> u32 {
        let slot = self.slot(c);
        if self.slots[slot].1 != 0 {
            return self.slots[slot].1;
        }
        self.count += 1;
        self.slots[slot] = (c, self.count);
        if self.count as usize * 2 > self.slots.len() {
            self.grow();
        }
        self.count
    }

    #[cold]
    fn grow(&mut self) {
        let grown = vec![('\0', 0); self.slots.len() * 4];
        for (c, number) in std::mem::replace(&mut self.slots, grown) {
            if number != 0 {
                let slot = self.slot(c);
                self.slots[slot] = (c, number);
            }
        }
    }

    /// Where a character is, or where it would be put.
    #[inline]
    fn slot(&self, c: char) -> usize {
        let mask = self.slots.len() - 1;
        // No hash function: the characters of a script follow each other, and so do their slots.
        // There are too few characters that share a slot to make even a hostile text slow.
        let mut slot = c as usize & mask;
        while self.slots[slot].1 != 0 && self.slots[slot].0 != c {
            slot = (slot + 1) & mask;
        }
        slot
    }
}
