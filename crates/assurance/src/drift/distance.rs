//! Distances between two distributions given as counts over the same bins.
//!
//! `p` is the reference's share of a bin, `q` the current one. Bins empty on both sides change nothing.

use crate::significance::chi_square::{Association, association};

/// Counts of both samples over the same bins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Binned {
    /// Counts of the reference.
    pub reference: Vec<f64>,
    /// Counts of the current sample.
    pub current: Vec<f64>,
}

impl Binned {
    /// Bins without rows.
    pub(super) fn empty(bins: usize) -> Self {
        Self { reference: vec![0.0; bins], current: vec![0.0; bins] }
    }

    /// Counts the cells of two samples anew, each cell in its place.
    #[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
    pub(super) fn refill(&mut self, reference: &[u64], current: &[u64], places: &[usize]) {
        for (bins, counts) in [(&mut self.reference, reference), (&mut self.current, current)] {
            bins.fill(0.0);
            for (place, count) in places.iter().zip(counts) {
                if let Some(bin) = bins.get_mut(*place) {
                    *bin += *count as f64;
                }
            }
        }
    }

    /// Whether both samples hold a value.
    pub fn comparable(&self) -> bool {
        self.reference.iter().sum::<f64>() > 0.0 && self.current.iter().sum::<f64>() > 0.0
    }

    /// Shares of each bin that is not empty on both sides.
    fn shares(&self) -> impl Iterator<Item = (f64, f64)> {
        let (m, n) = (self.reference.iter().sum::<f64>(), self.current.iter().sum::<f64>());
        let pairs = self.reference.iter().zip(&self.current);
        pairs.filter(|(x, y)| **x + **y > 0.0).map(move |(x, y)| (x / m, y / n))
    }

    /// The population stability index, `Σ (q − p) ln(q / p)`, shares below [`FLOOR`] raised to it.
    pub fn stability_index(&self) -> f64 {
        self.shares()
            .map(|(p, q)| {
                let (p, q) = (p.max(FLOOR), q.max(FLOOR));
                (q - p) * (q / p).ln()
            })
            .sum()
    }

    /// The Jensen–Shannon divergence in bits.
    pub fn jensen_shannon(&self) -> f64 {
        let part = |share: f64, middle: f64| if share > 0.0 { share * (share / middle).log2() } else { 0.0 };
        let sum: f64 = self
            .shares()
            .map(|(p, q)| {
                let middle = f64::midpoint(p, q);
                part(p, middle) + part(q, middle)
            })
            .sum();
        // Rounding can leave a speck below zero for equal samples.
        (sum / 2.0).max(0.0)
    }

    /// The Hellinger distance, `√(½ Σ (√p − √q)²)`.
    pub fn hellinger(&self) -> f64 {
        let sum: f64 = self.shares().map(|(p, q)| (p.sqrt() - q.sqrt()).powi(2)).sum();
        (sum / 2.0).sqrt()
    }

    /// The total variation distance, `½ Σ |q − p|`.
    pub fn total_variation(&self) -> f64 {
        self.shares().map(|(p, q)| (q - p).abs()).sum::<f64>() / 2.0
    }

    /// Cramér's V of sample against bin; 0 when all values share one bin. With two samples `χ² = Σ mn (q − p)² / (x + y)`.
    pub(super) fn cramers_v(&self) -> f64 {
        let (m, n) = (self.reference.iter().sum::<f64>(), self.current.iter().sum::<f64>());
        let pairs = self.reference.iter().zip(&self.current).filter(|(x, y)| **x + **y > 0.0);
        let sum: f64 = pairs.map(|(x, y)| (y / n - x / m).powi(2) / (x + y)).sum();
        (sum * m * n / (m + n)).sqrt()
    }

    /// The chi-square test of sample against bin, with Cramér's V; none when all values share one bin.
    pub fn association(&self) -> Option<Association> {
        association(&[self.reference.clone(), self.current.clone()])
    }
}

/// The first Wasserstein distance of two samples given as `(value, reference, current)` in order of value:
/// `∫ |F current − F reference|`.
pub fn wasserstein(points: impl Iterator<Item = (f64, f64, f64)> + Clone) -> Option<f64> {
    let (m, n) = points.clone().fold((0.0, 0.0), |(m, n), (_, x, y)| (m + x, n + y));
    if m <= 0.0 || n <= 0.0 {
        return None;
    }
    let (mut below_reference, mut below_current, mut sum) = (0.0, 0.0, 0.0);
    let mut last: Option<f64> = None;
    for (value, x, y) in points {
        if let Some(last) = last {
            let gap: f64 = below_current / n - below_reference / m;
            sum += gap.abs() * (value - last);
        }
        below_reference += x;
        below_current += y;
        last = Some(value);
    }
    Some(sum)
}

/// The least share the population stability index takes the logarithm of.
pub const FLOOR: f64 = 1e-4;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::interval::close;

    #[test]
    fn distances_by_hand() {
        let binned = Binned { reference: vec![50.0, 50.0, 0.0], current: vec![25.0, 75.0, 0.0] };
        close(binned.stability_index(), -0.25 * 0.5_f64.ln() + 0.25 * 1.5_f64.ln(), 1e-15);
        close(binned.total_variation(), 0.25, 1e-15);
        close(binned.cramers_v(), binned.association().unwrap().cramers_v, 1e-15);
        close(binned.hellinger(), (1.0 - (0.125_f64.sqrt() + 0.375_f64.sqrt())).sqrt(), 1e-15);
        // scipy.spatial.distance.jensenshannon([.5, .5], [.25, .75], base=2) ** 2
        close(binned.jensen_shannon(), 0.048_794_940_695_398_53, 1e-15);
    }

    #[test]
    fn a_share_of_nothing_is_raised_to_the_floor() {
        let binned = Binned { reference: vec![100.0, 0.0], current: vec![90.0, 10.0] };
        close(binned.stability_index(), -0.1 * 0.9_f64.ln() + (0.1 - FLOOR) * (0.1 / FLOOR).ln(), 1e-12);
    }

    #[test]
    fn moving_everything_by_one_is_a_distance_of_one() {
        let points = [(0.0, 1.0, 0.0), (1.0, 2.0, 1.0), (2.0, 0.0, 2.0)];
        close(wasserstein(points.into_iter()).unwrap(), 1.0, 1e-15);
    }

    proptest! {
        #[test]
        fn distances_stay_in_range_and_vanish_for_equal_samples(
            counts in prop::collection::vec((0_u32..100, 0_u32..100), 2..20),
        ) {
            let (reference, current): (Vec<f64>, Vec<f64>) =
                counts.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).unzip();
            let binned = Binned { reference: reference.clone(), current };
            prop_assume!(binned.comparable());
            for distance in [binned.jensen_shannon(), binned.hellinger(), binned.total_variation()] {
                prop_assert!((-1e-12..=1.0 + 1e-12).contains(&distance));
            }
            prop_assert!(binned.stability_index() >= -1e-12);
            let same = Binned { current: reference.clone(), reference };
            prop_assert!(same.jensen_shannon() < 1e-12 && same.hellinger() < 1e-7 && same.stability_index() < 1e-12);
        }
    }
}
