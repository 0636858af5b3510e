//! Running replicates: one seed each, spread over scoped threads, and percentiles of each statistic's series.

use std::ops::Range;

use super::tails::Tails;
use super::{Multinomial, stream};
use crate::measurement::Interval;
use crate::options::Options;

/// The values of several statistics over all replicates.
#[derive(Clone, Debug)]
pub struct Series {
    /// What each thread computed.
    parts: Vec<Columns>,
    width: usize,
}

/// Some replicates, statistic after statistic.
#[derive(Clone, Debug)]
struct Columns {
    values: Vec<f64>,
    replicates: usize,
}

impl Series {
    /// The percentile interval of each statistic.
    ///
    /// Replicates in which a statistic is undefined (0/0) are left out; if more than a tenth are, there is no interval.
    pub fn intervals(&self, level: f64) -> Vec<Option<Interval>> {
        let mut intervals = vec![None; self.width];
        let share = self.width.div_ceil(self.parts.len().max(1)).max(WORTH_A_THREAD);
        if share >= self.width {
            self.take_percentiles(0, &mut intervals, level);
        } else {
            std::thread::scope(|scope| {
                for (thread, intervals) in intervals.chunks_mut(share).enumerate() {
                    scope.spawn(move || self.take_percentiles(thread * share, intervals, level));
                }
            });
        }
        intervals
    }

    /// The intervals of the statistics from `first` on.
    fn take_percentiles(&self, first: usize, intervals: &mut [Option<Interval>], level: f64) {
        let replicates: usize = self.parts.iter().map(|part| part.replicates).sum();
        let mut tails = Tails::default();
        let mut series = Vec::with_capacity(replicates);
        for (statistic, interval) in (first..).zip(intervals) {
            series.clear();
            for part in &self.parts {
                let start = statistic * part.replicates;
                let values = part.values.get(start..start + part.replicates).unwrap_or_default();
                series.extend_from_slice(values);
            }
            series.retain(|value| !value.is_nan());
            let enough = series.len() * 10 >= replicates * 9;
            *interval = if enough { tails.interval(&series, level) } else { None };
        }
    }
}

/// Resamples the cells and computes `width` statistics of each replicate with `statistics(workspace, cells, values)`.
///
/// Each thread makes its own workspace, so that replicates allocate nothing.
/// Replicate `i` draws from stream `i` of the seed, whichever thread runs it.
pub fn replicate<W>(
    cells: &[u64],
    width: usize,
    options: &Options,
    workspace: impl Fn() -> W + Sync,
    statistics: impl Fn(&mut W, &[u64], &mut [f64]) + Sync,
) -> Series {
    let law = Multinomial::new(cells);
    let replicates = usize::try_from(options.replicates).unwrap_or(usize::MAX);
    if width == 0 || replicates == 0 {
        return Series { parts: Vec::new(), width };
    }
    let run = |part: Range<usize>| {
        let mut columns =
            Columns { values: vec![0.0; part.len().saturating_mul(width)], replicates: part.len() };
        let mut drawn = vec![0; cells.len()];
        let mut space = workspace();
        let mut tile = vec![0.0; TILE * width];
        for first in part.clone().step_by(TILE) {
            let rows = TILE.min(part.end - first);
            for (number, values) in (first..first + rows).zip(tile.chunks_exact_mut(width)) {
                law.draw(&mut stream(options.seed, number as u64), &mut drawn);
                statistics(&mut space, &drawn, values);
            }
            columns.take(first - part.start, &tile, rows);
        }
        columns
    };
    let share = replicates.div_ceil(options.threads.max(1));
    let part = |first: usize| first..replicates.min(first + share);
    let parts = std::thread::scope(|scope| {
        let run = &run;
        let others: Vec<_> = (share..replicates)
            .step_by(share)
            .map(|first| (first, scope.spawn(move || run(part(first)))))
            .collect();
        let mut parts = vec![run(part(0))];
        // A thread that could not be had, or died, is made up for here.
        parts.extend(
            others.into_iter().map(|(first, other)| other.join().unwrap_or_else(|_| run(part(first)))),
        );
        parts
    });
    Series { parts, width }
}

impl Columns {
    /// Writes some replicates of a tile, from a place on, into the columns.
    ///
    /// A tile stays in the cache while it is turned; the whole table would not.
    fn take(&mut self, place: usize, tile: &[f64], rows: usize) {
        let width = tile.len() / TILE;
        for (statistic, column) in self.values.chunks_exact_mut(self.replicates).enumerate() {
            let values = tile.iter().skip(statistic).step_by(width).take(rows);
            column.iter_mut().skip(place).zip(values).for_each(|(kept, value)| *kept = *value);
        }
    }
}

/// Replicates that are computed before they are turned into columns.
const TILE: usize = 16;
/// Fewer statistics than these are done before a thread has started.
const WORTH_A_THREAD: usize = 64;

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
        assert_eq!(alone.intervals(0.95), shared.intervals(0.95));
        let values = |series: &Series, statistic: usize| -> Vec<f64> {
            let column =
                |part: &Columns| part.values[statistic * part.replicates..][..part.replicates].to_vec();
            series.parts.iter().flat_map(column).collect()
        };
        for statistic in 0..4 {
            assert_eq!(values(&alone, statistic), values(&shared, statistic));
        }
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
