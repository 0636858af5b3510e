//! Tests of drift on small profiles made by hand.

use super::columns::KS;
use super::*;
use crate::histogram::Bin;
use crate::histogram::Tally;
use crate::interval::close;
use crate::profile::ProfileLimits;

fn number(period: &str, values: impl Iterator<Item = f64>, nulls: u64) -> ColumnProfile {
    let mut profile =
        ColumnProfile::new("age", FeatureKind::Numeric, Value::from(period), ProfileLimits::default());
    for value in values {
        profile.values.add(value, &Bin { unlabelled: Tally::of_rows(1), ..Bin::default() });
        profile.rows += 1;
    }
    profile.nulls = nulls;
    profile.rows += nulls;
    profile
}

fn category(period: &str, counts: &[(&str, u64)]) -> ColumnProfile {
    let limits = ProfileLimits::default();
    let mut profile = ColumnProfile::new("job", FeatureKind::Categorical, Value::from(period), limits);
    for (name, rows) in counts {
        profile.categories.add(name, &Bin { unlabelled: Tally::of_rows(*rows), ..Bin::default() });
        profile.rows += rows;
    }
    profile
}

fn periods() -> Tables {
    let ages = |shift: u32| (0..100).map(move |age| f64::from(age + shift));
    Tables {
        cube: crate::DecisionCube {
            periods: vec![Value::from("2026-01"), Value::from("2026-02"), Value::from("2026-03")],
            ..crate::DecisionCube::default()
        },
        columns: vec![
            number("2026-01", ages(0), 0),
            number("2026-02", ages(0), 25),
            number("2026-03", ages(50), 0),
            category("2026-01", &[("clerk", 60), ("cook", 40)]),
            category("2026-02", &[("clerk", 60), ("cook", 40)]),
            category("2026-03", &[("clerk", 60), ("nurse", 40)]),
        ],
        ..Tables::default()
    }
}

fn value(all: &[Measurement], id: &str, column: &str, period: &str) -> f64 {
    let of = |m: &&Measurement| {
        m.definition.as_str() == id
            && m.slice.column.as_deref() == Some(column)
            && m.slice.period.as_deref() == Some(period)
    };
    all.iter().find(of).unwrap().value().unwrap()
}

#[test]
fn each_period_is_compared_with_the_reference_period() {
    let all = drift_over_periods(&periods(), "2026-01", &Options::default());
    assert!(all.iter().all(|m| m.slice.reference.as_deref() == Some("2026-01")));
    for id in ["drift.psi.reference-deciles", "drift.ks", "drift.wasserstein", "drift.hellinger"] {
        close(value(&all, id, "age", "2026-02"), 0.0, 1e-12);
    }
    close(value(&all, "drift.ks", "age", "2026-03"), 0.5, 1e-12);
    close(value(&all, "drift.wasserstein", "age", "2026-03"), 50.0, 1e-9);
    close(value(&all, "drift.missing_rate_change", "age", "2026-02"), 0.2, 1e-12);
    close(value(&all, "drift.new_category_share", "job", "2026-03"), 0.4, 1e-12);
    close(value(&all, "drift.total_variation", "job", "2026-03"), 0.4, 1e-12);
}

#[test]
fn a_reference_period_that_does_not_occur_gives_nothing() {
    assert!(drift_over_periods(&periods(), "1997-07", &Options::default()).is_empty());
}

#[test]
fn a_sample_without_values_is_not_compared() {
    let mut tables = periods();
    if let Some(column) = tables.columns.get_mut(2) {
        *column = number("2026-03", std::iter::empty(), 40);
    }
    let all = drift_over_periods(&tables, "2026-01", &Options::default());
    let empty =
        all.iter().find(|m| m.definition == KS && m.slice.period.as_deref() == Some("2026-03")).unwrap();
    assert_eq!(empty.estimate, Estimate::undefined(Because::EmptySample));
}

#[test]
fn too_many_categories_are_said_and_not_guessed() {
    let limits = ProfileLimits { categories: 2, ..ProfileLimits::default() };
    let mut profile = ColumnProfile::new("job", FeatureKind::Categorical, Value::MISSING, limits);
    for name in ["a", "b", "c", "d"] {
        profile.categories.add(name, &Bin { unlabelled: Tally::of_rows(50), ..Bin::default() });
    }
    let all =
        of_categories(&profile, &profile.clone(), &Options::default(), Wanted::ALL, &Slice::column("job"));
    assert!(all.iter().all(|m| m.estimate == Estimate::undefined(Because::TooManyCategories)));
}

#[test]
fn over_periods_bins_are_resampled_and_whole_distributions_only_when_asked_for() {
    let has = |all: &[Measurement], id: &str| {
        let of = |m: &&Measurement| m.definition.as_str() == id && m.slice.column.as_deref() == Some("age");
        all.iter().filter(of).all(|m| m.interval().is_some())
    };
    let all = drift_over_periods(&periods(), "2026-01", &Options::default());
    assert!(has(&all, "drift.psi.reference-deciles") && has(&all, "drift.cramers_v"));
    assert!(!has(&all, "drift.ks") && !has(&all, "drift.wasserstein"));
    let wanted = Wanted { of: &|id| id == KS, curves: true, many: true };
    let asked = drift_over_periods_of(&periods(), "2026-01", &Options::default(), wanted);
    assert!(!asked.is_empty() && has(&asked, "drift.ks"));
    assert!(asked.iter().all(|m| m.definition == KS));
}

/// The slow and obvious bootstrap, over rows.
#[test]
fn intervals_agree_with_resampling_the_rows() {
    use rand_xoshiro::rand_core::{Rng, SeedableRng};

    let skewed = |i: u32, k: f64| (f64::from(i % 97) / 97.0 * 3.0 + k * f64::from(i % 13) / 13.0).exp();
    let ours: Vec<f64> = (0..600).map(|i| skewed(i, 1.0)).collect();
    let theirs: Vec<f64> = (0..400).map(|i| skewed(i, 1.6)).collect();
    let (x, y) = (number("a", ours.iter().copied(), 0), number("b", theirs.iter().copied(), 0));
    let options = Options { replicates: 3_000, ..Options::default() };
    let all = of_numbers(&x.values, &y.values, &options, Wanted::ALL, &Slice::column("age"));
    let cuts: Vec<f64> = {
        let mut sorted = ours.clone();
        (1..10_u32)
            .map(|k| crate::interval::percentile::quantile(&mut sorted, f64::from(k) / 10.0).unwrap())
            .collect()
    };
    let statistics = |x: &[f64], y: &[f64]| {
        let bins = |sample: &[f64]| {
            let mut counts = vec![0.0; 10];
            for value in sample {
                counts[cuts.partition_point(|cut| cut < value)] += 1.0;
            }
            counts
        };
        let binned = distance::Binned { reference: bins(x), current: bins(y) };
        let mut points: Vec<(f64, f64, f64)> = x.iter().map(|v| (*v, 1.0, 0.0)).collect();
        points.extend(y.iter().map(|v| (*v, 0.0, 1.0)));
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points.dedup_by(|next, kept| {
            let same = next.0 <= kept.0;
            if same {
                (kept.1, kept.2) = (kept.1 + next.1, kept.2 + next.2);
            }
            same
        });
        let ks = crate::significance::kolmogorov::kolmogorov_smirnov(points.iter().map(|p| (p.1, p.2)));
        let wasserstein = distance::wasserstein(points.iter().copied()).unwrap();
        [binned.stability_index(), binned.hellinger(), binned.cramers_v(), ks.unwrap().statistic, wasserstein]
    };
    let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(11);
    let mut resampled = |sample: &[f64]| -> Vec<f64> {
        let draw = |_| sample[usize::try_from(random.next_u64() % sample.len() as u64).unwrap()];
        sample.iter().map(draw).collect()
    };
    let mut series = vec![Vec::new(); 5];
    for _ in 0..3_000 {
        let found = statistics(&resampled(&ours), &resampled(&theirs));
        series.iter_mut().zip(found).for_each(|(series, value)| series.push(value));
    }
    let ids = [
        "drift.psi.reference-deciles",
        "drift.hellinger",
        "drift.cramers_v",
        "drift.ks",
        "drift.wasserstein",
    ];
    for (id, mut series) in ids.into_iter().zip(series) {
        let found = all.iter().find(|m| m.definition.as_str() == id).unwrap().interval().unwrap();
        let expected = crate::interval::percentile::percentile_interval(&mut series, 0.95).unwrap();
        let width = expected.upper() - expected.low;
        assert!((found.low - expected.low).abs() < 0.12 * width, "{id}: {found:?}, expected {expected:?}");
        assert!(
            (found.upper() - expected.upper()).abs() < 0.12 * width,
            "{id}: {found:?}, expected {expected:?}"
        );
    }
}
