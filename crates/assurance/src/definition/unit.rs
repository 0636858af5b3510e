//! What a number is measured in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a number is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share from 0 to 1.
    Share,
    /// A difference of shares, from −1 to 1.
    Difference,
    /// A ratio; 1 is parity.
    Ratio,
    /// Rows (or the sum of their weights).
    Rows,
    /// A test statistic.
    Statistic,
    /// Natural units of information.
    Nats,
    /// Bits.
    Bits,
    /// The unit of the target or the column.
    Column,
    /// A pure number.
    Number,
}

impl Unit {
    /// The unit in words.
    pub fn english(self) -> &'static str {
        match self {
            Self::Share => "share, 0 to 1",
            Self::Difference => "difference of shares, −1 to 1",
            Self::Ratio => "ratio, 1 is parity",
            Self::Rows => "rows, or the sum of their weights",
            Self::Statistic => "test statistic",
            Self::Nats => "nats",
            Self::Bits => "bits",
            Self::Column => "the unit of the column",
            Self::Number => "pure number",
        }
    }
}
