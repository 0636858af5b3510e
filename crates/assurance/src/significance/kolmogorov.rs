//! The two-sample Kolmogorov–Smirnov test, from counts per distinct value.
//!
//! The statistic is the largest distance between the two cumulative distributions. The p-value is the asymptotic one:
//! `Q(√(nm/(n+m)) D)` with Kolmogorov's `Q(x) = 2 Σ (−1)^(k−1) exp(−2k²x²)` (scipy's `kstwobign.sf`); below 1 the dual
//! series `1 − √(2π)/x Σ exp(−(2k−1)²π²/8x²)`, which converges there. Ties make it conservative.

use std::f64::consts::PI;

use super::Test;

/// Tests two samples given as `(first, second)` counts per distinct value, in order of value; none if one is empty.
pub fn kolmogorov_smirnov(bins: impl Iterator<Item = (f64, f64)> + Clone) -> Option<Test> {
    let (first, second) = bins.clone().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    if first <= 0.0 || second <= 0.0 {
        return None;
    }
    let (mut below_first, mut below_second, mut statistic) = (0.0, 0.0, 0.0_f64);
    for (x, y) in bins {
        below_first += x;
        below_second += y;
        statistic = statistic.max((below_first / first - below_second / second).abs());
    }
    let size = first * second / (first + second);
    Some(Test { statistic, p_value: upper_tail(size.sqrt() * statistic) })
}

/// The chance that Kolmogorov's distribution exceeds `x`.
pub fn upper_tail(x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let terms = (1_u32..=101).map(f64::from);
    let tail = if x < 1.0 {
        let sum: f64 = terms.map(|k| (-(2.0 * k - 1.0).powi(2) * PI * PI / (8.0 * x * x)).exp()).sum();
        1.0 - (2.0 * PI).sqrt() / x * sum
    } else {
        let (sum, _) =
            terms.fold((0.0, 1.0), |(sum, sign), k| (sum + sign * (-2.0 * k * k * x * x).exp(), -sign));
        2.0 * sum
    };
    tail.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::close;

    #[test]
    fn tails_agree_with_scipy() {
        // scipy.stats.kstwobign.sf([0.3, 0.8, 1.0, 1.36, 2.5])
        for (x, expected) in [
            (0.3, 0.999_990_694_198_665_5),
            (0.8, 0.544_142_411_574_198_1),
            (1.0, 0.269_999_671_677_354_56),
            (1.36, 0.049_485_876_755_377_876),
            (2.5, 7.453_306_344_157_342e-6),
        ] {
            close(upper_tail(x), expected, 1e-12);
        }
    }

    #[test]
    fn the_statistic_is_the_largest_gap() {
        // First: 1, 2, 2; second: 2, 3. After 1: 1/3; after 2: 1 against 1/2.
        let test = kolmogorov_smirnov([(1.0, 0.0), (2.0, 1.0), (0.0, 1.0)].into_iter()).unwrap();
        close(test.statistic, 0.5, 1e-15);
        close(test.p_value, upper_tail((6.0_f64 / 5.0).sqrt() * 0.5), 1e-15);
        assert_eq!(kolmogorov_smirnov([(1.0, 0.0)].into_iter()), None);
    }
}
