//! Which interval each metric gets, and what is to be known about it.

use schemars::JsonSchema;
use serde::Serialize;

use super::{DefinitionId, Family};
use crate::confusion::Rate;

/// The kind of interval a metric comes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Uncertainty {
    /// Wilson's score interval of a rate.
    Wilson,
    /// Newcombe's interval of a difference of rates.
    Newcombe,
    /// Koopman's interval of a ratio of rates.
    Koopman,
    /// `DeLong`'s interval of an AUC, or of what follows from one or two.
    DeLong,
    /// Normal draws of the AUCs of all groups with `DeLong`'s variances.
    DeLongDraws,
    /// The normal interval of a mean.
    Mean,
    /// The normal interval of a fitted coefficient.
    Fit,
    /// The normal interval of a root mean square, its fourth moment by a generalised normal law.
    Moments,
    /// The normal interval of a coefficient of determination, for jointly normal data.
    Determination,
    /// Percentiles of the bootstrap over cells or bins.
    Bootstrap,
    /// The same, of a value that cannot fall below zero.
    NearZero,
    /// The same, of the least over the greatest value, or of the worst one.
    Extreme,
    /// A test has a p-value instead.
    Test,
    /// A count or a fact about these rows is not an estimate.
    Fact,
}

impl Uncertainty {
    /// The interval in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::Wilson => "Wilson",
            Self::Newcombe => "Newcombe",
            Self::Koopman => "Koopman",
            Self::DeLong => "DeLong",
            Self::DeLongDraws => {
                "percentiles of normal draws with DeLong's variances; biased when the groups hardly differ: a spread upwards, a ratio and the worst value downwards"
            }
            Self::Mean => "Wald, of a mean",
            Self::Fit => "Wald, from the observed information",
            Self::Moments => {
                "Wald by the delta method: RMSE √((κ − 1) / 4n), κ the kurtosis of the generalised normal law with the same mean absolute over root mean squared error"
            }
            Self::Determination => {
                "Wald, variance (4 R² + 2/n)(1 − R²)² / n (Olkin and Finn 1995): for jointly normal data, too narrow when tails are heavy"
            }
            Self::Bootstrap => "percentile bootstrap",
            Self::NearZero => "percentile bootstrap; biased upwards near zero",
            Self::Extreme => "percentile bootstrap; biased towards the worse when the groups hardly differ",
            Self::Test => "none: a test, see its p-value",
            Self::Fact => "none: a fact about these rows",
        }
    }

    /// The interval in Traditional Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Wilson => "Wilson 法",
            Self::Newcombe => "Newcombe 法",
            Self::Koopman => "Koopman 法",
            Self::DeLong => "DeLong 法",
            Self::DeLongDraws => {
                "按 DeLong 方差作常態抽樣的百分位數；組別相差甚微時有偏差：全距偏高，比率及最差值偏低"
            }
            Self::Mean => "Wald 法（平均值）",
            Self::Fit => "Wald 法（按觀測信息量）",
            Self::Moments => {
                "Wald 法（Delta 法）：RMSE √((κ − 1) / 4n)，κ 為平均絕對誤差與均方根誤差之比相同的廣義常態分布的峰度"
            }
            Self::Determination => {
                "Wald 法，方差為 (4 R² + 2/n)(1 − R²)² / n（Olkin 及 Finn 1995）：假設聯合常態，厚尾時偏窄"
            }
            Self::Bootstrap => "百分位自助抽樣法",
            Self::NearZero => "百分位自助抽樣法；接近零時偏高",
            Self::Extreme => "百分位自助抽樣法；組別相差甚微時偏向較差一方",
            Self::Test => "無：屬檢定，見 p 值",
            Self::Fact => "無：屬這些數據行的事實",
        }
    }

    /// The interval of a definition.
    pub(super) fn of(id: DefinitionId, family: Family) -> Self {
        match family {
            Family::Performance => performance(id.as_str()),
            Family::Calibration => calibration(id.as_str()),
            Family::Fairness => fairness(id),
            Family::Drift => drift(id.as_str()),
            Family::Quality => quality(id.as_str()),
        }
    }
}

fn performance(id: &str) -> Uncertainty {
    match id {
        "performance.auc" | "performance.gini" => Uncertainty::DeLong,
        "performance.log_loss" | "performance.brier" | "performance.mae" => Uncertainty::Mean,
        "performance.rmse" => Uncertainty::Moments,
        "performance.r2" => Uncertainty::Determination,
        "performance.accuracy"
        | "performance.precision"
        | "performance.recall"
        | "performance.specificity"
        | "performance.multiclass.accuracy"
        | "performance.multiclass.micro_f1" => Uncertainty::Wilson,
        "performance.ks" => Uncertainty::NearZero,
        _ if id.starts_with("performance.confusion.") => Uncertainty::Fact,
        _ => Uncertainty::Bootstrap,
    }
}

fn calibration(id: &str) -> Uncertainty {
    match id {
        "calibration.slope" | "calibration.intercept" => Uncertainty::Fit,
        "calibration.in_the_large" => Uncertainty::Mean,
        _ if id.starts_with("calibration.hosmer_lemeshow.") => Uncertainty::Test,
        _ if id.starts_with("calibration.reliability.") => Uncertainty::Wilson,
        _ => Uncertainty::NearZero,
    }
}

fn fairness(id: DefinitionId) -> Uncertainty {
    for rate in Rate::ALL {
        let ids = super::rate_ids(rate);
        // Balanced accuracy is a mean of two rates, which the closed forms do not cover.
        let closed = |form| if rate == Rate::BalancedAccuracy { Uncertainty::Bootstrap } else { form };
        for (own, found) in [
            (ids.value, closed(Uncertainty::Wilson)),
            (ids.difference, closed(Uncertainty::Newcombe)),
            (ids.ratio, closed(Uncertainty::Koopman)),
            (ids.spread, Uncertainty::NearZero),
            (ids.min_ratio, Uncertainty::Extreme),
            (ids.worst, Uncertainty::Extreme),
        ] {
            if own == id {
                return found;
            }
        }
    }
    match id.as_str() {
        "fairness.auc" | "fairness.auc_difference" | "fairness.auc_ratio" => Uncertainty::DeLong,
        "fairness.auc_spread" | "fairness.auc_min_ratio" | "fairness.worst_group.auc" => {
            Uncertainty::DeLongDraws
        }
        "fairness.significance.chi_square" | "fairness.significance.fisher" => Uncertainty::Test,
        "fairness.equalised_odds.signed_mean" | "fairness.theil" | "fairness.generalised_entropy.2" => {
            Uncertainty::Bootstrap
        }
        _ => Uncertainty::NearZero,
    }
}

fn drift(id: &str) -> Uncertainty {
    match id {
        "drift.missing_rate_change" | "drift.label_rate_change" | "drift.selection_rate_change" => {
            Uncertainty::Newcombe
        }
        "drift.new_category_share" => Uncertainty::Wilson,
        "drift.chi_square" => Uncertainty::Test,
        _ => Uncertainty::NearZero,
    }
}

fn quality(id: &str) -> Uncertainty {
    match id {
        "quality.constant" => Uncertainty::Fact,
        "quality.leakage.auc" => Uncertainty::DeLong,
        "quality.leakage.cramers_v" => Uncertainty::NearZero,
        _ => Uncertainty::Wilson,
    }
}
