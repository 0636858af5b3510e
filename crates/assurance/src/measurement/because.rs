//! The reasons why a number does not exist, in both languages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a number does not exist for this data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// There is no row.
    NoRows,
    /// No row has the positive label.
    NoPositive,
    /// No row has the negative label.
    NoNegative,
    /// Only one of the two labels occurs.
    OneLabel,
    /// No row is predicted positive.
    NoPredictedPositive,
    /// No row is predicted negative.
    NoPredictedNegative,
    /// The rate of the reference is zero, so nothing can be divided by it.
    ReferenceIsZero,
    /// The rate of the reference does not exist, or rests on too few rows.
    ReferenceUnmeasured,
    /// The reference group does not occur.
    ReferenceAbsent,
    /// Fewer than two groups can be compared.
    FewerThanTwoGroups,
    /// Every group's value is zero.
    AllZero,
    /// Some scores lie outside 0 to 1, so they are no probabilities.
    NotProbabilities,
    /// The values do not vary.
    Constant,
    /// A score separates the labels perfectly, or the fit does not settle.
    NoFit,
    /// One of the two samples has no value of the column.
    EmptySample,
    /// The column has more distinct values than were kept.
    TooManyCategories,
}

impl Because {
    /// The reason in English: lower case, no full stop.
    pub fn english(self) -> &'static str {
        match self {
            Self::NoRows => "there are no rows",
            Self::NoPositive => "no row has the positive label",
            Self::NoNegative => "no row has the negative label",
            Self::OneLabel => "only one of the two labels occurs",
            Self::NoPredictedPositive => "no row is predicted positive",
            Self::NoPredictedNegative => "no row is predicted negative",
            Self::ReferenceIsZero => "the reference's rate is zero",
            Self::ReferenceUnmeasured => "the reference itself could not be measured",
            Self::ReferenceAbsent => "the reference group does not occur in the data",
            Self::FewerThanTwoGroups => "fewer than two groups have enough rows",
            Self::AllZero => "every group's value is zero",
            Self::NotProbabilities => "some scores lie outside 0 to 1",
            Self::Constant => "the values do not vary",
            Self::NoFit => "the scores separate the labels, so no curve can be fitted",
            Self::EmptySample => "one of the two samples holds no value",
            Self::TooManyCategories => "the column has more distinct values than are kept",
        }
    }

    /// The reason in Traditional Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::NoRows => "沒有任何數據行",
            Self::NoPositive => "沒有正類標籤的數據行",
            Self::NoNegative => "沒有負類標籤的數據行",
            Self::OneLabel => "兩個標籤只出現其中一個",
            Self::NoPredictedPositive => "沒有預測為正類的數據行",
            Self::NoPredictedNegative => "沒有預測為負類的數據行",
            Self::ReferenceIsZero => "參照組的比率為零",
            Self::ReferenceUnmeasured => "參照組本身無法量度",
            Self::ReferenceAbsent => "資料中沒有參照組",
            Self::FewerThanTwoGroups => "數據行足夠的組別少於兩個",
            Self::AllZero => "所有組別的數值均為零",
            Self::NotProbabilities => "部分評分不在 0 至 1 之間",
            Self::Constant => "數值沒有變化",
            Self::NoFit => "評分完全區分了標籤，無法擬合曲線",
            Self::EmptySample => "其中一個樣本沒有任何數值",
            Self::TooManyCategories => "該欄的不同數值多於所保留的數目",
        }
    }
}
