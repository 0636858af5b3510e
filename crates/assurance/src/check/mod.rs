//! Checks: a measurement against a threshold, with three states and a reason.
//!
//! A check names a kind (`fairness.demographic_parity_ratio`), selects measurements of it, and says what their values
//! must be. Evaluating one is a pure function of measurements; [`run`] measures what it needs first.

mod judge;
mod kind;
mod run;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measurement::{Because, Measurement};

pub use kind::{CheckKind, Parameter, check_ids, check_kind};
pub use run::{Data, judge_all, run};

/// A declared check.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The kind of check, from [`check_ids`].
    pub check: String,
    /// Which variant of the definition, where the kind has several (`equal-mass.10`, `max`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Which measurements it looks at.
    #[serde(default)]
    pub of: Selection,
    /// For `quality.representation_difference`: the share of the rows that each group of the attribute is expected to have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expected: BTreeMap<String, f64>,
    /// What their values must be.
    pub threshold: Threshold,
}

impl Check {
    /// The expected shares by attribute; empty unless the check names one.
    fn expected_shares(&self) -> BTreeMap<String, BTreeMap<String, f64>> {
        self.of.attribute_name().map(|attribute| (attribute, self.expected.clone())).into_iter().collect()
    }
}

/// Which measurements a check looks at; what is left out is not restricted.
///
/// Without an attribute, fairness checks look at every attribute and intersection, other checks at all rows together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Selection {
    /// One attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The attributes of one declared intersection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intersection: Option<Vec<String>>,
    /// One group of the attribute or intersection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The reference group; it must be the declared one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// One column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// One period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
}

/// What values must be. Every bound that is given holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Threshold {
    /// The least value that passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The greatest value that passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// The least and the greatest value that pass; for ratios, where either direction can harm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<(f64, f64)>,
    /// Whether the whole interval must pass, not only the value. An interval that straddles a bound is too little data.
    pub whole_interval: bool,
    /// The rows each value must rest on, when more than the measurement itself asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_rows: Option<u64>,
    /// Whether the value or the p-value is compared.
    pub compare: Compare,
    /// How looking at many groups at once is allowed for.
    pub correct: Correction,
}

impl Threshold {
    /// The least and greatest value that pass; none when no bound is given.
    pub fn bounds(&self) -> Option<(f64, f64)> {
        if self.at_least.is_none() && self.at_most.is_none() && self.between.is_none() {
            return None;
        }
        let (low, high) = self.between.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        Some((
            self.at_least.map_or(low, |bound| bound.max(low)),
            self.at_most.map_or(high, |bound| bound.min(high)),
        ))
    }
}

/// What of a measurement is compared with the bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// The value.
    #[default]
    Value,
    /// The p-value, corrected as the threshold says.
    PValue,
}

/// How looking at many groups at once is allowed for.
///
/// P-values are adjusted by the method named. Intervals, when the whole of one must pass, are widened by either method
/// to the Bonferroni level, 1 − (1 − level) / groups: there are no step-wise intervals, and this one is never too narrow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Correction {
    /// Not at all.
    #[default]
    None,
    /// Holm 1979.
    Holm,
    /// Benjamini and Hochberg 1995.
    BenjaminiHochberg,
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// The outcome.
    pub outcome: Outcome,
    /// The measurements that decided: those that failed, worst first, or the one closest to a bound.
    pub deciding: Vec<Measurement>,
    /// Measurements that could not be compared: too few rows, or undefined. They are no failure and no pass.
    pub left_out: Vec<Measurement>,
}

/// The states of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Every value that could be compared lies within the bounds.
    Pass,
    /// Some value lies outside.
    Fail,
    /// The data cannot tell.
    TooLittleData {
        /// Why not.
        because: TooLittle,
    },
    /// There is nothing to compare.
    NotMeasured {
        /// Why not.
        because: NotMeasured,
    },
}

/// Why the data cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TooLittle {
    /// Every value rests on too few rows.
    TooFewRows,
    /// An interval reaches across a bound.
    IntervalStraddles,
}

/// Why there is nothing to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotMeasured {
    /// There is no such check, or not with this rule.
    UnknownCheck,
    /// The check gives no bound.
    NoThreshold,
    /// The data hold nothing that the check selects.
    NothingSelected,
    /// The check compares two data sets or periods, and only one was given.
    NothingToCompareWith,
    /// The whole interval must pass, but this measurement has none.
    NoInterval,
    /// The p-value is to be compared, but this measurement has none.
    NoPValue,
    /// Every value is undefined, for this reason.
    Undefined(Because),
}

impl TooLittle {
    /// The reason in English: lower case, no full stop.
    pub fn english(self) -> &'static str {
        match self {
            Self::TooFewRows => "there are too few rows",
            Self::IntervalStraddles => "the interval straddles the threshold",
        }
    }

    /// The reason in Traditional Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::TooFewRows => "數據行太少",
            Self::IntervalStraddles => "置信區間橫跨門檻",
        }
    }
}

impl NotMeasured {
    /// The reason in English: lower case, no full stop.
    pub fn english(self) -> &'static str {
        match self {
            Self::UnknownCheck => "there is no such check",
            Self::NoThreshold => "the check gives no threshold",
            Self::NothingSelected => "the data hold nothing that the check selects",
            Self::NothingToCompareWith => "there is no second data set or period to compare with",
            Self::NoInterval => "the measurement has no interval",
            Self::NoPValue => "the measurement has no p-value",
            Self::Undefined(because) => because.english(),
        }
    }

    /// The reason in Traditional Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::UnknownCheck => "沒有這項檢查",
            Self::NoThreshold => "檢查沒有列明門檻",
            Self::NothingSelected => "資料中沒有這項檢查所選取的內容",
            Self::NothingToCompareWith => "沒有可供比較的第二個數據集或時段",
            Self::NoInterval => "這項量度沒有置信區間",
            Self::NoPValue => "這項量度沒有 p 值",
            Self::Undefined(because) => because.chinese(),
        }
    }
}

#[cfg(test)]
mod tests;
