//! Newcombe's hybrid score interval for the difference of two independent rates.
//!
//! With the Wilson ends `l`, `u` of each rate: `d − √((p₁−l₁)² + (u₂−p₂)²)` to `d + √((u₁−p₁)² + (p₂−l₂)²)`.
//! Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions: comparison of
//! eleven methods, Statistics in Medicine 17, 873–890, method 10.

use super::{normal_quantile, wilson};
use crate::measurement::{Interval, Method};

/// The interval of `successes / rows − reference_successes / reference_rows`; none if either has no rows.
pub fn newcombe(
    (successes, rows): (f64, f64),
    (reference_successes, reference_rows): (f64, f64),
    level: f64,
) -> Option<Interval> {
    let z = normal_quantile(level);
    let (low, high) = wilson::bounds(successes, rows, z)?;
    let (reference_low, reference_high) = wilson::bounds(reference_successes, reference_rows, z)?;
    let rate = successes / rows;
    let reference = reference_successes / reference_rows;
    let difference = rate - reference;
    let down = (rate - low).hypot(reference_high - reference);
    let up = (high - rate).hypot(reference - reference_low);
    Some(Interval::between(
        (difference - down).max(-1.0),
        (difference + up).min(1.0),
        level,
        Method::Newcombe,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newcombes_published_examples_come_out() {
        // Newcombe 1998, table II, method 10, contrasts a to h.
        for (first, second, low, high) in [
            ((56.0, 70.0), (48.0, 80.0), 0.0524, 0.3339),
            ((9.0, 10.0), (3.0, 10.0), 0.1705, 0.8090),
            ((6.0, 7.0), (2.0, 7.0), 0.0582, 0.8062),
            ((5.0, 56.0), (0.0, 29.0), -0.0381, 0.1926),
            ((0.0, 10.0), (0.0, 20.0), -0.1611, 0.2775),
            ((0.0, 10.0), (0.0, 10.0), -0.2775, 0.2775),
            ((10.0, 10.0), (0.0, 20.0), 0.6791, 1.0),
            ((10.0, 10.0), (0.0, 10.0), 0.6075, 1.0),
        ] {
            let interval = newcombe(first, second, 0.95).unwrap();
            assert!((interval.low - low).abs() < 5e-5, "{first:?} {second:?} {interval:?}");
            assert!((interval.upper() - high).abs() < 5e-5, "{first:?} {second:?} {interval:?}");
        }
    }

    #[test]
    fn a_single_row_still_gets_an_interval() {
        let interval = newcombe((1.0, 1.0), (40.0, 100.0), 0.95).unwrap();
        assert!(interval.low < 0.6 && interval.upper() > 0.6);
    }
}
