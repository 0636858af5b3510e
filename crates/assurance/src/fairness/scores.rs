//! Fairness of scores: how well they rank and how well calibrated they are within each group.

use std::collections::BTreeMap;

use crate::Tables;
use crate::calibration::bins::{BinRule, curve};
use crate::calibration::{expected_error, segments};
use crate::cube::Value;
use crate::definition::{AUC_IDS, DefinitionId};
use crate::interval::delong::Area;
use crate::interval::normal_quantile;
use crate::measurement::{Because, Ends, Estimate, Interval, Measurement, Method, Slice};
use crate::options::Options;
use crate::scores::Scores;

/// AUC and calibration error of each group, AUC against the reference and over the groups.
pub(super) fn scores(tables: &Tables, options: &Options, period: Option<&Value>) -> Vec<Measurement> {
    if !tables.roles.binary() || tables.roles.score.is_none() {
        return Vec::new();
    }
    let mut by_attribute: BTreeMap<String, Vec<(String, Scores)>> = BTreeMap::new();
    for (slice, scores) in segments(tables, period) {
        if let (Some(attribute), Some(group)) = (slice.attribute, slice.group) {
            by_attribute.entry(attribute).or_default().push((group, scores));
        }
    }
    let name = period.map(ToString::to_string);
    let mut all: Vec<Measurement> = by_attribute
        .iter()
        .flat_map(|(attribute, groups)| of_attribute(tables, options, attribute, groups))
        .collect();
    for measurement in &mut all {
        measurement.slice.period.clone_from(&name);
    }
    all
}

fn of_attribute(
    tables: &Tables,
    options: &Options,
    attribute: &str,
    groups: &[(String, Scores)],
) -> Vec<Measurement> {
    let weighted = tables.weighted;
    let mut all = Vec::new();
    for (group, scores) in groups {
        let slice = Slice::group(attribute, group);
        let estimate = match area_of(scores, options.least_rows) {
            Ok(area) => {
                let interval = area.interval(options.level).map(|interval| interval.weighted(weighted));
                Estimate::with(area.area, interval).within(scores.area_bound())
            }
            Err(estimate) => estimate,
        };
        all.push(Measurement::new(AUC_IDS.value, estimate, scores.rows).of(slice.clone()));
        if tables.roles.score.as_ref().is_some_and(|score| score.probability) {
            let estimate = match too_few(scores, options.least_rows) {
                Some(estimate) => estimate,
                None if !scores.probabilities => Estimate::undefined(Because::NotProbabilities),
                None => Estimate::plain(expected_error(&curve(scores, BinRule::EqualMass(10))))
                    .within(scores.score_bound()),
            };
            all.push(Measurement::new(ECE, estimate, scores.rows).of(slice));
        }
    }
    all.extend(against_reference(tables, options, attribute, groups));
    all.extend(over_groups(options, attribute, groups));
    all
}

/// Difference and ratio of each group's AUC against the declared reference.
fn against_reference(
    tables: &Tables,
    options: &Options,
    attribute: &str,
    groups: &[(String, Scores)],
) -> Vec<Measurement> {
    let Some(declared) = declared_reference(tables, attribute) else { return Vec::new() };
    let Some((reference, theirs)) = groups.iter().find(|(group, _)| same_group(group, &declared)) else {
        let slice = Slice::attribute(attribute).against(&declared.join("+"));
        return [AUC_IDS.difference, AUC_IDS.ratio]
            .map(|id| {
                Measurement::new(id, Estimate::undefined(Because::ReferenceAbsent), 0).of(slice.clone())
            })
            .into();
    };
    let mut all = Vec::new();
    for (group, ours) in groups.iter().filter(|(group, _)| group != reference) {
        let sides = area_of(ours, options.least_rows)
            .and_then(|ours| Ok((ours, area_of(theirs, options.least_rows)?)));
        let (difference, ratio) = match sides {
            Ok((ours, theirs)) => (
                Estimate::with(
                    ours.area - theirs.area,
                    difference_interval(ours, theirs, options.level)
                        .map(|interval| interval.weighted(tables.weighted)),
                ),
                Estimate::ratio(ours.area, theirs.area, Because::ReferenceIsZero),
            ),
            Err(estimate) => (estimate.clone(), estimate),
        };
        for (id, estimate) in [(AUC_IDS.difference, difference), (AUC_IDS.ratio, ratio)] {
            let slice = Slice::group(attribute, group).against(reference);
            all.push(Measurement::new(id, estimate, ours.rows).of(slice));
        }
    }
    all
}

/// Spread, least to greatest, and worst group.
fn over_groups(options: &Options, attribute: &str, groups: &[(String, Scores)]) -> Vec<Measurement> {
    let mut areas: Vec<(&str, f64, u64)> = Vec::new();
    let mut left_out = Vec::new();
    for (group, scores) in groups {
        match area_of(scores, options.least_rows) {
            Ok(area) => areas.push((group, area.area, scores.rows)),
            Err(_) => left_out.push(group.clone()),
        }
    }
    let lowest = areas.iter().min_by(|a, b| a.1.total_cmp(&b.1)).copied();
    let highest = areas.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1)).copied();
    let rows = areas.iter().map(|(_, _, rows)| rows).sum();
    let (spread, ratio, worst) = match (lowest, highest) {
        (Some(lowest), Some(highest)) if areas.len() >= 2 => (
            Estimate::plain(highest.1 - lowest.1),
            Estimate::ratio(lowest.1, highest.1, Because::AllZero),
            Estimate::plain(lowest.1),
        ),
        _ => {
            let estimate = if groups.len() < 2 {
                Estimate::undefined(Because::FewerThanTwoGroups)
            } else {
                Estimate::TooFew { rows, least: options.least_rows }
            };
            (estimate.clone(), estimate.clone(), estimate)
        }
    };
    let ends = lowest
        .zip(highest)
        .map(|(lowest, highest)| Ends { lowest: lowest.0.to_owned(), highest: highest.0.to_owned() });
    let whole = Slice::attribute(attribute);
    let worst_slice = lowest.map_or_else(|| whole.clone(), |lowest| Slice::group(attribute, lowest.0));
    [
        (AUC_IDS.spread, spread, whole.clone(), ends.clone()),
        (AUC_IDS.min_ratio, ratio, whole, ends),
        (AUC_IDS.worst, worst, worst_slice, None),
    ]
    .into_iter()
    .map(|(id, estimate, slice, ends)| {
        let mut measurement = Measurement::new(id, estimate, rows).of(slice);
        measurement.left_out.clone_from(&left_out);
        measurement.ends = ends;
        measurement
    })
    .collect()
}

/// The interval of the difference of two independent areas: their variances add.
fn difference_interval(ours: Area, theirs: Area, level: f64) -> Option<Interval> {
    let reach = normal_quantile(level) * (ours.variance? + theirs.variance?).sqrt();
    let difference = ours.area - theirs.area;
    let (low, high) = ((difference - reach).max(-1.0), (difference + reach).min(1.0));
    Some(Interval::between(low, high, level, Method::DeLong))
}

/// The area, or why there is none.
pub(crate) fn area_of(scores: &Scores, least: u64) -> Result<Area, Estimate> {
    if let Some(estimate) = too_few(scores, least) {
        return Err(estimate);
    }
    scores.area().ok_or_else(|| Estimate::undefined(Because::OneLabel))
}

fn too_few(scores: &Scores, least: u64) -> Option<Estimate> {
    match scores.rows {
        0 => Some(Estimate::undefined(Because::NoRows)),
        rows if rows < least => Some(Estimate::TooFew { rows, least }),
        _ => None,
    }
}

/// The declared reference of each attribute of an intersection; none unless all declare one.
fn declared_reference(tables: &Tables, attribute: &str) -> Option<Vec<String>> {
    let names: Vec<&str> = match tables.cube.attribute(attribute) {
        Some(_) => vec![attribute],
        None => attribute.split('+').collect(),
    };
    let reference = |name: &str| {
        let index = tables.cube.attribute(name)?;
        tables.cube.attributes.get(index)?.reference.clone()
    };
    names.into_iter().map(reference).collect()
}

/// Whether a group's name is the reference's, value by value.
fn same_group(group: &str, declared: &[String]) -> bool {
    match declared {
        [single] => crate::roles::same_value(group, single),
        several => group == several.join("+"),
    }
}

/// What [`scores`] measures.
pub(super) const DEFINITIONS: [DefinitionId; 7] =
    [AUC_IDS.value, AUC_IDS.difference, AUC_IDS.ratio, AUC_IDS.spread, AUC_IDS.min_ratio, AUC_IDS.worst, ECE];
const ECE: DefinitionId = DefinitionId::new("fairness.ece.equal-mass.10");
