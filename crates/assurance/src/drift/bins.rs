//! Putting two samples of a number into the same bins.
//!
//! Every bin is (low, high]; the outermost are open to infinity, except that the first Sturges bin is closed, which is
//! the same thing for values that lie within the edges. Equal edges are merged.

use super::distance::Binned;
use crate::calibration::bins::quantile_edges;
use crate::histogram::Histogram;

/// Both samples by value: `(value, reference rows, current rows)` in order of value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Paired {
    /// The values.
    pub points: Vec<(f64, u64, u64)>,
    /// Whether some point holds several distinct values, so that distances are approximate.
    pub binned: bool,
}

impl Paired {
    /// Lines up two histograms by value; unless both are exact, in the bins of their union.
    pub fn new(reference: &Histogram, current: &Histogram) -> Self {
        if reference.is_exact() && current.is_exact() {
            return Self { points: by_value(reference, current), binned: false };
        }
        let both = reference.merge(current);
        let mut points: Vec<(f64, u64, u64)> = Vec::with_capacity(both.len());
        let mut ours = reference.points().peekable();
        let mut theirs = current.points().peekable();
        for point in both.points() {
            let (mut x, mut y) = (0, 0);
            while let Some(part) = ours.next_if(|part| part.low <= point.high) {
                x += part.total().n;
            }
            while let Some(part) = theirs.next_if(|part| part.low <= point.high) {
                y += part.total().n;
            }
            points.push((point.mean, x, y));
        }
        Self { points, binned: !both.is_exact() }
    }

    /// Rows of both samples.
    pub fn rows(&self) -> (u64, u64) {
        self.points.iter().fold((0, 0), |(x, y), (_, m, n)| (x + m, y + n))
    }

    /// Bins between the type-7 quantiles of the reference.
    pub fn by_reference_quantiles(&self, bins: u32) -> Binned {
        self.by_edges(&self.reference_quantiles(bins))
    }

    /// Type-7 quantiles of the reference.
    fn reference_quantiles(&self, bins: u32) -> Vec<f64> {
        let reference = self.points.iter().map(|(value, rows, _)| (*value, *rows));
        quantile_edges(reference, self.rows().0, bins)
    }

    /// Bins of equal width between the least and greatest value of the reference.
    pub fn by_reference_width(&self, bins: u32) -> Binned {
        self.by_edges(&self.reference_width(bins))
    }

    fn reference_width(&self, bins: u32) -> Vec<f64> {
        let mut inside = self.points.iter().filter(|(_, rows, _)| *rows > 0).map(|(value, _, _)| *value);
        let low = inside.next();
        let high = inside.next_back().or(low);
        low.zip(high).map_or_else(Vec::new, |ends| width_edges(ends, bins))
    }

    /// ⌈log₂ n⌉ + 1 bins of equal width between the least and greatest value of both samples.
    pub fn by_sturges(&self) -> Binned {
        self.by_edges(&self.sturges())
    }

    fn sturges(&self) -> Vec<f64> {
        let (x, y) = self.rows();
        // ⌈log₂ n⌉ is the number of bits of n − 1.
        let bins = u64::BITS - (x + y).saturating_sub(1).leading_zeros() + 1;
        let ends = self.points.first().zip(self.points.last()).map(|(low, high)| (low.0, high.0));
        ends.map_or_else(Vec::new, |ends| width_edges(ends, bins))
    }

    /// For each rule, the index of the first point of every bin but the first: ten reference quantiles, ten equal
    /// widths of the reference, and Sturges.
    pub(super) fn cuts(&self) -> [Vec<usize>; 3] {
        [self.reference_quantiles(10), self.reference_width(10), self.sturges()].map(|edges| {
            let first_above = |edge: &f64| self.points.partition_point(|(value, _, _)| value <= edge);
            edges.iter().map(first_above).collect()
        })
    }

    /// Counts between rising inner edges; a value on an edge belongs below it.
    #[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
    fn by_edges(&self, edges: &[f64]) -> Binned {
        let mut binned = Binned::default();
        let mut rest = self.points.as_slice();
        for place in 0..=edges.len() {
            let inside = edges
                .get(place)
                .map_or(rest.len(), |high| rest.partition_point(|(value, _, _)| value <= high));
            let (bin, above) = rest.split_at(inside);
            rest = above;
            binned.reference.push(bin.iter().map(|(_, rows, _)| *rows).sum::<u64>() as f64);
            binned.current.push(bin.iter().map(|(_, _, rows)| *rows).sum::<u64>() as f64);
        }
        binned
    }
}

/// Every distinct value of two exact histograms, however many there are together.
fn by_value(reference: &Histogram, current: &Histogram) -> Vec<(f64, u64, u64)> {
    let mut points = Vec::with_capacity(reference.len() + current.len());
    let mut ours = reference.points().peekable();
    let mut theirs = current.points().peekable();
    loop {
        let next = match (ours.peek(), theirs.peek()) {
            (Some(x), Some(y)) => x.low.min(y.low),
            (Some(only), None) | (None, Some(only)) => only.low,
            (None, None) => return points,
        };
        let x = ours.next_if(|part| part.low <= next).map_or(0, |part| part.total().n);
        let y = theirs.next_if(|part| part.low <= next).map_or(0, |part| part.total().n);
        points.push((next, x, y));
    }
}

/// The inner edges of bins of equal width.
fn width_edges((low, high): (f64, f64), bins: u32) -> Vec<f64> {
    let step = (high - low) / f64::from(bins);
    let mut edges: Vec<f64> = (1..bins).map(|k| low + f64::from(k) * step).collect();
    edges.dedup();
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histogram::{Bin, Tally};

    fn histogram(values: &[f64], limit: usize) -> Histogram {
        let mut histogram = Histogram::new(limit);
        for value in values {
            histogram.add(*value, &Bin { unlabelled: Tally::of_rows(1), ..Bin::default() });
        }
        histogram
    }

    #[test]
    fn two_samples_line_up_by_value() {
        let paired = Paired::new(&histogram(&[1.0, 2.0, 2.0], 64), &histogram(&[2.0, 3.0], 64));
        assert_eq!(paired.points, [(1.0, 1, 0), (2.0, 2, 1), (3.0, 0, 1)]);
        assert!(!paired.binned);
    }

    #[test]
    fn a_coarse_and_a_fine_histogram_line_up_and_lose_no_row() {
        let many: Vec<f64> = (0..500).map(|i| f64::from(i) / 7.0).collect();
        let paired = Paired::new(&histogram(&many, 32), &histogram(&many[..300], 512));
        assert_eq!(paired.rows(), (500, 300));
        assert!(paired.binned && paired.points.len() <= 32);
    }

    #[test]
    fn values_outside_the_reference_fall_into_the_outer_bins() {
        let reference: Vec<f64> = (0..=100).map(f64::from).collect();
        let paired = Paired::new(&histogram(&reference, 512), &histogram(&[-5.0, 10.0, 10.5, 400.0], 512));
        let binned = paired.by_reference_width(10);
        assert_eq!(binned.current, [2.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        crate::interval::close(binned.reference.iter().sum(), 101.0, 0.0);
    }

    #[test]
    fn a_reference_of_one_value_still_tells_what_lies_above_it() {
        let paired = Paired::new(&histogram(&[5.0; 20], 64), &histogram(&[5.0, 9.0], 64));
        assert_eq!(paired.by_reference_quantiles(10).current, [1.0, 1.0]);
    }
}
