//! All families at once: every measurement the tables of one scan allow.

use std::collections::BTreeSet;

use crate::Tables;
use crate::definition::DefinitionId;
use crate::measurement::Measurement;
use crate::options::Options;
use crate::performance::performance_of;

pub use crate::calibration::{calibration, calibration_in};
pub use crate::drift::{drift, drift_over_periods};
pub use crate::fairness::{fairness, fairness_of};
pub use crate::performance::{performance, performance_in};
pub use crate::quality::{quality, quality_with};

/// What is wanted of a family, and whether the intervals that cost most are worth it.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The definitions to measure.
    pub(crate) of: &'a dyn Fn(DefinitionId) -> bool,
    /// Whether to resample whole curves (rankings of scores, distributions of numbers), not only bins.
    pub(crate) curves: bool,
    /// Whether to do so for the drift of scores within each group and of each period, of which there can be many.
    pub(crate) many: bool,
}

impl Wanted<'_> {
    /// Everything, with every interval.
    pub(crate) const ALL: Wanted<'static> = Wanted { of: &|_| true, curves: true, many: false };
    /// Everything, without the intervals of whole curves.
    pub(crate) const BINS: Wanted<'static> = Wanted { of: &|_| true, curves: false, many: false };

    /// The same for one of many comparisons.
    ///
    /// Curves only for a definition that needs them, so that an interval over bins is the same in a check as in a report.
    pub(crate) fn one_of_many(self, curves: &[DefinitionId]) -> Self {
        Self { curves: self.many && self.any(curves), ..self }
    }

    /// Whether one of these is wanted.
    pub(crate) fn any(&self, ids: &[DefinitionId]) -> bool {
        ids.iter().any(|id| (self.of)(*id))
    }
}

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
///
/// KS, average precision, gain and lift come without an interval here; [`performance_in`] gives one period's.
pub fn performance_by_period(tables: &Tables, options: &Options) -> Vec<Measurement> {
    let periods: BTreeSet<_> = tables.cube.periods.iter().filter(|period| period.text().is_some()).collect();
    periods
        .into_iter()
        .flat_map(|period| performance_of(tables, options, Some(period), Wanted::BINS))
        .collect()
}
