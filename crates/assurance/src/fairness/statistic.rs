//! Statistics of fairness, computed the same way from observed tables and from each bootstrap replicate.

use super::views::Views;
use crate::confusion::{Confusion, Rate, SLOTS};

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

/// What statistics are computed from: every rate of every group, and the ends of each rate over each view.
pub(crate) struct Sheet<'a> {
    /// For each view and rate, the groups that take part in its spread.
    participants: &'a [Vec<usize>],
    tables: Vec<Confusion>,
    rates: Vec<f64>,
    ends: Vec<(f64, f64)>,
    /// Which rates are read, and whether the ends are.
    read: [bool; RATES],
    read_ends: bool,
}

impl<'a> Sheet<'a> {
    /// An empty sheet for these views.
    pub(crate) fn new(views: &Views, participants: &'a [Vec<usize>]) -> Self {
        Self {
            participants,
            tables: vec![Confusion::default(); views.groups.len()],
            rates: vec![f64::NAN; views.groups.len() * RATES],
            ends: vec![(f64::NAN, f64::NAN); participants.len()],
            read: [true; RATES],
            read_ends: true,
        }
    }

    /// Computes from now on only what these statistics read.
    pub(crate) fn only_for(mut self, statistics: &[(usize, Statistic)]) -> Self {
        self.read = [false; RATES];
        self.read_ends = false;
        for (_, statistic) in statistics {
            let (rates, ends): (&[Rate], bool) = match statistic {
                Statistic::Rate { rate, .. }
                | Statistic::Difference { rate, .. }
                | Statistic::Ratio { rate, .. } => (std::slice::from_ref(rate), false),
                Statistic::Odds { .. } => (&[Rate::TruePositive, Rate::FalsePositive], false),
                Statistic::Spread { rate, .. }
                | Statistic::MinRatio { rate, .. }
                | Statistic::Worst { rate, .. } => (std::slice::from_ref(rate), true),
                Statistic::OddsSpread { .. } => (&[Rate::TruePositive, Rate::FalsePositive], true),
                Statistic::Theil { .. } | Statistic::Entropy { .. } => (&[], false),
            };
            for rate in rates {
                if let Some(read) = self.read.get_mut(*rate as usize) {
                    *read = true;
                }
            }
            self.read_ends |= ends;
        }
        self
    }

    /// Takes in the nine numbers of each group.
    pub(crate) fn fill(&mut self, slots: &[f64]) {
        let (tables, rest) = slots.as_chunks::<SLOTS>();
        debug_assert!(rest.is_empty(), "nine numbers a group");
        for ((kept, rates), slots) in
            self.tables.iter_mut().zip(self.rates.chunks_exact_mut(RATES)).zip(tables)
        {
            let table = Confusion::from_slots(slots);
            *kept = table;
            for ((value, rate), read) in rates.iter_mut().zip(Rate::ALL).zip(self.read) {
                if read {
                    *value = rate.value(&table);
                }
            }
        }
        if !self.read_ends {
            return;
        }
        for (index, (ends, groups)) in self.ends.iter_mut().zip(self.participants).enumerate() {
            let rate = index % RATES;
            // `min` and `max` of floats pass over NaN, so an undefined rate never sets an end.
            *ends = groups.iter().fold((f64::NAN, f64::NAN), |(low, high), group| {
                let value = self.rates.get(group * RATES + rate).copied().unwrap_or(f64::NAN);
                (low.min(value), high.max(value))
            });
        }
    }

    /// The value of a statistic; NaN when undefined.
    pub(crate) fn value(&self, statistic: Statistic) -> f64 {
        match statistic {
            Statistic::Rate { group, rate } => self.rate(group, rate),
            Statistic::Difference { group, reference, rate } => self.gap(group, reference, rate),
            Statistic::Ratio { group, reference, rate } => {
                let below = self.rate(reference, rate);
                if below == 0.0 { f64::NAN } else { self.rate(group, rate) / below }
            }
            Statistic::Odds { group, reference, odds } => {
                let (tpr, fpr) = (
                    self.gap(group, reference, Rate::TruePositive),
                    self.gap(group, reference, Rate::FalsePositive),
                );
                match odds {
                    Odds::Max => larger(tpr.abs(), fpr.abs()),
                    Odds::Mean => f64::midpoint(tpr.abs(), fpr.abs()),
                    Odds::SignedMean => f64::midpoint(tpr, fpr),
                }
            }
            Statistic::Spread { view, rate } => {
                let (low, high) = self.ends(view, rate);
                high - low
            }
            Statistic::MinRatio { view, rate } => {
                let (low, high) = self.ends(view, rate);
                low / high
            }
            Statistic::Worst { view, rate } => {
                let (low, high) = self.ends(view, rate);
                if rate.is_error() { high } else { low }
            }
            Statistic::OddsSpread { view } => {
                let spread = |rate| {
                    let (low, high) = self.ends(view, rate);
                    high - low
                };
                larger(spread(Rate::TruePositive), spread(Rate::FalsePositive))
            }
            Statistic::Theil { group } => self.tables.get(group).map_or(f64::NAN, theil),
            Statistic::Entropy { group } => self.tables.get(group).map_or(f64::NAN, generalised_entropy),
        }
    }

    /// The rate of a group; NaN when undefined.
    pub(crate) fn rate(&self, group: usize, rate: Rate) -> f64 {
        self.rates.get(group * RATES + rate as usize).copied().unwrap_or(f64::NAN)
    }

    fn gap(&self, group: usize, reference: usize, rate: Rate) -> f64 {
        self.rate(group, rate) - self.rate(reference, rate)
    }

    fn ends(&self, view: usize, rate: Rate) -> (f64, f64) {
        self.ends.get(view * RATES + rate as usize).copied().unwrap_or((f64::NAN, f64::NAN))
    }
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

/// How many rates there are.
pub(crate) const RATES: usize = Rate::ALL.len();

fn benefits(table: &Confusion) -> (f64, f64) {
    let rows = table.tp + table.fp + table.fn_ + table.tn;
    let mean = (2.0 * table.fp + table.tp + table.tn) / rows;
    (rows, if mean == 0.0 { f64::NAN } else { mean })
}

/// The larger of two numbers; NaN if either is.
fn larger(first: f64, second: f64) -> f64 {
    if first.is_nan() || second.is_nan() { f64::NAN } else { first.max(second) }
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
