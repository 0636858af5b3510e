//! Judging: measurements against bounds.

use super::kind::resolve;
use super::{Check, Compare, Correction, Judged, NotMeasured, Outcome, Selection, TooLittle};
use crate::definition::Family;
use crate::measurement::{Estimate, Measurement, Slice};

impl Check {
    /// Judges the check by measurements that were made before.
    ///
    /// Groups with too few rows, or whose value is undefined, are left out by name and decide nothing; if none is left,
    /// there is too little data, or nothing was measured. With the whole interval asked for and none outside the bounds,
    /// an interval that straddles a bound means too little data. Intervals are taken as they are: to widen them for the
    /// number of groups, measure at [`Check::level`], as [`super::run`] does.
    pub fn judge(&self, measurements: &[Measurement]) -> Judged {
        let Some((kind, definition)) = resolve(&self.check, self.rule.as_deref()) else {
            return not_measured(NotMeasured::UnknownCheck);
        };
        let Some(bounds) = self.threshold.bounds() else { return not_measured(NotMeasured::NoThreshold) };
        let selected: Vec<&Measurement> = measurements
            .iter()
            .filter(|measurement| measurement.definition == definition)
            .filter(|measurement| self.of.selects(&measurement.slice, kind.family))
            .collect();
        let (mut readings, mut left_out) = (Vec::new(), Vec::new());
        for measurement in selected {
            match self.reading(measurement) {
                Reading::Comparable(low, value, high) => {
                    readings.push((
                        margins(low, value, high, bounds, self.threshold.whole_interval),
                        measurement,
                    ));
                }
                Reading::LeftOut(reason) => left_out.push((reason, measurement)),
                Reading::Impossible(because) => return not_measured(because),
            }
        }
        decide(readings, &left_out)
    }

    /// The level at which intervals must be measured so that looking at this many groups is allowed for.
    pub fn level(&self, level: f64, groups: usize) -> f64 {
        if self.threshold.correct == Correction::None || !self.threshold.whole_interval {
            return level;
        }
        let groups = u32::try_from(groups.max(1)).unwrap_or(u32::MAX);
        1.0 - (1.0 - level) / f64::from(groups)
    }

    /// What of a measurement is compared.
    fn reading(&self, measurement: &Measurement) -> Reading {
        if self.threshold.least_rows.is_some_and(|least| measurement.rows < least) {
            return Reading::LeftOut(Reason::TooFew);
        }
        if let Estimate::TooFew { .. } = measurement.estimate {
            return Reading::LeftOut(Reason::TooFew);
        }
        if self.threshold.compare == Compare::PValue {
            return match (measurement.p_value(), &measurement.estimate) {
                (Some((p_value, adjusted)), _) => {
                    let p_value = match self.threshold.correct {
                        Correction::None => p_value,
                        Correction::Holm => adjusted.map_or(p_value, |adjusted| adjusted.holm),
                        Correction::BenjaminiHochberg => {
                            adjusted.map_or(p_value, |adjusted| adjusted.benjamini_hochberg)
                        }
                    };
                    Reading::Comparable(p_value, p_value, p_value)
                }
                (None, Estimate::Undefined { because, .. }) => {
                    Reading::LeftOut(Reason::Undefined(NotMeasured::Undefined(*because)))
                }
                (None, _) => Reading::Impossible(NotMeasured::NoPValue),
            };
        }
        match &measurement.estimate {
            Estimate::Undefined { because, .. } => {
                Reading::LeftOut(Reason::Undefined(NotMeasured::Undefined(*because)))
            }
            Estimate::TooFew { .. } => Reading::LeftOut(Reason::TooFew),
            Estimate::Value(value) => match (self.threshold.whole_interval, value.interval) {
                (true, Some(interval)) => Reading::Comparable(interval.low, value.value, interval.upper()),
                (true, None) => Reading::Impossible(NotMeasured::NoInterval),
                (false, _) => Reading::Comparable(value.value, value.value, value.value),
            },
        }
    }
}

impl Selection {
    /// The attribute or intersection as slices write it.
    pub(super) fn attribute_name(&self) -> Option<String> {
        self.attribute.clone().or_else(|| self.intersection.as_ref().map(|names| names.join("+")))
    }

    /// Whether a slice is one of those selected.
    pub(super) fn selects(&self, slice: &Slice, family: Family) -> bool {
        let attribute = match (self.attribute_name(), family) {
            (Some(name), _) => slice.attribute.as_ref() == Some(&name),
            (None, Family::Fairness | Family::Quality) => true,
            (None, _) => slice.attribute.is_none(),
        };
        let agrees = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
        attribute
            && agrees(&self.group, &slice.group)
            && agrees(&self.reference, &slice.reference)
            && agrees(&self.column, &slice.column)
            && agrees(&self.period, &slice.period)
    }
}

/// What came of reading a measurement.
enum Reading {
    /// The lower end, the value and the upper end.
    Comparable(f64, f64, f64),
    LeftOut(Reason),
    Impossible(NotMeasured),
}

/// Why a measurement is left out.
#[derive(Clone, Copy, PartialEq)]
enum Reason {
    TooFew,
    Undefined(NotMeasured),
}

/// How far a measurement is inside (positive) or outside (negative) the bounds.
#[derive(Clone, Copy)]
struct Margins {
    /// Of the end that is worst off: negative when something lies outside.
    worst: f64,
    /// Of the end that is best off against the bound it breaks: negative when everything lies outside.
    best: f64,
}

fn margins(low: f64, value: f64, high: f64, bounds: (f64, f64), whole: bool) -> Margins {
    let inside = |point: f64| (point - bounds.0).min(bounds.1 - point);
    if whole {
        let worst = inside(low).min(inside(high));
        // The interval lies entirely outside when it ends below the least or begins above the greatest.
        let best = (high - bounds.0).min(bounds.1 - low);
        Margins { worst, best }
    } else {
        let margin = inside(value);
        Margins { worst: margin, best: margin }
    }
}

/// The outcome of all readings together.
fn decide(mut readings: Vec<(Margins, &Measurement)>, left_out: &[(Reason, &Measurement)]) -> Judged {
    readings.sort_by(|a, b| a.0.worst.total_cmp(&b.0.worst));
    let named: Vec<Measurement> = left_out.iter().map(|(_, measurement)| (*measurement).clone()).collect();
    let those = |wanted: &dyn Fn(&Margins) -> bool| -> Vec<Measurement> {
        let chosen = readings.iter().filter(|(margins, _)| wanted(margins));
        chosen.map(|(_, measurement)| (*measurement).clone()).collect()
    };
    let failed = those(&|margins| margins.best < 0.0);
    let straddling = those(&|margins| margins.best >= 0.0 && margins.worst < 0.0);
    let (outcome, deciding) = if !failed.is_empty() {
        (Outcome::Fail, failed)
    } else if !straddling.is_empty() {
        (Outcome::TooLittleData { because: TooLittle::IntervalStraddles }, straddling)
    } else if let Some((_, closest)) = readings.first() {
        (Outcome::Pass, vec![(*closest).clone()])
    } else if left_out.iter().any(|(reason, _)| *reason == Reason::TooFew) {
        (Outcome::TooLittleData { because: TooLittle::TooFewRows }, Vec::new())
    } else {
        let because = left_out.iter().find_map(|(reason, _)| match reason {
            Reason::Undefined(because) => Some(*because),
            Reason::TooFew => None,
        });
        (Outcome::NotMeasured { because: because.unwrap_or(NotMeasured::NothingSelected) }, Vec::new())
    };
    Judged { outcome, deciding, left_out: named }
}

pub(super) fn not_measured(because: NotMeasured) -> Judged {
    Judged { outcome: Outcome::NotMeasured { because }, deciding: Vec::new(), left_out: Vec::new() }
}
