//! A confusion table as nine plain numbers, and the rates that are read off it.
//!
//! The same code reads observed tables and bootstrap replicates, in either orientation; an undefined rate (0/0) is NaN
//! here and becomes [`Because`] at the edge.

use crate::cube::{Outcome, Outcomes};
use crate::measurement::Because;

/// Rows, or sums of weights, by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Confusion {
    /// True positives.
    pub tp: f64,
    /// False positives.
    pub fp: f64,
    /// False negatives.
    pub fn_: f64,
    /// True negatives.
    pub tn: f64,
    /// Decided positive, without a label.
    pub unlabelled_positive: f64,
    /// Decided negative, without a label.
    pub unlabelled_negative: f64,
    /// Labelled positive, without a decision.
    pub undecided_positive: f64,
    /// Labelled negative, without a decision.
    pub undecided_negative: f64,
    /// Neither label nor decision.
    pub unknown: f64,
}

impl Confusion {
    /// The weights of observed outcomes.
    pub fn weights(outcomes: &Outcomes) -> Self {
        Self::with(outcomes, |count| count.w)
    }

    /// The rows of observed outcomes.
    #[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
    pub fn rows(outcomes: &Outcomes) -> Self {
        Self::with(outcomes, |count| count.n as f64)
    }

    /// The nine numbers in the order of [`slot`].
    pub(crate) fn from_slots(slots: &[f64; SLOTS]) -> Self {
        let [
            tp,
            fp,
            fn_,
            tn,
            unlabelled_positive,
            unlabelled_negative,
            undecided_positive,
            undecided_negative,
            unknown,
        ] = *slots;
        Self {
            tp,
            fp,
            fn_,
            tn,
            unlabelled_positive,
            unlabelled_negative,
            undecided_positive,
            undecided_negative,
            unknown,
        }
    }

    fn with(outcomes: &Outcomes, read: impl Fn(crate::cube::Count) -> f64) -> Self {
        Self {
            tp: read(outcomes.tp),
            fp: read(outcomes.fp),
            fn_: read(outcomes.fn_),
            tn: read(outcomes.tn),
            unlabelled_positive: read(outcomes.unlabelled_favourable),
            unlabelled_negative: read(outcomes.unlabelled_unfavourable),
            undecided_positive: read(outcomes.undecided_positive),
            undecided_negative: read(outcomes.undecided_negative),
            unknown: read(outcomes.unknown),
        }
    }
}

/// How many outcomes there are.
pub(crate) const SLOTS: usize = 9;

/// The place of an outcome among the nine numbers.
pub(crate) fn slot(outcome: Outcome) -> usize {
    match outcome {
        Outcome::TruePositive => 0,
        Outcome::FalsePositive => 1,
        Outcome::FalseNegative => 2,
        Outcome::TrueNegative => 3,
        Outcome::UnlabelledPositive => 4,
        Outcome::UnlabelledNegative => 5,
        Outcome::UndecidedPositive => 6,
        Outcome::UndecidedNegative => 7,
        Outcome::Unknown => 8,
    }
}

/// A rate of a confusion table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rate {
    /// Decided positive / decided.
    Selection,
    /// True positive rate, tp / (tp + fn).
    TruePositive,
    /// False positive rate, fp / (fp + tn).
    FalsePositive,
    /// False negative rate, fn / (tp + fn).
    FalseNegative,
    /// True negative rate, tn / (fp + tn).
    TrueNegative,
    /// Positive predictive value, tp / (tp + fp).
    PositivePredictive,
    /// Negative predictive value, tn / (tn + fn).
    NegativePredictive,
    /// False discovery rate, fp / (tp + fp).
    FalseDiscovery,
    /// False omission rate, fn / (tn + fn).
    FalseOmission,
    /// (tp + tn) / (tp + fp + fn + tn).
    Accuracy,
    /// The mean of the true positive and the true negative rate.
    BalancedAccuracy,
    /// Labelled positive / labelled.
    Base,
}

impl Rate {
    /// All rates, in the order of the reports.
    pub const ALL: [Self; 12] = [
        Self::Selection,
        Self::TruePositive,
        Self::FalsePositive,
        Self::FalseNegative,
        Self::TrueNegative,
        Self::PositivePredictive,
        Self::NegativePredictive,
        Self::FalseDiscovery,
        Self::FalseOmission,
        Self::Accuracy,
        Self::BalancedAccuracy,
        Self::Base,
    ];

    /// Numerator and denominator; none for balanced accuracy, which is a mean of two rates.
    #[inline]
    pub fn fraction(self, table: &Confusion) -> Option<(f64, f64)> {
        let Confusion { tp, fp, fn_, tn, .. } = *table;
        Some(match self {
            Self::Selection => {
                let selected = tp + fp + table.unlabelled_positive;
                (selected, selected + fn_ + tn + table.unlabelled_negative)
            }
            Self::TruePositive => (tp, tp + fn_),
            Self::FalsePositive => (fp, fp + tn),
            Self::FalseNegative => (fn_, tp + fn_),
            Self::TrueNegative => (tn, fp + tn),
            Self::PositivePredictive => (tp, tp + fp),
            Self::NegativePredictive => (tn, tn + fn_),
            Self::FalseDiscovery => (fp, tp + fp),
            Self::FalseOmission => (fn_, tn + fn_),
            Self::Accuracy => (tp + tn, tp + fp + fn_ + tn),
            Self::Base => {
                let positive = tp + fn_ + table.undecided_positive;
                (positive, positive + fp + tn + table.undecided_negative)
            }
            Self::BalancedAccuracy => return None,
        })
    }

    /// The rate; NaN when undefined.
    #[inline]
    pub fn value(self, table: &Confusion) -> f64 {
        match self.fraction(table) {
            // 0/0 is NaN by the rules of floating point, which is what this promises.
            Some((numerator, denominator)) => numerator / denominator,
            None => f64::midpoint(table.tp / (table.tp + table.fn_), table.tn / (table.tn + table.fp)),
        }
    }

    /// The rows the rate rests on; for balanced accuracy the scarcer of the two labels.
    pub fn support(self, rows: &Confusion) -> f64 {
        self.fraction(rows).map_or_else(|| (rows.tp + rows.fn_).min(rows.fp + rows.tn), |(_, rows)| rows)
    }

    /// Why the rate is undefined, when it is.
    pub fn because(self) -> Because {
        match self {
            Self::Selection | Self::Accuracy | Self::Base => Because::NoRows,
            Self::TruePositive | Self::FalseNegative => Because::NoPositive,
            Self::FalsePositive | Self::TrueNegative => Because::NoNegative,
            Self::PositivePredictive | Self::FalseDiscovery => Because::NoPredictedPositive,
            Self::NegativePredictive | Self::FalseOmission => Because::NoPredictedNegative,
            Self::BalancedAccuracy => Because::OneLabel,
        }
    }

    /// Whether a high value of the rate is bad for the people concerned or for accuracy.
    pub fn is_error(self) -> bool {
        matches!(self, Self::FalsePositive | Self::FalseNegative | Self::FalseDiscovery | Self::FalseOmission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::close;

    #[test]
    fn the_rates_of_a_hand_worked_table() {
        let table = Confusion { tp: 40.0, fp: 10.0, fn_: 20.0, tn: 30.0, ..Confusion::default() };
        let expected = [0.5, 2.0 / 3.0, 0.25, 1.0 / 3.0, 0.75, 0.8, 0.6, 0.2, 0.4, 0.7, 17.0 / 24.0, 0.6];
        for (rate, expected) in Rate::ALL.into_iter().zip(expected) {
            close(rate.value(&table), expected, 1e-15);
        }
    }

    #[test]
    fn nothing_divided_by_nothing_is_no_number() {
        for rate in Rate::ALL {
            assert!(rate.value(&Confusion::default()).is_nan(), "{rate:?}");
        }
    }

    #[test]
    fn people_without_a_label_still_count_as_selected_or_not() {
        let table = Confusion { unlabelled_positive: 3.0, unlabelled_negative: 1.0, ..Confusion::default() };
        close(Rate::Selection.value(&table), 0.75, 1e-15);
        assert!(Rate::Accuracy.value(&table).is_nan());
    }
}
