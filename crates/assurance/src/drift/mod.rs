//! Drift: how far a current sample has moved from a reference, two data sets or two periods of one.
//!
//! Columns are compared by rows, not weights. With many rows every p-value is zero: gate on the distances.

pub mod bins;
mod columns;
pub mod distance;
mod exact;
mod outcomes;
mod resampling;

use crate::Tables;
use crate::calibration::segments;
use crate::cube::Value;
use crate::definition::DefinitionId;
use crate::histogram::{Histogram, Segment};
use crate::interval::newcombe::newcombe;
use crate::measure::Wanted;
use crate::measurement::{Because, Estimate, Measurement, Slice};
use crate::options::Options;
use crate::profile::ColumnProfile;
use crate::roles::FeatureKind;
use columns::{CURVES, of_categories, of_numbers};

pub use exact::exact_measurements;

/// The drift of every column, of the score, the label and the decisions, from one data set to another.
///
/// The score is compared like a column, under its own name, overall and within each group; within groups the
/// Kolmogorov–Smirnov statistic and the Wasserstein distances come without an interval, unless a check asks for one.
pub fn drift(reference: &Tables, current: &Tables, options: &Options) -> Vec<Measurement> {
    drift_of(reference, current, options, Wanted::ALL)
}

/// What is wanted of it.
pub(crate) fn drift_of(
    reference: &Tables,
    current: &Tables,
    options: &Options,
    wanted: Wanted<'_>,
) -> Vec<Measurement> {
    let sample = |tables| Sample { tables, period: None };
    between(&sample(reference), &sample(current), options, wanted)
}

/// The drift of each period from a reference period, in the order of the periods.
///
/// Empty when the reference period does not occur. The Kolmogorov–Smirnov statistic and the Wasserstein distances come
/// without an interval here, to keep many periods cheap; a check of one of them measures its interval.
pub fn drift_over_periods(tables: &Tables, reference: &str, options: &Options) -> Vec<Measurement> {
    drift_over_periods_of(tables, reference, options, Wanted::BINS)
}

/// What is wanted of it.
pub(crate) fn drift_over_periods_of(
    tables: &Tables,
    reference: &str,
    options: &Options,
    wanted: Wanted<'_>,
) -> Vec<Measurement> {
    let Some(base) = tables.cube.periods.iter().find(|period| period.is(reference)) else {
        return Vec::new();
    };
    let wanted = wanted.one_of_many(&CURVES);
    let others = tables.cube.periods.iter().filter(|period| *period != base);
    others
        .flat_map(|period| {
            let sample = |period| Sample { tables, period: Some(period) };
            let mut all = between(&sample(base), &sample(period), options, wanted);
            for measurement in &mut all {
                measurement.slice.period = Some(period.to_string());
                measurement.slice.reference = Some(base.to_string());
            }
            all
        })
        .collect()
}

/// One side of a comparison.
struct Sample<'a> {
    tables: &'a Tables,
    period: Option<&'a Value>,
}

impl Sample<'_> {
    fn column(&self, name: &str) -> Option<ColumnProfile> {
        match self.period {
            None => self.tables.column(name),
            Some(period) => self
                .tables
                .columns
                .iter()
                .find(|column| column.name == name && column.period == *period)
                .cloned(),
        }
    }

    fn scores(&self, segment: &Segment) -> Option<Histogram> {
        match self.period {
            None => self.tables.scores(segment),
            Some(period) => Some(self.tables.histogram(segment, period)?.scores.clone()),
        }
    }
}

/// Everything that can be compared between two samples.
fn between(
    reference: &Sample<'_>,
    current: &Sample<'_>,
    options: &Options,
    wanted: Wanted<'_>,
) -> Vec<Measurement> {
    let mut all = outcomes::of_outcomes(
        (reference.tables, reference.period),
        (current.tables, current.period),
        options,
    );
    let score = reference.tables.roles.score.as_ref().map(|score| score.column.clone());
    if let Some(score) = score {
        for (slice, _) in segments(reference.tables, reference.period) {
            let segment = segment_of(reference.tables, &slice);
            let (Some(x), Some(y)) = (
                segment.as_ref().and_then(|segment| reference.scores(segment)),
                segment.as_ref().and_then(|segment| current.scores(segment)),
            ) else {
                continue;
            };
            let slice = Slice { column: Some(score.clone()), ..slice };
            let wanted = if slice.attribute.is_some() { wanted.one_of_many(&CURVES) } else { wanted };
            all.extend(of_numbers(&x, &y, options, wanted, &slice));
        }
    }
    let names: std::collections::BTreeSet<&str> =
        reference.tables.columns.iter().map(|column| column.name.as_str()).collect();
    for name in names {
        if let (Some(x), Some(y)) = (reference.column(name), current.column(name)) {
            let slice = Slice::column(name);
            all.push(missing_rate_change(&x, &y, options, &slice));
            match x.kind {
                FeatureKind::Numeric => all.extend(of_numbers(&x.values, &y.values, options, wanted, &slice)),
                FeatureKind::Categorical => all.extend(of_categories(&x, &y, options, wanted, &slice)),
            }
        }
    }
    // A score that is also a feature would be measured twice under one name.
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|measurement| (wanted.of)(measurement.definition));
    all.retain(|measurement| seen.insert((measurement.definition, measurement.slice.clone())));
    all
}

/// The segment a slice describes.
fn segment_of(tables: &Tables, slice: &Slice) -> Option<Segment> {
    let segments = tables.histograms.iter().map(|histogram| &histogram.segment);
    segments
        .into_iter()
        .find(|segment| segment.attribute_name() == slice.attribute && segment.group_name() == slice.group)
        .cloned()
}

fn missing_rate_change(
    reference: &ColumnProfile,
    current: &ColumnProfile,
    options: &Options,
    slice: &Slice,
) -> Measurement {
    let side = |profile: &ColumnProfile| (count(profile.nulls), count(profile.rows));
    let estimate = change(side(current), side(reference), options.level);
    let rows = (reference.rows, current.rows);
    Measurement::new(MISSING, settled(rows, options, estimate), rows.0 + rows.1).of(slice.clone())
}

/// The difference of two rates with Newcombe's interval.
fn change((hits, rows): (f64, f64), (base_hits, base_rows): (f64, f64), level: f64) -> Estimate {
    if rows <= 0.0 || base_rows <= 0.0 {
        return Estimate::undefined(Because::EmptySample);
    }
    let interval = newcombe((hits, rows), (base_hits, base_rows), level);
    Estimate::with(hits / rows - base_hits / base_rows, interval)
}

/// The estimate, unless one of the samples has no value or too few.
fn settled((x, y): (u64, u64), options: &Options, estimate: Estimate) -> Estimate {
    let rows = x.min(y);
    if rows == 0 {
        Estimate::undefined(Because::EmptySample)
    } else if rows < options.least_rows {
        Estimate::TooFew { rows, least: options.least_rows }
    } else {
        estimate
    }
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn count(rows: u64) -> f64 {
    rows as f64
}

const MISSING: DefinitionId = DefinitionId::new("drift.missing_rate_change");

#[cfg(test)]
mod tests;
