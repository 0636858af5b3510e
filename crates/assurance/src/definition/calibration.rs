//! Definitions of calibration: positive is the declared event, scores are its probability.

use super::{Definition, Family, Unit, define};

const WIDTH_10: &str =
    "10 bins of equal width over 0 to 1, each (low, high], the first closed; empty bins are left out";
const WIDTH_15: &str =
    "15 bins of equal width over 0 to 1, each (low, high], the first closed; empty bins are left out";
const MASS_10: &str = "10 bins between type-7 quantiles of the slice's scores, each (low, high], the first closed; equal quantiles are merged, so tied scores stay together";
const MASS_15: &str = "15 bins between type-7 quantiles of the slice's scores, each (low, high], the first closed; equal quantiles are merged, so tied scores stay together";
const GUO: &str = "Naeini et al. 2015; Guo et al. 2017, On calibration of modern neural networks";
const COX: &str =
    "Cox 1958, Two further applications of a model for binary regression; van Calster et al. 2016";

pub(super) fn definitions() -> Vec<Definition> {
    let f = |id, names, formula| define(id, Family::Calibration, names, formula).event();
    let mut all = Vec::new();
    for (rule, (ece, mce, curve), names) in [
        (
            WIDTH_10,
            (
                "calibration.ece.equal-width.10",
                "calibration.mce.equal-width.10",
                "calibration.reliability.equal-width.10",
            ),
            ("10 equal-width bins", "10 個等寬組"),
        ),
        (
            WIDTH_15,
            (
                "calibration.ece.equal-width.15",
                "calibration.mce.equal-width.15",
                "calibration.reliability.equal-width.15",
            ),
            ("15 equal-width bins", "15 個等寬組"),
        ),
        (
            MASS_10,
            (
                "calibration.ece.equal-mass.10",
                "calibration.mce.equal-mass.10",
                "calibration.reliability.equal-mass.10",
            ),
            ("10 equal-mass bins", "10 個等量組"),
        ),
        (
            MASS_15,
            (
                "calibration.ece.equal-mass.15",
                "calibration.mce.equal-mass.15",
                "calibration.reliability.equal-mass.15",
            ),
            ("15 equal-mass bins", "15 個等量組"),
        ),
    ] {
        let mut expected =
            f(ece, ("", ""), "Σ over bins of (n_bin / n) · |mean label − mean score|").binned(rule).from(GUO);
        expected.english = format!("Expected calibration error, {}", names.0).into();
        expected.chinese = format!("期望校準誤差（{}）", names.1).into();
        let mut largest =
            f(mce, ("", ""), "max over bins of |mean label − mean score|").binned(rule).from(GUO);
        largest.english = format!("Maximum calibration error, {}", names.0).into();
        largest.chinese = format!("最大校準誤差（{}）", names.1).into();
        let mut points = f(
            curve,
            ("", ""),
            "mean label of the bin, against its mean score; bins are counted from 1, empty ones included",
        )
        .binned(rule)
        .from("Murphy and Winkler 1977, Reliability of subjective probability forecasts; interval: Wilson");
        points.english = format!("Reliability curve, {}", names.0).into();
        points.chinese = format!("可靠度曲線（{}）", names.1).into();
        all.extend([expected, largest, points]);
    }
    all.extend([
        f("calibration.slope", ("Calibration slope", "校準斜率"), "b of logit P(y = 1) = a + b · logit(score), by maximum likelihood")
            .zero("scores are cut to [2.2e-16, 1 − 2.2e-16]; undefined when the scores separate the labels").in_unit(Unit::Number).from(COX),
        f("calibration.intercept", ("Calibration intercept", "校準截距"), "a of logit P(y = 1) = a + b · logit(score), fitted together with b")
            .zero("scores are cut to [2.2e-16, 1 − 2.2e-16]; undefined when the scores separate the labels").in_unit(Unit::Number).from(COX),
        f("calibration.in_the_large", ("Calibration in the large", "整體校準偏差"), "mean label − mean score").in_unit(Unit::Difference)
            .from("van Calster et al. 2016, A calibration hierarchy for risk models, J. Clin. Epidemiol. 74"),
        f("calibration.hosmer_lemeshow.10", ("Hosmer–Lemeshow statistic, 10 groups", "Hosmer–Lemeshow 統計量（10 組）"), "Σ over bins of (observed − expected)² / (n p̄ (1 − p̄)), chi-square with bins − 2 degrees of freedom")
            .binned(MASS_10).zero("a bin whose mean score is 0 or 1 is left out").in_unit(Unit::Statistic).from("Hosmer and Lemeshow 1980; p-value: chi-square"),
    ]);
    all
}
