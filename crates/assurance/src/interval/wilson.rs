//! Wilson's score interval for one rate.
//!
//! `(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)`. It never leaves \[0, 1\] and does not collapse at 0 or 1.
//! Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209–212.

use super::normal_quantile;
use crate::measurement::{Interval, Method};

/// The interval of `successes` out of `rows`; none without rows.
pub fn wilson(successes: f64, rows: f64, level: f64) -> Option<Interval> {
    let (low, high) = bounds(successes, rows, normal_quantile(level))?;
    Some(Interval::between(low, high, level, Method::Wilson))
}

/// The two ends for the normal quantile `z`.
pub(crate) fn bounds(successes: f64, rows: f64, z: f64) -> Option<(f64, f64)> {
    if rows <= 0.0 {
        return None;
    }
    let rate = successes / rows;
    let squared = z * z;
    let centre = rate + squared / (2.0 * rows);
    let half = z * (rate * (1.0 - rate) / rows + squared / (4.0 * rows * rows)).max(0.0).sqrt();
    let scale = 1.0 + squared / rows;
    // At the edges the two terms cancel exactly in real numbers; say so instead of leaving 1e-17.
    let low = if successes <= 0.0 { 0.0 } else { ((centre - half) / scale).max(0.0) };
    let high = if successes >= rows { 1.0 } else { ((centre + half) / scale).min(1.0) };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn newcombes_published_examples_come_out() {
        // Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3.
        for (successes, rows, low, high) in [
            (81.0, 263.0, 0.2553, 0.3662),
            (15.0, 148.0, 0.0624, 0.1605),
            (0.0, 20.0, 0.0, 0.1611),
            (1.0, 29.0, 0.0061, 0.1718),
        ] {
            let interval = wilson(successes, rows, 0.95).unwrap();
            assert!((interval.low - low).abs() < 5e-5, "{interval:?}");
            assert!((interval.upper() - high).abs() < 5e-5, "{interval:?}");
        }
    }

    #[test]
    fn no_rows_no_interval() {
        assert_eq!(wilson(0.0, 0.0, 0.95), None);
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_rate_and_stays_a_rate(rows in 1_u32..100_000, share in 0.0_f64..=1.0) {
            let successes = (f64::from(rows) * share).floor();
            let interval = wilson(successes, f64::from(rows), 0.95).unwrap();
            let rate = successes / f64::from(rows);
            prop_assert!(0.0 <= interval.low && interval.low <= rate);
            prop_assert!(rate <= interval.upper() && interval.upper() <= 1.0);
        }
    }
}
