//! Multinomial draws by halving: the rows are split between two halves of the cells, each half's between its halves, and
//! so on. Every split is binomial and none of one level waits for another, which modern processors reward.

use rand_xoshiro::rand_core::Rng;

use super::binomial::Chance;

/// The law of resampling rows and counting them by cell.
#[derive(Clone, Debug)]
pub struct Multinomial {
    rows: u64,
    splits: Vec<Split>,
}

/// Rows gathered at one cell are shared with the cell half a block further on.
#[derive(Clone, Copy, Debug)]
struct Split {
    from: usize,
    to: usize,
    /// The chance to go there.
    chance: Chance,
}

impl Multinomial {
    /// Resampling of the rows these cells count.
    #[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
    pub fn new(cells: &[u64]) -> Self {
        let total = |from: usize, to: usize| {
            cells.get(from..to.min(cells.len())).unwrap_or_default().iter().sum::<u64>()
        };
        let mut splits = Vec::with_capacity(cells.len());
        let mut half = cells.len().next_power_of_two() / 2;
        while half > 0 {
            for from in (0..cells.len().saturating_sub(half)).step_by(2 * half) {
                let to = from + half;
                let (stay, go) = (total(from, to), total(to, to + half));
                // A block without rows is never given any.
                let chance = Chance::new(go as f64 / (stay + go).max(1) as f64);
                splits.push(Split { from, to, chance });
            }
            half /= 2;
        }
        Self { rows: total(0, cells.len()), splits }
    }

    /// One draw of all cells, into `cells`, which must be as many as the law was made of.
    #[expect(
        clippy::indexing_slicing,
        reason = "a kernel: the length is checked once, and every place lies below it"
    )]
    pub fn draw(&self, random: &mut impl Rng, cells: &mut [u64]) {
        if cells.len() <= self.splits.len() {
            return;
        }
        cells[0] = self.rows;
        for split in &self.splits {
            let rows = cells[split.from];
            let gone = split.chance.draw(random, rows);
            cells[split.to] = gone;
            cells[split.from] = rows - gone;
        }
    }
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "test counts are small")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bootstrap::stream;

    proptest! {
        #[test]
        fn every_draw_holds_all_rows_and_leaves_empty_cells_empty(
            cells in prop::collection::vec(0_u64..500, 1..40), seed in any::<u64>(),
        ) {
            let mut drawn = vec![0; cells.len()];
            Multinomial::new(&cells).draw(&mut stream(seed, 0), &mut drawn);
            prop_assert_eq!(drawn.iter().sum::<u64>(), cells.iter().sum::<u64>());
            for (before, after) in cells.iter().zip(&drawn) {
                prop_assert!(*before > 0 || *after == 0);
            }
        }
    }

    #[test]
    fn means_and_variances_are_those_of_the_row_bootstrap() {
        let cells = [50_u64, 3, 0, 400, 47];
        let law = Multinomial::new(&cells);
        let mut random = stream(1, 0);
        let (mut sums, mut squares) = ([0.0; 5], [0.0; 5]);
        let draws = 20_000.0;
        for _ in 0..20_000 {
            let mut drawn = [0; 5];
            law.draw(&mut random, &mut drawn);
            for (k, count) in drawn.iter().enumerate() {
                sums[k] += *count as f64;
                squares[k] += (*count as f64).powi(2);
            }
        }
        for (k, &count) in cells.iter().enumerate() {
            let mean = sums[k] / draws;
            let variance = squares[k] / draws - mean * mean;
            let p = count as f64 / 500.0;
            assert!((mean - count as f64).abs() < 5.0 * (500.0 * p * (1.0 - p) / draws).sqrt() + 1e-12);
            assert!((variance - 500.0 * p * (1.0 - p)).abs() <= 0.06 * 500.0 * p * (1.0 - p) + 1e-9);
        }
    }
}
