//! The area under the ROC curve and `DeLong`'s variance of it, exactly, from counts per distinct score.
//!
//! With `F` the share of negatives below a score (ties by half, that is midranks) the area is the mean of `F` over the
//! positives, and its variance is `S₁₀/m + S₀₁/n`, the sample variances (ddof 1) of the placements of each side.
//! `DeLong`, E. R. et al. (1988), Comparing the areas under two or more correlated receiver operating characteristic
//! curves: a nonparametric approach, Biometrics 44, 837–845. Linear in the number of distinct scores.

use super::normal_quantile;
use crate::measurement::{Interval, Method};

/// The area under the curve with its variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// The area: the chance that a positive outranks a negative, ties counting half.
    pub area: f64,
    /// `DeLong`'s variance; none when either side has a single row.
    pub variance: Option<f64>,
}

impl Area {
    /// The normal interval, cut to \[0, 1\].
    pub fn interval(&self, level: f64) -> Option<Interval> {
        let reach = normal_quantile(level) * self.variance?.sqrt();
        let (low, high) = ((self.area - reach).max(0.0), (self.area + reach).min(1.0));
        Some(Interval::between(low, high, level, Method::DeLong))
    }
}

/// The area of `(positives, negatives)` per distinct score, in rising order of score; none when a side is empty.
///
/// With weights the counts are sums of weights and the variance takes effective sizes for `m` and `n`.
pub fn area(
    bins: impl Iterator<Item = (f64, f64)> + Clone,
    positive_size: f64,
    negative_size: f64,
) -> Option<Area> {
    let (positives, negatives) =
        bins.clone().fold((0.0, 0.0), |(p, n), (positive, negative)| (p + positive, n + negative));
    if positives <= 0.0 || negatives <= 0.0 {
        return None;
    }
    let (mut below, mut wins) = (0.0, 0.0);
    for (positive, negative) in bins.clone() {
        wins += positive * (below + negative / 2.0);
        below += negative;
    }
    let area = wins / positives / negatives;
    let (mut negatives_below, mut positives_below) = (0.0, 0.0);
    let (mut positive_spread, mut negative_spread) = (0.0, 0.0);
    for (positive, negative) in bins {
        let placement = (negatives_below + negative / 2.0) / negatives - area;
        positive_spread += positive * placement * placement;
        let placement = (positives - positives_below - positive / 2.0) / positives - area;
        negative_spread += negative * placement * placement;
        negatives_below += negative;
        positives_below += positive;
    }
    let enough = positive_size > 1.0 && negative_size > 1.0;
    let variance = enough.then(|| {
        positive_spread / positives / (positive_size - 1.0)
            + negative_spread / negatives / (negative_size - 1.0)
    });
    Some(Area { area, variance })
}

#[cfg(test)]
#[expect(
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "test counts are small; whole numbers compare exactly"
)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition itself, over all pairs of rows.
    fn brute_force(rows: &[(u8, bool)]) -> (f64, f64) {
        let side = |label: bool| -> Vec<f64> {
            rows.iter().filter(|row| row.1 == label).map(|row| f64::from(row.0)).collect()
        };
        let (positives, negatives) = (side(true), side(false));
        let psi = |x: f64, y: f64| {
            if x > y {
                1.0
            } else if x < y {
                0.0
            } else {
                0.5
            }
        };
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let v10: Vec<f64> = positives
            .iter()
            .map(|&x| mean(&negatives.iter().map(|&y| psi(x, y)).collect::<Vec<_>>()))
            .collect();
        let v01: Vec<f64> = negatives
            .iter()
            .map(|&y| mean(&positives.iter().map(|&x| psi(x, y)).collect::<Vec<_>>()))
            .collect();
        let area = mean(&v10);
        let part = |values: &[f64]| {
            let size = values.len() as f64;
            values.iter().map(|v| (v - area).powi(2)).sum::<f64>() / (size - 1.0) / size
        };
        (area, part(&v10) + part(&v01))
    }

    fn binned(rows: &[(u8, bool)]) -> Vec<(f64, f64)> {
        let mut bins = vec![(0.0, 0.0); 256];
        for &(score, label) in rows {
            let bin = &mut bins[usize::from(score)];
            if label { bin.0 += 1.0 } else { bin.1 += 1.0 }
        }
        bins
    }

    proptest! {
        #[test]
        fn bins_agree_with_all_pairs(rows in prop::collection::vec((0_u8..20, any::<bool>()), 4..80)) {
            let positives = rows.iter().filter(|row| row.1).count() as f64;
            let negatives = rows.len() as f64 - positives;
            let found = area(binned(&rows).into_iter(), positives, negatives);
            if positives == 0.0 || negatives == 0.0 {
                prop_assert!(found.is_none());
            } else {
                let found = found.unwrap();
                let (expected, variance) = brute_force(&rows);
                prop_assert!((found.area - expected).abs() < 1e-12);
                match found.variance {
                    Some(found) => prop_assert!((found - variance).abs() < 1e-12),
                    None => prop_assert!(positives == 1.0 || negatives == 1.0),
                }
            }
        }
    }

    #[test]
    fn a_hand_worked_example() {
        // Positives 3, 2; negatives 2, 1: pairs 1, 1, 0.5, 1 → 0.875. V10 = 1, 0.75; V01 = 0.75, 1; each variance 1/32.
        let found = area([(0.0, 1.0), (1.0, 1.0), (1.0, 0.0)].into_iter(), 2.0, 2.0).unwrap();
        assert!((found.area - 0.875).abs() < 1e-12);
        assert!((found.variance.unwrap() - 2.0 * (1.0 / 32.0) / 2.0).abs() < 1e-12);
    }
}
