//! Definitions of drift: how far a current sample has moved from a reference.

use super::{Definition, Family, Unit, define};

const DECILES: &str = "numbers: 10 bins between type-7 deciles of the reference, each (low, high], the outer ones open, equal deciles merged; categories: one bin each; missing values left out";
const WIDTH: &str = "10 bins of equal width between the least and greatest value of the reference, each (low, high], the outer ones open; categories: one bin each";
const STURGES: &str = "⌈log₂ n⌉ + 1 bins of equal width between the least and greatest value of both samples together (n their rows), each (low, high], the first closed; categories: one bin each";
const FLOOR: &str = "a share below 0.0001 is raised to 0.0001, without rescaling the others";
const EXACT: &str = "none: every distinct value counts";
const PSI: &str = "Siddiqi 2017, Intelligent Credit Scoring; Kullback and Leibler 1951 (the J divergence)";

pub(super) fn definitions() -> Vec<Definition> {
    let f = |id, names, formula| {
        define(id, Family::Drift, names, formula).zero("undefined when one of the samples holds no value")
    };
    vec![
        f(
            "drift.psi.reference-deciles",
            ("Population stability index, reference deciles", "群體穩定性指標（參照樣本十分位）"),
            "Σ (q − p) ln(q / p), p the reference's and q the current shares",
        )
        .binned(DECILES)
        .zero(FLOOR)
        .in_unit(Unit::Nats)
        .from(PSI),
        f(
            "drift.psi.equal-width.10",
            ("Population stability index, 10 equal-width bins", "群體穩定性指標（10 個等寬組）"),
            "Σ (q − p) ln(q / p)",
        )
        .binned(WIDTH)
        .zero(FLOOR)
        .in_unit(Unit::Nats)
        .from(PSI),
        f(
            "drift.psi.sturges",
            ("Population stability index, Sturges bins", "群體穩定性指標（Sturges 分組）"),
            "Σ (q − p) ln(q / p)",
        )
        .binned(STURGES)
        .zero(FLOOR)
        .in_unit(Unit::Nats)
        .from("Sturges 1926, The choice of a class interval, JASA 21"),
        f(
            "drift.jensen_shannon.base2",
            ("Jensen–Shannon divergence", "Jensen–Shannon 散度"),
            "½ Σ p log₂(p/m) + ½ Σ q log₂(q/m), m = (p + q)/2",
        )
        .binned(DECILES)
        .zero("0 log 0 is 0")
        .in_unit(Unit::Bits)
        .from("Lin 1991, Divergence measures based on the Shannon entropy"),
        f(
            "drift.jensen_shannon_distance.base2",
            ("Jensen–Shannon distance", "Jensen–Shannon 距離"),
            "the square root of the Jensen–Shannon divergence in bits",
        )
        .binned(DECILES)
        .zero("0 log 0 is 0")
        .from("Endres and Schindelin 2003, A new metric for probability distributions"),
        f("drift.hellinger", ("Hellinger distance", "Hellinger 距離"), "√(1 − Σ √(p q))")
            .binned(DECILES)
            .from("Hellinger 1909; Le Cam 1986"),
        f("drift.total_variation", ("Total variation distance", "全變差距離"), "½ Σ |q − p|")
            .binned(DECILES)
            .from("Levin and Peres 2017, Markov Chains and Mixing Times, section 4.1"),
        f(
            "drift.ks",
            ("Kolmogorov–Smirnov statistic", "KS 統計量"),
            "max over x of |F current(x) − F reference(x)|; numbers only",
        )
        .binned(EXACT)
        .from("Smirnov 1939; p-value: asymptotic Kolmogorov distribution"),
        f("drift.chi_square", ("Chi-square statistic", "卡方統計量"), "Pearson's chi-square of bin × sample")
            .binned(DECILES)
            .in_unit(Unit::Statistic)
            .from("Pearson 1900"),
        f("drift.cramers_v", ("Cramér's V", "Cramér V 系數"), "√(χ² / n), as one side of the table is two")
            .binned(DECILES)
            .from("Cramér 1946, Mathematical Methods of Statistics, chapter 21"),
        f(
            "drift.wasserstein",
            ("Wasserstein distance", "Wasserstein 距離"),
            "∫ |F current(x) − F reference(x)| dx; numbers only",
        )
        .binned(EXACT)
        .in_unit(Unit::Column)
        .from("Vallender 1974, Calculation of the Wasserstein distance on the line"),
        f(
            "drift.wasserstein_normalised",
            ("Normalised Wasserstein distance", "標準化 Wasserstein 距離"),
            "Wasserstein distance / standard deviation of the reference (ddof 1)",
        )
        .binned(EXACT)
        .zero("undefined when the reference does not vary")
        .in_unit(Unit::Number)
        .from("Vallender 1974"),
        f(
            "drift.missing_rate_change",
            ("Change of the missing rate", "缺失率變化"),
            "share of rows without a value: current − reference",
        )
        .in_unit(Unit::Difference)
        .from("Newcombe 1998 for the interval"),
        f(
            "drift.new_category_share",
            ("Share of new categories", "新類別佔比"),
            "share of the current values that the reference does not hold; categories only",
        )
        .from("Wilson 1927 for the interval"),
        f(
            "drift.label_rate_change",
            ("Change of the event rate", "事件率變化"),
            "share of labelled rows with the event: current − reference",
        )
        .event()
        .in_unit(Unit::Difference)
        .from("Newcombe 1998 for the interval"),
        f(
            "drift.selection_rate_change",
            ("Change of the selection rate", "獲選率變化"),
            "share of rows decided favourably: current − reference",
        )
        .favourable()
        .in_unit(Unit::Difference)
        .from("Newcombe 1998 for the interval"),
    ]
}
