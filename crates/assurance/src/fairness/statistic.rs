//! Statistics of fairness, computed the same way from observed tables and from each bootstrap replicate.

use crate::confusion::{Confusion, Rate};

/// One number to compute; groups and views are indices into [`Views`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Statistic {
    /// A group's rate.
    Rate { group: usize, rate: Rate },
    /// Group minus reference.
    Difference { group: usize, reference: usize, rate: Rate },
    /// Group over reference.
    Ratio { group: usize, reference: usize, rate: Rate },
    /// The gaps of the true and false positive rates, as one number.
    Odds { group: usize, reference: usize, odds: Odds },
    /// Greatest minus least rate of a view.
    Spread { view: usize, rate: Rate },
    /// Least over greatest rate of a view.
    MinRatio { view: usize, rate: Rate },
    /// The rate of the group that is worst off.
    Worst { view: usize, rate: Rate },
    /// The greater of the spreads of the true and false positive rates.
    OddsSpread { view: usize },
    /// The Theil index of a group's benefits.
    Theil { group: usize },
    /// The generalised entropy index of a group's benefits, alpha 2.
    Entropy { group: usize },
}

/// How the two gaps of equalised odds become one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Odds {
    /// The larger of their sizes.
    Max,
    /// The mean of their sizes.
    Mean,
    /// Their mean, with sign.
    SignedMean,
}

/// The Theil index of the benefits `ŷ − y + 1`, which are 2 for a false positive, 0 for a false negative, else 1.
///
/// Speicher et al. 2018, with 0 ln 0 = 0.
pub(crate) fn theil(table: &Confusion) -> f64 {
    let (rows, mean) = benefits(table);
    let part = |count: f64, benefit: f64| count * (benefit / mean) * (benefit / mean).ln();
    (part(table.fp, 2.0) + part(table.tp + table.tn, 1.0)) / rows
}

/// The generalised entropy index of the same benefits with alpha 2: half their squared coefficient of variation.
pub(crate) fn generalised_entropy(table: &Confusion) -> f64 {
    let (rows, mean) = benefits(table);
    let part = |count: f64, benefit: f64| count * ((benefit / mean).powi(2) - 1.0);
    (part(table.fp, 2.0) + part(table.tp + table.tn, 1.0) + part(table.fn_, 0.0)) / (2.0 * rows)
}

fn benefits(table: &Confusion) -> (f64, f64) {
    let rows = table.tp + table.fp + table.fn_ + table.tn;
    let mean = (2.0 * table.fp + table.tp + table.tn) / rows;
    (rows, if mean == 0.0 { f64::NAN } else { mean })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::close;

    #[test]
    fn inequality_of_benefits_by_hand() {
        // Benefits 2, 1, 1, 0: mean 1. Theil = 2 ln 2 / 4; entropy = (3 + 0 + 0 − 1) / 8.
        let table = Confusion { tp: 1.0, fp: 1.0, fn_: 1.0, tn: 1.0, ..Confusion::default() };
        close(theil(&table), 2.0 * 2.0_f64.ln() / 4.0, 1e-15);
        close(generalised_entropy(&table), 0.25, 1e-15);
    }

    #[test]
    fn perfect_decisions_are_equal_and_wholly_wrong_ones_undefined() {
        let perfect = Confusion { tp: 5.0, tn: 7.0, ..Confusion::default() };
        close(theil(&perfect), 0.0, 1e-15);
        let denied = Confusion { fn_: 5.0, ..Confusion::default() };
        assert!(theil(&denied).is_nan() && generalised_entropy(&denied).is_nan());
    }

    #[test]
    fn the_order_of_rates_is_that_of_the_sheet() {
        for (index, rate) in Rate::ALL.into_iter().enumerate() {
            assert_eq!(rate as usize, index);
        }
    }
}
