//! Intervals of drift distances: both samples resampled from their own bins, over the same binning.
//!
//! The bins stay where the data put them. Values are joined into few cells, none across an edge of a rule, so that every
//! rule is measured on the same draws and exactly; the two distances over all values, Kolmogorov–Smirnov and
//! Wasserstein, are moved by what joining did to them. Distances are bounded at zero, so that percentiles lie too high
//! when the samples hardly differ.

use super::bins::Paired;
use super::distance::Binned;
use crate::bootstrap::bins::{Draws, join, resample};
use crate::measurement::Interval;
use crate::options::Options;

/// The intervals of the distances between two samples of a number.
pub(super) struct Distances {
    /// The stability index by reference deciles, equal width and Sturges bins.
    pub(super) stability: [Option<Interval>; 3],
    /// The other measures over the first bins.
    pub(super) binned: BinnedIntervals,
    /// The Kolmogorov–Smirnov statistic.
    pub(super) ks: Option<Interval>,
    /// The Wasserstein distance, plain and by the reference's standard deviation.
    pub(super) wasserstein: [Option<Interval>; 2],
}

/// The intervals of the measures over bins.
#[derive(Default)]
pub(super) struct BinnedIntervals {
    pub(super) jensen_shannon: Option<Interval>,
    pub(super) jensen_shannon_distance: Option<Interval>,
    pub(super) hellinger: Option<Interval>,
    pub(super) total_variation: Option<Interval>,
    pub(super) cramers_v: Option<Interval>,
}

/// The intervals of two samples of a number, whose measured Kolmogorov–Smirnov statistic and Wasserstein distances are
/// given if their intervals are wanted.
pub(super) fn of_numbers(paired: &Paired, exact: Option<[f64; 3]>, options: &Options) -> Distances {
    let cuts = paired.cuts();
    let grid = Grid::new(paired, &cuts, if exact.is_some() { MOST_CELLS } else { 1 });
    let width = if exact.is_some() { ALL } else { BINNED };
    let samples = [grid.reference.as_slice(), grid.current.as_slice()];
    let workspace = || [0, 1, 2].map(|rule| Binned::empty(cuts.get(rule).map_or(0, Vec::len) + 1));
    let statistics = |bins: &mut [Binned; 3], drawn: &[Vec<u64>; 2], values: &mut [f64]| {
        let [reference, current] = drawn;
        for (binned, places) in bins.iter_mut().zip(&grid.places) {
            binned.refill(reference, current, places);
        }
        let [deciles, width, sturges] = &*bins;
        let (binned, curves) = values.split_at_mut(BINNED.min(values.len()));
        if let [first, second, third, rest @ ..] = binned {
            *first = deciles.stability_index();
            *second = width.stability_index();
            *third = sturges.stability_index();
            measures(deciles, rest);
        }
        if !curves.is_empty() {
            curves.copy_from_slice(&grid.distances(reference, current));
        }
    };
    let draws = resample(samples, width, options, workspace, statistics);
    let level = options.level;
    let moved = |index: usize| {
        let joined = grid.distances(&grid.reference, &grid.current);
        Some(exact?.get(index)? - joined.get(index)?)
    };
    let curve =
        |index: usize, greatest: f64| draws.interval(BINNED + index, level, moved(index)?, (0.0, greatest));
    Distances {
        stability: [0, 1, 2].map(|index| draws.interval(index, level, 0.0, POSITIVE)),
        binned: BinnedIntervals::read(&draws, 3, level),
        ks: curve(0, 1.0),
        wasserstein: [curve(1, f64::INFINITY), curve(2, f64::INFINITY)],
    }
}

/// The intervals of two samples in bins of their own, such as categories: the stability index and the other measures.
pub(super) fn of_bins(
    reference: &[u64],
    current: &[u64],
    options: &Options,
) -> (Option<Interval>, BinnedIntervals) {
    let places: Vec<usize> = (0..reference.len()).collect();
    let workspace = || Binned::empty(places.len());
    let draws = resample([reference, current], 6, options, workspace, |binned, [x, y], values| {
        binned.refill(x, y, &places);
        if let [first, rest @ ..] = values {
            *first = binned.stability_index();
            measures(binned, rest);
        }
    });
    let stability = draws.interval(0, options.level, 0.0, POSITIVE);
    (stability, BinnedIntervals::read(&draws, 1, options.level))
}

impl BinnedIntervals {
    fn read(draws: &Draws, first: usize, level: f64) -> Self {
        let interval = |index: usize| draws.interval(first + index, level, 0.0, (0.0, 1.0));
        Self {
            jensen_shannon: interval(0),
            jensen_shannon_distance: interval(1),
            hellinger: interval(2),
            total_variation: interval(3),
            cramers_v: interval(4),
        }
    }
}

/// The five measures that [`BinnedIntervals`] reads.
fn measures(binned: &Binned, values: &mut [f64]) {
    let divergence = binned.jensen_shannon();
    let found =
        [divergence, divergence.sqrt(), binned.hellinger(), binned.total_variation(), binned.cramers_v()];
    values.iter_mut().zip(found).for_each(|(value, found)| *value = found);
}

/// Two samples joined into cells.
struct Grid {
    reference: Vec<u64>,
    current: Vec<u64>,
    /// The mean value of each cell, over both samples.
    values: Vec<f64>,
    /// For each rule, the bin of each cell.
    places: [Vec<usize>; 3],
}

impl Grid {
    /// Cells hold about equal shares of the rows and of their squared distance from the mean, so that tails, which
    /// decide a Wasserstein distance, stay fine.
    fn new(paired: &Paired, cuts: &[Vec<usize>; 3], most: usize) -> Self {
        let rows = |x: u64, y: u64| count(x) + count(y);
        let total: f64 = paired.points.iter().map(|(_, x, y)| rows(*x, *y)).sum();
        let mean = paired.points.iter().map(|(value, x, y)| value * rows(*x, *y) / total).sum::<f64>();
        let spread = |value: f64, rows: f64| rows * (value - mean) * (value - mean);
        let whole: f64 = paired.points.iter().map(|(value, x, y)| spread(*value, rows(*x, *y))).sum();
        let weight = |(value, x, y): &(f64, u64, u64)| {
            let rows = rows(*x, *y);
            let tail = spread(*value, rows) / whole;
            rows / total + if tail.is_finite() { tail } else { 0.0 }
        };
        let weights: Vec<f64> = paired.points.iter().map(weight).collect();
        let cells = join(&weights, most, |index| cuts.iter().any(|cuts| cuts.binary_search(&index).is_ok()));
        let mut grid = Self {
            reference: Vec::new(),
            current: Vec::new(),
            values: Vec::new(),
            places: Default::default(),
        };
        let mut sum = 0.0;
        for (index, ((value, x, y), cell)) in paired.points.iter().zip(cells).enumerate() {
            if grid.reference.len() <= cell {
                grid.reference.push(0);
                grid.current.push(0);
                grid.values.push(*value);
                sum = 0.0;
                for (places, cuts) in grid.places.iter_mut().zip(cuts) {
                    places.push(cuts.partition_point(|cut| *cut <= index));
                }
            }
            sum += value * rows(*x, *y);
            if let (Some(reference), Some(current), Some(mean)) =
                (grid.reference.last_mut(), grid.current.last_mut(), grid.values.last_mut())
            {
                *reference += x;
                *current += y;
                *mean = sum / rows(*reference, *current);
            }
        }
        grid
    }

    /// The Kolmogorov–Smirnov statistic and the Wasserstein distance, plain and normalised, of counts of the cells.
    fn distances(&self, reference: &[u64], current: &[u64]) -> [f64; 3] {
        let (m, n) = (count(reference.iter().sum()), count(current.iter().sum()));
        let (mut below_reference, mut below_current, mut ks, mut area) = (0, 0, 0.0_f64, 0.0);
        let (mut last, mut sum, mut squares) = (f64::NAN, 0.0, 0.0);
        let first = self.values.first().copied().unwrap_or(0.0);
        let mut gap = 0.0_f64;
        for ((value, x), y) in self.values.iter().zip(reference).zip(current) {
            if gap > 0.0 {
                area += gap * (value - last);
            }
            below_reference += x;
            below_current += y;
            gap = (count(below_current) / n - count(below_reference) / m).abs();
            ks = ks.max(gap);
            sum += count(*x) * (value - first);
            squares += count(*x) * (value - first) * (value - first);
            last = *value;
        }
        let deviation = ((squares - sum * sum / m) / (m - 1.0)).sqrt();
        [ks, area, if deviation > 0.0 { area / deviation } else { f64::NAN }]
    }
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
fn count(rows: u64) -> f64 {
    rows as f64
}

const POSITIVE: (f64, f64) = (0.0, f64::INFINITY);
/// Cells of one column beside the edges of its bins.
const MOST_CELLS: usize = 40;
/// Statistics over bins: three stability indices and five measures.
const BINNED: usize = 8;
/// The same with those over all values.
const ALL: usize = BINNED + 3;
