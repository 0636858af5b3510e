//! A confidence interval and the method behind it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end; absent when it has no bound (a ratio to a rate that may be zero).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// The confidence level, such as 0.95.
    pub level: f64,
    /// How it was computed.
    pub method: Method,
    /// True when the data carry weights, for which every method here is an approximation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approximate: bool,
}

impl Interval {
    /// The upper end, infinite when it has no bound.
    pub fn upper(&self) -> f64 {
        self.high.unwrap_or(f64::INFINITY)
    }

    /// An interval between two ends; an infinite upper end becomes an absent one.
    pub(crate) fn between(low: f64, high: f64, level: f64, method: Method) -> Self {
        Self { low, high: high.is_finite().then_some(high), level, method, approximate: false }
    }

    /// The same interval, labelled approximate if the data are weighted.
    pub(crate) fn weighted(mut self, weighted: bool) -> Self {
        self.approximate |= weighted;
        self
    }
}

/// How an interval was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Wilson's score interval for one rate (1927).
    Wilson,
    /// Newcombe's hybrid score interval for a difference of rates (1998, method 10).
    Newcombe,
    /// Katz's log interval for a ratio of rates (1978), half a case added when a count is zero.
    KatzLog,
    /// Koopman's score interval for a ratio of rates (1984).
    Koopman,
    /// `DeLong`'s variance of the area under the curve (1988), normal, cut to \[0, 1\].
    #[serde(rename = "delong")]
    DeLong,
    /// Percentiles (type 7) of a multinomial bootstrap over the cells.
    CellBootstrap,
    /// The estimate plus and minus normal quantiles of its standard error.
    Wald,
}

impl Method {
    /// The name of the method in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::Wilson => "Wilson score",
            Self::Newcombe => "Newcombe hybrid score",
            Self::KatzLog => "Katz log",
            Self::Koopman => "Koopman score",
            Self::DeLong => "DeLong",
            Self::CellBootstrap => "bootstrap over cells",
            Self::Wald => "Wald",
        }
    }

    /// The name of the method in Traditional Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Wilson => "Wilson 計分法",
            Self::Newcombe => "Newcombe 混合計分法",
            Self::KatzLog => "Katz 對數法",
            Self::Koopman => "Koopman 計分法",
            Self::DeLong => "DeLong 法",
            Self::CellBootstrap => "單元格自助抽樣法",
            Self::Wald => "Wald 法",
        }
    }
}
