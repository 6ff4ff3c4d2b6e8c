//! Numbers gathered while a run goes on, and what they come to.

use super::Stats;

/// How many different numbers are counted before they are kept one by one. Most scorers give
/// only 0 and 1, and then a million rows take no more room than two.
const DISTINCT: usize = 16;

/// A multiset of numbers whose mean and percentiles do not depend on the order in which the
/// numbers came.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    distinct: Vec<(f64, u64)>,
    rest: Vec<f64>,
}

impl Numbers {
    pub(super) fn push(&mut self, number: f64) {
        self.push_times(number, 1);
    }

    fn push_times(&mut self, number: f64, times: u64) {
        if let Some((_, count)) = self.distinct.iter_mut().find(|(known, _)| *known == number) {
            *count += times;
        } else if self.distinct.len() < DISTINCT {
            self.distinct.push((number, times));
        } else {
            for _ in 0..times {
                self.rest.push(number);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (number, count) in other.distinct {
            self.push_times(number, count);
        }
        if self.rest.is_empty() && self.distinct.len() == DISTINCT {
            self.rest = other.rest;
        } else {
            for number in other.rest {
                self.push(number);
            }
        }
    }

    /// Mean and percentiles.
    pub(super) fn stats(self) -> Stats {
        let mut runs: Vec<(f64, u64)> = self.distinct;
        runs.extend(self.rest.into_iter().map(|number| (number, 1)));
        runs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let count: u64 = runs.iter().map(|(_, count)| count).sum();
        if count == 0 {
            return Stats::default();
        }
        // Equal numbers are added up one run at a time, whichever of the two stores they were
        // in, so that the sum depends on nothing but the numbers. The compensation is
        // Neumaier's.
        let (mut sum, mut compensation) = (0.0_f64, 0.0_f64);
        let mut at = 0;
        while at < runs.len() {
            let number = runs[at].0;
            let mut times = 0;
            while at < runs.len() && runs[at].0 == number {
                times += runs[at].1;
                at += 1;
            }
            let term = number * times as f64;
            let next = sum + term;
            compensation +=
                if sum.abs() >= term.abs() { (sum - next) + term } else { (term - next) + sum };
            sum = next;
        }
        let rank = |rank: u64| {
            let mut left = rank;
            for (number, count) in &runs {
                if left < *count {
                    return *number;
                }
                left -= count;
            }
            runs[runs.len() - 1].0
        };
        let percentile = |share: f64| {
            let position = share * (count - 1) as f64;
            let (low, high) = (rank(position.floor() as u64), rank(position.ceil() as u64));
            low + (high - low) * position.fract()
        };
        Stats {
            mean: Some((sum + compensation) / count as f64),
            p50: Some(percentile(0.5)),
            p95: Some(percentile(0.95)),
            count,
        }
    }
}

/// Buckets a power of two is divided into, which bounds the error of a percentile to 1 %.
const SUBDIVISION: u32 = 64;

/// Durations in bounded memory: the mean is exact, percentiles are within 1 %.
#[derive(Debug, Clone, Default)]
pub(super) struct Durations {
    sum_ns: u128,
    count: u64,
    buckets: Vec<u32>,
}

impl Durations {
    pub(super) fn push(&mut self, nanoseconds: u64) {
        self.sum_ns += u128::from(nanoseconds);
        self.count += 1;
        let bucket = bucket_of(nanoseconds);
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.sum_ns += other.sum_ns;
        self.count += other.count;
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), 0);
        }
        for (mine, others) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += others;
        }
    }

    /// Mean and percentiles in milliseconds.
    pub(super) fn stats_ms(&self) -> Stats {
        if self.count == 0 {
            return Stats::default();
        }
        let percentile = |share: f64| {
            let mut left = (share * (self.count - 1) as f64).round() as u64;
            for (bucket, count) in self.buckets.iter().enumerate() {
                if left < u64::from(*count) {
                    return middle_of(bucket) / 1e6;
                }
                left -= u64::from(*count);
            }
            0.0
        };
        Stats {
            mean: Some(self.sum_ns as f64 / self.count as f64 / 1e6),
            p50: Some(percentile(0.5)),
            p95: Some(percentile(0.95)),
            count: self.count,
        }
    }
}

/// Small numbers have a bucket each; above, each power of two has as many.
fn bucket_of(number: u64) -> usize {
    if number < u64::from(SUBDIVISION) {
        return number as usize;
    }
    let power = number.ilog2() - SUBDIVISION.ilog2();
    let within = (number >> power) as u32 - SUBDIVISION;
    (SUBDIVISION + power * SUBDIVISION + within) as usize
}

fn middle_of(bucket: usize) -> f64 {
    let (bucket, subdivision) = (bucket as u64, u64::from(SUBDIVISION));
    if bucket < subdivision {
        return bucket as f64;
    }
    let power = (bucket - subdivision) / subdivision;
    let low = (subdivision + (bucket - subdivision) % subdivision) << power;
    low as f64 + (1_u64 << power) as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(all: &[f64]) -> Numbers {
        let mut numbers = Numbers::default();
        for number in all {
            numbers.push(*number);
        }
        numbers
    }

    #[test]
    fn percentiles_are_interpolated() {
        let stats = numbers(&[1.0, 0.0, 0.5, 0.25]).stats();
        assert_eq!(stats.mean, Some(0.4375));
        assert_eq!(stats.p50, Some(0.375));
        assert!((stats.p95.unwrap() - 0.925).abs() < 1e-12);
        assert_eq!(stats.count, 4);
    }

    #[test]
    fn order_and_threads_change_nothing() {
        let all: Vec<f64> = (0..1000).map(|n| f64::from(n * 7919 % 997) / 997.0).collect();
        let mut reversed = all.clone();
        reversed.reverse();
        let whole = numbers(&all).stats();
        assert_eq!(whole, numbers(&reversed).stats());
        for cut in [1, 10, 500, 999] {
            let mut merged = numbers(&all[cut..]);
            merged.merge(numbers(&all[..cut]));
            assert_eq!(whole, merged.stats(), "cut at {cut}");
        }
    }

    #[test]
    fn nothing_has_no_mean() {
        assert_eq!(Numbers::default().stats(), Stats::default());
    }

    #[test]
    fn durations_are_within_one_percent() {
        let mut durations = Durations::default();
        for n in 1..=10_000_u64 {
            durations.push(n * 1_000);
        }
        let stats = durations.stats_ms();
        assert_eq!(stats.mean, Some(5.0005));
        assert!((stats.p50.unwrap() / 5.0 - 1.0).abs() < 0.01, "{stats:?}");
        assert!((stats.p95.unwrap() / 9.5 - 1.0).abs() < 0.01, "{stats:?}");
    }
}
