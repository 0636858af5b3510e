//! Performance: how well the model ranks, predicts and decides. Positive is the declared event.

mod curves;
mod decisions;
pub mod multiclass;
pub mod ranking;
mod regression;

use crate::Tables;
use crate::calibration::segments;
use crate::cube::Value;
use crate::measure::Wanted;
use crate::measurement::{Measurement, Slice};
use crate::options::Options;

/// Every performance measurement of the tables, over all periods.
///
/// What is measured follows the roles: a binary label with a score or a decision, a label of several classes with a
/// decision, or a numeric target with a prediction.
pub fn performance(tables: &Tables, options: &Options) -> Vec<Measurement> {
    performance_in(tables, options, None)
}

/// The same, in one period.
pub fn performance_in(tables: &Tables, options: &Options, period: Option<&Value>) -> Vec<Measurement> {
    performance_of(tables, options, period, Wanted::ALL)
}

/// What is wanted of it.
pub(crate) fn performance_of(
    tables: &Tables,
    options: &Options,
    period: Option<&Value>,
    wanted: Wanted<'_>,
) -> Vec<Measurement> {
    let mut all = Vec::new();
    if tables.roles.binary() {
        if tables.roles.score.is_some() {
            let whole = segments(tables, period).into_iter().find(|(slice, _)| *slice == Slice::default());
            if let Some((_, scores)) = whole {
                all.extend(ranking::of_scores(&scores, tables.weighted, options, wanted));
            }
        }
        if tables.roles.decision.is_some() {
            all.extend(decisions::of_decisions(tables, options, period));
        }
    } else if tables.roles.label.is_some() && tables.roles.decision.is_some() {
        all.extend(multiclass::of_classes(tables, options, period));
    }
    all.extend(regression::of_residuals(tables, options, period));
    all.retain(|measurement| (wanted.of)(measurement.definition));
    let name = period.map(ToString::to_string);
    for measurement in &mut all {
        measurement.slice.period.clone_from(&name);
    }
    all
}
