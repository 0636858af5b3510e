//! All families at once: every measurement the tables of one scan allow.

use std::collections::BTreeSet;

use crate::Tables;
use crate::measurement::Measurement;
use crate::options::Options;

pub use crate::calibration::{calibration, calibration_in};
pub use crate::drift::{drift, drift_over_periods};
pub use crate::fairness::{fairness, fairness_of};
pub use crate::performance::{performance, performance_in};
pub use crate::quality::{quality, quality_with};

/// Performance, calibration, fairness and quality over all periods, in that order.
///
/// Drift needs something to compare with: [`drift`] takes a second data set, [`drift_over_periods`] a reference period.
pub fn measure_all(tables: &Tables, options: &Options) -> Vec<Measurement> {
    let mut all = performance(tables, options);
    all.extend(calibration(tables, options));
    all.extend(fairness(tables, options));
    all.extend(quality(tables, options));
    all
}

/// Performance of each period by itself, in order: empty unless time is declared.
pub fn performance_by_period(tables: &Tables, options: &Options) -> Vec<Measurement> {
    let periods: BTreeSet<_> = tables.cube.periods.iter().filter(|period| period.text().is_some()).collect();
    periods.into_iter().flat_map(|period| performance_in(tables, options, Some(period))).collect()
}
