//! Both ends of a series: type-7 percentiles from the few values that lie near them.
//!
//! A look at some of the values guesses where the tails begin; one pass gathers what lies beyond, and only that is
//! ordered. A guess that was too narrow costs a second pass, never a wrong result.
#![expect(
    clippy::indexing_slicing,
    reason = "a kernel: places are bounded by the lengths made room for just before"
)]

use crate::interval::percentile::rank;
use crate::measurement::{Interval, Method};

/// Room for the tails of one series after the other.
#[derive(Debug, Default)]
pub(super) struct Tails {
    sample: Vec<f64>,
    lower: Vec<f64>,
    upper: Vec<f64>,
}

impl Tails {
    /// The percentile interval of values none of which is NaN; none if there are no values.
    pub(super) fn interval(&mut self, values: &[f64], level: f64) -> Option<Interval> {
        // By symmetry the upper end is the lower one of the negated values.
        let (whole, part) = rank(values.len(), (1.0 - level) / 2.0)?;
        let needed = (whole + 2).min(values.len());
        let (low, high) = self.guess(values, needed);
        let (mut below, mut above) = self.gather(values, low, high);
        if below < needed || above < needed {
            (below, above) = self.gather(values, f64::INFINITY, f64::NEG_INFINITY);
        }
        let low = quantile(&mut self.lower[..below], whole, part)?;
        let high = -quantile(&mut self.upper[..above], whole, part)?;
        Some(Interval::between(low, high, level, Method::CellBootstrap))
    }

    /// Bounds beyond which about twice as many values lie as are needed.
    fn guess(&mut self, values: &[f64], needed: usize) -> (f64, f64) {
        if values.len() < SAMPLE * 4 {
            return (f64::INFINITY, f64::NEG_INFINITY);
        }
        self.sample.clear();
        self.sample.extend(values.iter().step_by(values.len().div_ceil(SAMPLE)));
        self.sample.sort_unstable_by(f64::total_cmp);
        let last = self.sample.len() - 1;
        let place = (SAMPLE * needed * 3 / 2 / values.len() + 2).min(last);
        (self.sample[place], self.sample[last - place])
    }

    /// Copies the values up to `low`, and those from `high` on with their sign turned.
    fn gather(&mut self, values: &[f64], low: f64, high: f64) -> (usize, usize) {
        self.lower.resize(self.lower.len().max(values.len()), 0.0);
        self.upper.resize(self.upper.len().max(values.len()), 0.0);
        let (lower, upper) = (&mut self.lower[..values.len()], &mut self.upper[..values.len()]);
        let (mut below, mut above) = (0, 0);
        for &value in values {
            lower[below] = value;
            upper[above] = -value;
            below += usize::from(value <= low);
            above += usize::from(value >= high);
        }
        (below, above)
    }
}

/// The value of rank `whole`, and `part` of the way to the next.
fn quantile(values: &mut [f64], whole: usize, part: f64) -> Option<f64> {
    if whole >= values.len() {
        return None;
    }
    let (_, &mut lower, above) = values.select_nth_unstable_by(whole, f64::total_cmp);
    if part == 0.0 || above.is_empty() {
        return Some(lower);
    }
    let upper = above.iter().copied().fold(f64::INFINITY, f64::min);
    Some(if upper.is_finite() { lower + part * (upper - lower) } else { lower })
}

const SAMPLE: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::percentile::percentile_interval;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_ends_are_those_of_the_whole_series(
            values in prop::collection::vec(prop_oneof![-1.0_f64..1.0, (0..4_i32).prop_map(f64::from)], 1..900),
            level in 0.5_f64..0.999,
        ) {
            let mut tails = Tails::default();
            // Room left by a longer series must not show.
            tails.interval(&vec![9.0; 1_000], level);
            let found = tails.interval(&values, level).unwrap();
            let expected = percentile_interval(&mut values.clone(), level).unwrap();
            prop_assert!((found.low - expected.low).abs() < 1e-12);
            prop_assert!((found.upper() - expected.upper()).abs() < 1e-12);
        }
    }

    #[test]
    fn a_guess_that_misleads_is_made_good() {
        // Every value that the sample looks at is large.
        let values: Vec<f64> =
            (0..1_024).map(|place| if place % 16 == 0 { 9.0 } else { f64::from(place) / 2e3 }).collect();
        let found = Tails::default().interval(&values, 0.95).unwrap();
        let expected = percentile_interval(&mut values.clone(), 0.95).unwrap();
        assert!((found.low - expected.low).abs() < 1e-12 && (found.upper() - expected.upper()).abs() < 1e-12);
    }
}
