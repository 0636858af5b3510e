//! Performance of numeric predictions: mean absolute error, root mean squared error, and the coefficient of
//! determination, of all rows and of each group, each with a Wald interval.
//!
//! With weights, rows count at their effective size (Kish).

use crate::Tables;
use crate::calibration::{design_effects, wald};
use crate::cube::Value;
use crate::definition::DefinitionId;
use crate::histogram::Segment;
use crate::interval::moments::{determination, root_mean_square};
use crate::measurement::{Because, Estimate, Interval, Measurement, Slice};
use crate::options::Options;
use crate::profile::ResidualSums;

/// Every regression measurement; empty unless a numeric target is declared.
pub(super) fn of_residuals(tables: &Tables, options: &Options, period: Option<&Value>) -> Vec<Measurement> {
    let effects = design_effects(tables, period);
    let mut segments: Vec<&Segment> = tables.residuals.iter().map(|sums| &sums.segment).collect();
    segments.sort();
    segments.dedup();
    segments
        .into_iter()
        .flat_map(|segment| {
            let parts = tables.residuals.iter().filter(|sums| {
                sums.segment == *segment && period.is_none_or(|period| sums.period == *period)
            });
            let sums = parts.fold(ResidualSums::default(), |sum, part| sum.merge(part));
            let slice = Slice {
                attribute: segment.attribute_name(),
                group: segment.group_name(),
                ..Slice::default()
            };
            let effect = effects.iter().find(|(attribute, group, _)| {
                *attribute == slice.attribute && slice.group.as_ref().is_none_or(|name| name == group)
            });
            let size = size(sums.n) / effect.map_or(1.0, |(_, _, effect)| *effect);
            of_sums(&sums, size, tables.weighted, options).map(|measurement| measurement.of(slice.clone()))
        })
        .collect()
}

/// The three measures of one set of sums, which counts as `size` rows.
fn of_sums(sums: &ResidualSums, size: f64, weighted: bool, options: &Options) -> [Measurement; 3] {
    let count = sums.count();
    let rows = count.n;
    let settled = if rows == 0 {
        Some(Estimate::undefined(Because::NoRows))
    } else if rows < options.least_rows {
        Some(Estimate::TooFew { rows, least: options.least_rows })
    } else {
        None
    };
    let (absolute, squared) = (sums.absolute.value(), sums.squared.value());
    let mean = absolute / count.w;
    let error = ((squared / count.w - mean * mean).max(0.0) / (size - 1.0)).sqrt();
    let interval = wald(mean, error, options.level, weighted);
    let root = (squared / count.w).sqrt();
    // Σ(y − ȳ)²; of a target that does not vary, rounding can leave a speck.
    let (target, target_squared) = (sums.target.value(), sums.target_squared.value());
    let spread = target_squared - target * target / count.w;
    let varies = spread > target_squared.abs() * 1e-14;
    let marked = |interval: Option<Interval>| interval.map(|interval| interval.weighted(weighted));
    let r2 = if varies {
        let value = 1.0 - squared / spread;
        Estimate::with(value, marked(determination(value, size, options.level)))
    } else {
        Estimate::undefined(Because::Constant)
    };
    let rmse = Estimate::with(root, marked(root_mean_square(mean, root, size, options.level)));
    [(MAE, Estimate::with(mean, interval)), (RMSE, rmse), (R2, r2)]
        .map(|(id, estimate)| Measurement::new(id, settled.clone().unwrap_or(estimate), rows))
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn size(rows: u64) -> f64 {
    rows as f64
}

const MAE: DefinitionId = DefinitionId::new("performance.mae");
const RMSE: DefinitionId = DefinitionId::new("performance.rmse");
const R2: DefinitionId = DefinitionId::new("performance.r2");
