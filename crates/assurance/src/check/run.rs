//! Running a check: measuring what it asks for, at the level it asks for, and judging that.

use super::judge::not_measured;
use super::kind::resolve;
use super::{Check, Correction, Judged, NotMeasured};
use crate::Tables;
use crate::calibration::calibration_of;
use crate::definition::{DefinitionId, Family};
use crate::drift::{drift_of, drift_over_periods_of};
use crate::measure::{Wanted, drift, drift_over_periods, fairness_of, measure_all, quality_with};
use crate::measurement::Measurement;
use crate::options::Options;
use crate::performance::performance_of;

/// What a check can be run on.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// The tables under assessment.
    pub tables: &'a Tables,
    /// Another data set they are compared with.
    pub reference: Option<&'a Tables>,
    /// The period of the tables that the others are compared with, when there is no other data set.
    pub reference_period: Option<&'a str>,
}

/// Measures what the check asks for and judges it.
///
/// When the whole interval must pass and the threshold corrects for many groups, the interval of each of `m` groups is
/// measured at the Bonferroni level `1 − (1 − level) / m`.
pub fn run(check: &Check, data: Data<'_>, options: &Options) -> Judged {
    let Some((kind, definition)) = resolve(&check.check, check.rule.as_deref()) else {
        return not_measured(NotMeasured::UnknownCheck);
    };
    if kind.family == Family::Drift && data.reference.is_none() && data.reference_period.is_none() {
        return not_measured(NotMeasured::NothingToCompareWith);
    }
    let measurements = measure(check, kind.family, definition, data, options);
    if check.threshold.correct == Correction::None || !check.threshold.whole_interval {
        return check.judge(&measurements);
    }
    let compared = measurements
        .iter()
        .filter(|measurement| measurement.definition == definition && measurement.value().is_some())
        .filter(|measurement| check.of.selects(&measurement.slice, kind.family))
        .count();
    let widened = Options { level: check.level(options.level, compared), ..*options };
    check.judge(&measure(check, kind.family, definition, data, &widened))
}

/// The measurements of the check's family, of its period when it names one.
fn measure(
    check: &Check,
    family: Family,
    definition: DefinitionId,
    data: Data<'_>,
    options: &Options,
) -> Vec<Measurement> {
    let tables = data.tables;
    let period = match &check.of.period {
        None => None,
        Some(name) => match tables.cube.periods.iter().find(|period| period.is(name)) {
            Some(period) => Some(period),
            // A period that does not occur holds nothing.
            None => return Vec::new(),
        },
    };
    let wanted = Wanted { of: &|id| id == definition, curves: true, many: true };
    match family {
        Family::Performance => performance_of(tables, options, period, wanted),
        Family::Calibration => calibration_of(tables, options, period, wanted),
        Family::Fairness => fairness_of(tables, options, period, &|id| id == definition),
        Family::Quality => quality_with(tables, options, &check.expected_shares()),
        Family::Drift => match (data.reference, data.reference_period) {
            (Some(reference), _) => drift_of(reference, tables, options, wanted),
            (None, Some(reference)) => drift_over_periods_of(tables, reference, options, wanted),
            (None, None) => Vec::new(),
        },
    }
}

/// Judges many checks by one set of measurements, made once: faster than running each, without widened intervals.
pub fn judge_all(checks: &[Check], data: Data<'_>, options: &Options) -> Vec<Judged> {
    let mut measurements = measure_all(data.tables, options);
    match (data.reference, data.reference_period) {
        (Some(reference), _) => measurements.extend(drift(reference, data.tables, options)),
        (None, Some(reference)) => measurements.extend(drift_over_periods(data.tables, reference, options)),
        (None, None) => {}
    }
    // What an overview leaves without an interval, a check by itself gets.
    let compared = data.reference.is_some() || data.reference_period.is_some();
    checks
        .iter()
        .map(|check| {
            let needs_own = check.of.period.is_some()
                || !check.expected.is_empty()
                || (check.threshold.whole_interval
                    && (check.threshold.correct != Correction::None || compared));
            if needs_own { run(check, data, options) } else { check.judge(&measurements) }
        })
        .collect()
}
