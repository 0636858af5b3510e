//! Pearson's chi-square test of a table of counts, and Cramér's V.
//!
//! `Σ (observed − expected)² / expected`, without continuity correction, (rows − 1)(columns − 1) degrees of freedom over
//! the rows and columns that occur. Cramér's V is `√(χ² / (n · min(rows − 1, columns − 1)))`, without bias correction.

use statrs::function::gamma::checked_gamma_ur;

use super::Test;

/// The test of a table with its effect size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Association {
    /// The statistic and its p-value.
    pub test: Test,
    /// Cramér's V, from 0 (none) to 1 (each decides the other).
    pub cramers_v: f64,
}

/// Tests whether rows and columns of a table are independent; none if fewer than two rows or columns occur.
pub fn association(table: &[Vec<f64>]) -> Option<Association> {
    let width = table.iter().map(Vec::len).max()?;
    let mut columns = vec![0.0; width];
    for row in table {
        for (sum, count) in columns.iter_mut().zip(row) {
            *sum += count;
        }
    }
    let total: f64 = columns.iter().sum();
    let occurring = columns.iter().filter(|sum| **sum > 0.0).count();
    let rows: Vec<(&Vec<f64>, f64)> =
        table.iter().map(|row| (row, row.iter().sum::<f64>())).filter(|(_, sum)| *sum > 0.0).collect();
    let (down, across) = (degrees(rows.len()), degrees(occurring));
    if down <= 0.0 || across <= 0.0 {
        return None;
    }
    let mut statistic = 0.0;
    for (row, sum) in rows {
        // A row may be shorter than the widest one: the counts it lacks are zeros.
        let counts = row.iter().copied().chain(std::iter::repeat(0.0));
        for (observed, column) in counts.zip(&columns) {
            let expected = sum * column / total;
            if expected > 0.0 {
                statistic += (observed - expected) * (observed - expected) / expected;
            }
        }
    }
    let test = Test { statistic, p_value: upper_tail(statistic, down * across) };
    Some(Association { test, cramers_v: (statistic / (total * down.min(across))).sqrt() })
}

/// The chance that a chi-square variable with these degrees of freedom exceeds `statistic`.
pub fn upper_tail(statistic: f64, degrees_of_freedom: f64) -> f64 {
    if statistic <= 0.0 {
        return 1.0;
    }
    checked_gamma_ur(degrees_of_freedom / 2.0, statistic / 2.0).map_or(f64::NAN, |tail| tail.clamp(0.0, 1.0))
}

#[expect(clippy::cast_precision_loss, reason = "tables have far fewer than 2^53 rows")]
fn degrees(categories: usize) -> f64 {
    categories as f64 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::close;

    #[test]
    fn the_test_agrees_with_scipy() {
        // scipy.stats.chi2_contingency([[10, 20, 30], [6, 9, 17]], correction=False)
        let found = association(&[vec![10.0, 20.0, 30.0], vec![6.0, 9.0, 17.0]]).unwrap();
        close(found.test.statistic, 0.271_574_651_504_035_04, 1e-12);
        close(found.test.p_value, 0.873_028_283_380_073, 1e-12);
        // (statistic / 92) ** 0.5
        close(found.cramers_v, 0.054_331_375_704_222_92, 1e-12);
    }

    #[test]
    fn tails_agree_with_scipy() {
        // scipy.stats.chi2.sf([3.84, 40, 1e-3], [1, 8, 5])
        close(upper_tail(3.84, 1.0), 0.050_043_521_248_705_19, 1e-12);
        close(upper_tail(40.0, 8.0), 3.203_719_780_476_998e-6, 1e-16);
        close(upper_tail(1e-3, 5.0), 0.999_999_998_318_512_3, 1e-12);
    }

    #[test]
    fn empty_rows_and_columns_do_not_count() {
        let full = association(&[vec![3.0, 5.0], vec![4.0, 2.0]]);
        let padded = association(&[vec![3.0, 0.0, 5.0], vec![0.0, 0.0, 0.0], vec![4.0, 0.0, 2.0]]);
        assert_eq!(full, padded);
        assert_eq!(association(&[vec![3.0, 5.0]]), None);
    }
}
