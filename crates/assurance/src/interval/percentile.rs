//! Quantiles of type 7 (Hyndman and Fan 1996), the default of R and numpy: linear between order statistics.
//!
//! `h = (n − 1) q`, value `x[⌊h⌋] + (h − ⌊h⌋)(x[⌊h⌋ + 1] − x[⌊h⌋])`.

use crate::measurement::{Interval, Method};

/// The percentile interval of bootstrap replicates, which it reorders; none without replicates.
pub(crate) fn percentile_interval(replicates: &mut [f64], level: f64) -> Option<Interval> {
    let tail = (1.0 - level) / 2.0;
    let low = quantile(replicates, tail)?;
    let high = quantile(replicates, 1.0 - tail)?;
    Some(Interval::between(low, high, level, Method::CellBootstrap))
}

/// The type-7 quantile of unsorted values, found by selection, so that the values are reordered but not sorted.
pub(crate) fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    let (whole, part) = rank(values.len(), share)?;
    let (_, &mut lower, above) = values.select_nth_unstable_by(whole, f64::total_cmp);
    if part == 0.0 {
        return Some(lower);
    }
    let upper = above.iter().copied().fold(f64::INFINITY, f64::min);
    Some(if upper.is_finite() { lower + part * (upper - lower) } else { lower })
}

/// Which order statistic the quantile starts at, and how far it is towards the next one.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "lengths stay far below 2^53 and the share is cut to 0..=1"
)]
pub(crate) fn rank(length: usize, share: f64) -> Option<(usize, f64)> {
    let last = length.checked_sub(1)?;
    let position = last as f64 * share.clamp(0.0, 1.0);
    let whole = (position.floor() as usize).min(last);
    Some((whole, position - whole as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_numpy() {
        // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0.025, 0.5, 0.9])
        let values = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0];
        for (share, expected) in [(0.025, 1.0), (0.5, 3.5), (0.9, 6.9), (0.0, 1.0), (1.0, 9.0)] {
            let found = quantile(&mut values.clone(), share).unwrap();
            assert!((found - expected).abs() < 1e-12, "{share} {found}");
        }
        assert_eq!(quantile(&mut [], 0.5), None);
    }
}
