//! Edit distance: how many single-character edits lie between two texts.
//!
//! The distance is Levenshtein's (insert, delete or replace one character, each for 1), counted
//! over Unicode scalar values, and always exact: there is no cut-off that would change a number.
//!
//! ```
//! use keystone::scorers::edit_distance;
//!
//! assert_eq!(edit_distance::distance("kitten", "sitting"), 3);
//! assert_eq!(edit_distance::similarity("kitten", "sitting"), 4.0 / 7.0);
//! assert_eq!(edit_distance::distance("naïve", "naive"), 1);
//! ```
//!
//! # How it works
//! The table of the textbook algorithm is never filled in cell by cell. Neighbouring cells differ
//! by −1, 0 or +1, so 64 rows of a column fit into two machine words, and a column is updated by
//! some fifteen bit operations (Myers 1999, in the form of Hyyrö 2003). On top of that:
//! - Common beginnings and ends are dropped: they never change the distance.
//! - Only cells near the diagonal are visited (Ukkonen 1985). The width of that band is guessed
//!   low at first; an attempt that proves the guess wrong stops early and its progress gives the
//!   next guess. An attempt that succeeds has proved its number exact.
//! - Four words are advanced together along the anti-diagonal, where they do not depend on each
//!   other, so that the processor works on them at the same time.
//! - ASCII is compared as bytes; other texts are first mapped to small numbers.
//!
//! The cost is at worst proportional to the product of the lengths, divided by some 200 for long
//! texts: two unrelated texts of 20,000 characters take a few milliseconds, two of a million
//! characters some ten seconds, and two that are nearly equal a small part of that.
//!
//! Sources:
//! - G. Myers, *A fast bit-vector algorithm for approximate string matching based on dynamic
//!   programming*, Journal of the ACM 46(3), 1999.
//! - H. Hyyrö, *A bit-vector algorithm for computing Levenshtein and Damerau edit distances*,
//!   Nordic Journal of Computing 10(1), 2003.
//! - E. Ukkonen, *Algorithms for approximate string matching*, Information and Control 64, 1985.
//! - P. Sellers, *The theory and computation of evolutionary distances: pattern recognition*,
//!   Journal of Algorithms 1(4), 1980 (for [`partial_similarity`]).

mod alphabet;
mod band;
mod bits;
mod short;
#[cfg(test)]
mod tests;
mod window;

use alphabet::Pair;
use bits::{Narrow, Wide};

/// The number of single-character edits that turn one text into the other.
///
/// ```
/// use keystone::scorers::edit_distance::distance;
///
/// assert_eq!(distance("", "abc"), 3);
/// assert_eq!(distance("flaw", "lawn"), 2);
/// ```
#[must_use]
pub fn distance(a: &str, b: &str) -> usize {
    measure(a, b).0
}

/// The share of the longer text that needs no edit: `1 − distance / length of the longer text`,
/// from 0 (nothing in common) to 1 (equal). Two empty texts are equal; an empty text has nothing
/// in common with any other.
///
/// ```
/// use keystone::scorers::edit_distance::similarity;
///
/// assert_eq!(similarity("Paris", "Pariss"), 5.0 / 6.0);
/// assert_eq!(similarity("", ""), 1.0);
/// assert_eq!(similarity("", "abc"), 0.0);
/// ```
#[must_use]
pub fn similarity(a: &str, b: &str) -> f64 {
    let (distance, longer) = measure(a, b);
    share(longer - distance, longer)
}

/// How well a text is found somewhere inside a longer one: the share of `part` that needs no edit
/// to become some window of `whole`, `1 − fewest edits / length of part`, from 0 to 1.
///
/// The window is free in place and length; where the result is 0.75, say, its length is within a
/// quarter of that of `part`. An empty part is found everywhere.
///
/// ```
/// use keystone::scorers::edit_distance::partial_similarity;
///
/// assert_eq!(partial_similarity("Reykjavik", "It is Reykjavík, on the coast."), 8.0 / 9.0);
/// assert_eq!(partial_similarity("Oslo", ""), 0.0);
/// ```
#[must_use]
pub fn partial_similarity(part: &str, whole: &str) -> f64 {
    let (edits, length) = if part.is_ascii() && whole.is_ascii() {
        (window::fewest_edits::<Narrow>(part.as_bytes(), whole.as_bytes(), 128), part.len())
    } else {
        let length = part.chars().count();
        let edits = match alphabet::map(part, length, whole, whole.chars().count()) {
            Pair::Narrow(part, whole) => window::fewest_edits::<Narrow>(&part, &whole, 128),
            Pair::Wide(part, whole, symbols) => {
                window::fewest_edits::<Wide>(&part, &whole, symbols)
            }
        };
        (edits, length)
    };
    share(length - edits, length)
}

/// `part / whole` as the nearest number to the true quotient, so that 7 of 10 is the same number
/// as a threshold that was written as 0.7.
#[expect(clippy::cast_precision_loss, reason = "lengths of texts are far below 2^53")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// The distance and the length of the longer text, in characters.
fn measure(a: &str, b: &str) -> (usize, usize) {
    let (shared, a, b) = trimmed(a, b);
    if a.is_ascii() && b.is_ascii() {
        let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let distance = band::distance::<Narrow>(short.as_bytes(), long.as_bytes(), 128);
        return (distance, shared + long.len());
    }
    let (count_a, count_b) = (a.chars().count(), b.chars().count());
    let (short, long, longer) = if count_a <= count_b { (a, b, count_b) } else { (b, a, count_a) };
    let distance = if count_a.min(count_b) <= bits::WORD {
        short::distance(short, long, longer)
    } else {
        match alphabet::map(short, count_a.min(count_b), long, longer) {
            Pair::Narrow(short, long) => band::distance::<Narrow>(&short, &long, 128),
            Pair::Wide(short, long, symbols) => band::distance::<Wide>(&short, &long, symbols),
        }
    };
    (distance, shared + longer)
}

/// The two texts without what they begin and end with in common, and how many characters that is.
fn trimmed<'a>(a: &'a str, b: &'a str) -> (usize, &'a str, &'a str) {
    let mut start = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    // Equal bytes may end within a character. Both texts are then inside one of the same length,
    // so that what is a boundary in one is one in the other.
    while !a.is_char_boundary(start) {
        start -= 1;
    }
    let (head, a, b) = (&a[..start], &a[start..], &b[start..]);
    let mut end = a.bytes().rev().zip(b.bytes().rev()).take_while(|(x, y)| x == y).count();
    while !a.is_char_boundary(a.len() - end) {
        end -= 1;
    }
    let tail = &a[a.len() - end..];
    let shared = head.chars().count() + tail.chars().count();
    (shared, &a[..a.len() - end], &b[..b.len() - end])
}
