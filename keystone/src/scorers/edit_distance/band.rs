//! The distance of two texts, from strips of the table cut to a band around the diagonal.

use super::bits::{self, Alphabet, Column, Table, UP, WORD};

/// Words in a strip of a long pattern.
const LANES: usize = 4;

/// Rows in a strip of a long pattern.
const ROWS: usize = LANES * WORD;

/// The distance that the first attempt at long texts allows for, beyond the difference of their
/// lengths. Small, since a failed attempt costs little and tells how far apart the texts are.
const FIRST_GUESS: usize = 128;

/// The distance of two texts, the first being the shorter one.
pub(super) fn distance<A: Alphabet>(
    pattern: &[A::Symbol],
    text: &[A::Symbol],
    symbols: usize,
) -> usize {
    match pattern.len() {
        0 => text.len(),
        1..=WORD => in_one_strip::<1, A>(pattern, text, symbols),
        65..=128 => in_one_strip::<2, A>(pattern, text, symbols),
        129..=ROWS => in_one_strip::<LANES, A>(pattern, text, symbols),
        _ => in_strips::<A>(pattern, text, symbols),
    }
}

/// The distance where the pattern fits into one strip, of which every column is visited.
fn in_one_strip<const K: usize, A: Alphabet>(
    pattern: &[A::Symbol],
    text: &[A::Symbol],
    symbols: usize,
) -> usize {
    let mut table = A::Table::<K>::new(symbols);
    table.fill(pattern, 0);
    let mut column = Column::<K>::rising();
    if K == 1 {
        column.advance_through(text.iter().map(|&symbol| table.row(symbol)[0]));
    } else {
        bits::advance(&table, &mut column, text, &mut vec![UP; text.len()]);
    }
    text.len().saturating_add_signed(column.rise(pattern.len()))
}

/// The distance of long texts: attempts with ever wider bands, until one holds the distance.
fn in_strips<A: Alphabet>(pattern: &[A::Symbol], text: &[A::Symbol], symbols: usize) -> usize {
    let mut table = A::Table::<LANES>::new(symbols);
    let mut edge = vec![UP; text.len()];
    let mut limit = (text.len() - pattern.len() + FIRST_GUESS).min(text.len());
    loop {
        match attempt::<A>(&mut table, pattern, text, &mut edge, limit) {
            Attempt::Within(distance) => return distance,
            // No distance is larger than the longer text, so that the last attempt succeeds.
            Attempt::Beyond(estimate) => limit = (limit * 2).max(estimate).min(text.len()),
        }
    }
}

enum Attempt {
    /// The distance, which is at most the limit.
    Within(usize),
    /// The distance is above the limit; a limit that is worth trying next.
    Beyond(usize),
}

/// Looks for a distance of at most `limit`.
///
/// An alignment of at most `limit` edits cannot stray far: a cell on diagonal `d` (column minus
/// row) that holds `s` can only be on it if `s + |d − end|` is at most `limit`, `end` being the
/// diagonal of the last cell, since each step between diagonals is an edit. So only columns that
/// such cells can lead to are visited. What enters the band from outside is taken to rise by one
/// a cell, which is never too low; cells that such an alignment visits therefore hold their true
/// value, and others a value that is true or too high.
fn attempt<A: Alphabet>(
    table: &mut A::Table<LANES>,
    pattern: &[A::Symbol],
    text: &[A::Symbol],
    edge: &mut [u8],
    limit: usize,
) -> Attempt {
    let (rows, columns) = (signed(pattern.len()), signed(text.len()));
    let end = columns - rows;
    let mut limit = signed(limit);
    edge.fill(UP);
    // The diagonals that the next strip has to cover, the columns that the last one covered, and
    // the value of the cell above the first of them.
    let (mut lowest, mut highest) = ((end - limit).div_euclid(2), (end + limit).div_euclid(2));
    let (mut left, mut right) = (0, columns);
    let mut corner = 0;
    for (strip, part) in pattern.chunks(ROWS).enumerate() {
        let top = signed(strip * ROWS);
        let bottom = top + signed(part.len());
        let next_left = left.max(top + lowest);
        let next_right = columns.min(bottom + highest);
        corner += bits::sum(&edge[range(left, next_left)]);
        if next_right > right {
            edge[range(right, next_right)].fill(UP);
        }
        (left, right) = (next_left, next_right);
        let edge = &mut edge[range(left, right)];
        let last = bottom == rows;
        let above_last = if last { corner + bits::sum(edge) } else { 0 };

        table.fill(part, 0);
        let mut column = Column::<LANES>::rising();
        bits::advance(&*table, &mut column, &text[range(left, right)], edge);
        table.clear(part);
        if last {
            let found = above_last + column.rise(part.len());
            // Above the limit, the number is still one that can be reached: a sure next limit.
            let distance = found.unsigned_abs();
            return if found <= limit {
                Attempt::Within(distance)
            } else {
                Attempt::Beyond(distance)
            };
        }

        // The lower edge of the strip: from the cell nearest to the diagonal of the last cell the
        // rest can be done by replacing, which bounds the distance from above.
        corner += bottom - top;
        let nearest = (bottom + end).clamp(left, right);
        let value = corner + bits::sum(&edge[range(0, nearest - left)]);
        limit = limit.min(value + (rows - bottom).max(columns - nearest));
        let excess = |at: isize, value: isize| value + (at - bottom - end).abs() - limit;
        let Some((first, value_first)) = first_within(left, corner, edge, excess) else {
            return Attempt::Beyond(extrapolated(value, bottom, rows));
        };
        let (last, value_last) =
            last_within(right, corner + bits::sum(edge), edge, excess, first, value_first);
        lowest = (first - bottom + end + value_first - limit + 1).div_euclid(2);
        highest = (last - bottom + end - value_last + limit).div_euclid(2);
    }
    // Only an empty pattern gets here.
    Attempt::Within(text.len())
}

/// The first cell of a lower edge that is within the limit, and its value. A step changes the
/// excess by two at most, so that half of it can be skipped at once.
fn first_within(
    left: isize,
    corner: isize,
    edge: &[u8],
    excess: impl Fn(isize, isize) -> isize,
) -> Option<(isize, isize)> {
    let (mut at, mut value) = (0, corner);
    loop {
        let excess = excess(left + signed(at), value);
        if excess <= 0 {
            return Some((left + signed(at), value));
        }
        let next = at + excess.unsigned_abs().div_ceil(2);
        value += bits::sum(edge.get(at..next)?);
        at = next;
    }
}

/// The last cell of a lower edge that is within the limit, and its value; `first`, which is, if
/// there is no later one.
fn last_within(
    right: isize,
    corner: isize,
    edge: &[u8],
    excess: impl Fn(isize, isize) -> isize,
    first: isize,
    value_first: isize,
) -> (isize, isize) {
    let (mut at, mut value) = (edge.len(), corner);
    loop {
        let column = right - signed(edge.len() - at);
        let excess = excess(column, value);
        if column <= first {
            return (first, value_first);
        }
        if excess <= 0 {
            return (column, value);
        }
        let next = at.saturating_sub(excess.unsigned_abs().div_ceil(2));
        value -= bits::sum(&edge[next..at]);
        at = next;
    }
}

/// What the distance will be if the rest of the texts differ as much as their beginning, and a
/// quarter, since a limit that is too low costs more than one that is too high.
fn extrapolated(value: isize, row: isize, rows: isize) -> usize {
    let estimate = value.unsigned_abs() * rows.unsigned_abs() / row.unsigned_abs().max(1);
    estimate + estimate / 4
}

#[expect(clippy::cast_possible_wrap, reason = "no text is longer than isize::MAX bytes")]
fn signed(length: usize) -> isize {
    length as isize
}

/// A range of columns. Columns are signed because diagonals are, and never negative.
fn range(from: isize, to: isize) -> std::ops::Range<usize> {
    from.unsigned_abs()..to.unsigned_abs()
}
