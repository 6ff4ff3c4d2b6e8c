use proptest::prelude::*;

use super::*;

/// The textbook: a table of all prefixes, row by row. `anywhere` lets the second text begin and
/// end anywhere.
fn by_the_book(a: &str, b: &str, anywhere: bool) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).map(|j| if anywhere { 0 } else { j }).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    if anywhere { row.iter().copied().min().unwrap_or(0) } else { row[b.len()] }
}

/// Texts of up to `longest` characters from alphabets of very different sizes.
fn text(longest: usize) -> impl Strategy<Value = String> {
    let of = |first: char, last: char| {
        prop::collection::vec(prop::char::range(first, last), 0..=longest)
            .prop_map(|chars| chars.into_iter().collect::<String>())
    };
    prop_oneof![
        of('a', 'b'),
        of('a', 'z'),
        of('à', 'ö'),
        of('\u{1F600}', '\u{1F64F}'),
        of('一', '丁'),
        of('一', '鿿'),
        of('\0', char::MAX),
    ]
}

/// A text, and another that came of it by a number of edits, among them of whole runs.
fn near_pair(longest: usize) -> impl Strategy<Value = (String, String)> {
    let edit = (any::<prop::sample::Index>(), 0..4_u8, 1..40_usize);
    (text(longest), prop::collection::vec(edit, 0..30)).prop_map(|(a, edits)| {
        let mut b: Vec<char> = a.chars().collect();
        for (place, kind, length) in edits {
            let at = place.index(b.len() + 1);
            match kind {
                0 if at < b.len() => drop(b.remove(at)),
                1 => b.insert(at, 'x'),
                2 if at < b.len() => b[at] = 'é',
                3 if at % 2 == 0 => drop(b.drain(at..(at + length).min(b.len()))),
                _ => drop(b.splice(at..at, std::iter::repeat_n('y', length))),
            }
        }
        (a, b.into_iter().collect())
    })
}

#[test]
fn known_distances() {
    for (a, b, expected) in [
        ("", "", 0),
        ("", "abc", 3),
        ("kitten", "sitting", 3),
        ("flaw", "lawn", 2),
        ("saturday", "sunday", 3),
        ("über", "uber", 1),
        ("é", "e\u{301}", 2),
        ("👍🏽", "👍", 1),
        ("Ã", "é", 1),
        ("日本語", "日木語", 1),
        ("a\0b", "ab", 1),
    ] {
        assert_eq!(distance(a, b), expected, "{a} {b}");
        assert_eq!(distance(b, a), expected, "{b} {a}");
    }
}

#[test]
fn every_length_around_the_size_of_words_and_strips() {
    for longer in [62_usize, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 513, 769] {
        for shorter in [longer - 2, longer - 1, longer, longer / 2, 1] {
            let a: String = (0..longer).map(|i| char::from(b'a' + (i * i % 7) as u8)).collect();
            let b: String = (0..shorter).map(|i| char::from(b'a' + (i * 3 % 5) as u8)).collect();
            assert_eq!(distance(&a, &b), by_the_book(&a, &b, false), "{longer} {shorter}");
            let wide = |text: &str| text.replace('a', "ä").replace('b', "語");
            assert_eq!(distance(&wide(&a), &wide(&b)), by_the_book(&a, &b, false));
            assert_eq!(
                partial_similarity(&b, &a),
                share(shorter - by_the_book(&b, &a, true), shorter)
            );
        }
    }
}

#[test]
fn long_texts_with_a_shift_a_gap_or_nothing_in_common() {
    let numbers: String = (0..700).map(|i| format!("{i} ")).collect();
    let without_a_part = numbers.replacen(&numbers[500..1500], "", 1);
    assert_eq!(distance(&numbers, &without_a_part), 1000);
    let shifted = numbers[700..].to_owned() + &numbers[..700];
    assert_eq!(distance(&numbers, &shifted), strsim::levenshtein(&numbers, &shifted));
    assert_eq!(distance(&"a".repeat(3000), &"b".repeat(2900)), 3000);
    let moved = numbers.replace('7', "") + "é";
    assert_eq!(distance(&numbers, &moved), strsim::levenshtein(&numbers, &moved));
}

#[test]
fn ten_megabytes_that_are_nearly_equal() {
    let text = "All work and no play makes Jack a dull boy. ".repeat(230_000);
    let mut other = text.replacen("work", "wOrk", 1);
    other.insert(100_000, '!');
    assert_eq!(distance(&text, &other), 2);
    assert_eq!(distance(&text[..1_000_000], "dull"), 999_996);
    assert_eq!(distance(&text, &text), 0);
}

#[test]
fn the_similarity_is_the_nearest_number_to_the_quotient() {
    for edits in 0..=10_u8 {
        let b = "b".repeat(edits.into()) + &"a".repeat(usize::from(10 - edits));
        assert_eq!(similarity("aaaaaaaaaa", &b), f64::from(10 - edits) / 10.0);
    }
}

proptest! {
    #[test]
    fn distances_are_those_of_the_book(a in text(150), b in text(150)) {
        prop_assert_eq!(distance(&a, &b), by_the_book(&a, &b, false));
    }

    #[test]
    fn distances_of_near_texts_are_those_of_the_book((a, b) in near_pair(150)) {
        prop_assert_eq!(distance(&a, &b), by_the_book(&a, &b, false));
    }

    #[test]
    fn windows_are_those_of_the_book(a in text(150), b in text(300)) {
        let length = a.chars().count();
        let expected = share(length - by_the_book(&a, &b, true), length);
        prop_assert_eq!(partial_similarity(&a, &b), expected);
    }

    #[test]
    fn a_text_is_found_in_what_it_is_part_of(a in text(300), b in text(50), c in text(50)) {
        prop_assert_eq!(partial_similarity(&a, &format!("{b}{a}{c}")), 1.0);
    }

    #[test]
    fn the_distance_is_a_metric(a in text(90), b in text(90), c in text(90)) {
        prop_assert_eq!(distance(&a, &b), distance(&b, &a));
        prop_assert_eq!(distance(&a, &a), 0);
        prop_assert_eq!(distance(&a, &b) == 0, a == b);
        prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c));
    }

    #[test]
    fn the_similarity_is_symmetric_in_range_and_one_only_for_equal_texts(
        (a, b) in near_pair(200)
    ) {
        let similarity = similarity(&a, &b);
        prop_assert!((0.0..=1.0).contains(&similarity));
        prop_assert_eq!(similarity, super::similarity(&b, &a));
        prop_assert_eq!(similarity == 1.0, a == b);
    }
}

proptest! {
    // The tables of long texts are large, and strsim is what takes the time here.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn long_distances_are_those_of_another_implementation(a in text(1500), b in text(1500)) {
        prop_assert_eq!(distance(&a, &b), strsim::levenshtein(&a, &b));
    }

    #[test]
    fn long_distances_of_near_texts_are_those_of_another_implementation(
        (a, b) in near_pair(1500)
    ) {
        prop_assert_eq!(distance(&a, &b), strsim::levenshtein(&a, &b));
    }
}
