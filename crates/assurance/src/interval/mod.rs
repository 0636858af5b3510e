//! Confidence intervals over plain counts: closed forms where one is known to be good, each in its own file.
//!
//! Counts come in as `f64` because with weights they are effective sizes; without weights they are whole numbers.

pub mod areas;
pub mod delong;
pub mod moments;
pub mod newcombe;
pub mod percentile;
pub mod ratio;
pub mod wilson;

use statrs::distribution::{ContinuousCDF, Normal};

/// The two-sided normal quantile of a confidence level: 1.959964 for 0.95.
pub fn normal_quantile(level: f64) -> f64 {
    Normal::standard().inverse_cdf(0.5 + level.clamp(0.0, 1.0 - f64::EPSILON) / 2.0)
}

/// Kish's effective sample size, `(Σw)² / Σw²`: the unweighted rows that would give the same precision.
///
/// Kish, L. (1965), Survey Sampling, section 8.2.
pub fn effective_size(sum_of_weights: f64, sum_of_squares: f64) -> f64 {
    if sum_of_squares > 0.0 { sum_of_weights * sum_of_weights / sum_of_squares } else { 0.0 }
}

/// Fails unless two numbers differ by at most `tolerance`.
#[cfg(test)]
#[track_caller]
pub(crate) fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "found {found}, expected {expected}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_quantile_agrees_with_scipy() {
        // scipy.stats.norm.ppf([0.975, 0.995, 0.95])
        assert!((normal_quantile(0.95) - 1.959_963_984_540_054).abs() < 1e-12);
        assert!((normal_quantile(0.99) - 2.575_829_303_548_900_4).abs() < 1e-12);
        assert!((normal_quantile(0.90) - 1.644_853_626_951_472_2).abs() < 1e-12);
    }

    #[test]
    fn equal_weights_lose_nothing() {
        assert!((effective_size(20.0, 40.0) - 10.0).abs() < 1e-12);
        assert!((effective_size(0.0, 0.0)).abs() < 1e-12);
    }
}
