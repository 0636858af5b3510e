//! Fairness: how decisions and scores differ between groups of people, per attribute and for intersections.
//!
//! Positive is what is good for the person. Rates, differences and ratios get closed-form intervals; everything else,
//! and everything when asked, gets percentiles of one bootstrap that draws the cells of the full cube once a replicate.

mod plan;
mod program;
mod scores;
mod sheet;
mod significance;
mod statistic;
pub(crate) mod views;

use crate::Tables;
use crate::bootstrap::replicate;
use crate::confusion::Rate;
use crate::cube::{Orientation, Value};
use crate::definition::DefinitionId;
use crate::interval::{newcombe, ratio, wilson};
use crate::measurement::{Estimate, Interval, Measurement};
use crate::options::{Intervals, Options};
use plan::{Plan, Planned};
use program::Program;
use sheet::Sheet;
use statistic::Statistic;
use views::Views;

/// Every fairness measurement of the tables, over all periods.
///
/// Empty unless the label and the decision declare what is favourable and at least one attribute is declared.
pub fn fairness(tables: &Tables, options: &Options) -> Vec<Measurement> {
    fairness_of(tables, options, None, &|_| true)
}

/// The fairness measurements whose definition is wanted, in one period or over all of them.
pub fn fairness_of(
    tables: &Tables,
    options: &Options,
    period: Option<&Value>,
    wanted: &dyn Fn(DefinitionId) -> bool,
) -> Vec<Measurement> {
    if tables.cube.attributes.is_empty() {
        return Vec::new();
    }
    let name = period.map(ToString::to_string);
    let mut measurements = Vec::new();
    if tables.roles.decision.is_some() {
        let views = Views::new(tables, period, Orientation::Favourable);
        measurements = decisions(&views, tables.weighted, options, name.as_deref(), wanted);
        if significance::DEFINITIONS.into_iter().any(wanted) {
            let tests = significance::significance(&views, options, name.as_deref());
            measurements.extend(tests.into_iter().filter(|test| wanted(test.definition)));
        }
    }
    if scores::DEFINITIONS.into_iter().any(wanted) {
        let scores = scores::scores(tables, options, period);
        measurements.extend(scores.into_iter().filter(|score| wanted(score.definition)));
    }
    measurements
}

/// What can be measured of decisions.
fn decisions(
    views: &Views,
    weighted: bool,
    options: &Options,
    period: Option<&str>,
    wanted: &dyn Fn(DefinitionId) -> bool,
) -> Vec<Measurement> {
    let Plan { mut planned, participants, .. } = Plan::new(views, options.least_rows, period, wanted);
    let mut observed = Sheet::new(views, &participants);
    observed.fill(&views.counts);
    let (mut drawn, mut statistics) = (Vec::new(), Vec::new());
    for (index, planned) in planned.iter_mut().enumerate() {
        let Some(statistic) = planned.statistic else { continue };
        let value = observed.value(statistic);
        if value.is_nan() {
            planned.measurement.estimate = Estimate::undefined(planned.because);
            continue;
        }
        let interval = match options.intervals {
            Intervals::ClosedForm => closed_form(views, statistic, options.level),
            Intervals::Bootstrap => None,
        };
        if interval.is_none() {
            drawn.push(index);
            statistics.push(statistic);
        }
        let interval = interval.map(|interval| interval.weighted(weighted));
        planned.measurement.estimate = Estimate::with(value, interval);
    }
    let program = Program::new(&statistics, &observed);
    let sheet = || Sheet::new(views, &participants).only_for(statistics.iter().copied());
    let series = replicate(&views.counts, statistics.len(), options, sheet, |sheet, cells, values| {
        sheet.fill(cells);
        program.run(sheet, values);
    });
    let places = program.order().iter().filter_map(|&statistic| drawn.get(statistic));
    for (index, interval) in places.zip(series.intervals(options.level)) {
        if let (Some(Planned { measurement, .. }), Some(interval)) = (planned.get_mut(*index), interval)
            && let Estimate::Value(value) = &mut measurement.estimate
        {
            value.interval = Some(interval.weighted(weighted));
        }
    }
    planned.into_iter().map(|planned| planned.measurement).collect()
}

/// The closed-form interval of a statistic, if it has one.
///
/// With weights the counts are scaled to the group's effective size, which makes the interval an approximation.
fn closed_form(views: &Views, statistic: Statistic, level: f64) -> Option<Interval> {
    let side = |group: usize, rate: Rate| {
        let group = views.groups.get(group)?;
        let (_, rows) = rate.fraction(&group.rows)?;
        let (numerator, denominator) = rate.fraction(&group.weights)?;
        if group.design_effect > 1.0 {
            let effective = rows / group.design_effect;
            Some((numerator / denominator * effective, effective))
        } else {
            Some((numerator, denominator))
        }
    };
    match statistic {
        Statistic::Rate { group, rate } => {
            let (successes, rows) = side(group, rate)?;
            wilson::wilson(successes, rows, level)
        }
        Statistic::Difference { group, reference, rate } => {
            newcombe::newcombe(side(group, rate)?, side(reference, rate)?, level)
        }
        Statistic::Ratio { group, reference, rate } => {
            ratio::koopman(side(group, rate)?, side(reference, rate)?, level)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
