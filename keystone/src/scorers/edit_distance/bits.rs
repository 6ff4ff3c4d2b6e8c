//! The bit-parallel kernel: strips of 64·K rows of the table, advanced column by column.
//!
//! A strip keeps the differences between vertically neighbouring cells of its current column:
//! bit `i` of `up` is set where the cell of row `i` is one more than the cell above it, and bit
//! `i` of `down` where it is one less. What enters a strip from above and leaves it below are the
//! differences between horizontally neighbouring cells along its edges, a byte a column:
//! [`SAME`], [`UP`] or [`DOWN`].

/// A step along an edge of a strip to an equal value.
pub(super) const SAME: u8 = 0;
/// A step along an edge of a strip to a value that is one more.
pub(super) const UP: u8 = 1;
/// A step along an edge of a strip to a value that is one less.
const DOWN: u8 = 2;

/// The number of rows in a word.
pub(super) const WORD: usize = 64;

/// How the characters of two texts are numbered.
pub(super) trait Alphabet {
    type Symbol: Copy;
    type Table<const K: usize>: Table<K, Symbol = Self::Symbol>;
}

/// Symbols below 128: ASCII, or what other texts were mapped to.
pub(super) struct Narrow;

/// Any number of symbols.
pub(super) struct Wide;

impl Alphabet for Narrow {
    type Symbol = u8;
    type Table<const K: usize> = NarrowTable<K>;
}

impl Alphabet for Wide {
    type Symbol = u32;
    type Table<const K: usize> = WideTable<K>;
}

/// For each symbol, the rows of a strip that hold it, as bits of K words.
pub(super) trait Table<const K: usize> {
    type Symbol: Copy;

    /// An empty table for symbols below this number.
    fn new(symbols: usize) -> Self;
    fn row(&self, symbol: Self::Symbol) -> &[u64; K];
    fn row_mut(&mut self, symbol: Self::Symbol) -> &mut [u64; K];
    /// The rows of all symbols.
    fn rows_mut(&mut self) -> &mut [[u64; K]];

    /// Notes which rows of the strip hold which symbol, the first being row `first`.
    fn fill(&mut self, pattern: &[Self::Symbol], first: usize) {
        for (row, &symbol) in (first..).zip(pattern) {
            self.row_mut(symbol)[row / WORD] |= 1 << (row % WORD);
        }
    }

    /// Takes back what [`Table::fill`] noted.
    fn clear(&mut self, pattern: &[Self::Symbol]) {
        for &symbol in pattern {
            *self.row_mut(symbol) = [0; K];
        }
    }
}

pub(super) struct NarrowTable<const K: usize>([[u64; K]; 128]);

impl<const K: usize> Table<K> for NarrowTable<K> {
    type Symbol = u8;

    fn new(_: usize) -> Self {
        Self([[0; K]; 128])
    }

    #[inline(always)]
    fn row(&self, symbol: u8) -> &[u64; K] {
        // The mask changes nothing, and shows the compiler that the index is in range.
        &self.0[usize::from(symbol & 127)]
    }

    #[inline(always)]
    fn row_mut(&mut self, symbol: u8) -> &mut [u64; K] {
        &mut self.0[usize::from(symbol & 127)]
    }

    fn rows_mut(&mut self) -> &mut [[u64; K]] {
        &mut self.0
    }
}

pub(super) struct WideTable<const K: usize>(Vec<[u64; K]>);

impl<const K: usize> Table<K> for WideTable<K> {
    type Symbol = u32;

    fn new(symbols: usize) -> Self {
        Self(vec![[0; K]; symbols])
    }

    #[inline(always)]
    fn row(&self, symbol: u32) -> &[u64; K] {
        &self.0[symbol as usize]
    }

    #[inline(always)]
    fn row_mut(&mut self, symbol: u32) -> &mut [u64; K] {
        &mut self.0[symbol as usize]
    }

    fn rows_mut(&mut self) -> &mut [[u64; K]] {
        &mut self.0
    }
}

/// The current column of a strip, as differences between vertical neighbours.
pub(super) struct Column<const K: usize> {
    up: [u64; K],
    down: [u64; K],
}

impl<const K: usize> Column<K> {
    /// A column in which every cell is one more than the one above it.
    pub(super) fn rising() -> Self {
        Self { up: [u64::MAX; K], down: [0; K] }
    }

    /// A column whose first `level` cells are equal to the one above the strip, and in which every
    /// other cell is one more than the one above it.
    pub(super) fn level_then_rising(level: usize) -> Self {
        let mut column = Self::rising();
        for row in 0..level {
            column.up[row / WORD] &= !(1 << (row % WORD));
        }
        column
    }

    /// The difference between the cell above the strip and the cell of its row `rows`, one-based.
    pub(super) fn rise(&self, rows: usize) -> isize {
        let mut sum = 0;
        for (word, (up, down)) in self.up.iter().zip(&self.down).enumerate() {
            let count = rows.saturating_sub(word * WORD).min(WORD);
            let mask = if count == WORD { u64::MAX } else { (1 << count) - 1 };
            sum += ones(up & mask) - ones(down & mask);
        }
        sum
    }

    /// Advances a strip at the top of the table, where every step is [`UP`], to the end of a text,
    /// given where each of its symbols matches. Only for strips of one word.
    pub(super) fn advance_through(&mut self, matches: impl Iterator<Item = u64>) {
        for matches in matches {
            self.advance(0, matches, 1, 0);
        }
    }

    /// Advances one word by one column: the differences that enter it from above, and where its
    /// symbols match, give the differences that leave it below.
    #[inline(always)]
    fn advance(&mut self, word: usize, matches: u64, enter_up: u64, enter_down: u64) -> (u64, u64) {
        let (up, down) = (self.up[word], self.down[word]);
        // The names follow Hyyrö 2003: `d0` marks the cells that equal their upper left
        // neighbour, `hp` and `hn` those that are one more or one less than their left one.
        let x = matches | enter_down;
        let d0 = ((x & up).wrapping_add(up) ^ up) | x | down;
        let hp = down | !(d0 | up);
        let hn = d0 & up;
        let (hp_shifted, hn_shifted) = ((hp << 1) | enter_up, (hn << 1) | enter_down);
        self.up[word] = hn_shifted | !(d0 | hp_shifted);
        self.down[word] = hp_shifted & d0;
        (hp >> 63, hn >> 63)
    }
}

#[expect(clippy::cast_possible_wrap, reason = "a word has at most 64 ones")]
fn ones(word: u64) -> isize {
    word.count_ones() as isize
}

/// Advances a strip over `text`. `edge` holds a step a column along the upper edge of the strip
/// and is overwritten with those along the lower one.
///
/// In step `t`, word `w` of the strip works on column `t − w`. What it needs of the word above
/// was known one step earlier, so that the K words of a step are independent of each other and
/// the compiler can turn the loops over them into vector instructions.
pub(super) fn advance<const K: usize, T: Table<K>>(
    table: &T,
    column: &mut Column<K>,
    text: &[T::Symbol],
    edge: &mut [u8],
) {
    let edge = &mut edge[..text.len()];
    if K == 1 || text.len() < K {
        advance_in_order(table, column, text, edge);
        return;
    }
    let (mut leave_up, mut leave_down) = ([0_u64; K], [0_u64; K]);
    // The first steps, in which the lower words have not begun, and, at the end of the function,
    // the last ones, in which the upper words have finished. Lower words go first, for they need
    // what the word above them left one step earlier.
    for step in 0..K - 1 {
        for word in (0..=step).rev() {
            let (enter_up, enter_down) = if word == 0 {
                split(edge[step])
            } else {
                (leave_up[word - 1], leave_down[word - 1])
            };
            let matches = table.row(text[step - word])[word];
            (leave_up[word], leave_down[word]) =
                column.advance(word, matches, enter_up, enter_down);
        }
    }

    let (mut up, mut down) = (column.up, column.down);
    for (first, window) in text.windows(K).enumerate() {
        let (mut matches, mut enter_up, mut enter_down) = ([0_u64; K], [0_u64; K], [0_u64; K]);
        // Indices rather than iterators over the pieces: only these loops, of a known length and
        // over arrays, are unrolled and turned into vector instructions.
        for word in 0..K {
            matches[word] = table.row(window[K - 1 - word])[word];
        }
        (enter_up[0], enter_down[0]) = split(edge[first + K - 1]);
        enter_up[1..].copy_from_slice(&leave_up[..K - 1]);
        enter_down[1..].copy_from_slice(&leave_down[..K - 1]);
        // The same operations as in `Column::advance`, on all words at once.
        for word in 0..K {
            let x = matches[word] | enter_down[word];
            let d0 = ((x & up[word]).wrapping_add(up[word]) ^ up[word]) | x | down[word];
            let hp = down[word] | !(d0 | up[word]);
            let hn = d0 & up[word];
            let hp_shifted = (hp << 1) | enter_up[word];
            let hn_shifted = (hn << 1) | enter_down[word];
            up[word] = hn_shifted | !(d0 | hp_shifted);
            down[word] = hp_shifted & d0;
            leave_up[word] = hp >> 63;
            leave_down[word] = hn >> 63;
        }
        edge[first] = join(leave_up[K - 1], leave_down[K - 1]);
    }
    (column.up, column.down) = (up, down);

    for late in 1..K {
        for word in (late..K).rev() {
            let matches = table.row(text[text.len() + late - 1 - word])[word];
            (leave_up[word], leave_down[word]) =
                column.advance(word, matches, leave_up[word - 1], leave_down[word - 1]);
        }
        edge[text.len() - K + late] = join(leave_up[K - 1], leave_down[K - 1]);
    }
}

/// Advances a strip one column after the other.
fn advance_in_order<const K: usize, T: Table<K>>(
    table: &T,
    column: &mut Column<K>,
    text: &[T::Symbol],
    edge: &mut [u8],
) {
    for (&symbol, edge) in text.iter().zip(edge) {
        let matches = table.row(symbol);
        let mut passing = split(*edge);
        for (word, &matches) in matches.iter().enumerate() {
            passing = column.advance(word, matches, passing.0, passing.1);
        }
        *edge = join(passing.0, passing.1);
    }
}

#[inline(always)]
fn split(step: u8) -> (u64, u64) {
    (u64::from(step & UP), u64::from(step / DOWN))
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "both are 0 or 1")]
fn join(up: u64, down: u64) -> u8 {
    (up | (down << 1)) as u8
}

/// The sum of the steps along a part of an edge.
pub(super) fn sum(edge: &[u8]) -> isize {
    // Short runs are added up in bytes, which the compiler does many at a time.
    edge.chunks(255)
        .map(|run| {
            let up: u8 = run.iter().map(|step| step & UP).sum();
            let down: u8 = run.iter().map(|step| step >> 1).sum();
            isize::from(up) - isize::from(down)
        })
        .sum()
}
