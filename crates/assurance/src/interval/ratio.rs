//! Intervals for the ratio of two independent rates: Koopman's score interval, and Katz's log interval beside it.
//!
//! The score interval holds every ratio φ that the test `p₁ = φ p₂` does not reject, where the two rates are estimated
//! under that hypothesis; it needs no help with zeros. Koopman, P. A. R. (1984), Confidence intervals for the ratio of
//! two binomial proportions, Biometrics 40, 513–517. Katz, D. et al. (1978), Biometrics 34, 469–474.

use super::normal_quantile;
use crate::measurement::{Interval, Method};

/// Koopman's interval of `(successes / rows) / (reference_successes / reference_rows)`.
///
/// No interval without rows on either side, or when both counts are zero (every ratio is then possible). The upper end
/// has no bound when the reference's count is zero.
pub fn koopman(first: (f64, f64), reference: (f64, f64), level: f64) -> Option<Interval> {
    let ((x1, n1), (x2, n2)) = (first, reference);
    if n1 <= 0.0 || n2 <= 0.0 || (x1 <= 0.0 && x2 <= 0.0) {
        return None;
    }
    let z = normal_quantile(level);
    let critical = z * z;
    // The statistic falls to zero at the observed ratio and rises on both sides of it.
    let observed = if x2 > 0.0 { (x1 / n1) / (x2 / n2) } else { f64::INFINITY };
    let excess = |log_ratio: f64| statistic(first, reference, log_ratio.exp()) - critical;
    let centre = if x1 > 0.0 && x2 > 0.0 {
        observed.ln()
    } else {
        ((x1 + 0.5) / (n1 + 0.5)).ln() - ((x2 + 0.5) / (n2 + 0.5)).ln()
    };
    let low = if x1 <= 0.0 { 0.0 } else { crossing(&excess, centre, -1.0).exp().min(observed) };
    let high = if x2 <= 0.0 { f64::INFINITY } else { crossing(&excess, centre, 1.0).exp().max(observed) };
    Some(Interval::between(low, high, level, Method::Koopman))
}

/// Katz's interval of the same ratio, `exp(ln r ± z √(1/x₁ − 1/n₁ + 1/x₂ − 1/n₂))`.
///
/// When a count is zero, half a case is added to both counts and both sizes (Walter 1975).
pub fn katz_log((x1, n1): (f64, f64), (x2, n2): (f64, f64), level: f64) -> Option<Interval> {
    if n1 <= 0.0 || n2 <= 0.0 {
        return None;
    }
    let half = if x1 <= 0.0 || x2 <= 0.0 { 0.5 } else { 0.0 };
    let (x1, n1, x2, n2) = (x1 + half, n1 + half, x2 + half, n2 + half);
    let log_ratio = ((x1 / n1) / (x2 / n2)).ln();
    let error = (1.0 / x1 - 1.0 / n1 + 1.0 / x2 - 1.0 / n2).max(0.0).sqrt();
    let reach = normal_quantile(level) * error;
    Some(Interval::between((log_ratio - reach).exp(), (log_ratio + reach).exp(), level, Method::KatzLog))
}

/// The score statistic of the hypothesis that the ratio is `ratio`, chi-square with one degree of freedom.
fn statistic((x1, n1): (f64, f64), (x2, n2): (f64, f64), ratio: f64) -> f64 {
    // The reference's rate under the hypothesis is the smaller root of a p² − b p + c = 0.
    let a = (n1 + n2) * ratio;
    let b = n1 * ratio + x1 + n2 + x2 * ratio;
    let c = x1 + x2;
    let root = (b * b - 4.0 * a * c).max(0.0).sqrt();
    let reference = 2.0 * c / (b + root);
    let rate = reference * ratio;
    let variance = rate * (1.0 - rate) / n1 + ratio * ratio * reference * (1.0 - reference) / n2;
    let gap = x1 / n1 - ratio * (x2 / n2);
    if gap == 0.0 {
        0.0
    } else if variance <= 0.0 {
        f64::INFINITY
    } else {
        gap * gap / variance
    }
}

/// Walks from `start` in the given direction until `excess` turns positive, then halves down to the crossing.
fn crossing(excess: &impl Fn(f64) -> f64, start: f64, direction: f64) -> f64 {
    let (mut inside, mut step) = (start, 0.01);
    let mut outside = start + direction * step;
    while excess(outside) < 0.0 {
        inside = outside;
        step *= 2.0;
        outside = inside + direction * step;
        if step > 1e3 {
            return outside;
        }
    }
    // Halving stops when no double lies between the two ends.
    for _ in 0..120 {
        let middle = f64::midpoint(inside, outside);
        if (middle - inside).abs() <= f64::EPSILON * middle.abs() {
            break;
        }
        if excess(middle) < 0.0 {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    f64::midpoint(inside, outside)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn both_intervals_hold_the_ratio(
            n1 in 1_u32..5_000, n2 in 1_u32..5_000, s1 in 0.0_f64..=1.0, s2 in 0.001_f64..=1.0,
        ) {
            let (n1, n2) = (f64::from(n1), f64::from(n2));
            let (x1, x2) = ((n1 * s1).floor(), (n2 * s2).ceil());
            let ratio = (x1 / n1) / (x2 / n2);
            let score = koopman((x1, n1), (x2, n2), 0.95).unwrap();
            prop_assert!(score.low <= ratio && ratio <= score.upper(), "{:?} {}", score, ratio);
            if x1 > 0.0 {
                let katz = katz_log((x1, n1), (x2, n2), 0.95).unwrap();
                prop_assert!(katz.low <= ratio * (1.0 + 1e-12) && ratio <= katz.upper() * (1.0 + 1e-12));
            }
        }
    }
}
