//! Intervals of calibration errors: the bootstrap over bin and label, the bins held where the data put them.
//!
//! The scores of a bin form one cell for each label, with their mean, so the error of the cells is the error of the rows.
//! The spread of scores within a cell is left out: beside that of a label of 0 or 1 it is a few parts in a thousand.

use super::bins::CurveBin;
use crate::bootstrap::bins::resample;
use crate::measurement::Interval;
use crate::options::Options;
use crate::scores::{ScoreBin, Scores};

/// The intervals of the expected and of the maximum calibration error of a curve.
pub(crate) fn intervals(
    scores: &Scores,
    curve: &[CurveBin],
    weighted: bool,
    options: &Options,
) -> [Option<Interval>; 2] {
    let cells = cells(&scores.bins, curve);
    let rows: Vec<u64> = cells.iter().flatten().map(|side| side.rows).collect();
    let workspace = || vec![(0.0, 0.0); cells.len()];
    let draws = resample([&rows], 2, options, workspace, |bins, [drawn], values| {
        for ((bin, counts), cell) in bins.iter_mut().zip(drawn.chunks_exact(2)).zip(&cells) {
            if let ([positive, negative], [positives, negatives]) = (cell, counts) {
                let (x, y) = (positive.redrawn(*positives), negative.redrawn(*negatives));
                *bin = (x.0 + y.0, x.1 + y.1);
            }
        }
        if let [expected, largest] = values {
            (*expected, *largest) = errors(bins);
        }
    });
    [0, 1].map(|index| Some(draws.interval(index, options.level, 0.0, (0.0, 1.0))?.weighted(weighted)))
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

/// The positives and the negatives of each bin of the curve.
fn cells(bins: &[ScoreBin], curve: &[CurveBin]) -> Vec<[Side; 2]> {
    let mut cells = vec![[Side::default(); 2]; curve.len()];
    let mut place = 0;
    for bin in bins {
        while place + 1 < curve.len() && curve.get(place).is_some_and(|found| bin.score > found.high) {
            place += 1;
        }
        if let Some([positive, negative]) = cells.get_mut(place) {
            positive.add(bin.positive_rows, bin.positive, 1.0 - bin.score);
            negative.add(bin.rows - bin.positive_rows, bin.negative, -bin.score);
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
        for rule in [BinRule::EqualWidth(10), BinRule::EqualMass(15)] {
            let curve = curve(&scores, rule);
            let bins: Vec<Sums> = cells(&scores.bins, &curve)
                .iter()
                .map(|cell| cell.map(|side| side.redrawn(side.rows)))
                .map(|[positive, negative]| (positive.0 + negative.0, positive.1 + negative.1))
                .collect();
            let (expected, largest) = errors(&bins);
            close(expected, expected_error(&curve), 1e-12);
            close(largest, curve.iter().map(CurveBin::gap).fold(0.0, f64::max), 1e-12);
        }
    }

    #[test]
    fn an_error_far_from_zero_lies_within_its_interval() {
        let scores = scores();
        let curve = curve(&scores, BinRule::EqualMass(10));
        let [expected, largest] = intervals(&scores, &curve, false, &Options::default()).map(Option::unwrap);
        let value = expected_error(&curve);
        assert!(expected.low < value && value < expected.upper() && expected.upper() - expected.low < 0.1);
        assert!(largest.upper() > expected.upper());
    }
}
