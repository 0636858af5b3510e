//! The bootstrap over the bins of histograms: one sample or two, each resampled from its own bins.
//!
//! Rows drawn with replacement and counted by cell are one multinomial draw, so this is the row bootstrap of the
//! histogram. Fine histograms are joined into few cells first, and the interval is moved by what that did to the value.
//! Replicate `i` draws from stream `i` of the seed, whichever thread runs it: threads change no result.

use rand_xoshiro::rand_core::Rng;

use super::Multinomial;
use super::stream;
use crate::interval::percentile::percentile_interval;
use crate::measurement::Interval;
use crate::options::Options;

/// The values of several statistics, replicate after replicate.
#[derive(Clone, Debug)]
pub(crate) struct Draws {
    values: Vec<f64>,
    width: usize,
}

impl Draws {
    /// The percentile interval of a statistic, moved by `moved` and cut to the range it can take.
    ///
    /// Replicates in which it is undefined (0/0) are left out; if more than a tenth are, there is no interval.
    pub(crate) fn interval(
        &self,
        statistic: usize,
        level: f64,
        moved: f64,
        (least, greatest): (f64, f64),
    ) -> Option<Interval> {
        let all = self.values.iter().skip(statistic).step_by(self.width.max(1));
        let mut series: Vec<f64> = all.copied().filter(|value| !value.is_nan()).collect();
        if !moved.is_finite() || series.len() * self.width * 10 < self.values.len() * 9 {
            return None;
        }
        let found = percentile_interval(&mut series, level)?;
        let cut = |end: f64| (end + moved).clamp(least, greatest);
        Some(Interval { low: cut(found.low), high: found.high.map(cut), ..found })
    }
}

/// Resamples every sample from its own cells and computes `width` statistics of each replicate with
/// `statistics(workspace, samples, values)`. Each thread makes its own workspace.
pub(crate) fn resample<W, const N: usize>(
    samples: [&[u64]; N],
    width: usize,
    options: &Options,
    workspace: impl Fn() -> W + Sync,
    statistics: impl Fn(&mut W, &[Vec<u64>; N], &mut [f64]) + Sync,
) -> Draws {
    let laws = samples.map(Law::new);
    let replicates = usize::try_from(options.replicates).unwrap_or(usize::MAX);
    let mut values = vec![f64::NAN; replicates.saturating_mul(width)];
    if width == 0 || replicates == 0 {
        return Draws { values, width };
    }
    let run = |first: usize, part: &mut [f64]| {
        let mut drawn = samples.map(|cells| vec![0; cells.len()]);
        let mut space = workspace();
        for (index, values) in part.chunks_exact_mut(width).enumerate() {
            let mut random = stream(options.seed, (first + index) as u64);
            for (law, cells) in laws.iter().zip(&mut drawn) {
                law.draw(&mut random, cells);
            }
            statistics(&mut space, &drawn, values);
        }
    };
    let share = replicates.div_ceil(options.threads.max(1));
    if options.threads <= 1 {
        run(0, &mut values);
    } else {
        std::thread::scope(|scope| {
            for (thread, part) in values.chunks_mut(share * width).enumerate() {
                let run = &run;
                scope.spawn(move || run(thread * share, part));
            }
        });
    }
    Draws { values, width }
}

/// Joins neighbouring bins into at most `most` cells of about equal weight, beside the cuts asked for: the cell of each
/// bin, counted from 0. With few enough bins each keeps its own.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cells are counted in thousands, and a share of them is never negative"
)]
pub(crate) fn join(weights: &[f64], most: usize, cut_before: impl Fn(usize) -> bool) -> Vec<usize> {
    if weights.len() <= most {
        return (0..weights.len()).collect();
    }
    let total: f64 = weights.iter().sum();
    let (mut cell, mut before, mut last) = (0, 0.0, 0);
    let mut cells = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        let place = (before / total * most as f64) as usize;
        if index > 0 && (place != last || cut_before(index)) {
            cell += 1;
        }
        last = place;
        before += weight;
        cells.push(cell);
    }
    cells
}

/// How one sample is drawn: by whichever way is cheaper, with the same distribution.
enum Law {
    /// A chain of binomials, at the cost of the cells.
    Chain(Multinomial),
    /// Row by row: the cell of each row.
    Rows(Vec<usize>, u32),
}

impl Law {
    fn new(cells: &[u64]) -> Self {
        let rows: u64 = cells.iter().sum();
        let occupied = cells.iter().filter(|rows| **rows > 0).count() as u64;
        match u32::try_from(rows) {
            Ok(size) if rows <= DRAWS_PER_CELL * occupied => {
                let owners = cells.iter().enumerate().flat_map(|(cell, &rows)| (0..rows).map(move |_| cell));
                Self::Rows(owners.collect(), size)
            }
            _ => Self::Chain(Multinomial::new(cells)),
        }
    }

    fn draw(&self, random: &mut impl Rng, cells: &mut [u64]) {
        match self {
            Self::Chain(law) => law.draw(random, cells),
            Self::Rows(owners, rows) => {
                cells.fill(0);
                for _ in 0..*rows {
                    let owner = owners.get(below(random, *rows) as usize);
                    if let Some(cell) = owner.and_then(|owner| cells.get_mut(*owner)) {
                        *cell += 1;
                    }
                }
            }
        }
    }
}

/// A number below `bound`, each equally likely.
///
/// Lemire, D. (2019), Fast random integer generation in an interval, ACM Trans. Model. Comput. Simul. 29, 1–12.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the method takes the two halves of a 64-bit product apart"
)]
fn below(random: &mut impl Rng, bound: u32) -> u32 {
    let mut product = u64::from(random.next_u32()) * u64::from(bound);
    if (product as u32) < bound {
        let least = bound.wrapping_neg() % bound;
        while (product as u32) < least {
            product = u64::from(random.next_u32()) * u64::from(bound);
        }
    }
    (product >> 32) as u32
}

/// Drawing a row costs about a tenth of drawing a binomial.
const DRAWS_PER_CELL: u64 = 10;

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "test counts are small")]
mod tests {
    use super::*;

    fn difference(_: &mut (), drawn: &[Vec<u64>; 2], values: &mut [f64]) {
        let share = |cells: &[u64]| cells[0] as f64 / cells.iter().sum::<u64>() as f64;
        values[0] = share(&drawn[0]) - share(&drawn[1]);
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let one = Options { replicates: 101, ..Options::default() };
        let three = Options { threads: 3, ..one };
        let samples: [&[u64]; 2] = [&[400, 100, 33, 7], &[5, 9]];
        let alone = resample(samples, 1, &one, || (), difference);
        let shared = resample(samples, 1, &three, || (), difference);
        assert_eq!(alone.values, shared.values);
    }

    #[test]
    fn two_samples_are_independent_so_their_variances_add() {
        let options = Options { replicates: 4_000, ..Options::default() };
        let draws = resample([&[800, 200], &[300, 100]], 1, &options, || (), difference);
        let interval = draws.interval(0, 0.95, 0.0, (-1.0, 1.0)).unwrap();
        let reach = 1.96 * (0.8_f64 * 0.2 / 1_000.0 + 0.75 * 0.25 / 400.0).sqrt();
        crate::interval::close(interval.low, 0.05 - reach, 0.004);
        crate::interval::close(interval.upper(), 0.05 + reach, 0.004);
    }

    #[test]
    fn both_ways_of_drawing_follow_the_same_law() {
        let cells = [6_u64, 0, 20, 4];
        let rows = Law::new(&cells);
        assert!(matches!(rows, Law::Rows(..)) && matches!(Law::new(&[400, 300]), Law::Chain(_)));
        for law in [rows, Law::Chain(Multinomial::new(&cells))] {
            let mut random = stream(3, 0);
            let (mut sums, mut squares, mut drawn) = ([0.0; 4], [0.0; 4], [0; 4]);
            for _ in 0..20_000 {
                law.draw(&mut random, &mut drawn);
                assert_eq!(drawn.iter().sum::<u64>(), 30);
                for ((sum, square), count) in sums.iter_mut().zip(&mut squares).zip(&drawn) {
                    *sum += *count as f64 / 20_000.0;
                    *square += (*count as f64).powi(2) / 20_000.0;
                }
            }
            for ((sum, square), &count) in sums.iter().zip(&squares).zip(&cells) {
                let variance = count as f64 * (1.0 - count as f64 / 30.0);
                crate::interval::close(*sum, count as f64, 0.1);
                crate::interval::close(square - sum * sum, variance, 0.06 * variance + 1e-9);
            }
        }
    }

    #[test]
    fn joined_cells_hold_about_equal_weight_and_keep_the_cuts() {
        assert_eq!(join(&[1.0; 3], 4, |_| false), [0, 1, 2]);
        assert_eq!(join(&[1.0; 8], 4, |_| false), [0, 0, 1, 1, 2, 2, 3, 3]);
        assert_eq!(join(&[1.0; 8], 2, |index| index == 1), [0, 1, 1, 1, 2, 2, 2, 2]);
        assert_eq!(join(&[9.0, 1.0, 1.0, 1.0], 3, |_| false), [0, 1, 1, 1]);
    }
}
