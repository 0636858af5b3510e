//! Drift: how far a current sample has moved from a reference, two data sets or two periods of one.
//!
//! Columns are compared by rows, not weights. With many rows every p-value is zero: gate on the distances.

pub mod bins;
pub mod distance;
mod exact;
mod outcomes;

use std::collections::BTreeMap;

use crate::Tables;
use crate::calibration::segments;
use crate::cube::Value;
use crate::definition::DefinitionId;
use crate::histogram::{Bin, Histogram, Segment};
use crate::interval::{newcombe::newcombe, wilson::wilson};
use crate::measurement::{Because, Estimate, Measurement, Slice};
use crate::options::Options;
use crate::profile::ColumnProfile;
use crate::roles::FeatureKind;
use crate::significance::kolmogorov::kolmogorov_smirnov;
use bins::Paired;
use distance::{Binned, wasserstein};

pub use exact::exact_measurements;

/// The drift of every column, of the score, the label and the decisions, from one data set to another.
///
/// The score is compared like a column, under its own name, overall and within each group.
pub fn drift(reference: &Tables, current: &Tables, options: &Options) -> Vec<Measurement> {
    between(&Sample { tables: reference, period: None }, &Sample { tables: current, period: None }, options)
}

/// The drift of each period from a reference period, in the order of the periods.
///
/// Empty when the reference period does not occur.
pub fn drift_over_periods(tables: &Tables, reference: &str, options: &Options) -> Vec<Measurement> {
    let Some(base) = tables.cube.periods.iter().find(|period| period.is(reference)) else {
        return Vec::new();
    };
    let others = tables.cube.periods.iter().filter(|period| *period != base);
    others
        .flat_map(|period| {
            let sample = |period| Sample { tables, period: Some(period) };
            let mut all = between(&sample(base), &sample(period), options);
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
fn between(reference: &Sample<'_>, current: &Sample<'_>, options: &Options) -> Vec<Measurement> {
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
            all.extend(of_numbers(&x, &y, options, &slice));
        }
    }
    let names: std::collections::BTreeSet<&str> =
        reference.tables.columns.iter().map(|column| column.name.as_str()).collect();
    for name in names {
        if let (Some(x), Some(y)) = (reference.column(name), current.column(name)) {
            let slice = Slice::column(name);
            all.push(missing_rate_change(&x, &y, options, &slice));
            match x.kind {
                FeatureKind::Numeric => all.extend(of_numbers(&x.values, &y.values, options, &slice)),
                FeatureKind::Categorical => all.extend(of_categories(&x, &y, options, &slice)),
            }
        }
    }
    // A score that is also a feature would be measured twice under one name.
    let mut seen = std::collections::BTreeSet::new();
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

/// Every measure of two samples of a number.
fn of_numbers(
    reference: &Histogram,
    current: &Histogram,
    options: &Options,
    slice: &Slice,
) -> Vec<Measurement> {
    let paired = Paired::new(reference, current);
    let (x, y) = paired.rows();
    let new =
        |id, estimate| Measurement::new(id, settled((x, y), options, estimate), x + y).of(slice.clone());
    let deciles = paired.by_reference_quantiles(10);
    let mut all: Vec<Measurement> =
        of_bins(&deciles).into_iter().map(|(id, estimate)| new(id, estimate)).collect();
    all.push(new(PSI_WIDTH, Estimate::plain(paired.by_reference_width(10).stability_index())));
    all.push(new(PSI_STURGES, Estimate::plain(paired.by_sturges().stability_index())));
    let points = paired.points.iter().map(|(value, x, y)| (*value, count(*x), count(*y)));
    let widest = paired
        .binned
        .then(|| reference.error_bound().max(current.error_bound()))
        .filter(|bound| bound.is_finite());
    let test = kolmogorov_smirnov(points.clone().map(|(_, x, y)| (x, y)));
    all.push(new(
        KS,
        test.map_or(Estimate::undefined(Because::EmptySample), |test| {
            Estimate::tested(test.statistic, test.p_value)
        }),
    ));
    let distance = wasserstein(points.clone());
    all.push(new(
        WASSERSTEIN,
        distance.map_or(Estimate::undefined(Because::EmptySample), Estimate::plain).within(widest),
    ));
    let deviation = deviation(points.map(|(value, x, _)| (value, x)));
    let normalised = match (distance, deviation) {
        (Some(distance), Some(deviation)) if deviation > 0.0 => {
            Estimate::plain(distance / deviation).within(widest.map(|bound| bound / deviation))
        }
        (None, _) => Estimate::undefined(Because::EmptySample),
        _ => Estimate::undefined(Because::Constant),
    };
    all.push(new(WASSERSTEIN_NORMALISED, normalised));
    all
}

/// Every measure of two samples of a category; each category is a bin.
fn of_categories(
    reference: &ColumnProfile,
    current: &ColumnProfile,
    options: &Options,
    slice: &Slice,
) -> Vec<Measurement> {
    let (ours, theirs) = (reference.categories.sorted(), current.categories.sorted());
    let mut pairs: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (name, bin) in &ours {
        pairs.entry(name).or_default().0 += Bin::rows(bin);
    }
    for (name, bin) in &theirs {
        pairs.entry(name).or_default().1 += Bin::rows(bin);
    }
    let mut binned = Binned {
        reference: pairs.values().map(|(x, _)| count(*x)).collect(),
        current: pairs.values().map(|(_, y)| count(*y)).collect(),
    };
    // Categories beyond the limit share one bin: they are the same ones on both sides only if both kept all of them.
    let complete = reference.categories.complete() && current.categories.complete();
    binned.reference.push(count(reference.categories.rest.rows()));
    binned.current.push(count(current.categories.rest.rows()));
    let total = |profile: &ColumnProfile, sorted: &BTreeMap<&str, Bin>| {
        sorted.values().map(Bin::rows).sum::<u64>() + profile.categories.rest.rows()
    };
    let (x, y) = (total(reference, &ours), total(current, &theirs));
    let new = |id, estimate: Estimate, rows| {
        let estimate = if complete { estimate } else { Estimate::undefined(Because::TooManyCategories) };
        Measurement::new(id, settled((x, y), options, estimate), rows).of(slice.clone())
    };
    let mut all: Vec<Measurement> =
        of_bins(&binned).into_iter().map(|(id, estimate)| new(id, estimate, x + y)).collect();
    let index = Estimate::plain(binned.stability_index());
    all.extend([PSI_WIDTH, PSI_STURGES].map(|id| new(id, index.clone(), x + y)));
    let fresh: u64 =
        theirs.iter().filter(|(name, _)| !ours.contains_key(*name)).map(|(_, bin)| bin.rows()).sum();
    let interval = wilson(count(fresh), count(y), options.level);
    all.push(new(NEW_CATEGORIES, Estimate::with(count(fresh) / count(y), interval), y));
    all
}

/// The measures that need bins only.
fn of_bins(binned: &Binned) -> [(DefinitionId, Estimate); 7] {
    let divergence = binned.jensen_shannon();
    let (chi_square, cramers_v) = binned.association().map_or_else(
        || (Estimate::tested(0.0, 1.0), Estimate::plain(0.0)),
        |found| {
            (Estimate::tested(found.test.statistic, found.test.p_value), Estimate::plain(found.cramers_v))
        },
    );
    [
        (PSI, Estimate::plain(binned.stability_index())),
        (JENSEN_SHANNON, Estimate::plain(divergence)),
        (JENSEN_SHANNON_DISTANCE, Estimate::plain(divergence.sqrt())),
        (HELLINGER, Estimate::plain(binned.hellinger())),
        (TOTAL_VARIATION, Estimate::plain(binned.total_variation())),
        (CHI_SQUARE, chi_square),
        (CRAMERS_V, cramers_v),
    ]
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

/// The standard deviation, ddof 1, of values that occur this often; none below two rows.
fn deviation(points: impl Iterator<Item = (f64, f64)> + Clone) -> Option<f64> {
    let (rows, sum) =
        points.clone().fold((0.0, 0.0), |(rows, sum), (value, count)| (rows + count, sum + value * count));
    let mean = sum / rows;
    let squares: f64 = points.map(|(value, count)| count * (value - mean) * (value - mean)).sum();
    (rows > 1.0).then(|| (squares / (rows - 1.0)).sqrt())
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn count(rows: u64) -> f64 {
    rows as f64
}

const PSI: DefinitionId = DefinitionId::new("drift.psi.reference-deciles");
const PSI_WIDTH: DefinitionId = DefinitionId::new("drift.psi.equal-width.10");
const PSI_STURGES: DefinitionId = DefinitionId::new("drift.psi.sturges");
const JENSEN_SHANNON: DefinitionId = DefinitionId::new("drift.jensen_shannon.base2");
const JENSEN_SHANNON_DISTANCE: DefinitionId = DefinitionId::new("drift.jensen_shannon_distance.base2");
const HELLINGER: DefinitionId = DefinitionId::new("drift.hellinger");
const TOTAL_VARIATION: DefinitionId = DefinitionId::new("drift.total_variation");
const KS: DefinitionId = DefinitionId::new("drift.ks");
const CHI_SQUARE: DefinitionId = DefinitionId::new("drift.chi_square");
const CRAMERS_V: DefinitionId = DefinitionId::new("drift.cramers_v");
const WASSERSTEIN: DefinitionId = DefinitionId::new("drift.wasserstein");
const WASSERSTEIN_NORMALISED: DefinitionId = DefinitionId::new("drift.wasserstein_normalised");
const MISSING: DefinitionId = DefinitionId::new("drift.missing_rate_change");
const NEW_CATEGORIES: DefinitionId = DefinitionId::new("drift.new_category_share");

#[cfg(test)]
mod tests;
