//! What statistics are computed from: every outcome and rate of every group, and the ends of each rate over each view.
//!
//! Columns are kept rate after rate, one number a group, so that a replicate is a few straight loops.

use super::statistic::{Odds, Statistic, generalised_entropy, theil};
use super::views::Views;
use crate::confusion::{Confusion, Rate, SLOTS};

/// The numbers behind all statistics of one observed or redrawn table.
pub(crate) struct Sheet<'a> {
    views: &'a Views,
    /// For each view and rate, the groups that take part in its spread.
    participants: &'a [Vec<usize>],
    /// Room for the cells' weights.
    amounts: Vec<f64>,
    outcomes: Vec<f64>,
    rates: Vec<f64>,
    ends: Vec<(f64, f64)>,
    /// Which rates are read, and whether the ends are.
    read: [bool; RATES],
    read_ends: bool,
}

impl<'a> Sheet<'a> {
    /// An empty sheet for these views.
    pub(crate) fn new(views: &'a Views, participants: &'a [Vec<usize>]) -> Self {
        let groups = views.groups.len();
        Self {
            views,
            participants,
            amounts: Vec::new(),
            outcomes: vec![0.0; groups * SLOTS],
            rates: vec![f64::NAN; groups * RATES],
            ends: vec![(f64::NAN, f64::NAN); participants.len()],
            read: [true; RATES],
            read_ends: true,
        }
    }

    /// Computes from now on only what these statistics read.
    pub(crate) fn only_for(mut self, statistics: impl Iterator<Item = Statistic>) -> Self {
        self.read = [false; RATES];
        self.read_ends = false;
        for statistic in statistics {
            let (rates, ends): (&[Rate], bool) = match &statistic {
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

    /// Takes in the rows of each merged cell.
    pub(crate) fn fill(&mut self, cells: &[u64]) {
        self.views.tabulate(cells, &mut self.amounts, &mut self.outcomes);
        let groups = self.views.groups.len().max(1);
        let columns = self.rates.chunks_exact_mut(groups).zip(Rate::ALL).zip(self.read);
        for ((column, rate), _) in columns.filter(|(_, read)| *read) {
            fill(column, rate, &self.outcomes);
        }
        if !self.read_ends {
            return;
        }
        for (index, (ends, taking_part)) in self.ends.iter_mut().zip(self.participants).enumerate() {
            let rate = index % RATES;
            if !self.read.get(rate).copied().unwrap_or(true) {
                continue;
            }
            // `min` and `max` of floats pass over NaN, so an undefined rate never sets an end.
            *ends = taking_part.iter().fold((f64::NAN, f64::NAN), |(low, high), group| {
                let value = self.rates.get(rate * groups + group).copied().unwrap_or(f64::NAN);
                (low.min(value), high.max(value))
            });
        }
    }

    /// The value of a statistic; NaN when undefined.
    pub(crate) fn value(&self, statistic: Statistic) -> f64 {
        match statistic {
            Statistic::Rate { group, rate } => self.at(self.place(group, rate)),
            Statistic::Difference { group, reference, rate } => self.gap(group, reference, rate),
            Statistic::Ratio { group, reference, rate } => {
                self.ratio((self.place(group, rate), self.place(reference, rate)))
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
            Statistic::Theil { group } => theil(&self.table(group)),
            Statistic::Entropy { group } => generalised_entropy(&self.table(group)),
        }
    }

    /// Where a group's rate stands.
    pub(crate) fn place(&self, group: usize, rate: Rate) -> usize {
        rate as usize * self.views.groups.len() + group
    }

    /// The rate at a place; NaN when undefined.
    #[inline]
    pub(crate) fn at(&self, place: usize) -> f64 {
        self.rates.get(place).copied().unwrap_or(f64::NAN)
    }

    /// One rate over another; NaN when the other is zero.
    #[inline]
    pub(crate) fn ratio(&self, (above, below): (usize, usize)) -> f64 {
        let below = self.at(below);
        self.at(above) / if below == 0.0 { f64::NAN } else { below }
    }

    fn gap(&self, group: usize, reference: usize, rate: Rate) -> f64 {
        self.at(self.place(group, rate)) - self.at(self.place(reference, rate))
    }

    fn ends(&self, view: usize, rate: Rate) -> (f64, f64) {
        self.ends.get(view * RATES + rate as usize).copied().unwrap_or((f64::NAN, f64::NAN))
    }

    fn table(&self, group: usize) -> Confusion {
        let groups = self.views.groups.len();
        let slot = |outcome: usize| self.outcomes.get(outcome * groups + group).copied().unwrap_or(f64::NAN);
        Confusion::from_slots(&std::array::from_fn(slot))
    }
}

/// One rate of every group. Each rate has a loop of its own, which the compiler can turn into vector instructions.
fn fill(column: &mut [f64], rate: Rate, outcomes: &[f64]) {
    match rate {
        Rate::Selection => of_tables(column, outcomes, |table| Rate::Selection.value(table)),
        Rate::TruePositive => of_tables(column, outcomes, |table| Rate::TruePositive.value(table)),
        Rate::FalsePositive => of_tables(column, outcomes, |table| Rate::FalsePositive.value(table)),
        Rate::FalseNegative => of_tables(column, outcomes, |table| Rate::FalseNegative.value(table)),
        Rate::TrueNegative => of_tables(column, outcomes, |table| Rate::TrueNegative.value(table)),
        Rate::PositivePredictive => {
            of_tables(column, outcomes, |table| Rate::PositivePredictive.value(table));
        }
        Rate::NegativePredictive => {
            of_tables(column, outcomes, |table| Rate::NegativePredictive.value(table));
        }
        Rate::FalseDiscovery => of_tables(column, outcomes, |table| Rate::FalseDiscovery.value(table)),
        Rate::FalseOmission => of_tables(column, outcomes, |table| Rate::FalseOmission.value(table)),
        Rate::Accuracy => of_tables(column, outcomes, |table| Rate::Accuracy.value(table)),
        Rate::BalancedAccuracy => of_tables(column, outcomes, |table| Rate::BalancedAccuracy.value(table)),
        Rate::Base => of_tables(column, outcomes, |table| Rate::Base.value(table)),
    }
}

#[inline]
fn of_tables(column: &mut [f64], outcomes: &[f64], rate: impl Fn(&Confusion) -> f64) {
    let groups = column.len();
    let part = |outcome: usize| outcomes.get(outcome * groups..).unwrap_or_default().iter().copied();
    let labelled = part(0).zip(part(1)).zip(part(2).zip(part(3)));
    let unlabelled = part(4).zip(part(5)).zip(part(6).zip(part(7)));
    for (value, (((tp, fp), (fn_, tn)), ((favoured, refused), (positive, negative)))) in
        column.iter_mut().zip(labelled.zip(unlabelled))
    {
        *value = rate(&Confusion {
            tp,
            fp,
            fn_,
            tn,
            unlabelled_positive: favoured,
            unlabelled_negative: refused,
            undecided_positive: positive,
            undecided_negative: negative,
            unknown: 0.0,
        });
    }
}

/// The larger of two numbers; NaN if either is.
pub(crate) fn larger(first: f64, second: f64) -> f64 {
    if first.is_nan() || second.is_nan() { f64::NAN } else { first.max(second) }
}

/// How many rates there are.
const RATES: usize = Rate::ALL.len();
