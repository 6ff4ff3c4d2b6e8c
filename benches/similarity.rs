//! Similarity of texts and of JSON: criterion's figures, then a table of rates and ratios.
//!
//! The table is measured apart: what is compared takes turns in short rounds and the best round
//! of each counts, so that a busy machine slows all of them alike. The pairs and our rates are
//! left in `target/similarity` for `similarity_peer.py`, which measures a library in C++ on them.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};
use keystone::scorers::{ExactMatch, JsonDiff, Scorer, Subject, edit_distance};
use keystone::{Case, Output};
use serde_json::{Map, Value, json};

/// Lengths of texts in characters, and how many pairs there are of each.
const LENGTHS: [(usize, usize); 4] = [(20, 200), (200, 50), (2000, 10), (20_000, 4)];

/// How the letters of a pair are written.
const SCRIPTS: [Script; 3] = [
    Script { name: "ascii", letter: |letter| letter },
    Script { name: "cyrillic", letter: |letter| shifted(letter, 0x430) },
    Script { name: "cjk", letter: |letter| shifted(letter, 0x4E00) },
];

struct Script {
    name: &'static str,
    letter: fn(char) -> char,
}

fn shifted(letter: char, to: u32) -> char {
    if !letter.is_ascii_lowercase() {
        return letter;
    }
    char::from_u32(to + u32::from(letter) - u32::from('a')).unwrap_or(letter)
}

type Pair = (String, String);

fn main() {
    let all: Vec<(String, usize, Vec<Pair>)> = SCRIPTS
        .iter()
        .flat_map(|script| {
            LENGTHS.map(|(length, count)| {
                (script.name.to_owned(), length, pairs(script, length, count))
            })
        })
        .collect();

    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20)
        .configure_from_args();
    edit_distances(&mut criterion, &all);
    scorers(&mut criterion);
    criterion.final_summary();
    // Under `--test`, `--list` and the like nothing is to be measured.
    if std::env::args().any(|arg| arg == "--bench")
        && !std::env::args().any(|arg| ["--test", "--list", "--profile-time"].contains(&&*arg))
    {
        table(&all);
    }
}

fn edit_distances(criterion: &mut Criterion, all: &[(String, usize, Vec<Pair>)]) {
    for (script, length, pairs) in all {
        let mut group = criterion.benchmark_group(format!("edit_distance/{script}"));
        group.throughput(Throughput::Elements(pairs.len() as u64));
        group.bench_with_input(BenchmarkId::new("keystone", length), pairs, |bencher, pairs| {
            bencher.iter(|| run(pairs, edit_distance::similarity));
        });
        // The yardstick takes seconds for the longest; the table has it, once.
        if *length <= 2000 {
            group.bench_with_input(BenchmarkId::new("strsim", length), pairs, |bencher, pairs| {
                bencher.iter(|| run(pairs, strsim::normalized_levenshtein));
            });
        }
        group.finish();
    }
}

fn scorers(criterion: &mut Criterion) {
    let (output, expected) = documents();
    let case: Case = Case::new("in").expected(expected);
    let output = Output::text(output);
    let scorer = JsonDiff::new();
    criterion.bench_function("json_diff/1KB", |bencher| {
        bencher.iter(|| scorer.score(black_box(&Subject::new(&case, &output))));
    });
    let case: Case = Case::new("in").expected("The capital of France is Paris.");
    let output = Output::text("The capital of France is Paris.\n");
    let scorer = ExactMatch::new();
    criterion.bench_function("exact_match", |bencher| {
        bencher.iter(|| scorer.score(black_box(&Subject::new(&case, &output))));
    });
}

fn run(pairs: &[Pair], similarity: impl Fn(&str, &str) -> f64) -> f64 {
    pairs.iter().map(|(a, b)| similarity(black_box(a), black_box(b))).sum()
}

/// Rates of what takes turns, as calls a second: the best of nine rounds of each.
fn rates(calls: usize, contestants: &mut [&mut dyn FnMut()]) -> Vec<f64> {
    let mut best = vec![0.0_f64; contestants.len()];
    for _ in 0..9 {
        for (contestant, best) in contestants.iter_mut().zip(&mut best) {
            let begun = Instant::now();
            let mut rounds = 0_u32;
            while rounds == 0 || begun.elapsed() < Duration::from_millis(60) {
                contestant();
                rounds += 1;
            }
            *best = best.max(f64::from(rounds) * calls as f64 / begun.elapsed().as_secs_f64());
        }
    }
    best
}

fn table(all: &[(String, usize, Vec<Pair>)]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/similarity");
    let mut report = Vec::new();
    println!("\nscript      characters   keystone/s     strsim/s    ratio");
    for (script, length, pairs) in all {
        let mut ours = || {
            black_box(run(pairs, edit_distance::similarity));
        };
        let mut theirs = || {
            black_box(run(pairs, strsim::normalized_levenshtein));
        };
        let rates = rates(pairs.len(), &mut [&mut ours, &mut theirs]);
        let (ours, theirs) = (rates[0], rates[1]);
        println!("{script:<10} {length:>11} {ours:>12.1} {theirs:>12.1} {:>8.1}", ours / theirs);
        report.push(json!({
            "script": script, "length": length, "keystone": ours, "strsim": theirs, "pairs": pairs,
        }));
    }

    let (output, expected) = documents();
    let case: Case = Case::new("in").expected(expected);
    let text = output.clone();
    let output = Output::text(output);
    let scorer = JsonDiff::new();
    let mut diff = || drop(black_box(scorer.score(&Subject::new(&case, &output))));
    let mut parse = || drop(black_box(serde_json::from_str::<Value>(black_box(&text))));
    let rates = rates(1, &mut [&mut diff, &mut parse]);
    println!(
        "\nJSON diff of {} bytes: {:.0}/s; only reading them: {:.0}/s",
        text.len(),
        rates[0],
        rates[1]
    );

    let written = fs::create_dir_all(&folder)
        .and_then(|()| fs::write(folder.join("pairs.json"), Value::from(report).to_string()));
    match written {
        Ok(()) => println!("\nNow `python benches/similarity_peer.py` measures its peer on these."),
        Err(error) => eprintln!("cannot leave the pairs for the peer: {error}"),
    }
}

/// The same numbers on every machine and in every run (xorshift, Marsaglia 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

const WORDS: [&str; 24] = [
    "an", "output", "grades", "the", "scorer", "row", "of", "harbour", "measure", "with", "quiet",
    "expected", "question", "to", "model", "winter", "is", "by", "journal", "verdict", "light",
    "from", "seven", "text",
];

fn text(random: &mut Random, length: usize) -> String {
    let mut text = String::new();
    while text.len() < length {
        text += WORDS[random.below(WORDS.len())];
        text.push(' ');
    }
    text.truncate(length);
    text
}

/// Pairs by turns near each other (a tenth of the characters edited) and unrelated.
fn pairs(script: &Script, length: usize, count: usize) -> Vec<Pair> {
    let random = &mut Random(0x5EED + length as u64);
    let write = |text: &str| text.chars().map(script.letter).collect::<String>();
    (0..count)
        .map(|index| {
            let a = text(random, length);
            let b = if index % 2 == 0 { edited(random, &a) } else { text(random, length) };
            (write(&a), write(&b))
        })
        .collect()
}

fn edited(random: &mut Random, text: &str) -> String {
    let mut edited = String::new();
    for c in text.chars() {
        let letter = char::from(b'a' + random.below(26) as u8);
        match random.below(30) {
            0 => {}
            1 => edited.extend([letter, c]),
            2 => edited.push(letter),
            _ => edited.push(c),
        }
    }
    edited
}

/// A JSON text of one kilobyte, and a value that differs from it here and there.
fn documents() -> (String, Value) {
    let random = &mut Random(0x15EED);
    let mut output = Map::new();
    let mut expected = Map::new();
    while Value::Object(output.clone()).to_string().len() < 1000 {
        let key = format!("field{}", output.len());
        let value = json!({
            "name": text(random, 12),
            "count": random.below(1000),
            "share": random.below(1000) as f64 / 1000.0,
            "known": random.below(2) == 0,
        });
        let mut other = value.clone();
        if random.below(4) == 0 {
            other["count"] = json!(-1);
        }
        output.insert(key.clone(), value);
        expected.insert(key, other);
    }
    (Value::Object(output).to_string(), Value::Object(expected))
}
