//! Where a text is found inside a longer one with the fewest edits (Sellers 1980).
//!
//! The table is that of the distance, except that its first row is 0 throughout: an alignment may
//! begin anywhere in the longer text. It may also end anywhere, so that the least value of the
//! last row is what is looked for.

use super::bits::{self, Alphabet, Column, SAME, Table, UP, WORD};

/// The fewest edits that turn `part` into some window of `whole`.
pub(super) fn fewest_edits<A: Alphabet>(
    part: &[A::Symbol],
    whole: &[A::Symbol],
    symbols: usize,
) -> usize {
    match part.len() {
        0..=WORD => in_strips::<1, A>(part, whole, symbols),
        65..=128 => in_strips::<2, A>(part, whole, symbols),
        _ => in_strips::<4, A>(part, whole, symbols),
    }
}

fn in_strips<const K: usize, A: Alphabet>(
    part: &[A::Symbol],
    whole: &[A::Symbol],
    symbols: usize,
) -> usize {
    let rows = K * WORD;
    let mut table = A::Table::<K>::new(symbols);
    let mut edge = vec![SAME; whole.len()];
    // The last row of the table has to be the last one of a strip, so the first strip begins with
    // rows in front of the pattern. They match everything, so that all their cells are 0.
    let padding = part.len().next_multiple_of(rows) - part.len();
    for row in table.rows_mut() {
        for padded in 0..padding {
            row[padded / WORD] |= 1 << (padded % WORD);
        }
    }
    let (first, rest) = part.split_at((rows - padding).min(part.len()));
    table.fill(first, padding);
    let mut column = Column::<K>::level_then_rising(padding);
    bits::advance(&table, &mut column, whole, &mut edge);
    table.rows_mut().fill([0; K]);
    for strip in rest.chunks(rows) {
        table.fill(strip, 0);
        bits::advance(&table, &mut Column::<K>::rising(), whole, &mut edge);
        table.clear(strip);
    }
    least(part.len(), &edge)
}

/// The least value along an edge that begins with `value`.
fn least(value: usize, edge: &[u8]) -> usize {
    let (mut value, mut least) = (value, value);
    for &step in edge {
        value = value + usize::from(step & UP) - usize::from(step >> 1);
        least = least.min(value);
    }
    least
}
