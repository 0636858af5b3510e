//! Data quality: missing, constant, out-of-range and unexpected values, leakage of the label, and who is represented.
//!
//! Rates of values leave missing values out of the denominator; rates of rows do not. Duplicate rows need the rows
//! themselves and are a row pass; hand its count to [`duplicate_rows`].

use std::collections::{BTreeMap, BTreeSet};

use crate::Tables;
use crate::bootstrap::bins::resample;
use crate::cube::Orientation;
use crate::definition::DefinitionId;
use crate::fairness::views::Views;
use crate::histogram::Bin;
use crate::interval::delong::area;
use crate::interval::wilson::wilson;
use crate::measurement::{Because, Estimate, Interval, Measurement, Slice};
use crate::options::Options;
use crate::profile::{Categories, ColumnProfile};
use crate::roles::{FeatureKind, same_value};
use crate::significance::chi_square::association;

/// Every quality measurement of the tables, over all periods.
pub fn quality(tables: &Tables, options: &Options) -> Vec<Measurement> {
    quality_with(tables, options, &BTreeMap::new())
}

/// The same, with the share that each group of an attribute is expected to have: attribute → group → share.
pub fn quality_with(
    tables: &Tables,
    options: &Options,
    expected: &BTreeMap<String, BTreeMap<String, f64>>,
) -> Vec<Measurement> {
    let names: BTreeSet<&str> = tables.columns.iter().map(|column| column.name.as_str()).collect();
    let mut all: Vec<Measurement> = names
        .into_iter()
        .filter_map(|name| tables.column(name))
        .flat_map(|column| of_column(tables, &column, options))
        .collect();
    all.extend(representation(tables, options, expected));
    all
}

/// The measurement of duplicate rows, from the count of a row pass.
pub fn duplicate_rows(repeats: u64, rows: u64, level: f64) -> Measurement {
    let estimate = rate(repeats, rows, level, Because::NoRows);
    Measurement::new(DUPLICATES, estimate, rows)
}

/// What can be said of one column.
fn of_column(tables: &Tables, column: &ColumnProfile, options: &Options) -> Vec<Measurement> {
    let level = options.level;
    let slice = Slice::column(&column.name);
    let rows = column.rows;
    let values = rows - column.nulls;
    let numbers = values.saturating_sub(column.not_a_number + column.type_surprises);
    let constant = f64::from(u8::from(column.constant()));
    let mut all = vec![
        Measurement::new(MISSING, rate(column.nulls, rows, level, Because::NoRows), rows),
        Measurement::new(CONSTANT, Estimate::plain(constant), rows),
        Measurement::new(TYPE_SURPRISES, rate(column.type_surprises, rows, level, Because::NoRows), rows),
    ];
    let feature = tables.roles.features.iter().find(|feature| feature.column == column.name);
    if column.kind == FeatureKind::Numeric {
        let odd = column.not_a_number + column.infinite;
        all.push(Measurement::new(NON_FINITE, rate(odd, rows, level, Because::NoRows), rows));
        if feature.is_some_and(|feature| feature.range.is_some()) {
            let estimate = rate(column.out_of_range, numbers, level, Because::NoRows);
            all.push(Measurement::new(OUT_OF_RANGE, estimate, numbers));
        }
    } else if feature.is_some_and(|feature| feature.categories.is_some()) {
        let estimate = rate(column.unexpected, values, level, Because::NoRows);
        all.push(Measurement::new(UNEXPECTED, estimate, values));
    }
    if tables.roles.binary() {
        all.push(match column.kind {
            FeatureKind::Numeric => leakage_of_number(column, options),
            FeatureKind::Categorical => leakage_of_category(column, options),
        });
    }
    all.into_iter().map(|measurement| measurement.of(slice.clone())).collect()
}

/// The AUC of the column alone against the label, folded at one half.
fn leakage_of_number(column: &ColumnProfile, options: &Options) -> Measurement {
    let points: Vec<_> = column.values.points().collect();
    let positives: u64 = points.iter().map(|point| point.positive.n).sum();
    let negatives: u64 = points.iter().map(|point| point.negative.n).sum();
    let bins = points.iter().map(|point| (size(point.positive.n), size(point.negative.n)));
    let estimate = match area(bins.clone(), size(positives), size(negatives)) {
        None => Estimate::undefined(Because::OneLabel),
        Some(_) if positives + negatives < options.least_rows => {
            Estimate::TooFew { rows: positives + negatives, least: options.least_rows }
        }
        Some(found) => {
            let interval = found.interval(options.level).map(|interval| folded(found.area, interval));
            let shared: f64 = points
                .iter()
                .filter(|point| point.high > point.low)
                .map(|point| size(point.positive.n) * size(point.negative.n))
                .sum();
            let bound = shared / 2.0 / size(positives) / size(negatives);
            Estimate::with(found.area.max(1.0 - found.area), interval).within(Some(bound))
        }
    };
    Measurement::new(LEAKAGE_AUC, estimate, positives + negatives)
}

/// The interval of an area folded at one half: turned round when the area is below, and cut at one half.
fn folded(area: f64, interval: Interval) -> Interval {
    let (low, high) = if area < 0.5 {
        (1.0 - interval.upper(), 1.0 - interval.low)
    } else {
        (interval.low, interval.upper())
    };
    Interval { low: low.max(0.5), high: Some(high), ..interval }
}

/// Cramér's V of category against label.
fn leakage_of_category(column: &ColumnProfile, options: &Options) -> Measurement {
    let counts = |bin: &Bin| vec![size(bin.positive.n), size(bin.negative.n)];
    let mut table: Vec<Vec<f64>> = column.categories.sorted().values().map(counts).collect();
    table.push(counts(&column.categories.rest));
    let rows: u64 = column.categories.sorted().values().map(|bin| bin.positive.n + bin.negative.n).sum();
    let estimate = if !column.categories.complete() {
        Estimate::undefined(Because::TooManyCategories)
    } else if rows > 0 && rows < options.least_rows {
        Estimate::TooFew { rows, least: options.least_rows }
    } else {
        association(&table).map_or(Estimate::undefined(Because::Constant), |found| {
            Estimate::with(found.cramers_v, association_interval(&column.categories, options))
        })
    };
    Measurement::new(LEAKAGE_CRAMER, estimate, rows)
}

/// The bootstrap interval of Cramér's V over the cells of category and label; none with more categories than pay.
fn association_interval(categories: &Categories, options: &Options) -> Option<Interval> {
    if categories.len() > RESAMPLED_CATEGORIES {
        return None;
    }
    let cells: Vec<u64> =
        categories.sorted().values().flat_map(|bin| [bin.positive.n, bin.negative.n]).collect();
    let workspace = || vec![vec![0.0; 2]; categories.len()];
    let draws = resample([&cells], 1, options, workspace, |table, [drawn], values| {
        for (row, counts) in table.iter_mut().zip(drawn.chunks_exact(2)) {
            row.iter_mut().zip(counts).for_each(|(cell, count)| *cell = size(*count));
        }
        values.fill(association(table).map_or(f64::NAN, |found| found.cramers_v));
    });
    draws.interval(0, options.level, 0.0, (0.0, 1.0))
}

/// The share of each group, and its difference from the expected one.
fn representation(
    tables: &Tables,
    options: &Options,
    expected: &BTreeMap<String, BTreeMap<String, f64>>,
) -> Vec<Measurement> {
    let views = Views::new(tables, None, Orientation::Favourable);
    let mut all = Vec::new();
    for view in &views.list {
        let Some(name) = &view.name else { continue };
        for group in views.groups.get(view.groups.clone()).unwrap_or_default() {
            let slice = Slice::group(name, &group.name);
            let estimate = rate(group.count, tables.rows, options.level, Because::NoRows);
            let declared = expected.get(name).and_then(|groups| {
                groups.iter().find(|(declared, _)| same_value(&group.name, declared)).map(|(_, share)| *share)
            });
            if let (Some(share), Estimate::Value(value)) = (declared, &estimate) {
                let interval = value.interval.map(|interval| Interval {
                    low: interval.low - share,
                    high: interval.high.map(|high| high - share),
                    ..interval
                });
                let difference = Estimate::with(value.value - share, interval);
                let measurement = Measurement::new(REPRESENTATION_DIFFERENCE, difference, tables.rows);
                all.push(measurement.of(slice.clone()));
            }
            all.push(Measurement::new(REPRESENTATION, estimate, tables.rows).of(slice));
        }
    }
    all
}

/// A rate of rows with Wilson's interval.
fn rate(hits: u64, rows: u64, level: f64, because: Because) -> Estimate {
    if rows == 0 {
        return Estimate::undefined(because);
    }
    Estimate::with(size(hits) / size(rows), wilson(size(hits), size(rows), level))
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn size(rows: u64) -> f64 {
    rows as f64
}

/// Beyond this many categories Cramér's V comes without an interval.
const RESAMPLED_CATEGORIES: usize = 256;
const MISSING: DefinitionId = DefinitionId::new("quality.missing_rate");
const CONSTANT: DefinitionId = DefinitionId::new("quality.constant");
const DUPLICATES: DefinitionId = DefinitionId::new("quality.duplicate_rows");
const OUT_OF_RANGE: DefinitionId = DefinitionId::new("quality.out_of_range_rate");
const UNEXPECTED: DefinitionId = DefinitionId::new("quality.unexpected_category_rate");
const NON_FINITE: DefinitionId = DefinitionId::new("quality.non_finite_rate");
const TYPE_SURPRISES: DefinitionId = DefinitionId::new("quality.type_surprise_rate");
const LEAKAGE_AUC: DefinitionId = DefinitionId::new("quality.leakage.auc");
const LEAKAGE_CRAMER: DefinitionId = DefinitionId::new("quality.leakage.cramers_v");
const REPRESENTATION: DefinitionId = DefinitionId::new("quality.representation");
const REPRESENTATION_DIFFERENCE: DefinitionId = DefinitionId::new("quality.representation_difference");
