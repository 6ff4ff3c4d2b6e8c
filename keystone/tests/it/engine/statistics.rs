//! The numbers of a summary, reckoned anew from the journal.

use keystone::Score;
use keystone::eval::Stats;
use proptest::prelude::*;

use super::fixtures::{into, journalled, over_numbers, scorer};

/// Mean and percentiles by their definitions: a plain sum, and the sorted list.
fn reckoned(mut numbers: Vec<f64>) -> (Option<f64>, Option<f64>, Option<f64>, u64) {
    numbers.sort_by(f64::total_cmp);
    let count = numbers.len();
    if count == 0 {
        return (None, None, None, 0);
    }
    let percentile = |share: f64| {
        let position = share * (count - 1) as f64;
        let below = numbers[position as usize];
        let above = numbers[(position as usize + 1).min(count - 1)];
        below * (1.0 - position.fract()) + above * position.fract()
    };
    let mean = numbers.iter().sum::<f64>() / count as f64;
    (Some(mean), Some(percentile(0.5)), Some(percentile(0.95)), count as u64)
}

fn close(stats: &Stats, numbers: Vec<f64>) -> Result<(), TestCaseError> {
    let (mean, p50, p95, count) = reckoned(numbers);
    prop_assert_eq!(stats.count, count);
    for (ours, theirs) in [(stats.mean, mean), (stats.p50, p50), (stats.p95, p95)] {
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => prop_assert!((ours - theirs).abs() < 1e-12),
            (ours, theirs) => prop_assert_eq!(ours, theirs),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_summary_is_what_its_journal_says(
        scores in proptest::collection::vec(
            (
                prop_oneof![
                    Just(Some(0.0)), Just(Some(1.0)), Just(None),
                    (0_u8..=20).prop_map(|n| Some(f64::from(n) / 20.0)),
                    (0.0..=1.0_f64).prop_map(Some),
                ],
                prop_oneof![Just(Some(1.0)), Just(None), (0.0..=1.0_f64).prop_map(Some)],
            ),
            1..80,
        ),
        weight in 0.0..3.0_f64,
        threads in 1_usize..6,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (scores.clone(), scores.clone());
        let at = |subject: &keystone::scorers::Subject<'_>| {
            subject.output().value().as_u64().unwrap() as usize
        };
        let score = |value: Option<f64>| value.map_or_else(|| Score::unscored("no"), Score::new);
        let report = over_numbers(scores.len() as u64, |n| n)
            .scorer(scorer("a", move |subject| score(a[at(subject)].0)))
            .scorer(scorer("b", move |subject| score(b[at(subject)].1)).weight(weight))
            .pass_rate(0.0)
            .max_concurrency(threads)
            .run_with(&into(folder.path()))
            .unwrap();
        let rows = journalled(folder.path());
        for name in ["a", "b"] {
            let all: Vec<_> = rows.iter().map(|row| row.score(name).unwrap()).collect();
            let summary = report.summary.scorer(name).unwrap();
            close(&summary.stats, all.iter().filter_map(|score| score.score).collect())?;
            let passed = all.iter().filter(|score| score.passed).count() as u64;
            let unscored = all.iter().filter(|score| score.score.is_none()).count() as u64;
            prop_assert_eq!(summary.passed, passed);
            prop_assert_eq!(summary.unscored, unscored);
            prop_assert_eq!(summary.failed, all.len() as u64 - passed - unscored);
        }
        close(&report.summary.composite, rows.iter().filter_map(|row| row.composite).collect())?;
        for (row, (a, b)) in rows.iter().zip(&scores) {
            let wanted = match (a, b) {
                (Some(a), Some(b)) => Some((a + weight * b) / (1.0 + weight)),
                (Some(a), None) if weight == 0.0 => Some(*a),
                _ => None,
            };
            prop_assert_eq!(row.composite.is_some(), wanted.is_some());
            if let (Some(ours), Some(theirs)) = (row.composite, wanted) {
                prop_assert!((ours - theirs).abs() < 1e-12);
            }
        }
        prop_assert_eq!(
            report.summary.pass_rate.unwrap(),
            rows.iter().filter(|row| row.outcome.as_str() == "pass").count() as f64
                / rows.len() as f64
        );
        prop_assert_eq!(report.summary.run.task_ms.count, rows.len() as u64);
    }
}
