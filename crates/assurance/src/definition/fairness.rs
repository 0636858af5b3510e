//! Definitions of fairness: positive is what is good for the person.
//!
//! Each rate of a group comes with its difference and ratio against the declared reference group, the spread over the
//! groups of an attribute, the ratio of the least to the greatest, and the worst group's value.

use super::{Definition, DefinitionId, Family, Unit, define};
use crate::confusion::Rate;

/// The ids of one rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RateIds {
    pub(crate) value: DefinitionId,
    pub(crate) difference: DefinitionId,
    pub(crate) ratio: DefinitionId,
    pub(crate) spread: DefinitionId,
    pub(crate) min_ratio: DefinitionId,
    pub(crate) worst: DefinitionId,
}

const fn ids(names: [&'static str; 6]) -> RateIds {
    let [value, difference, ratio, spread, min_ratio, worst] = names;
    RateIds {
        value: DefinitionId::new(value),
        difference: DefinitionId::new(difference),
        ratio: DefinitionId::new(ratio),
        spread: DefinitionId::new(spread),
        min_ratio: DefinitionId::new(min_ratio),
        worst: DefinitionId::new(worst),
    }
}

/// The ids under which a rate is reported.
pub(crate) const fn rate_ids(rate: Rate) -> RateIds {
    match rate {
        Rate::Selection => ids([
            "fairness.selection_rate",
            "fairness.demographic_parity_difference",
            "fairness.demographic_parity_ratio",
            "fairness.demographic_parity_spread",
            "fairness.demographic_parity_min_ratio",
            "fairness.worst_group.selection_rate",
        ]),
        Rate::TruePositive => ids([
            "fairness.tpr",
            "fairness.equal_opportunity_difference",
            "fairness.equal_opportunity_ratio",
            "fairness.tpr_spread",
            "fairness.tpr_min_ratio",
            "fairness.worst_group.tpr",
        ]),
        Rate::FalsePositive => ids([
            "fairness.fpr",
            "fairness.fpr_difference",
            "fairness.fpr_ratio",
            "fairness.fpr_spread",
            "fairness.fpr_min_ratio",
            "fairness.worst_group.fpr",
        ]),
        Rate::FalseNegative => ids([
            "fairness.fnr",
            "fairness.fnr_difference",
            "fairness.fnr_ratio",
            "fairness.fnr_spread",
            "fairness.fnr_min_ratio",
            "fairness.worst_group.fnr",
        ]),
        Rate::TrueNegative => ids([
            "fairness.tnr",
            "fairness.tnr_difference",
            "fairness.tnr_ratio",
            "fairness.tnr_spread",
            "fairness.tnr_min_ratio",
            "fairness.worst_group.tnr",
        ]),
        Rate::PositivePredictive => ids([
            "fairness.ppv",
            "fairness.predictive_parity_difference",
            "fairness.predictive_parity_ratio",
            "fairness.ppv_spread",
            "fairness.ppv_min_ratio",
            "fairness.worst_group.ppv",
        ]),
        Rate::NegativePredictive => ids([
            "fairness.npv",
            "fairness.npv_difference",
            "fairness.npv_ratio",
            "fairness.npv_spread",
            "fairness.npv_min_ratio",
            "fairness.worst_group.npv",
        ]),
        Rate::FalseDiscovery => ids([
            "fairness.fdr",
            "fairness.fdr_difference",
            "fairness.fdr_ratio",
            "fairness.fdr_spread",
            "fairness.fdr_min_ratio",
            "fairness.worst_group.fdr",
        ]),
        Rate::FalseOmission => ids([
            "fairness.for",
            "fairness.for_difference",
            "fairness.for_ratio",
            "fairness.for_spread",
            "fairness.for_min_ratio",
            "fairness.worst_group.for",
        ]),
        Rate::Accuracy => ids([
            "fairness.accuracy",
            "fairness.accuracy_difference",
            "fairness.accuracy_ratio",
            "fairness.accuracy_spread",
            "fairness.accuracy_min_ratio",
            "fairness.worst_group.accuracy",
        ]),
        Rate::BalancedAccuracy => ids([
            "fairness.balanced_accuracy",
            "fairness.balanced_accuracy_difference",
            "fairness.balanced_accuracy_ratio",
            "fairness.balanced_accuracy_spread",
            "fairness.balanced_accuracy_min_ratio",
            "fairness.worst_group.balanced_accuracy",
        ]),
        Rate::Base => ids([
            "fairness.base_rate",
            "fairness.base_rate_difference",
            "fairness.base_rate_ratio",
            "fairness.base_rate_spread",
            "fairness.base_rate_min_ratio",
            "fairness.worst_group.base_rate",
        ]),
    }
}

/// The ids under which the AUC of a group is reported.
pub(crate) const AUC_IDS: RateIds = ids([
    "fairness.auc",
    "fairness.auc_difference",
    "fairness.auc_ratio",
    "fairness.auc_spread",
    "fairness.auc_min_ratio",
    "fairness.worst_group.auc",
]);

const FAIRLEARN: &str = "Hardt et al. 2016, Equality of opportunity in supervised learning; Barocas et al. 2023, Fairness and Machine Learning";
const SPEICHER: &str = "Speicher et al. 2018, A unified approach to quantifying algorithmic unfairness";
const SIDES: &str = "undefined when a rate of the group or of the reference is";

pub(super) fn definitions() -> Vec<Definition> {
    let f = |id, names, formula| define(id, Family::Fairness, names, formula).favourable();
    let mut all: Vec<Definition> = Rate::ALL.into_iter().flat_map(of_rate).collect();
    all.extend([
        f("fairness.equalised_odds.max", ("Equalised odds, larger gap", "均等賠率（較大差距）"), "max(|ΔTPR|, |ΔFPR|), Δ = group − reference").zero(SIDES).from(FAIRLEARN),
        f("fairness.equalised_odds.mean", ("Equalised odds, mean gap", "均等賠率（平均差距）"), "(|ΔTPR| + |ΔFPR|) / 2, Δ = group − reference").zero(SIDES).from("Bellamy et al. 2018, AI Fairness 360 (average absolute odds difference)"),
        f("fairness.equalised_odds.signed_mean", ("Equalised odds, signed mean gap", "均等賠率（帶符號平均差距）"), "(ΔTPR + ΔFPR) / 2, Δ = group − reference").zero(SIDES).in_unit(Unit::Difference).from("Bellamy et al. 2018, AI Fairness 360 (average odds difference)"),
        f("fairness.equalised_odds_spread.max", ("Equalised odds spread", "均等賠率全距"), "max(spread of TPR, spread of FPR) over the groups of the attribute").zero("groups with too few rows are left out and named").from("Bird et al. 2020, Fairlearn (equalized_odds_difference)"),
        f("fairness.theil", ("Theil index", "Theil 指數"), "mean of (b/μ) ln(b/μ), benefit b = ŷ − y + 1, μ its mean").zero("0 ln 0 is 0; undefined when every benefit is zero").in_unit(Unit::Number).from(SPEICHER),
        f("fairness.generalised_entropy.2", ("Generalised entropy index, α = 2", "廣義熵指數（α = 2）"), "mean of ((b/μ)² − 1) / 2, benefit b = ŷ − y + 1, μ its mean").zero("undefined when every benefit is zero").in_unit(Unit::Number).from(SPEICHER),
        f("fairness.auc", ("AUC of the group", "組別 AUC"), "P(score of the event > score of a non-event) + ½ P(equal), within the group").event().binned("one bin per distinct score").zero("undefined unless both labels occur").from("Hanley and McNeil 1982; interval: DeLong et al. 1988"),
        f("fairness.auc_difference", ("AUC difference", "AUC 差異"), "AUC of the group − AUC of the reference").event().binned("one bin per distinct score").zero("undefined when either AUC is").in_unit(Unit::Difference).from("DeLong et al. 1988; the two samples are independent, so their variances add"),
        f("fairness.auc_spread", ("AUC spread", "AUC 全距"), "greatest − least AUC over the groups of the attribute").event().binned("one bin per distinct score").zero("groups with too few rows are left out and named").from("Hanley and McNeil 1982"),
        f("fairness.auc_ratio", ("AUC ratio", "AUC 比率"), "AUC of the group / AUC of the reference").event().binned("one bin per distinct score").zero("undefined when either AUC is, or the reference's is zero").in_unit(Unit::Ratio).from("Hanley and McNeil 1982"),
        f("fairness.auc_min_ratio", ("AUC: least to greatest", "AUC：最低與最高之比"), "least / greatest AUC over the groups of the attribute").event().binned("one bin per distinct score").zero("groups with too few rows are left out and named").in_unit(Unit::Ratio).from("Hanley and McNeil 1982"),
        f("fairness.worst_group.auc", ("AUC of the worst group", "最差組別的 AUC"), "least AUC over the groups of the attribute").event().binned("one bin per distinct score").zero("groups with too few rows are left out and named").from("Hanley and McNeil 1982"),
        f("fairness.ece.equal-mass.10", ("Expected calibration error of the group, 10 equal-mass bins", "組別期望校準誤差（10 個等量組）"), "Σ over bins of (n_bin / n) · |mean label − mean score|, within the group").event().binned("10 bins between type-7 quantiles of the group's scores, each (low, high], the first closed; equal quantiles are merged").from("Naeini et al. 2015; Pleiss et al. 2017, On fairness and calibration"),
        f("fairness.significance.chi_square", ("Chi-square of selection by group", "獲選與組別的卡方檢定"), "Pearson's chi-square of group × decision, without continuity correction").zero("undefined unless two groups and both decisions occur").in_unit(Unit::Statistic).from("Pearson 1900; adjusted over attributes by Holm 1979 and Benjamini–Hochberg 1995"),
        f("fairness.significance.fisher", ("Fisher's exact test against the reference", "與參照組的 Fisher 精確檢定"), "odds ratio of selection, group against reference; its two-sided p-value is the chance of every table no likelier than this one").zero("the odds ratio is undefined when the reference has no favourable or the group no unfavourable decision").from("Fisher 1922; adjusted over groups by Holm 1979 and Benjamini–Hochberg 1995"),
    ]);
    all
}

/// The definitions that one rate gives rise to.
fn of_rate(rate: Rate) -> Vec<Definition> {
    let RateIds { value, difference, ratio, spread, min_ratio, worst } = rate_ids(rate);
    let (english, chinese, formula) = words(rate);
    let (parity, parity_chinese) = parity(rate).unwrap_or((english, chinese));
    let make = |id: DefinitionId, english: String, chinese: String, formula: String| {
        let mut definition = define(id.as_str(), Family::Fairness, ("", ""), "").favourable().from(FAIRLEARN);
        (definition.english, definition.chinese, definition.formula) =
            (english.into(), chinese.into(), formula.into());
        definition
    };
    let mut all = vec![
        make(value, english.into(), chinese.into(), formula.into())
            .zero("undefined when the denominator is zero"),
        make(
            difference,
            format!("{parity}: difference"),
            format!("{parity_chinese}：差異"),
            format!("{formula}: group − reference"),
        )
        .zero(SIDES)
        .in_unit(Unit::Difference),
        make(
            ratio,
            format!("{parity}: ratio"),
            format!("{parity_chinese}：比率"),
            format!("{formula}: group / reference"),
        )
        .zero("undefined when the reference's rate is zero")
        .in_unit(Unit::Ratio),
        make(
            spread,
            format!("{parity}: spread"),
            format!("{parity_chinese}：全距"),
            format!("{formula}: greatest − least over the groups of the attribute"),
        )
        .zero("groups with too few rows are left out and named"),
        make(
            min_ratio,
            format!("{parity}: least to greatest"),
            format!("{parity_chinese}：最低與最高之比"),
            format!("{formula}: least / greatest over the groups of the attribute"),
        )
        .zero("groups with too few rows are left out and named; undefined when every rate is zero")
        .in_unit(Unit::Ratio),
    ];
    let end = if rate.is_error() { "greatest" } else { "least" };
    all.push(
        make(
            worst,
            format!("{english} of the worst group"),
            format!("最差組別的{chinese}"),
            format!("{formula}: {end} over the groups of the attribute"),
        )
        .zero("groups with too few rows are left out and named"),
    );
    all
}

/// Names and formula of a rate.
fn words(rate: Rate) -> (&'static str, &'static str, &'static str) {
    match rate {
        Rate::Selection => ("Selection rate", "獲選率", "decided favourably / decided"),
        Rate::TruePositive => ("True positive rate", "真陽性率", "tp / (tp + fn)"),
        Rate::FalsePositive => ("False positive rate", "假陽性率", "fp / (fp + tn)"),
        Rate::FalseNegative => ("False negative rate", "假陰性率", "fn / (tp + fn)"),
        Rate::TrueNegative => ("True negative rate", "真陰性率", "tn / (fp + tn)"),
        Rate::PositivePredictive => ("Positive predictive value", "陽性預測值", "tp / (tp + fp)"),
        Rate::NegativePredictive => ("Negative predictive value", "陰性預測值", "tn / (tn + fn)"),
        Rate::FalseDiscovery => ("False discovery rate", "錯誤發現率", "fp / (tp + fp)"),
        Rate::FalseOmission => ("False omission rate", "錯誤遺漏率", "fn / (tn + fn)"),
        Rate::Accuracy => ("Accuracy", "準確率", "(tp + tn) / (tp + fp + fn + tn)"),
        Rate::BalancedAccuracy => ("Balanced accuracy", "平衡準確率", "(tp/(tp + fn) + tn/(tn + fp)) / 2"),
        Rate::Base => ("Base rate", "基準率", "labelled favourable / labelled"),
    }
}

/// What parity of the rate is called, when it has a name of its own.
fn parity(rate: Rate) -> Option<(&'static str, &'static str)> {
    match rate {
        Rate::Selection => Some(("Demographic parity", "人口均等")),
        Rate::TruePositive => Some(("Equal opportunity", "機會均等")),
        Rate::PositivePredictive => Some(("Predictive parity", "預測均等")),
        _ => None,
    }
}
