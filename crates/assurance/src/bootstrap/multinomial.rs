//! Multinomial draws as a chain of binomials: each cell takes its share of the rows that are left.

use rand_chacha::ChaCha8Rng;

use super::binomial;

/// The law of resampling rows and counting them by cell.
#[derive(Clone, Debug)]
pub struct Multinomial {
    rows: u64,
    /// For each cell, its chance among the cells from it to the last.
    shares: Vec<f64>,
}

impl Multinomial {
    /// Resampling of the rows these cells count.
    #[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
    pub fn new(cells: &[u64]) -> Self {
        let rows: u64 = cells.iter().sum();
        let mut left = rows;
        let shares = cells
            .iter()
            .map(|&count| {
                let share = if left == 0 { 0.0 } else { count as f64 / left as f64 };
                left -= count;
                share
            })
            .collect();
        Self { rows, shares }
    }

    /// One draw of all cells, into `cells`.
    pub fn draw(&self, random: &mut ChaCha8Rng, cells: &mut [u64]) {
        let mut left = self.rows;
        for (cell, &share) in cells.iter_mut().zip(&self.shares) {
            let count = binomial(random, left, share);
            *cell = count;
            left -= count;
        }
    }
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "test counts are small")]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    proptest! {
        #[test]
        fn every_draw_holds_all_rows_and_leaves_empty_cells_empty(
            cells in prop::collection::vec(0_u64..500, 1..40), seed in any::<u64>(),
        ) {
            let mut drawn = vec![0; cells.len()];
            Multinomial::new(&cells).draw(&mut ChaCha8Rng::seed_from_u64(seed), &mut drawn);
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
        let mut random = ChaCha8Rng::seed_from_u64(1);
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
