//! Intervals of calibration errors: the bootstrap over bin and label, the bins held where the data put them.
//!
//! Scores that share a bin under every rule form one cell, with the mean score of its positives and of its negatives, so
//! the error of the cells is the error of the rows. The spread of scores within a cell is left out: beside that of a
//! label of 0 or 1 it is a few parts in a thousand.

use super::bins::CurveBin;
use crate::bootstrap::bins::resample;
use crate::measurement::Interval;
use crate::options::Options;
use crate::scores::{ScoreBin, Scores};

/// The intervals of the expected and of the maximum calibration error of each curve.
pub(crate) fn intervals(
    scores: &Scores,
    curves: &[&[CurveBin]],
    weighted: bool,
    options: &Options,
) -> Vec<[Option<Interval>; 2]> {
    let cells = cells(&scores.bins, curves);
    let rows: Vec<u64> = cells.iter().flat_map(|cell| [cell.positive.rows, cell.negative.rows]).collect();
    let longest = curves.iter().map(|curve| curve.len()).max().unwrap_or(0);
    let workspace = || (vec![(0.0, 0.0); cells.len()], vec![(0.0, 0.0); longest]);
    let statistics =
        |(sums, bins): &mut (Vec<Sums>, Vec<Sums>), [drawn]: &[Vec<u64>; 1], values: &mut [f64]| {
            for ((sums, counts), cell) in sums.iter_mut().zip(drawn.chunks_exact(2)).zip(&cells) {
                if let [positive, negative] = counts {
                    let (positive, negative) =
                        (cell.positive.redrawn(*positive), cell.negative.redrawn(*negative));
                    *sums = (positive.0 + negative.0, positive.1 + negative.1);
                }
            }
            for (curve, values) in values.chunks_exact_mut(2).enumerate() {
                bins.fill((0.0, 0.0));
                for (sums, cell) in sums.iter().zip(&cells) {
                    if let Some(bin) = cell.places.get(curve).and_then(|place| bins.get_mut(*place)) {
                        *bin = (bin.0 + sums.0, bin.1 + sums.1);
                    }
                }
                if let [expected, largest] = values {
                    (*expected, *largest) = errors(bins);
                }
            }
        };
    let draws = resample([&rows], 2 * curves.len(), options, workspace, statistics);
    (0..curves.len())
        .map(|curve| {
            [2 * curve, 2 * curve + 1].map(|index| {
                let interval = draws.interval(index, options.level, 0.0, (0.0, 1.0))?;
                Some(interval.weighted(weighted))
            })
        })
        .collect()
}

/// The weight of some rows, and the sum of their label minus score.
type Sums = (f64, f64);

/// The rows of one label in one cell.
#[derive(Clone, Copy, Default)]
struct Side {
    rows: u64,
    /// Sum of weights.
    weight: f64,
    /// Sum of weight · (label − score).
    gap: f64,
}

impl Side {
    fn add(&mut self, rows: u64, weight: f64, gap: f64) {
        self.rows += rows;
        self.weight += weight;
        self.gap += weight * gap;
    }

    /// The sums when the side is drawn this often.
    #[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
    fn redrawn(&self, times: u64) -> Sums {
        if self.rows == 0 {
            return (0.0, 0.0);
        }
        let share = times as f64 / self.rows as f64;
        (self.weight * share, self.gap * share)
    }
}

/// Scores that no curve tells apart.
struct Cell {
    positive: Side,
    negative: Side,
    /// Its bin in each curve.
    places: Vec<usize>,
}

fn cells(bins: &[ScoreBin], curves: &[&[CurveBin]]) -> Vec<Cell> {
    let mut places = vec![0; curves.len()];
    let mut cells: Vec<Cell> = Vec::new();
    for bin in bins {
        for (place, curve) in places.iter_mut().zip(curves) {
            while curve.get(*place).is_some_and(|found| bin.score > found.high) && *place + 1 < curve.len() {
                *place += 1;
            }
        }
        if cells.last().is_none_or(|cell| cell.places != places) {
            let (positive, negative) = (Side::default(), Side::default());
            cells.push(Cell { positive, negative, places: places.clone() });
        }
        if let Some(cell) = cells.last_mut() {
            cell.positive.add(bin.positive_rows, bin.positive, 1.0 - bin.score);
            cell.negative.add(bin.rows - bin.positive_rows, bin.negative, -bin.score);
        }
    }
    cells
}

/// The expected and the maximum error of bins given by their sums.
fn errors(bins: &[Sums]) -> (f64, f64) {
    let (mut weight, mut sum, mut largest) = (0.0, 0.0, 0.0_f64);
    for (rows, gap) in bins.iter().filter(|(rows, _)| *rows > 0.0) {
        weight += rows;
        sum += gap.abs();
        largest = largest.max(gap.abs() / rows);
    }
    (sum / weight, largest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibration::bins::{BinRule, curve};
    use crate::calibration::expected_error;
    use crate::interval::close;

    fn scores() -> Scores {
        let bins: Vec<ScoreBin> = (1_u32..100)
            .map(|i| ScoreBin::counted(f64::from(i) / 100.0, i / 3 + i % 7, 40 - i / 3))
            .collect();
        let rows = bins.iter().map(|bin| bin.rows).sum();
        Scores { bins, rows, design_effect: 1.0, binned: false, probabilities: true }
    }

    #[test]
    fn cells_have_the_error_of_the_rows() {
        let scores = scores();
        let curves = [BinRule::EqualWidth(10), BinRule::EqualMass(15)].map(|rule| curve(&scores, rule));
        let borrowed: Vec<&[CurveBin]> = curves.iter().map(Vec::as_slice).collect();
        let cells = cells(&scores.bins, &borrowed);
        for (index, curve) in curves.iter().enumerate() {
            let mut bins = vec![(0.0, 0.0); curve.len()];
            for cell in &cells {
                let (positive, negative) =
                    (cell.positive.redrawn(cell.positive.rows), cell.negative.redrawn(cell.negative.rows));
                let bin = &mut bins[cell.places[index]];
                *bin = (bin.0 + positive.0 + negative.0, bin.1 + positive.1 + negative.1);
            }
            let (expected, largest) = errors(&bins);
            close(expected, expected_error(curve), 1e-12);
            close(largest, curve.iter().map(CurveBin::gap).fold(0.0, f64::max), 1e-12);
        }
    }

    #[test]
    fn an_error_far_from_zero_lies_within_its_interval() {
        let scores = scores();
        let curve = curve(&scores, BinRule::EqualMass(10));
        let found = intervals(&scores, &[&curve], false, &Options::default());
        let [Some(expected), Some(largest)] = found[0] else { panic!("no interval") };
        let value = expected_error(&curve);
        assert!(expected.low < value && value < expected.upper() && expected.upper() - expected.low < 0.1);
        assert!(largest.upper() > expected.upper());
    }
}
