//! Definitions of data quality.

use super::{Definition, Family, Unit, define};

const WILSON: &str = "Wilson 1927 for the interval";
const DAMA: &str = "DAMA UK 2013, The six primary dimensions for data quality assessment";

pub(super) fn definitions() -> Vec<Definition> {
    let f = |id, names, formula| define(id, Family::Quality, names, formula);
    vec![
        f("quality.missing_rate", ("Missing rate", "缺失率"), "rows without a value / rows").from(WILSON),
        f(
            "quality.constant",
            ("Constant column", "固定值欄"),
            "1 if the column holds at most one distinct value, otherwise 0",
        )
        .in_unit(Unit::Number)
        .from(DAMA),
        f(
            "quality.duplicate_rows",
            ("Duplicate rows", "重複數據行"),
            "rows that repeat an earlier row in every column / rows; a row pass",
        )
        .from(DAMA),
        f(
            "quality.out_of_range_rate",
            ("Out-of-range rate", "超出範圍比率"),
            "numbers outside the declared range / numbers",
        )
        .zero("undefined without a number")
        .from(WILSON),
        f(
            "quality.unexpected_category_rate",
            ("Unexpected category rate", "未預期類別比率"),
            "values that are no declared category / values",
        )
        .zero("undefined without a value")
        .from(WILSON),
        f("quality.non_finite_rate", ("Non-finite rate", "非有限數值比率"), "NaN or infinite numbers / rows")
            .from(WILSON),
        f(
            "quality.type_surprise_rate",
            ("Type surprise rate", "類型異常比率"),
            "values that do not read as the column's declared kind / rows",
        )
        .from(WILSON),
        f(
            "quality.leakage.auc",
            ("Leakage: single-feature AUC", "洩漏：單一特徵 AUC"),
            "max(a, 1 − a), a the AUC of the feature alone against the label",
        )
        .event()
        .binned("one bin per distinct value up to 4,096 bins; beyond that neighbouring values share a bin and count as ties, and the largest error this can make is the error bound")
        .zero("undefined unless both labels occur; its interval is folded and cut at one half as the value is")
        .from("Kaufman et al. 2012, Leakage in data mining; interval: DeLong et al. 1988"),
        f(
            "quality.leakage.cramers_v",
            ("Leakage: Cramér's V", "洩漏：Cramér V 系數"),
            "√(χ² / n) of category × label",
        )
        .zero("undefined unless both labels and two categories occur")
        .from("Kaufman et al. 2012; Cramér 1946"),
        f("quality.representation", ("Representation", "代表性"), "rows of the group / rows").from(WILSON),
        f(
            "quality.representation_difference",
            ("Representation against expectation", "代表性與預期之差"),
            "share of the group − its declared expected share",
        )
        .in_unit(Unit::Difference)
        .from(WILSON),
    ]
}
