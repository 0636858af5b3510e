//! What an exact row pass over one column says of its drift, as measurements.

use super::columns::{KS, WASSERSTEIN, WASSERSTEIN_NORMALISED};
use crate::exact::ExactDrift;
use crate::measurement::{Because, Estimate, Measurement, Slice};
use crate::significance::kolmogorov::upper_tail;

/// The Kolmogorov–Smirnov statistic and the Wasserstein distance, plain and by the reference's standard deviation.
#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
pub fn exact_measurements(column: &str, drift: &ExactDrift) -> Vec<Measurement> {
    let (x, y) = (drift.reference_rows, drift.current_rows);
    let some = |estimate: Estimate| {
        if x == 0 || y == 0 { Estimate::undefined(Because::EmptySample) } else { estimate }
    };
    let (first, second) = (x as f64, y as f64);
    let p = upper_tail((first * second / (first + second)).sqrt() * drift.ks);
    let normalised = if drift.reference_deviation > 0.0 {
        Estimate::plain(drift.wasserstein / drift.reference_deviation)
    } else {
        Estimate::undefined(Because::Constant)
    };
    [
        (KS, Estimate::tested(drift.ks, p)),
        (WASSERSTEIN, Estimate::plain(drift.wasserstein)),
        (WASSERSTEIN_NORMALISED, normalised),
    ]
    .into_iter()
    .map(|(id, estimate)| Measurement::new(id, some(estimate), x + y).of(Slice::column(column)))
    .collect()
}
