//! Sums that do not depend on the order of their terms.
//!
//! Floating-point addition does; so weights and scores are summed as integers ([`fixed`]), and
//! residuals, whose range is unknown, as integers per band of exponents ([`ExactSum`]). Both are
//! exact for the terms as they were rounded, and therefore add up over batches, threads and days.

use std::collections::BTreeMap;

/// Sums are integers in units of 2⁻⁶⁰.
pub const SCALE_BITS: u32 = 60;

/// 2⁶⁰.
const SCALE: f64 = 1_152_921_504_606_846_976.0;

/// The number in units of 2⁻⁶⁰, rounded to the nearest (halves away from zero); `None` beyond 2⁶⁶.
#[expect(clippy::cast_possible_truncation, reason = "the bound is checked, the fraction is rounded away")]
pub fn fixed(number: f64) -> Option<i128> {
    let scaled = (number * SCALE).round();
    if scaled.abs() < 8e18 {
        Some(i128::from(scaled as i64))
    } else if scaled.abs() < 8.5e37 {
        Some(scaled as i128)
    } else {
        None
    }
}

/// The number that a sum in units of 2⁻⁶⁰ stands for.
#[expect(clippy::cast_precision_loss, reason = "the sum is exact; its last digits need not be")]
pub fn unfixed(sum: i128) -> f64 {
    sum as f64 / SCALE
}

/// An exact sum of any finite numbers, at any scale.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExactSum {
    // INVARIANT: no stored sum is zero, so that equal sums are equal values.
    bands: BTreeMap<i32, i128>,
}

impl ExactSum {
    /// Adds one finite number; others are ignored.
    pub fn add(&mut self, number: f64) {
        let Some((mantissa, exponent)) = parts(number) else { return };
        let band = exponent.div_euclid(BAND);
        let shifted = mantissa << exponent.rem_euclid(BAND);
        self.add_band(band, shifted);
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &Self) {
        for (&band, &sum) in &other.bands {
            self.add_band(band, sum);
        }
    }

    /// The sum as a number, rounded once per band in a fixed order.
    #[expect(clippy::cast_precision_loss, reason = "the sum is exact; its last digits need not be")]
    pub fn value(&self) -> f64 {
        self.bands.iter().map(|(&band, &sum)| sum as f64 * f64::from(band * BAND).exp2()).sum()
    }

    /// The sums by band of exponents, to be saved.
    pub(crate) fn bands(&self) -> impl Iterator<Item = (i32, i128)> + '_ {
        self.bands.iter().map(|(&band, &sum)| (band, sum))
    }

    /// The sum of saved bands; `None` if they are not those of a sum.
    pub(crate) fn of_bands(bands: &[(i32, i128)]) -> Option<Self> {
        let sum = Self { bands: bands.iter().copied().collect() };
        let sound = |(band, sum): &(i32, i128)| band.abs() <= 64 && *sum != 0;
        (sum.bands.len() == bands.len() && bands.iter().all(sound)).then_some(sum)
    }

    fn add_band(&mut self, band: i32, sum: i128) {
        let total = self.bands.entry(band).or_default();
        *total = total.saturating_add(sum);
        if *total == 0 {
            self.bands.remove(&band);
        }
    }
}

/// The integer mantissa and the exponent of its unit.
fn parts(number: f64) -> Option<(i128, i32)> {
    if number == 0.0 || !number.is_finite() {
        return None;
    }
    let bits = number.to_bits();
    let raw = i32::try_from((bits >> 52) & 0x7ff).ok()?;
    let fraction = i128::from(bits & ((1 << 52) - 1));
    let magnitude = if raw == 0 { fraction } else { fraction | (1 << 52) };
    let exponent = raw.max(1) - 1075;
    Some((if number < 0.0 { -magnitude } else { magnitude }, exponent))
}

const BAND: i32 = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_come_back_from_fixed_point() {
        for number in [0.0, 1.0, 0.3, -2.5, 1e9, 1e-3] {
            assert!((unfixed(fixed(number).unwrap()) - number).abs() <= 1e-17_f64.max(number.abs() * 1e-15));
        }
        assert_eq!(fixed(1e30), None);
        assert_eq!(fixed(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn an_exact_sum_does_not_depend_on_order_or_split(
            mut numbers in prop::collection::vec(-1e12_f64..1e12, 0..50), cut in 0_usize..50,
        ) {
            let mut whole = ExactSum::default();
            for &number in &numbers { whole.add(number); }
            numbers.reverse();
            let (left, right) = numbers.split_at(cut.min(numbers.len()));
            let (mut first, mut second) = (ExactSum::default(), ExactSum::default());
            for &number in left { first.add(number); }
            for &number in right { second.add(number); }
            first.merge(&second);
            prop_assert_eq!(&first, &whole);
            let plain: f64 = numbers.iter().sum();
            prop_assert!((whole.value() - plain).abs() <= 1e-2);
        }
    }
}
