//! Which measurements a reader sees first, and in what order.
//!
//! Documents hold every measurement; this only sorts them: the few that a committee asks about, and the rest.

use std::cmp::Ordering;

use dualtrack_assurance::{Family, Measurement};

use crate::labels::definition_family;

/// Measurements of one family: the ones to show first, and the others.
pub(crate) struct FamilyOf<'a> {
    /// The family.
    pub(crate) family: Family,
    /// Shown first.
    pub(crate) first: Vec<&'a Measurement>,
    /// Shown on demand.
    pub(crate) rest: Vec<&'a Measurement>,
}

/// The families that were measured, in the order a reader asks for them.
pub(crate) fn by_family(measurements: &[Measurement]) -> Vec<FamilyOf<'_>> {
    [Family::Performance, Family::Calibration, Family::Fairness, Family::Drift, Family::Quality]
        .into_iter()
        .map(|family| {
            let of_family = || measurements.iter().filter(|one| definition_family(one) == Some(family));
            let (first, rest) =
                of_family().partition(|one| is_first(one) || is_greatest_drift(one, of_family()));
            FamilyOf { family, first, rest }
        })
        .filter(|family| !family.first.is_empty() || !family.rest.is_empty())
        .collect()
}

/// Of all rows and periods, or the comparison of groups that ordinances and practice ask about.
fn is_first(measurement: &Measurement) -> bool {
    let slice = &measurement.slice;
    let id = measurement.definition.as_str();
    let whole = slice.group.is_none() && slice.bin.is_none() && slice.period.is_none();
    if FIRST_OF_ALL.contains(&id) {
        return whole && slice.attribute.is_none();
    }
    FIRST_OF_GROUPS.contains(&id) && slice.period.is_none()
}

/// Of a column compared over many periods, the period that moved most.
fn is_greatest_drift<'a>(one: &Measurement, mut others: impl Iterator<Item = &'a Measurement>) -> bool {
    let key = |measurement: &Measurement| {
        let slice = &measurement.slice;
        (slice.attribute.clone(), slice.group.clone(), slice.column.clone())
    };
    if one.definition.as_str() != FIRST_OF_COLUMNS || one.slice.attribute.is_some() {
        return false;
    }
    let Some(value) = one.value() else { return false };
    !others.any(|other| {
        let same = other.definition == one.definition && key(other) == key(one);
        same && other.value().is_some_and(|rival| match rival.total_cmp(&value) {
            Ordering::Greater => true,
            // Of equals, the earliest stands for all.
            Ordering::Equal => other.slice.period < one.slice.period,
            Ordering::Less => false,
        })
    })
}

const FIRST_OF_ALL: [&str; 13] = [
    "performance.auc",
    "performance.gini",
    "performance.ks",
    "performance.brier",
    "performance.accuracy",
    "performance.balanced_accuracy",
    "performance.precision",
    "performance.recall",
    "calibration.ece.equal-mass.10",
    "calibration.slope",
    "calibration.in_the_large",
    "quality.duplicate_rows",
    "performance.rmse",
];
const FIRST_OF_GROUPS: [&str; 3] =
    ["fairness.selection_rate", "fairness.demographic_parity_ratio", "fairness.equal_opportunity_difference"];
const FIRST_OF_COLUMNS: &str = "drift.psi.reference-deciles";
