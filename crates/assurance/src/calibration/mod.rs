//! Calibration: whether a score of 0.3 means that three in ten have the event, overall and within groups.
//!
//! Only for scores declared to be probabilities; positive is the event.

pub mod bins;
pub mod recalibration;
pub(crate) mod resampling;

use crate::Tables;
use crate::cube::{Orientation, Value};
use crate::definition::DefinitionId;
use crate::fairness::views::Views;
use crate::histogram::Segment;
use crate::interval::{normal_quantile, wilson::wilson};
use crate::measure::Wanted;
use crate::measurement::{Because, BinPoint, Estimate, Interval, Measurement, Method, Slice};
use crate::options::Options;
use crate::scores::Scores;
use crate::significance::{Test, chi_square::upper_tail};
use bins::{BinRule, CurveBin, curve};
use recalibration::recalibrate;

/// Every calibration measurement, over all periods, of all rows and of each group.
///
/// Empty unless the score is declared to be a probability and the label to have a positive value.
pub fn calibration(tables: &Tables, options: &Options) -> Vec<Measurement> {
    calibration_in(tables, options, None)
}

/// The same, in one period.
pub fn calibration_in(tables: &Tables, options: &Options, period: Option<&Value>) -> Vec<Measurement> {
    calibration_of(tables, options, period, Wanted::ALL)
}

/// What is wanted of it.
pub(crate) fn calibration_of(
    tables: &Tables,
    options: &Options,
    period: Option<&Value>,
    wanted: Wanted<'_>,
) -> Vec<Measurement> {
    if !tables.roles.binary() || !tables.roles.score.as_ref().is_some_and(|score| score.probability) {
        return Vec::new();
    }
    let name = period.map(ToString::to_string);
    segments(tables, period)
        .iter()
        .flat_map(|(slice, scores)| {
            of_scores(scores, tables.weighted, options, wanted, &slice.clone().during(name.as_deref()))
        })
        .filter(|measurement| (wanted.of)(measurement.definition))
        .collect()
}

/// The scores of all rows and of each group, with their slices.
pub(crate) fn segments(tables: &Tables, period: Option<&Value>) -> Vec<(Slice, Scores)> {
    let effects = design_effects(tables, period);
    let mut segments: Vec<&Segment> = tables
        .histograms
        .iter()
        .filter(|histogram| period.is_none_or(|period| histogram.period == *period))
        .map(|histogram| &histogram.segment)
        .collect();
    segments.sort();
    segments.dedup();
    segments
        .into_iter()
        .filter_map(|segment| {
            let slice = Slice {
                attribute: segment.attribute_name(),
                group: segment.group_name(),
                ..Slice::default()
            };
            let effect = effects
                .iter()
                .find(|(attribute, group, _)| {
                    (attribute.as_ref(), Some(group)) == (slice.attribute.as_ref(), slice.group.as_ref())
                        || (attribute.is_none() && slice.attribute.is_none())
                })
                .map_or(1.0, |(_, _, effect)| *effect);
            Some((slice, Scores::of(tables, segment, period, effect)?))
        })
        .collect()
}

/// The design effect of each group of each view; all ones, and so none listed, without weights.
pub(crate) fn design_effects(tables: &Tables, period: Option<&Value>) -> Vec<(Option<String>, String, f64)> {
    if !tables.weighted {
        return Vec::new();
    }
    let views = Views::new(tables, period, Orientation::Event);
    views
        .list
        .iter()
        .flat_map(|view| {
            let groups = views.groups.get(view.groups.clone()).unwrap_or_default();
            groups.iter().map(|group| (view.name.clone(), group.name.clone(), group.design_effect))
        })
        .collect()
}

/// Everything there is to say of one set of scores.
fn of_scores(
    scores: &Scores,
    weighted: bool,
    options: &Options,
    wanted: Wanted<'_>,
    slice: &Slice,
) -> Vec<Measurement> {
    let few = scores.rows < options.least_rows && scores.rows > 0;
    let settled = if scores.rows == 0 {
        Some(Estimate::undefined(Because::NoRows))
    } else if few {
        Some(Estimate::TooFew { rows: scores.rows, least: options.least_rows })
    } else if !scores.probabilities {
        Some(Estimate::undefined(Because::NotProbabilities))
    } else {
        None
    };
    if let Some(estimate) = settled {
        let ids = CURVES.iter().flat_map(|(_, ece, mce, _)| [*ece, *mce]);
        let ids = ids.chain([IN_THE_LARGE, SLOPE, INTERCEPT, HOSMER_LEMESHOW]);
        return ids.map(|id| Measurement::new(id, estimate.clone(), scores.rows).of(slice.clone())).collect();
    }
    let bound = scores.score_bound();
    let new = |id, estimate: Estimate| Measurement::new(id, estimate, scores.rows).of(slice.clone());
    let mut all = vec![new(IN_THE_LARGE, in_the_large(scores, weighted, options.level).within(bound))];
    for (rule, ece, mce, reliability) in CURVES {
        let bins = curve(scores, rule);
        let largest = bins.iter().map(CurveBin::gap).fold(0.0, f64::max);
        let resampled = wanted.any(&[ece, mce]);
        let found =
            if resampled { resampling::intervals(scores, &bins, weighted, options) } else { [None; 2] };
        for ((id, value), interval) in [(ece, expected_error(&bins)), (mce, largest)].into_iter().zip(found) {
            all.push(new(id, Estimate::with(value, interval).within(bound)));
        }
        all.extend(bins.iter().map(|bin| point(bin, reliability, scores, weighted, options, slice)));
    }
    let fit = if wanted.any(&[SLOPE, INTERCEPT]) { recalibrate(scores) } else { None };
    for (id, part) in [
        (SLOPE, fit.map(|fit| (fit.slope, fit.slope_error))),
        (INTERCEPT, fit.map(|fit| (fit.intercept, fit.intercept_error))),
    ] {
        let estimate = part.map_or_else(
            || Estimate::undefined(Because::NoFit),
            |(value, error)| Estimate::with(value, wald(value, error, options.level, weighted)),
        );
        all.push(new(id, estimate));
    }
    let test = hosmer_lemeshow(&curve(scores, BinRule::EqualMass(10)));
    let estimate = test.map_or_else(
        || Estimate::undefined(Because::Constant),
        |test| Estimate::tested(test.statistic, test.p_value),
    );
    all.push(new(HOSMER_LEMESHOW, estimate));
    all
}

/// Σ over bins of the share of rows times the gap.
pub fn expected_error(bins: &[CurveBin]) -> f64 {
    let total: f64 = bins.iter().map(|bin| bin.weight).sum();
    bins.iter().map(|bin| bin.weight * bin.gap()).sum::<f64>() / total
}

/// The Hosmer–Lemeshow test of these bins; none with fewer than three bins.
///
/// Chi-square with bins − 2 degrees of freedom; a bin whose mean score is 0 or 1 is left out. It counts rows, not
/// weights: weighted bins are scaled to their rows.
#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
pub fn hosmer_lemeshow(bins: &[CurveBin]) -> Option<Test> {
    let used = bins.iter().filter(|bin| bin.mean_score > 0.0 && bin.mean_score < 1.0);
    let degrees = used.clone().count().checked_sub(2).filter(|degrees| *degrees > 0)?;
    let statistic = used
        .map(|bin| {
            let gap = bin.mean_label - bin.mean_score;
            bin.rows as f64 * gap * gap / (bin.mean_score * (1.0 - bin.mean_score))
        })
        .sum();
    Some(Test { statistic, p_value: upper_tail(statistic, degrees as f64) })
}

/// Mean label minus mean score, with the Wald interval of the mean of their differences.
#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn in_the_large(scores: &Scores, weighted: bool, level: f64) -> Estimate {
    let (mut weight, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for bin in &scores.bins {
        weight += bin.weight();
        sum += bin.positive - bin.weight() * bin.score;
        squares += bin.positive * (1.0 - bin.score).powi(2) + bin.negative * bin.score.powi(2);
    }
    let mean = sum / weight;
    let variance = (squares / weight - mean * mean).max(0.0);
    let size = scores.rows as f64 / scores.design_effect;
    let error = (variance / (size - 1.0)).sqrt();
    Estimate::with(mean, wald(mean, error, level, weighted))
}

/// The Wald interval of an estimate; none if the error is not a number.
pub(crate) fn wald(value: f64, error: f64, level: f64, weighted: bool) -> Option<Interval> {
    let reach = normal_quantile(level) * error;
    let interval = Interval::between(value - reach, value + reach, level, Method::Wald);
    reach.is_finite().then(|| interval.weighted(weighted))
}

/// One point of the reliability curve.
#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn point(
    bin: &CurveBin,
    id: DefinitionId,
    scores: &Scores,
    weighted: bool,
    options: &Options,
    slice: &Slice,
) -> Measurement {
    let estimate = if bin.rows < options.least_rows {
        Estimate::TooFew { rows: bin.rows, least: options.least_rows }
    } else {
        let rows = bin.rows as f64 / scores.design_effect;
        let interval = wilson(bin.mean_label * rows, rows, options.level);
        Estimate::with(bin.mean_label, interval.map(|interval| interval.weighted(weighted)))
    };
    let mut measurement =
        Measurement::new(id, estimate, bin.rows).of(slice.clone().bin(bin.place.to_string()));
    measurement.point = Some(BinPoint { low: bin.low, high: bin.high, mean_score: bin.mean_score });
    measurement
}

/// Each bin rule with its expected error, maximum error and curve.
const CURVES: [(BinRule, DefinitionId, DefinitionId, DefinitionId); 4] = [
    (
        BinRule::EqualWidth(10),
        DefinitionId::new("calibration.ece.equal-width.10"),
        DefinitionId::new("calibration.mce.equal-width.10"),
        DefinitionId::new("calibration.reliability.equal-width.10"),
    ),
    (
        BinRule::EqualWidth(15),
        DefinitionId::new("calibration.ece.equal-width.15"),
        DefinitionId::new("calibration.mce.equal-width.15"),
        DefinitionId::new("calibration.reliability.equal-width.15"),
    ),
    (
        BinRule::EqualMass(10),
        DefinitionId::new("calibration.ece.equal-mass.10"),
        DefinitionId::new("calibration.mce.equal-mass.10"),
        DefinitionId::new("calibration.reliability.equal-mass.10"),
    ),
    (
        BinRule::EqualMass(15),
        DefinitionId::new("calibration.ece.equal-mass.15"),
        DefinitionId::new("calibration.mce.equal-mass.15"),
        DefinitionId::new("calibration.reliability.equal-mass.15"),
    ),
];
const IN_THE_LARGE: DefinitionId = DefinitionId::new("calibration.in_the_large");
const SLOPE: DefinitionId = DefinitionId::new("calibration.slope");
const INTERCEPT: DefinitionId = DefinitionId::new("calibration.intercept");
const HOSMER_LEMESHOW: DefinitionId = DefinitionId::new("calibration.hosmer_lemeshow.10");
