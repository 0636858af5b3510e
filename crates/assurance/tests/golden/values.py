"""The golden values: what scikit-learn, scipy, statsmodels and fairlearn say of the tables.

Orientation is the contract's. *Performance and calibration*: positive is the label's declared
`positive` (the event); predicted positive is the decision that goes with it. *Fairness*:
positive is the favourable label, predicted positive the favourable decision. A value whose
denominator is zero is written as undefined, never as 0. No group is left out for being small.
"""

import warnings
from fractions import Fraction

import numpy as np
import pandas as pd
import statsmodels.api as sm
from fairlearn import metrics as fl
from scipy import special, stats
from scipy.spatial.distance import jensenshannon
from sklearn import calibration as skc
from sklearn import metrics as sk
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

import rules
from rules import Z

MISSING = "(missing)"
warnings.filterwarnings("ignore", category=sk._classification.UndefinedMetricWarning)
warnings.filterwarnings("ignore", message=".*y_pred contains classes not in y_true.*")
warnings.filterwarnings("ignore", message=".*single label was found.*")


class Golden:
    """The list of values of one data set, and the rule of each definition."""

    def __init__(self):
        self.values, self.rules = [], {}

    def add(self, definition, value, source, rule=None, tolerance=1e-9, rows=None, denominator=None, interval=None,
            method=None, p=None, optional=False, extra=None, **slice_):
        entry = {"definition": definition, "slice": {k: v for k, v in slice_.items() if v is not None}}
        if value is None or not np.isfinite(value):
            entry["undefined"] = True
        else:
            entry["value"] = float(value)
        entry["interval"] = None if interval is None else [x if x is None else float(x) for x in interval]
        if interval is not None:
            entry["method"] = method
        if p is not None:
            entry["p_value"] = float(p)
        if rows is not None:
            entry["rows"] = int(rows)
        if denominator is not None:
            entry["denominator"] = int(denominator)
        entry["tolerance"] = tolerance
        entry["from"] = source
        if optional:
            entry["optional"] = True
        entry |= extra or {}
        if rule:
            self.rules.setdefault(definition, rule)
        self.values.append(entry)
        return entry


def wilson(count, n):
    return proportion_confint(count, n, alpha=0.05, method="wilson") if n else None


# ---- performance ----

GAIN_RULE = ("share of the positives among the K·n/10 rows with the highest scores; n·K/10 may be fractional and a block of tied "
             "scores is shared out in proportion (linear interpolation of the cumulative curve over blocks of equal score)")


def performance(g, y, s, d, w, weighted):
    """`y`, `d` 0/1 with 1 the event; `s` higher means the event."""
    n = len(y)
    kw = {"sample_weight": w} if weighted else {}
    auc = sk.roc_auc_score(y, s, **kw)
    auc_interval = gini_interval = None
    extra = {}
    if not weighted:
        value, variance = rules.delong(y, s)
        slow = rules.delong_by_pairs(y, s)
        assert np.allclose([value, variance], slow, rtol=1e-12) and abs(value - auc) < 1e-12
        se = variance**0.5
        auc_interval = (max(0, value - Z * se), min(1, value + Z * se))
        gini_interval = tuple(2 * v - 1 for v in auc_interval)
        extra = {"standard_error": se}
    g.add("performance.auc", auc, "sklearn.metrics.roc_auc_score", "probability that a positive outscores a negative, ties one half; "
          "interval: DeLong with Sun & Xu midranks, auc ± z·se, cut to [0, 1]", 1e-12, n, interval=auc_interval, method="delong", extra=extra)
    g.add("performance.gini", 2 * auc - 1, "2·sklearn.metrics.roc_auc_score − 1", "2·AUC − 1, the interval likewise", 1e-12, n,
          interval=gini_interval, method="delong")
    fpr, tpr, _ = sk.roc_curve(y, s, drop_intermediate=False, **kw)
    ks = np.max(np.abs(tpr - fpr))
    if not weighted:
        assert abs(ks - stats.ks_2samp(s[y == 1], s[y == 0], method="asymp").statistic) < 1e-12
    g.add("performance.ks", ks, "max |tpr − fpr| of sklearn.metrics.roc_curve" if weighted else "scipy.stats.ks_2samp(...).statistic",
          "largest distance between the score distributions of positives and negatives", 1e-12, n)
    g.add("performance.average_precision", sk.average_precision_score(y, s, **kw), "sklearn.metrics.average_precision_score",
          "Σ (R_k − R_{k−1})·P_k over distinct scores from high to low; not the trapezoid", 1e-9, n)
    for k in range(1, 11):
        at = rules.gain(y, s, w, k / 10)
        g.add(f"performance.gain.decile.{k}", at, "numpy: rules.gain", "K from 1 to 10: " + GAIN_RULE, 1e-9, n)
        g.add(f"performance.lift.decile.{k}", at / (k / 10), "numpy: rules.gain / (K/10)", "cumulative: gain.decile.K / (K/10)", 1e-9, n)
    if d is None:
        return
    (tn, fp), (fn, tp) = sk.confusion_matrix(y, d, **kw)
    for name, value in (("tp", tp), ("fp", fp), ("fn", fn), ("tn", tn)):
        g.add(f"performance.confusion.{name}", value, "sklearn.metrics.confusion_matrix", "sum of weights" if weighted else "rows", 1e-9, n)
    for name, value, count, of in (
        ("accuracy", sk.accuracy_score(y, d, **kw), tp + tn, tp + tn + fp + fn),
        ("precision", sk.precision_score(y, d, zero_division=np.nan, **kw), tp, tp + fp),
        ("recall", sk.recall_score(y, d, zero_division=np.nan, **kw), tp, tp + fn),
        ("specificity", sk.recall_score(y, d, pos_label=0, zero_division=np.nan, **kw), tn, tn + fp),
        ("balanced_accuracy", sk.balanced_accuracy_score(y, d, **kw), None, None),
        ("f1", sk.f1_score(y, d, zero_division=np.nan, **kw), None, None),
    ):
        interval = wilson(count, of) if count is not None and not weighted else None
        source = "sklearn.metrics." + {"specificity": "recall_score(pos_label=0)"}.get(name, name + "_score")
        g.add(f"performance.{name}", value, source, None, 1e-12, n, None if weighted else of, interval=interval, method="wilson")


def probabilistic(g, y, s, w, weighted):
    kw = {"sample_weight": w} if weighted else {}
    g.add("performance.log_loss", sk.log_loss(y, s, **kw), "sklearn.metrics.log_loss", "natural logarithm; no score here is 0 or 1", 1e-9, len(y))
    g.add("performance.brier", sk.brier_score_loss(y, s, **kw), "sklearn.metrics.brier_score_loss", "mean of (score − label)²", 1e-9, len(y))


def regression(g, y, s, **slice_):
    n, optional = len(y), bool(slice_)
    g.add("performance.mae", sk.mean_absolute_error(y, s), "sklearn.metrics.mean_absolute_error", None, 1e-9, n, optional=optional, **slice_)
    g.add("performance.rmse", sk.root_mean_squared_error(y, s), "sklearn.metrics.root_mean_squared_error", "divided by n", 1e-9, n, optional=optional, **slice_)
    g.add("performance.r2", sk.r2_score(y, s), "sklearn.metrics.r2_score", "1 − Σ(y − ŷ)² / Σ(y − mean y)²", 1e-9, n, optional=optional, **slice_)


def multiclass(g, y, d):
    assert set(d) <= set(y)
    n = len(y)
    for name, value, source in (
        ("accuracy", sk.accuracy_score(y, d), "accuracy_score"),
        ("macro_precision", sk.precision_score(y, d, average="macro"), "precision_score(average='macro')"),
        ("macro_recall", sk.recall_score(y, d, average="macro"), "recall_score(average='macro')"),
        ("macro_f1", sk.f1_score(y, d, average="macro"), "f1_score(average='macro')"),
        ("micro_f1", sk.f1_score(y, d, average="micro"), "f1_score(average='micro')"),
        ("weighted_f1", sk.f1_score(y, d, average="weighted"), "f1_score(average='weighted')"),
    ):
        interval = wilson(int((y == d).sum()), n) if name == "accuracy" else None
        g.add(f"performance.multiclass.{name}", value, "sklearn.metrics." + source,
              "macro_f1 is the mean of the classes' F1; weights of weighted_f1 are the classes' true rows; every class is predicted at least once",
              1e-12, n, interval=interval, method="wilson")


# ---- calibration ----

ECE_RULE = {
    "width": "bins (low, high] of [0, 1] with edges k/m as doubles, the first closed below; Σ n_b/n · |mean label − mean score|; empty bins do not count",
    "mass": "bins (low, high] with edges at the type-7 quantiles k/m of the scores of the slice, repeated edges taken once, the first bin closed below",
}


def bins_of(s, kind, m):
    """Inner edges, agreed with scikit-learn's, and whether rounding of an edge could move a row."""
    if kind == "width":
        return rules.width_edges(m), True
    inner = rules.mass_edges(s, m)
    return inner, rules.same_bins(s, inner, rules.mass_edges_exact(s, m))


def calibration(g, y, s, w, weighted, whole=True, **slice_):
    n = len(y)
    slices = dict(slice_)
    g.add("calibration.in_the_large", np.average(y, weights=w) - np.average(s, weights=w), "numpy", "mean label − mean score", 1e-9, n, **slices)
    for kind in ("width", "mass"):
        if weighted and kind == "mass":
            continue
        for m in (10, 15):
            inner, sure = bins_of(s, kind, m)
            points = rules.reliability(y, s, inner, w)
            if not weighted:
                true, mean = skc.calibration_curve(y, s, n_bins=m, strategy={"width": "uniform", "mass": "quantile"}[kind])
                agreed = len(true) == len(points) and np.allclose(true, [p[4] for p in points]) and np.allclose(mean, [p[3] for p in points])
            else:
                agreed = None
            extra = {} if sure and agreed is not False else {"edge_sensitive": True}
            name = f"equal-{kind}.{m}"
            source = "numpy: rules.reliability" + ("; bins equal those of sklearn.calibration.calibration_curve" if agreed else "")
            g.add(f"calibration.ece.{name}", rules.ece(points), source, ECE_RULE[kind], 1e-9, n, extra=extra, **slices)
            g.add(f"calibration.mce.{name}", rules.mce(points), source, "largest |mean label − mean score| over the bins of the ECE of the same name", 1e-9, n, extra=extra, **slices)
            if whole:
                for k, rows, weight, score, label in points:
                    low, high = [0.0, *inner][k], [*inner, 1.0][k]
                    g.add(f"calibration.reliability.{name}", label, source, "value is the mean label of the bin; `mean_score` beside it; "
                          "`bin` counts the bins from 1, empty ones included", 1e-9, rows, interval=None if weighted else wilson(label * rows, rows),
                          method="wilson", extra={"mean_score": float(score), "low": float(low), "high": float(high)} | extra, bin=str(k + 1), **slices)
            if name == "equal-mass.10":
                # a library's fit needs bins whose mean score is inside (0, 1), which holds here
                h, p, df = rules.hosmer_lemeshow(points)
                g.add("calibration.hosmer_lemeshow.10", h, "numpy: rules.hosmer_lemeshow, scipy.stats.chi2.sf",
                      "Σ n_b·(mean label − mean score)² / (mean score·(1 − mean score)) over the bins of ece.equal-mass.10; p with (bins − 2) degrees of freedom, "
                      "as R's ResourceSelection::hoslem.test; `p_value_g` is with as many degrees as bins (scores from elsewhere)", 1e-9, n, p=p,
                      extra={"degrees": df, "p_value_g": float(stats.chi2.sf(h, df + 2))} | extra, **slices)
    x = sm.add_constant(special.logit(s))
    if weighted:
        fit = sm.GLM(y, x, family=sm.families.Binomial(), freq_weights=w).fit(tol=1e-14, maxiter=200)
        source = "statsmodels.api.GLM(Binomial, freq_weights)"
    else:
        fit = sm.Logit(y, x).fit(disp=0, method="newton", tol=1e-12, maxiter=200)
        source = "statsmodels.api.Logit"
    limits = fit.conf_int()
    for i, name in ((1, "slope"), (0, "intercept")):
        g.add(f"calibration.{name}", fit.params[i], source, "logit P(label) = intercept + slope·logit(score), both free, no penalty; interval: Wald",
              1e-7, n, interval=None if weighted else limits[i], method="wald", extra={"standard_error": float(fit.bse[i])}, **slices)
    if not weighted:
        offset = sm.GLM(y, np.ones(n), family=sm.families.Binomial(), offset=special.logit(s)).fit(tol=1e-14, maxiter=200)
        g.add("calibration.intercept_given_slope_one", offset.params[0], "statsmodels.api.GLM(Binomial, offset=logit score)",
              "not in the contract: the intercept when the slope is held at 1", 1e-7, n, optional=True, **slices)


# ---- fairness ----

# name → (numerator cells, denominator cells) in the favourable orientation
RATES = {
    "selection_rate": (("tp", "fp"), ("tp", "fp", "fn", "tn")),
    "base_rate": (("tp", "fn"), ("tp", "fp", "fn", "tn")),
    "tpr": (("tp",), ("tp", "fn")),
    "fnr": (("fn",), ("tp", "fn")),
    "fpr": (("fp",), ("fp", "tn")),
    "tnr": (("tn",), ("fp", "tn")),
    "ppv": (("tp",), ("tp", "fp")),
    "fdr": (("fp",), ("tp", "fp")),
    "npv": (("tn",), ("tn", "fn")),
    "for": (("fn",), ("tn", "fn")),
    "accuracy": (("tp", "tn"), ("tp", "fp", "fn", "tn")),
}
# the contract's name of a comparison where it is not `X_difference`
NAMES = {"selection_rate": "demographic_parity", "tpr": "equal_opportunity", "ppv": "predictive_parity"}
WORST_IS_HIGHEST = {"fpr", "fnr", "fdr", "for"}


METRICS = {
    "selection_rate": (lambda y, p, sample_weight=None: fl.selection_rate(y, p, sample_weight=sample_weight), "fairlearn.metrics.selection_rate"),
    "base_rate": (lambda y, p, sample_weight=None: fl.selection_rate(p, y, sample_weight=sample_weight), "fairlearn.metrics.selection_rate of the labels"),
    "tpr": (fl.true_positive_rate, "fairlearn.metrics.true_positive_rate"),
    "fnr": (fl.false_negative_rate, "fairlearn.metrics.false_negative_rate"),
    "fpr": (fl.false_positive_rate, "fairlearn.metrics.false_positive_rate"),
    "tnr": (fl.true_negative_rate, "fairlearn.metrics.true_negative_rate"),
    "ppv": (lambda y, p, sample_weight=None: sk.precision_score(y, p, zero_division=np.nan, sample_weight=sample_weight), "sklearn.metrics.precision_score"),
    "fdr": (lambda y, p, sample_weight=None: 1 - sk.precision_score(y, p, zero_division=np.nan, sample_weight=sample_weight), "1 − sklearn.metrics.precision_score"),
    "npv": (lambda y, p, sample_weight=None: sk.precision_score(y, p, pos_label=0, zero_division=np.nan, sample_weight=sample_weight), "sklearn.metrics.precision_score(pos_label=0)"),
    "for": (lambda y, p, sample_weight=None: 1 - sk.precision_score(y, p, pos_label=0, zero_division=np.nan, sample_weight=sample_weight), "1 − sklearn.metrics.precision_score(pos_label=0)"),
    "accuracy": (sk.accuracy_score, "sklearn.metrics.accuracy_score"),
    "balanced_accuracy": (sk.balanced_accuracy_score, "sklearn.metrics.balanced_accuracy_score"),
}


def fairness(g, attribute, groups, reference, y, d, w, weighted, event=None, score=None, probability=False):
    """`y`, `d` 0/1 with 1 favourable; `event`, `score` in the orientation of performance."""
    params = {name: {"sample_weight": w} for name in METRICS} if weighted else None
    frame = fl.MetricFrame(metrics={k: v[0] for k, v in METRICS.items()}, y_true=y, y_pred=d,
                           sensitive_features=pd.Series(groups, name=attribute), sample_params=params)
    by = frame.by_group.astype(float)
    names = sorted(by.index)
    count = {}
    for name in names:
        at = groups == name
        (tn, fp), (fn, tp) = sk.confusion_matrix(y[at], d[at], labels=[0, 1])
        count[name] = {"tp": int(tp), "fp": int(fp), "fn": int(fn), "tn": int(tn)}
        for rate, (_, of) in RATES.items():
            if sum(count[name][c] for c in of) == 0:
                by.loc[name, rate] = np.nan  # fairlearn says 0 here
        if tp + fn == 0 or fp + tn == 0:
            by.loc[name, "balanced_accuracy"] = np.nan
    auc_variance = {}
    if score is not None:
        by["auc"] = np.nan
        for name in names:
            at = groups == name
            if len(set(event[at])) == 2:
                by.loc[name, "auc"] = sk.roc_auc_score(event[at], score[at], sample_weight=w[at] if weighted else None)
                if min(event[at].sum(), (1 - event[at]).sum()) >= 2:
                    auc_variance[name] = rules.delong(event[at], score[at])[1]
    source = {k: v[1] + " by fairlearn.metrics.MetricFrame" for k, v in METRICS.items()} | {"auc": "sklearn.metrics.roc_auc_score of the group"}

    def pair(name, rate):
        top, of = RATES[rate]
        return sum(count[name][c] for c in top), sum(count[name][c] for c in of)

    for name in names:
        rows = sum(count[name].values())
        for rate in by.columns:
            k, n = pair(name, rate) if rate in RATES else (None, None)
            interval, method, extra = None, None, {}
            if not weighted and n:
                interval, method = wilson(k, n), "wilson"
            if not weighted and rate == "auc" and name in auc_variance:
                se = auc_variance[name] ** 0.5
                interval, method, extra = (max(0, by.loc[name, rate] - Z * se), min(1, by.loc[name, rate] + Z * se)), "delong", {"standard_error": se}
            g.add(f"fairness.{rate}", by.loc[name, rate], source[rate], RULES.get(rate), 1e-12, rows, n, interval, method, extra=extra, attribute=attribute, group=name)

    if reference is not None:
        for name in names:
            if name != reference:
                against_reference(g, attribute, name, reference, by, pair, count, weighted, auc_variance, source)

    for rate in by.columns:
        base = NAMES["selection_rate"] if rate == "selection_rate" else rate
        seen = by[rate].dropna()
        where = {"attribute": attribute}
        if len(seen) >= 2:
            spread = seen.max() - seen.min()
            if len(seen) == len(by) and rate in METRICS and not any(np.isnan(frame.by_group[rate].astype(float))):
                assert abs(spread - frame.difference(method="between_groups")[rate]) < 1e-12
            g.add(f"fairness.{base}_spread", spread, source[rate] + "; difference(method='between_groups')", "max − min over the groups where it is defined", 1e-12, **where)
            g.add(f"fairness.{base}_min_ratio", seen.min() / seen.max() if seen.max() > 0 else None, source[rate] + "; ratio(method='between_groups')",
                  "min / max over the groups where it is defined", 1e-12, optional=rate == "auc", **where)
            high = rate in WORST_IS_HIGHEST
            worst = seen.idxmax() if high else seen.idxmin()
            if (seen == seen[worst]).sum() == 1:
                g.add(f"fairness.worst_group.{rate}", seen[worst], source[rate], "the highest" if high else "the lowest", 1e-12, optional=rate == "auc", attribute=attribute, group=worst)
    if not by[["tpr", "fpr"]].isna().any().any():
        value = fl.equalized_odds_difference(y, d, sensitive_features=groups, sample_weight=w if weighted else None)
        g.add("fairness.equalised_odds_spread.max", value, "fairlearn.metrics.equalized_odds_difference", "larger of the spreads of TPR and FPR", 1e-12, attribute=attribute)

    for where, at in [({}, np.ones(len(y), bool))] + [({"attribute": attribute, "group": n}, groups == n) for n in names]:
        optional = bool(where)
        if (d[at] - y[at] + 1.0).sum() > 0:
            for ident, alpha in (("theil", 1), ("generalised_entropy.2", 2)):
                already = any(v["definition"] == f"fairness.{ident}" and v["slice"] == where for v in g.values)
                if not already:
                    g.add(f"fairness.{ident}", rules.entropy(y[at], d[at], w[at], alpha), "numpy: rules.entropy; agrees with AIF360 (see README)",
                          "b = decision − label + 1, favourable orientation, between individuals; alpha 1: mean of (b/μ)·ln(b/μ), 0·ln 0 = 0; alpha 2: mean of ((b/μ)² − 1)/2",
                          1e-9, int(at.sum()), optional=optional, **where)
    if not weighted:
        significance(g, attribute, names, reference, count)
    if probability:
        for name in names:
            at = groups == name
            if at.sum() >= 30 and len(set(event[at])) == 2:
                inner, sure = bins_of(score[at], "mass", 10)
                if not weighted:
                    g.add("fairness.ece.equal-mass.10", rules.ece(rules.reliability(event[at], score[at], inner, w[at])), "numpy: rules.reliability",
                          "as calibration.ece.equal-mass.10 with bins made from the scores of the group; label and score of the event", 1e-9, int(at.sum()),
                          extra={} if sure else {"edge_sensitive": True}, attribute=attribute, group=name)
                calibration(g, event[at], score[at], w[at], weighted, whole=False, attribute=attribute, group=name)


RULES = {
    "auc": "positive is the event, score towards the event; the same number in the favourable orientation. Interval: DeLong within the group, cut to [0, 1]",
    "balanced_accuracy": "(tpr + tnr) / 2; undefined when either is",
    "for": "false omission rate: favourable labels among unfavourable decisions",
    "fdr": "unfavourable labels among favourable decisions",
}


def against_reference(g, attribute, name, reference, by, pair, count, weighted, auc_variance, source):
    where = {"attribute": attribute, "group": name, "reference": reference}
    for rate in by.columns:
        a, b = by.loc[name, rate], by.loc[reference, rate]
        base = NAMES.get(rate, rate)
        also = {"also": f"fairness.{rate}"} if base != rate else {}
        interval = method = ratio_interval = ratio_method = None
        extra, ratio_extra = dict(also), dict(also)
        if not weighted and rate in RATES:
            (k1, n1), (k2, n2) = pair(name, rate), pair(reference, rate)
            if n1 and n2:
                interval, method = confint_proportions_2indep(k1, n1, k2, n2, compare="diff", method="newcomb"), "newcombe"
                ratio_interval, ratio_method = rules.koopman(k1, n1, k2, n2), "koopman"
                if 0 < k1 < n1 and 0 < k2 < n2:
                    closed = confint_proportions_2indep(k1, n1, k2, n2, compare="ratio", method="score", correction=False)
                    assert np.allclose(ratio_interval, closed, rtol=1e-6), (k1, n1, k2, n2, ratio_interval, closed)
                # without a zero Katz's interval; with one, ½ is added to counts and rows
                katz = confint_proportions_2indep(k1, n1, k2, n2, compare="ratio", method="log" if k1 and k2 else "log-adjusted")
                ratio_extra["intervals"] = {"katz-log": [float(x) for x in katz]}
        if not weighted and rate == "auc" and name in auc_variance and reference in auc_variance:
            se = (auc_variance[name] + auc_variance[reference]) ** 0.5
            interval, method = (max(-1, a - b - Z * se), min(1, a - b + Z * se)), "delong"
            extra["standard_error"] = se
        g.add(f"fairness.{base}_difference", a - b, source[rate], "group − reference; interval: Newcombe's hybrid score (AUC: DeLong, variances added)", 1e-12,
              interval=interval, method=method, extra=extra, **where)
        g.add(f"fairness.{base}_ratio", a / b if b > 0 else None, source[rate],
              "group / reference; interval: Koopman's score interval (no correction), its upper end null (no bound) when the reference's count is zero; `intervals.katz-log` is Katz's, "
              "with ½ added to both counts and both rows when either count is zero", 1e-12, interval=ratio_interval, method=ratio_method, extra=ratio_extra,
              optional=rate == "auc", **where)
    gaps = by.loc[name, "tpr"] - by.loc[reference, "tpr"], by.loc[name, "fpr"] - by.loc[reference, "fpr"]
    text = "gaps of TPR and FPR, group − reference, favourable orientation"
    for ident, value in (("max", max(map(abs, gaps))), ("mean", sum(map(abs, gaps)) / 2), ("signed_mean", sum(gaps) / 2)):
        value = value if not np.isnan(gaps).any() else None
        g.add(f"fairness.equalised_odds.{ident}", value, source["tpr"], {"max": "larger absolute value of the ", "mean": "mean absolute value of the ", "signed_mean": "mean of the "}[ident] + text, 1e-12, **where)


def significance(g, attribute, names, reference, count):
    table = np.array([[count[n]["tp"] + count[n]["fp"], count[n]["fn"] + count[n]["tn"]] for n in names])
    if (table.sum(axis=0) > 0).all():
        test = stats.chi2_contingency(table, correction=False)
        g.add("fairness.significance.chi_square", test.statistic, "scipy.stats.chi2_contingency(correction=False)", "decision × all groups of the attribute; Pearson, no continuity correction; `adjusted_p` over the attributes and intersections (optional entries: each group against the reference, over the groups)",
              1e-9, int(table.sum()), p=test.pvalue, extra={"degrees": int(test.dof)}, attribute=attribute)
    if reference is None:
        return
    ref = table[names.index(reference)]
    fisher, chi = [], []
    for name, row in zip(names, table):
        if name != reference:
            odds, p = stats.fisher_exact([row, ref])
            where = {"attribute": attribute, "group": name, "reference": reference}
            fisher.append(g.add("fairness.significance.fisher", odds, "scipy.stats.fisher_exact", "two-sided; value is the sample odds ratio of selection, group against reference; "
                                "no value but still a p-value when a cell of the denominator is zero; `adjusted_p` over all groups of the attribute other than the reference", 1e-9, int(row.sum() + ref.sum()), p=p, **where))
            if (row + ref > 0).all():
                two = stats.chi2_contingency([row, ref], correction=False)
                chi.append(g.add("fairness.significance.chi_square", two.statistic, "scipy.stats.chi2_contingency(correction=False)", None, 1e-9, int(row.sum() + ref.sum()),
                                 p=two.pvalue, optional=True, **where))
    adjust(fisher)
    adjust(chi)


def adjust(tests):
    """Gives each test its p-value corrected for the others."""
    if tests:
        ps = [t["p_value"] for t in tests]
        for t, holm, bh in zip(tests, multipletests(ps, method="holm")[1], multipletests(ps, method="fdr_bh")[1]):
            t["adjusted_p"] = {"holm": float(holm), "benjamini-hochberg": float(bh)}


def adjust_over_attributes(g):
    """The chi-square tests of whole attributes and intersections, corrected for each other."""
    adjust([v for v in g.values if v["definition"] == "fairness.significance.chi_square" and set(v["slice"]) == {"attribute"}])


# ---- drift ----


def shares(counts):
    counts = np.asarray(counts, float)
    return counts / counts.sum()


def binned(g, column, p_count, q_count, extra):
    """The measures of two lists of counts over the same bins or categories."""
    keep = (np.asarray(p_count) + np.asarray(q_count)) > 0
    p_count, q_count = np.asarray(p_count)[keep], np.asarray(q_count)[keep]
    p, q = shares(p_count), shares(q_count)
    n = int(p_count.sum() + q_count.sum())
    where = {"column": column}
    g.add("drift.psi.reference-deciles", rules.psi(p, q), "numpy: rules.psi", "numbers: " + DECILES + "; categories: the categories of both; "
          "PSI = Σ (q − p)·ln(q / p), p reference, q current, each share below 1e-4 replaced by 1e-4 without rescaling; missing values left out", 1e-9, n, extra=extra, **where)
    d = float(jensenshannon(p, q, base=2))
    g.add("drift.jensen_shannon.base2", d**2, "scipy.spatial.distance.jensenshannon(base=2)²", "divergence, no floor, bins as psi.reference-deciles", 1e-9, n, extra=extra, **where)
    g.add("drift.jensen_shannon_distance.base2", d, "scipy.spatial.distance.jensenshannon(base=2)", "square root of the divergence", 1e-9, n, extra=extra, **where)
    g.add("drift.hellinger", rules.hellinger(p, q), "numpy: rules.hellinger", "√(½ Σ (√p − √q)²), bins as psi.reference-deciles", 1e-9, n, extra=extra, **where)
    g.add("drift.total_variation", rules.total_variation(p, q), "numpy: rules.total_variation", "½ Σ |p − q|, bins as psi.reference-deciles", 1e-9, n, extra=extra, **where)
    test = stats.chi2_contingency(np.array([p_count, q_count]), correction=False)
    g.add("drift.chi_square", test.statistic, "scipy.stats.chi2_contingency(correction=False)", "2 × bins as psi.reference-deciles, bins empty in both left out", 1e-9, n,
          p=test.pvalue, extra={"degrees": int(test.dof)} | extra, **where)
    v = stats.contingency.association(np.array([p_count, q_count]), method="cramer", correction=False)
    g.add("drift.cramers_v", v, "scipy.stats.contingency.association(method='cramer')", "√(χ² / n) for a 2 × k table, no bias correction", 1e-9, n, extra=extra, **where)


DECILES = "ten bins by the type-7 deciles of the reference, repeated edges taken once, (low, high], open to ±∞ at the ends"


def drift_number(g, column, reference, current):
    x, z = reference.dropna().to_numpy(float), current.dropna().to_numpy(float)
    where = {"column": column}
    n = len(x) + len(z)
    inner = rules.mass_edges(x, 10)
    exact = rules.mass_edges_exact(x, 10)
    both = np.concatenate([x, z])
    extra = {} if rules.same_bins(both, inner, exact) else {"edge_sensitive": True}
    count = lambda v, edges: np.bincount(rules.place(v, edges), minlength=len(edges) + 1)
    binned(g, column, count(x, inner), count(z, inner), extra)

    edges = np.linspace(x.min(), x.max(), 11)[1:-1]
    low, high = Fraction(float(x.min())), Fraction(float(x.max()))
    exact = [low + (high - low) * Fraction(k, 10) for k in range(1, 10)]
    p, q = shares(count(x, edges)), shares(count(z, edges))
    g.add("drift.psi.equal-width.10", rules.psi(p, q), "numpy: rules.psi, numpy.linspace", "ten equal bins between the reference's least and greatest value, (low, high], the outer "
          "two open to ±∞; floor 1e-4", 1e-9, n, extra={} if rules.same_bins(both, edges, exact) else {"edge_sensitive": True}, **where)
    edges = np.histogram_bin_edges(both, bins="sturges")
    evidently = rules.psi(shares(np.histogram(x, edges)[0]), shares(np.histogram(z, edges)[0]))
    low, high, bins = Fraction(float(both.min())), Fraction(float(both.max())), len(edges) - 1
    assert bins == int(np.ceil(np.log2(n))) + 1
    exact = [low + (high - low) * Fraction(k, bins) for k in range(1, bins)]
    g.add("drift.psi.sturges", rules.psi(shares(count(x, edges[1:-1])), shares(count(z, edges[1:-1]))), "numpy.histogram_bin_edges(bins='sturges') of both samples",
          "⌈log2 n⌉ + 1 equal bins from the least to the greatest of both samples, (low, high], the first closed; floor 1e-4; `evidently` is the same with [low, high), the last closed "
          "(numpy.histogram)", 1e-9, n, extra={"evidently": evidently} | ({} if rules.same_bins(both, edges[1:-1], exact) else {"edge_sensitive": True}), **where)

    d = stats.ks_2samp(x, z, method="asymp")
    effective = len(x) * len(z) / (len(x) + len(z))
    exact_p = stats.ks_2samp(x, z, method="exact").pvalue if n <= 10_000 else None
    g.add("drift.ks", d.statistic, "scipy.stats.ks_2samp", "largest distance of the two empirical distributions; `p_value` is Kolmogorov's limit "
          "scipy.special.kolmogorov(√(nm/(n+m))·D); `p_values` holds scipy's 'asymp' (finite n, rounded nm/(n+m)) and 'exact'", 1e-12, n,
          p=special.kolmogorov(effective**0.5 * d.statistic), extra={"p_values": {"scipy-asymp": float(d.pvalue), "exact": float(exact_p)}}, **where)
    w = stats.wasserstein_distance(x, z)
    g.add("drift.wasserstein", w, "scipy.stats.wasserstein_distance", "first order, in the units of the column", 1e-9, n, **where)
    g.add("drift.wasserstein_normalised", w / np.std(x, ddof=1), "scipy.stats.wasserstein_distance / numpy.std(ddof=1)", "divided by the reference's standard deviation, ddof 1", 1e-9, n, **where)
    missing(g, column, reference, current)


def drift_category(g, column, reference, current):
    x, z = reference.dropna().astype(str), current.dropna().astype(str)
    names = sorted(set(x) | set(z))
    binned(g, column, [int((x == v).sum()) for v in names], [int((z == v).sum()) for v in names], {})
    same = next(e for e in reversed(g.values) if e["definition"] == "drift.psi.reference-deciles")
    for rule in ("equal-width.10", "sturges"):
        g.add(f"drift.psi.{rule}", same["value"], "numpy: rules.psi", None, 1e-9, same["rows"], column=column)
    new = int((~z.isin(set(x))).sum())
    g.add("drift.new_category_share", new / len(z), "pandas", "share of the current rows that have a value whose value the reference never has; missing values are in neither", 1e-12, len(z),
          interval=wilson(new, len(z)), method="wilson", extra={"of_all_rows": new / len(current)}, column=column)
    missing(g, column, reference, current)


def missing(g, column, reference, current):
    change(g, "drift.missing_rate_change", current.isna(), reference.isna(), "missing rate, current − reference", column=column)


def change(g, definition, current, reference, rule, **where):
    k1, n1, k2, n2 = int(current.sum()), len(current), int(reference.sum()), len(reference)
    g.add(definition, k1 / n1 - k2 / n2, "pandas; statsmodels confint_proportions_2indep(method='newcomb')", rule + "; interval: Newcombe's hybrid score", 1e-12, n1 + n2,
          interval=confint_proportions_2indep(k1, n1, k2, n2, compare="diff", method="newcomb"), method="newcombe", **where)


# ---- quality ----


def quality(g, table, features, label, positive, groups, ranges, categories, expected):
    n = len(table)
    y = (table[label].astype(str) == str(positive)).astype(int).to_numpy()
    for column, kind in features.items():
        values = table[column]
        k = int(values.isna().sum())
        g.add("quality.missing_rate", k / n, "pandas", None, 1e-12, n, interval=wilson(k, n), method="wilson", column=column)
        seen = values.notna().to_numpy()
        if kind == "numeric":
            auc = sk.roc_auc_score(y[seen], values[seen])
            g.add("quality.leakage.auc", max(auc, 1 - auc), "sklearn.metrics.roc_auc_score", "the feature alone as score, folded to max(a, 1 − a); rows where it is missing left out",
                  1e-12, int(seen.sum()), column=column)
        else:
            v = stats.contingency.association(pd.crosstab(values[seen], y[seen]).to_numpy(), method="cramer", correction=False)
            g.add("quality.leakage.cramers_v", v, "scipy.stats.contingency.association(method='cramer')", "feature × label, no bias correction; rows where it is missing left out",
                  1e-9, int(seen.sum()), column=column)
        if column in ranges:
            low, high = ranges[column]
            k, of = int(((values < low) | (values > high)).sum()), int(seen.sum())
            g.add("quality.out_of_range_rate", k / of, "pandas", "values below or above the declared range (its ends are inside), of the values that are there", 1e-12, of,
                  interval=wilson(k, of), method="wilson", extra={"of_all_rows": k / n}, column=column)
        if column in categories:
            k, of = int((~values[seen].isin(categories[column])).sum()), int(seen.sum())
            g.add("quality.unexpected_category_rate", k / of, "pandas", "values outside the declared categories, of the values that are there", 1e-12, of,
                  interval=wilson(k, of), method="wilson", extra={"of_all_rows": k / n}, column=column)
        g.add("quality.constant", float(values.nunique() <= 1), "pandas.Series.nunique", "1 when there is at most one distinct value that is not missing", 1e-12, n, column=column)
    repeated = table[list(features)].duplicated(keep="first")
    whole = table.duplicated(keep="first")
    g.add("quality.duplicate_rows", whole.sum() / n, "pandas.DataFrame.duplicated(keep='first')", "share of rows that repeat an earlier row in every column of the file (missing equals missing); "
          "`count` of them; `features` is the share when only the declared features are compared", 1e-12, n, extra={"count": int(whole.sum()), "features": repeated.sum() / n})
    for attribute in groups:
        values = table[attribute].astype(object).where(table[attribute].notna(), MISSING)
        for name, k in sorted(values.value_counts().items()):
            g.add("quality.representation", k / n, "pandas", "rows of the group / rows", 1e-12, n, interval=wilson(k, n), method="wilson", attribute=attribute, group=name)
            if name in expected.get(attribute, {}):
                share = expected[attribute][name]
                g.add("quality.representation_difference", k / n - share, "pandas", "share of the group − its declared expected share; interval: Wilson's of the share, moved by it",
                      1e-12, n, interval=[x - share for x in wilson(k, n)], method="wilson", attribute=attribute, group=name)
