//! Measurements: one number each, with the definition it follows, the slice it describes, its uncertainty and its rows.
//!
//! A measurement that cannot be made is never a zero: too few rows and an undefined value (such as 0/0) are outcomes of
//! their own, so that nothing downstream can mistake them for a pass.

mod because;
mod interval;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::definition::DefinitionId;

pub use because::Because;
pub use interval::{Interval, Method};

/// One measured number and everything needed to read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measurement {
    /// Which definition the number follows; the registry explains it.
    pub definition: DefinitionId,
    /// Which part of the data it describes.
    #[serde(default)]
    pub slice: Slice,
    /// The number, or why there is none.
    pub estimate: Estimate,
    /// The rows it rests on.
    pub rows: u64,
    /// Groups that had too few rows to take part in a spread or a worst-group value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// The groups at the two ends of a spread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Ends>,
    /// Where a bin of a curve lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<BinPoint>,
}

/// The groups at the two ends of a spread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ends {
    /// The group with the least value.
    pub lowest: String,
    /// The group with the greatest value.
    pub highest: String,
}

/// Where a bin of a reliability curve lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BinPoint {
    /// The bin's lower end, open unless it is the first bin.
    pub low: f64,
    /// The bin's upper end, closed.
    pub high: f64,
    /// The mean score of its rows.
    pub mean_score: f64,
}

impl Measurement {
    /// A measurement of all rows; narrow it with [`Measurement::of`].
    pub(crate) fn new(definition: DefinitionId, estimate: Estimate, rows: u64) -> Self {
        Self {
            definition,
            slice: Slice::default(),
            estimate,
            rows,
            left_out: Vec::new(),
            ends: None,
            point: None,
        }
    }

    /// The same measurement, of this slice.
    pub(crate) fn of(mut self, slice: Slice) -> Self {
        self.slice = slice;
        self
    }

    /// Gives the value its interval, if there is one; what has no value stays as it is.
    pub(crate) fn give(&mut self, found: Option<Interval>) {
        if let (Estimate::Value(Value { interval, .. }), Some(found)) = (&mut self.estimate, found) {
            *interval = Some(found);
        }
    }

    /// The value, when there is one.
    pub fn value(&self) -> Option<f64> {
        match self.estimate {
            Estimate::Value(Value { value, .. }) => Some(value),
            Estimate::TooFew { .. } | Estimate::Undefined { .. } => None,
        }
    }

    /// The p-value, plain and corrected, when there is one.
    pub fn p_value(&self) -> Option<(f64, Option<AdjustedP>)> {
        match self.estimate {
            Estimate::Value(Value { p_value, adjusted_p, .. })
            | Estimate::Undefined { p_value, adjusted_p, .. } => Some((p_value?, adjusted_p)),
            Estimate::TooFew { .. } => None,
        }
    }

    /// The interval, when there is one.
    pub fn interval(&self) -> Option<Interval> {
        match self.estimate {
            Estimate::Value(Value { interval, .. }) => interval,
            Estimate::TooFew { .. } | Estimate::Undefined { .. } => None,
        }
    }
}

/// The part of the data a measurement describes; all fields empty means all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Slice {
    /// The attribute, or an intersection such as `sex+age_band`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The group within the attribute, such as `female` or `female+21-29`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The group (or period) it is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The period of time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The column, for drift and data quality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The bin of a curve, or the class of a multiclass value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<String>,
}

impl Slice {
    /// A whole attribute.
    pub(crate) fn attribute(attribute: &str) -> Self {
        Self { attribute: Some(attribute.to_owned()), ..Self::default() }
    }

    /// One group of an attribute.
    pub(crate) fn group(attribute: &str, group: &str) -> Self {
        Self { group: Some(group.to_owned()), ..Self::attribute(attribute) }
    }

    /// One column.
    pub(crate) fn column(column: &str) -> Self {
        Self { column: Some(column.to_owned()), ..Self::default() }
    }

    /// The same slice, compared with `reference`.
    pub(crate) fn against(mut self, reference: &str) -> Self {
        self.reference = Some(reference.to_owned());
        self
    }

    /// The same slice, in one period.
    pub(crate) fn during(mut self, period: Option<&str>) -> Self {
        self.period = period.map(str::to_owned);
        self
    }

    /// One bin of the same slice.
    pub(crate) fn bin(mut self, bin: String) -> Self {
        self.bin = Some(bin);
        self
    }
}

/// What came of measuring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Estimate {
    /// A number.
    Value(Value),
    /// The slice has fewer rows than a number needs.
    TooFew {
        /// The rows there are.
        rows: u64,
        /// The rows a number needs.
        least: u64,
    },
    /// The number does not exist for this data.
    Undefined {
        /// Why not.
        because: Because,
        /// The p-value of a test whose effect has no number, such as an infinite odds ratio.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        p_value: Option<f64>,
        /// That p-value corrected for the number of groups tested.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        adjusted_p: Option<AdjustedP>,
    },
}

impl Estimate {
    /// A bare number.
    pub(crate) fn plain(value: f64) -> Self {
        Self::with(value, None)
    }

    /// A number with its interval.
    pub(crate) fn with(value: f64, interval: Option<Interval>) -> Self {
        Self::Value(Value { value, interval, error_bound: None, p_value: None, adjusted_p: None })
    }

    /// A test statistic with its p-value.
    pub(crate) fn tested(statistic: f64, p_value: f64) -> Self {
        Self::Value(Value {
            value: statistic,
            interval: None,
            error_bound: None,
            p_value: Some(p_value),
            adjusted_p: None,
        })
    }

    /// The p-value, plain and corrected, of a test.
    pub(crate) fn p_values_mut(&mut self) -> Option<(f64, &mut Option<AdjustedP>)> {
        match self {
            Self::Value(Value { p_value: Some(p_value), adjusted_p, .. })
            | Self::Undefined { p_value: Some(p_value), adjusted_p, .. } => Some((*p_value, adjusted_p)),
            _ => None,
        }
    }

    /// No number, and why.
    pub(crate) fn undefined(because: Because) -> Self {
        Self::Undefined { because, p_value: None, adjusted_p: None }
    }

    /// `numerator / denominator`, which is undefined when the denominator is zero.
    pub(crate) fn ratio(numerator: f64, denominator: f64, because: Because) -> Self {
        if denominator == 0.0 { Self::undefined(because) } else { Self::plain(numerator / denominator) }
    }

    /// The same number, off by at most `bound` because scores were binned.
    pub(crate) fn within(mut self, bound: Option<f64>) -> Self {
        if let (Self::Value(value), Some(bound)) = (&mut self, bound)
            && bound > 0.0
        {
            value.error_bound = Some(bound);
        }
        self
    }
}

/// A number with what is known of its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Value {
    /// The number.
    pub value: f64,
    /// Where the true value may lie, given the sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// How far binning of scores can have moved the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_bound: Option<f64>,
    /// The p-value, when the number is a test statistic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
    /// The p-value corrected for the number of groups tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjusted_p: Option<AdjustedP>,
}

/// A p-value corrected for many comparisons, in both common ways.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AdjustedP {
    /// Holm 1979: controls the chance of any false alarm.
    pub holm: f64,
    /// Benjamini and Hochberg 1995: controls the share of false alarms.
    pub benjamini_hochberg: f64,
}
