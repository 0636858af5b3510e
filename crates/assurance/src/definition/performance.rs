//! Definitions of performance: positive is the declared event.

use super::{Definition, Family, Unit, define};

const TIES: &str = "one bin per distinct score; ties count half";
const HALVES: &str = "Fawcett 2006, An introduction to ROC analysis, Pattern Recognition Letters 27";
const POWERS: &str = "Powers 2011, Evaluation: from precision, recall and F-measure to ROC, J. Machine Learning Technologies 2";
const LIFT: &str = "Siddiqi 2017, Intelligent Credit Scoring, 2nd edition, chapter 8";
const MULTICLASS: &str = "Sokolova and Lapalme 2009, A systematic analysis of performance measures, IPM 45";
const TOP: &str = "top tenths of rows by score; rows tied across the cut enter in proportion";

pub(super) fn definitions() -> Vec<Definition> {
    let f = |id, names, formula| define(id, Family::Performance, names, formula);
    let mut all = vec![
        f("performance.auc", ("Area under the ROC curve", "ROC 曲線下面積"), "P(score of a positive > score of a negative) + ½ P(equal)")
            .event().binned(TIES).zero("undefined unless both labels occur").from("Hanley and McNeil 1982; interval: DeLong et al. 1988"),
        f("performance.gini", ("Gini coefficient", "基尼系數"), "2 · AUC − 1")
            .event().binned(TIES).zero("undefined unless both labels occur").in_unit(Unit::Difference).from("Somers 1962; D of score and label"),
        f("performance.ks", ("Kolmogorov–Smirnov separation", "KS 區分度"), "max over s of |F(s | positive) − F(s | negative)|")
            .event().binned("one bin per distinct score").zero("undefined unless both labels occur").from("Smirnov 1939; p-value: asymptotic Kolmogorov distribution"),
        f("performance.log_loss", ("Log loss", "對數損失"), "−mean of y ln p + (1 − y) ln(1 − p), p the probability of the event")
            .event().zero("p is cut to [2.2e-16, 1 − 2.2e-16]").in_unit(Unit::Nats).from("Good 1952, Rational decisions, JRSS B 14"),
        f("performance.brier", ("Brier score", "Brier 分數"), "mean of (p − y)²")
            .event().from("Brier 1950, Verification of forecasts expressed in terms of probability"),
        f("performance.accuracy", ("Accuracy", "準確率"), "(tp + tn) / (tp + fp + fn + tn)").event().from(HALVES),
        f("performance.balanced_accuracy", ("Balanced accuracy", "平衡準確率"), "(tp/(tp + fn) + tn/(tn + fp)) / 2")
            .event().zero("undefined unless both labels occur").from("Brodersen et al. 2010, The balanced accuracy and its posterior distribution"),
        f("performance.precision", ("Precision", "精確率"), "tp / (tp + fp)").event().zero("undefined when nothing is predicted positive").from(HALVES),
        f("performance.recall", ("Recall", "召回率"), "tp / (tp + fn)").event().zero("undefined without positives").from(HALVES),
        f("performance.specificity", ("Specificity", "特異度"), "tn / (tn + fp)").event().zero("undefined without negatives").from(HALVES),
        f("performance.f1", ("F1 score", "F1 分數"), "2 tp / (2 tp + fp + fn)").event().zero("undefined when tp, fp and fn are all zero").from(POWERS),
        f("performance.average_precision", ("Average precision", "平均精確率"), "Σ (Rₖ − Rₖ₋₁) Pₖ over falling distinct scores; no interpolation, not the trapezoid under the curve")
            .event().binned("one step per distinct score").zero("undefined without positives").from("Manning et al. 2008, Introduction to Information Retrieval, section 8.4"),
        f("performance.confusion.tp", ("True positives", "真陽性"), "rows with the event and its decision").event().in_unit(Unit::Rows).zero("zero is a count").from(HALVES),
        f("performance.confusion.fp", ("False positives", "假陽性"), "rows without the event but with its decision").event().in_unit(Unit::Rows).zero("zero is a count").from(HALVES),
        f("performance.confusion.fn", ("False negatives", "假陰性"), "rows with the event but without its decision").event().in_unit(Unit::Rows).zero("zero is a count").from(HALVES),
        f("performance.confusion.tn", ("True negatives", "真陰性"), "rows without the event and without its decision").event().in_unit(Unit::Rows).zero("zero is a count").from(HALVES),
        f("performance.mae", ("Mean absolute error", "平均絕對誤差"), "mean of |y − ŷ|").in_unit(Unit::Column).from("Willmott and Matsuura 2005"),
        f("performance.rmse", ("Root mean squared error", "均方根誤差"), "√ mean of (y − ŷ)²").in_unit(Unit::Column).from("Willmott and Matsuura 2005"),
        f("performance.r2", ("Coefficient of determination", "決定系數"), "1 − Σ(y − ŷ)² / Σ(y − ȳ)²").in_unit(Unit::Number).zero("undefined when the target does not vary").from("Kvålseth 1985, Cautionary note about R², form 1"),
        f("performance.multiclass.accuracy", ("Multiclass accuracy", "多類準確率"), "rows decided as labelled / rows").from(MULTICLASS),
        f("performance.multiclass.macro_precision", ("Macro precision", "宏平均精確率"), "mean over classes of the class's precision").zero("undefined when a class is never predicted").from(MULTICLASS),
        f("performance.multiclass.macro_recall", ("Macro recall", "宏平均召回率"), "mean over classes of the class's recall").zero("undefined when a predicted class never occurs").from(MULTICLASS),
        f("performance.multiclass.macro_f1", ("Macro F1", "宏平均 F1"), "mean over classes of the class's F1 (not the F1 of the means)").zero("a class counts if it occurs or is predicted").from(MULTICLASS),
        f("performance.multiclass.micro_f1", ("Micro F1", "微平均 F1"), "F1 of the counts summed over classes; equals accuracy for one label a row").from(MULTICLASS),
        f("performance.multiclass.weighted_f1", ("Weighted F1", "加權 F1"), "mean of the classes' F1, weighted by how often each occurs").zero("a class counts if it occurs").from(MULTICLASS),
    ];
    for (decile, (lift, gain)) in LIFT_IDS.iter().zip(GAIN_IDS).enumerate() {
        let tenths = decile + 1;
        let mut definition = f(lift, ("", ""), "")
            .event()
            .binned(TOP)
            .zero("undefined without positives")
            .in_unit(Unit::Ratio)
            .from(LIFT);
        definition.english = format!("Lift of the top {tenths} tenths").into();
        definition.chinese = format!("最高 {tenths} 個十分位的提升度").into();
        definition.formula =
            format!("share of all positives in the top {tenths}/10 of rows by score / ({tenths}/10)").into();
        all.push(definition);
        let mut definition =
            f(gain, ("", ""), "").event().binned(TOP).zero("undefined without positives").from(LIFT);
        definition.english = format!("Gain of the top {tenths} tenths").into();
        definition.chinese = format!("最高 {tenths} 個十分位的增益").into();
        definition.formula = format!("share of all positives in the top {tenths}/10 of rows by score").into();
        all.push(definition);
    }
    all
}

/// Lift of the top K tenths, for K from 1 to 10.
pub(crate) const LIFT_IDS: [&str; 10] = [
    "performance.lift.decile.1",
    "performance.lift.decile.2",
    "performance.lift.decile.3",
    "performance.lift.decile.4",
    "performance.lift.decile.5",
    "performance.lift.decile.6",
    "performance.lift.decile.7",
    "performance.lift.decile.8",
    "performance.lift.decile.9",
    "performance.lift.decile.10",
];

/// Gain of the top K tenths, for K from 1 to 10.
pub(crate) const GAIN_IDS: [&str; 10] = [
    "performance.gain.decile.1",
    "performance.gain.decile.2",
    "performance.gain.decile.3",
    "performance.gain.decile.4",
    "performance.gain.decile.5",
    "performance.gain.decile.6",
    "performance.gain.decile.7",
    "performance.gain.decile.8",
    "performance.gain.decile.9",
    "performance.gain.decile.10",
];
