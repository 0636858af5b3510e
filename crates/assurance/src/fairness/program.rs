//! A program: the statistics of a replicate sorted by kind, so that each kind is one loop without decisions.

use super::sheet::{Sheet, larger};
use super::statistic::{Odds, Statistic};
use crate::confusion::Rate;

/// What to compute of each replicate, in an order of its own.
pub(crate) struct Program {
    rates: Vec<usize>,
    differences: Vec<(usize, usize)>,
    ratios: Vec<(usize, usize)>,
    /// Equalised odds as the larger gap: of the true, and of the false positive rates.
    odds: Vec<[(usize, usize); 2]>,
    others: Vec<Statistic>,
    /// For each value the program gives, which of the statistics it is.
    order: Vec<usize>,
}

impl Program {
    /// Sorts the statistics; the sheet tells where their rates stand.
    pub(crate) fn new(statistics: &[Statistic], sheet: &Sheet<'_>) -> Self {
        let (mut rates, mut differences, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        let (mut odds, mut others) = (Vec::new(), Vec::new());
        for (index, &statistic) in statistics.iter().enumerate() {
            let pair = |group, reference, rate| (sheet.place(group, rate), sheet.place(reference, rate));
            match statistic {
                Statistic::Rate { group, rate } => rates.push((index, sheet.place(group, rate))),
                Statistic::Difference { group, reference, rate } => {
                    differences.push((index, pair(group, reference, rate)));
                }
                Statistic::Ratio { group, reference, rate } => {
                    ratios.push((index, pair(group, reference, rate)));
                }
                Statistic::Odds { group, reference, odds: Odds::Max } => {
                    let gap = |rate| pair(group, reference, rate);
                    odds.push((index, [gap(Rate::TruePositive), gap(Rate::FalsePositive)]));
                }
                _ => others.push((index, statistic)),
            }
        }
        let mut order = Vec::with_capacity(statistics.len());
        Self {
            rates: split(rates, &mut order),
            differences: split(differences, &mut order),
            ratios: split(ratios, &mut order),
            odds: split(odds, &mut order),
            others: split(others, &mut order),
            order,
        }
    }

    /// Which of the statistics each value is.
    pub(crate) fn order(&self) -> &[usize] {
        &self.order
    }

    /// The values of a sheet.
    pub(crate) fn run(&self, sheet: &Sheet<'_>, values: &mut [f64]) {
        let gap = |&(group, reference): &(usize, usize)| sheet.at(group) - sheet.at(reference);
        let mut values = values.iter_mut();
        let mut fill = |value: f64| {
            if let Some(place) = values.next() {
                *place = value;
            }
        };
        self.rates.iter().for_each(|&place| fill(sheet.at(place)));
        self.differences.iter().for_each(|pair| fill(gap(pair)));
        self.ratios.iter().for_each(|&pair| fill(sheet.ratio(pair)));
        self.odds.iter().for_each(|[tpr, fpr]| fill(larger(gap(tpr).abs(), gap(fpr).abs())));
        self.others.iter().for_each(|&statistic| fill(sheet.value(statistic)));
    }
}

/// The steps without their indices, which go to the order.
fn split<T>(steps: Vec<(usize, T)>, order: &mut Vec<usize>) -> Vec<T> {
    let without = steps.into_iter().map(|(index, step)| {
        order.push(index);
        step
    });
    without.collect()
}
