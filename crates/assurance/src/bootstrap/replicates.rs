//! Running replicates: one seed each, spread over scoped threads, and percentiles of each statistic's series.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::Multinomial;
use crate::interval::percentile::percentile_interval;
use crate::measurement::Interval;
use crate::options::Options;

/// The values of several statistics over all replicates.
#[derive(Clone, Debug)]
pub struct Series {
    /// Replicate after replicate, each with one value per statistic.
    values: Vec<f64>,
    width: usize,
}

impl Series {
    /// The percentile interval of each statistic.
    ///
    /// Replicates in which a statistic is undefined (0/0) are left out; if more than a tenth are, there is no interval.
    pub fn intervals(&self, level: f64) -> Vec<Option<Interval>> {
        let mut intervals = Vec::with_capacity(self.width);
        let replicates = self.values.len() / self.width.max(1);
        // Eight statistics are one cache line of each replicate: read the table once, not once per statistic.
        let mut block: Vec<Vec<f64>> = vec![Vec::with_capacity(replicates); BLOCK.min(self.width)];
        for start in (0..self.width).step_by(BLOCK) {
            block.iter_mut().for_each(Vec::clear);
            for replicate in self.values.chunks_exact(self.width) {
                for (series, &value) in block.iter_mut().zip(replicate.iter().skip(start)) {
                    if !value.is_nan() {
                        series.push(value);
                    }
                }
            }
            for series in block.iter_mut().take(self.width - start) {
                let enough = series.len() * 10 >= replicates * 9;
                intervals.push(if enough { percentile_interval(series, level) } else { None });
            }
        }
        intervals
    }
}

/// Resamples the cells and computes `width` statistics of each replicate with `statistics(workspace, cells, values)`.
///
/// Each thread makes its own workspace, so that replicates allocate nothing.
/// Replicate `i` draws from `ChaCha8` seeded with the seed and stream `i`, whichever thread runs it.
pub fn replicate<W>(
    cells: &[u64],
    width: usize,
    options: &Options,
    workspace: impl Fn() -> W + Sync,
    statistics: impl Fn(&mut W, &[u64], &mut [f64]) + Sync,
) -> Series {
    let law = Multinomial::new(cells);
    let replicates = usize::try_from(options.replicates).unwrap_or(usize::MAX);
    let mut values = vec![f64::NAN; replicates.saturating_mul(width)];
    if width == 0 || replicates == 0 {
        return Series { values, width };
    }
    let share = replicates.div_ceil(options.threads.max(1));
    let run = |first: usize, part: &mut [f64]| {
        let mut drawn = vec![0; cells.len()];
        let mut space = workspace();
        let base = ChaCha8Rng::seed_from_u64(options.seed);
        for (index, values) in part.chunks_exact_mut(width).enumerate() {
            let mut random = base.clone();
            random.set_stream((first + index) as u64);
            law.draw(&mut random, &mut drawn);
            statistics(&mut space, &drawn, values);
        }
    };
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
    Series { values, width }
}

const BLOCK: usize = 8;

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "test counts are small")]
mod tests {
    use super::*;

    fn shares(_: &mut (), cells: &[u64], values: &mut [f64]) {
        let total: u64 = cells.iter().sum();
        for (value, cell) in values.iter_mut().zip(cells) {
            *value = *cell as f64 / total as f64;
        }
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let cells = [400_u64, 100, 33, 7];
        let one = Options { replicates: 101, ..Options::default() };
        let three = Options { threads: 3, ..one };
        let alone = replicate(&cells, 4, &one, || (), shares);
        let shared = replicate(&cells, 4, &three, || (), shares);
        assert_eq!(alone.values, shared.values);
    }

    #[test]
    fn the_interval_of_a_share_is_close_to_the_binomial_one() {
        let options = Options { replicates: 4_000, ..Options::default() };
        let series = replicate(&[800, 200], 1, &options, || (), shares);
        let interval = series.intervals(0.95)[0].unwrap();
        let error = (0.8_f64 * 0.2 / 1_000.0).sqrt();
        assert!((interval.low - (0.8 - 1.96 * error)).abs() < 0.003, "{interval:?}");
        assert!((interval.upper() - (0.8 + 1.96 * error)).abs() < 0.003, "{interval:?}");
    }

    #[test]
    fn mostly_undefined_statistics_get_no_interval() {
        let options = Options { replicates: 50, ..Options::default() };
        let series = replicate(&[5, 5], 1, &options, || (), |(), _, values| values.fill(f64::NAN));
        assert_eq!(series.intervals(0.95), [None]);
    }
}
