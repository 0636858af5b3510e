"""Percentile intervals by resampling rows with replacement: the plain bootstrap, slow and obvious."""

import numpy as np
from fairlearn import metrics as fl
from sklearn import metrics as sk

import rules

REPLICATES = 4_000
SEED = 7

RULE = ("2.5 % and 97.5 % type-7 percentiles over resamples of the rows with replacement. They are random: with 4,000 replicates "
        "here and 1,000 there an end may differ by 0.4·standard_deviation (four standard errors), which is `tolerance` of the ends; "
        "`value` is of the data as they are")


def intervals(event, favourable, chosen, score, attribute, groups, reference):
    others = sorted(set(groups) - {reference})

    def rates(y, d, g):
        return {n: (fl.true_positive_rate(y[g == n], d[g == n], pos_label=1), fl.false_positive_rate(y[g == n], d[g == n], pos_label=1), d[g == n].mean())
                for n in [reference, *others]}

    def statistics(i):
        e, y, d, s, g = event[i], favourable[i], chosen[i], score[i], groups[i]
        found = {
            ("performance.auc",): sk.roc_auc_score(e, s),
            ("performance.ks",): np.max(np.abs(np.subtract(*sk.roc_curve(e, s)[:2]))),
            ("performance.log_loss",): sk.log_loss(e, s),
            ("performance.brier",): sk.brier_score_loss(e, s),
            ("performance.average_precision",): sk.average_precision_score(e, s),
            ("performance.f1",): sk.f1_score(e, 1 - d),
            ("performance.balanced_accuracy",): sk.balanced_accuracy_score(e, 1 - d),
            ("performance.accuracy",): sk.accuracy_score(e, 1 - d),
            ("performance.gain.decile.1",): rules.gain(e, s, np.ones(len(e)), 0.1),
            ("calibration.in_the_large",): e.mean() - s.mean(),
            ("fairness.theil",): rules.entropy(y, d, np.ones(len(y)), 1),
            ("fairness.generalised_entropy.2",): rules.entropy(y, d, np.ones(len(y)), 2),
        }
        r = rates(y, d, g)
        t0, f0, s0 = r[reference]
        for n in others:
            t, f, sel = r[n]
            gaps = t - t0, f - f0
            found |= {
                ("fairness.demographic_parity_difference", n): sel - s0,
                ("fairness.demographic_parity_ratio", n): sel / s0,
                ("fairness.equal_opportunity_difference", n): gaps[0],
                ("fairness.equalised_odds.max", n): max(map(abs, gaps)),
                ("fairness.equalised_odds.mean", n): sum(map(abs, gaps)) / 2,
                ("fairness.equalised_odds.signed_mean", n): sum(gaps) / 2,
            }
        selected = [v[2] for v in r.values()]
        found["fairness.demographic_parity_spread", attribute] = max(selected) - min(selected)
        found["fairness.demographic_parity_min_ratio", attribute] = min(selected) / max(selected)
        return found

    n = len(event)
    point = statistics(np.arange(n))
    random = np.random.default_rng(SEED)
    drawn = {k: [] for k in point}
    for _ in range(REPLICATES):
        for k, value in statistics(random.integers(0, n, n)).items():
            drawn[k].append(value)
    out = []
    for key, values in drawn.items():
        definition, at = key[0], {}
        if len(key) == 2:
            at = {"attribute": attribute} if key[1] == attribute else {"attribute": attribute, "group": key[1], "reference": reference}
        sd = float(np.std(values, ddof=1))
        out.append({"definition": definition, "slice": at, "value": float(point[key]), "interval": [float(x) for x in np.quantile(values, [0.025, 0.975])],
                    "method": "bootstrap", "standard_deviation": sd, "tolerance": 0.4 * sd, "from": "scikit-learn, fairlearn and rules.py on resampled rows"})
    return out
