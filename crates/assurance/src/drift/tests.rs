//! Tests of drift on small profiles made by hand.

use super::*;
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
    let all = of_categories(&profile, &profile.clone(), &Options::default(), &Slice::column("job"));
    assert!(all.iter().all(|m| m.estimate == Estimate::undefined(Because::TooManyCategories)));
}
