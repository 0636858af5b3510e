//! Histograms of numbers by label, exact where that is affordable and honest where it is not.
//!
//! Each distinct number is a bin of its own while there are at most `limit` of them. Beyond that
//! the bins are the smallest power of two of neighbouring floats for which the bins fit: the number
//! of low bits dropped is a function of the union of the distinct numbers only, so histograms add
//! up exactly and in any order. The mean within a bin stays exact at every width up to a binade.

use crate::cube::{Count, Value};
use crate::fixed::{SCALE_BITS, unfixed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which rows a histogram is about: those of one group, or all.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Segment {
    /// The attributes; none for all rows, several for an intersection.
    pub attributes: Vec<String>,
    /// The value of each attribute.
    pub groups: Vec<Value>,
}

impl Segment {
    /// All rows.
    pub fn all() -> Self {
        Self::default()
    }

    /// The attributes as text, such as `sex+age_band`; `None` for all rows.
    pub fn attribute_name(&self) -> Option<String> {
        (!self.attributes.is_empty()).then(|| self.attributes.join("+"))
    }

    /// The group as text, such as `female+21-29`; `None` for all rows.
    pub fn group_name(&self) -> Option<String> {
        let names: Vec<String> = self.groups.iter().map(ToString::to_string).collect();
        (!names.is_empty()).then(|| names.join("+"))
    }
}

/// The scores of one segment in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreHistogram {
    /// Whose scores.
    pub segment: Segment,
    /// When; missing when no time is declared.
    pub period: Value,
    /// The scores. Positive is the label's declared positive value.
    pub scores: Histogram,
}

/// Rows and their weight as integers (in units of 2⁻⁶⁰).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Rows.
    pub n: u64,
    /// Σw; equal to n without weights.
    pub w: i128,
}

impl Tally {
    /// Unweighted rows.
    pub fn of_rows(rows: u64) -> Self {
        Self { n: rows, w: i128::from(rows) << SCALE_BITS }
    }

    /// The rows and their weight as numbers.
    pub fn count(self) -> Count {
        Count { n: self.n, w: unfixed(self.w) }
    }

    fn plus(self, other: Self) -> Self {
        Self { n: self.n.saturating_add(other.n), w: self.w.saturating_add(other.w) }
    }
}

/// One bin: rows by label, and where in the bin they lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bin {
    /// Rows with the positive label.
    pub positive: Tally,
    /// Rows with the other label.
    pub negative: Tally,
    /// Rows without a label, or where none is declared, or a multi-class one.
    pub unlabelled: Tally,
    /// Sum over the rows of the dropped low bits: how far above the bin's low end they lie.
    pub offset: u128,
}

impl Bin {
    /// Rows of all labels.
    pub fn rows(&self) -> u64 {
        self.positive.n.saturating_add(self.negative.n).saturating_add(self.unlabelled.n)
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self {
            positive: self.positive.plus(other.positive),
            negative: self.negative.plus(other.negative),
            unlabelled: self.unlabelled.plus(other.unlabelled),
            offset: self.offset.saturating_add(other.offset),
        }
    }
}

/// A bin as metrics see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The lowest number that falls into the bin.
    pub low: f64,
    /// The highest; equal to `low` when the histogram is exact.
    pub high: f64,
    /// The mean of the rows in the bin.
    pub mean: f64,
    /// Rows with the positive label.
    pub positive: Count,
    /// Rows with the other label.
    pub negative: Count,
    /// Rows without a label.
    pub unlabelled: Count,
}

impl Point {
    /// Rows of all labels.
    pub fn total(&self) -> Count {
        self.positive + self.negative + self.unlabelled
    }
}

/// Numbers counted by value and label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    // INVARIANT: the fewest dropped bits for which the bins fit the limit; keys are ordered bits
    // shifted right by that many.
    limit: usize,
    dropped_bits: u8,
    bins: BTreeMap<u64, Bin>,
}

impl Histogram {
    /// An empty histogram of at most `limit` bins (at least two).
    pub fn new(limit: usize) -> Self {
        Self { limit: limit.max(2), dropped_bits: 0, bins: BTreeMap::new() }
    }

    /// The greatest number of bins.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// How many low bits of the floats were dropped; 0 means that every distinct number has its bin.
    pub fn dropped_bits(&self) -> u8 {
        self.dropped_bits
    }

    /// Whether every distinct number has a bin of its own.
    pub fn is_exact(&self) -> bool {
        self.dropped_bits == 0
    }

    /// The number of bins.
    pub fn len(&self) -> usize {
        self.bins.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.bins.is_empty()
    }

    /// Rows of all bins.
    pub fn rows(&self) -> u64 {
        self.bins.values().map(Bin::rows).fold(0, u64::saturating_add)
    }

    /// The bins in rising order.
    pub fn points(&self) -> impl DoubleEndedIterator<Item = Point> + '_ {
        let bits = self.dropped_bits;
        self.bins.iter().map(move |(&key, bin)| {
            let (low, high) = ends(key, bits);
            let mean = mean(low, high, bits, bin);
            Point {
                low,
                high,
                mean,
                positive: bin.positive.count(),
                negative: bin.negative.count(),
                unlabelled: bin.unlabelled.count(),
            }
        })
    }

    /// The greatest distance between two numbers of one bin: how far any number may have been moved.
    pub fn error_bound(&self) -> f64 {
        self.points().map(|point| point.high - point.low).fold(0.0, f64::max)
    }

    /// Adds rows with one number, which must not be NaN. Slow: scans fill tables and convert them.
    pub fn add(&mut self, number: f64, bin: &Bin) {
        self.add_key(ordered(number), bin, 0);
        self.fit();
    }

    /// Adds another histogram; the lower limit of the two holds.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        let (mut sum, fine) = if self.dropped_bits >= other.dropped_bits {
            (self.clone(), other)
        } else {
            (other.clone(), self)
        };
        sum.limit = self.limit.min(other.limit);
        for (&key, bin) in &fine.bins {
            sum.add_key(key, bin, fine.dropped_bits);
        }
        sum.fit();
        sum
    }

    /// The same rows in at most `limit` bins.
    #[must_use]
    pub fn coarsened(&self, limit: usize) -> Self {
        let mut coarse = Self { limit: limit.max(2).min(self.limit), ..self.clone() };
        coarse.fit();
        coarse
    }

    pub(crate) fn from_bins(limit: usize, dropped_bits: u8, bins: BTreeMap<u64, Bin>) -> Self {
        let mut histogram = Self { limit: limit.max(2), dropped_bits: dropped_bits.min(63), bins };
        histogram.fit();
        histogram
    }

    pub(crate) fn bins(&self) -> &BTreeMap<u64, Bin> {
        &self.bins
    }

    fn add_key(&mut self, key: u64, bin: &Bin, dropped: u8) {
        let (key, bin) = shifted(key, bin, self.dropped_bits - dropped, dropped);
        let total = self.bins.entry(key).or_default();
        *total = total.plus(&bin);
    }

    /// Drops as few more bits as make the bins fit.
    fn fit(&mut self) {
        let more = bits_to_fit(self.bins.keys().copied(), self.limit);
        if more == 0 {
            return;
        }
        let dropped = self.dropped_bits;
        let fine = std::mem::take(&mut self.bins);
        self.dropped_bits += more;
        for (key, bin) in fine {
            self.add_key(key, &bin, dropped);
        }
    }
}

/// The bits of a float in an order that rises with the number; both zeros are one.
#[inline]
pub(crate) fn ordered(number: f64) -> u64 {
    let bits = (number + 0.0).to_bits();
    bits ^ ((bits.cast_signed() >> 63).cast_unsigned() | (1 << 63))
}

/// The float of ordered bits.
pub(crate) fn unordered(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key ^ (1 << 63) } else { !key })
}

/// How many more low bits must go so that at most `limit` of the rising keys stay distinct.
pub(crate) fn bits_to_fit(keys: impl Iterator<Item = u64>, limit: usize) -> u8 {
    let mut differing = [0_usize; 65];
    let mut last: Option<u64> = None;
    let mut distinct = 0;
    for key in keys {
        if let Some(last) = last
            && let Some(count) = differing.get_mut(64 - (key ^ last).leading_zeros() as usize)
        {
            *count += 1;
        }
        last = Some(key);
        distinct += 1;
    }
    // Two neighbours whose highest differing bit is number b (from 1) fall together once b bits are gone.
    let mut bits = 0;
    while distinct > limit && bits < 63 {
        bits += 1;
        distinct -= differing.get(usize::from(bits)).copied().unwrap_or(0);
    }
    bits
}

/// A bin of `dropped` bits seen with `more` bits gone.
pub(crate) fn shifted(key: u64, bin: &Bin, more: u8, dropped: u8) -> (u64, Bin) {
    let low = key & ((1_u64 << more) - 1);
    let moved = u128::from(low) << dropped;
    let offset = bin.offset.saturating_add(moved.saturating_mul(u128::from(bin.rows())));
    (key >> more, Bin { offset, ..*bin })
}

fn ends(key: u64, bits: u8) -> (f64, f64) {
    let low = key << bits;
    let high = low | ((1_u64 << bits) - 1);
    // The outermost patterns are not numbers; no row has them.
    let clamp = |number: f64, end: f64| if number.is_nan() { end } else { number };
    (clamp(unordered(low), f64::NEG_INFINITY), clamp(unordered(high), f64::INFINITY))
}

/// Exact while the bin lies within one binade, where floats are evenly spaced.
#[expect(clippy::cast_precision_loss, reason = "a share of the bin's width, rounded once")]
fn mean(low: f64, high: f64, bits: u8, bin: &Bin) -> f64 {
    if bits == 0 || !(low.is_finite() && high.is_finite()) {
        return low;
    }
    let rows = bin.rows().max(1) as f64;
    let share = bin.offset as f64 / rows / ((1_u64 << bits) - 1) as f64;
    (low + (high - low) * share).clamp(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one() -> Bin {
        Bin { positive: Tally::of_rows(1), ..Bin::default() }
    }

    fn of(numbers: &[f64], limit: usize) -> Histogram {
        let mut histogram = Histogram::new(limit);
        for &number in numbers {
            histogram.add(number, &one());
        }
        histogram
    }

    #[test]
    fn few_distinct_numbers_are_kept_exactly() {
        let histogram = of(&[0.5, 0.25, 0.5, -0.0, 0.0], 16);
        assert!(histogram.is_exact());
        assert!(histogram.error_bound() <= 0.0);
        let points: Vec<_> = histogram.points().map(|p| (p.low, p.positive.n)).collect();
        assert_eq!(points, [(0.0, 2), (0.25, 1), (0.5, 2)]);
    }

    #[test]
    fn the_mean_of_a_wide_bin_is_that_of_its_rows() {
        let numbers: Vec<f64> = (0..1000).map(|i| 1.0 + f64::from(i) / 1001.0).collect();
        let histogram = of(&numbers, 8);
        assert!(!histogram.is_exact() && histogram.len() <= 8);
        let sum: f64 = histogram.points().map(|p| p.mean * p.total().w).sum();
        assert!((sum - numbers.iter().sum::<f64>()).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn ordered_bits_rise_with_the_number_and_come_back(a in any::<f64>(), b in any::<f64>()) {
            prop_assume!(!a.is_nan() && !b.is_nan());
            prop_assert_eq!(ordered(a) < ordered(b), a < b);
            prop_assert!((unordered(ordered(a)) - a).abs() <= 0.0 || a.is_infinite());
        }

        #[test]
        fn histograms_add_up_whatever_the_split_and_order(
            mut numbers in prop::collection::vec(prop_oneof![-2.0_f64..2.0, (0..9_i32).prop_map(f64::from)], 0..200),
            cut in 0_usize..200, limit in 2_usize..40,
        ) {
            let whole = of(&numbers, limit);
            numbers.reverse();
            let (left, right) = numbers.split_at(cut.min(numbers.len()));
            prop_assert_eq!(&of(left, limit).merge(&of(right, limit)), &whole);
            prop_assert_eq!(&of(right, limit).merge(&of(left, limit)), &whole);
            prop_assert!(whole.len() <= limit);
            prop_assert_eq!(whole.rows(), numbers.len() as u64);
        }
    }
}
