"""Compares some golden values with AIF360 and Evidently, which need environments of their own:
`check_others.py aif360` (requirements-aif360.txt) and `check_others.py evidently` (requirements-evidently.txt)."""

import json
import pathlib
import sys

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).parent


def golden(name):
    found = json.loads((HERE / f"{name}.json").read_text())
    values = {(v["definition"], *sorted(v["slice"].items())): v for v in found["values"]}
    return found, lambda definition, **at: values[(definition, *sorted(at.items()))]


def say(what, ours, theirs, tolerance=1e-9):
    ok = abs(ours - theirs) <= tolerance * max(1, abs(theirs))
    print(f"{'ok ' if ok else 'NO '} {what:70} {ours:.12g} {theirs:.12g}")
    return ok


def aif360():
    from aif360.datasets import BinaryLabelDataset
    from aif360.metrics import ClassificationMetric

    ok = True
    for name, attribute, privileged, other in (("taiwan-credit", "sex", "male", "female"), ("titanic", "class", "first", "third"), ("taiwan-credit-weighted", "sex", "male", "female")):
        found, value = golden(name)
        roles = found["roles"]
        table = pd.read_csv(HERE / found["csv"][0], keep_default_na=False, na_values=[""])
        label, decision = roles["label"], roles["decision"]["column"]
        frame = pd.DataFrame({
            "y": (table[label["column"]].astype(str) == label["favourable"]).astype(float),
            "d": (table[decision["column"]] == decision["favourable"]).astype(float),
            "a": table[attribute].map({privileged: 1.0, other: 0.0}),
            "w": table[roles["weight"]] if "weight" in roles else 1.0,
        })
        everyone = frame.assign(a=frame["a"].fillna(2.0))
        pair = frame.dropna()

        def metric(f):
            kw = dict(favorable_label=1, unfavorable_label=0, protected_attribute_names=["a"], instance_weights_name="w", label_names=["y"])
            true = BinaryLabelDataset(df=f[["y", "a", "w"]], **kw)
            decided = BinaryLabelDataset(df=f.assign(y=f["d"])[["y", "a", "w"]], **kw)
            return ClassificationMetric(true, decided, unprivileged_groups=[{"a": 0.0}], privileged_groups=[{"a": 1.0}])

        m, whole = metric(pair), metric(everyone)
        at = dict(attribute=attribute, group=other, reference=privileged)
        for definition, theirs in (
            ("fairness.demographic_parity_difference", m.statistical_parity_difference()),
            ("fairness.demographic_parity_ratio", m.disparate_impact()),
            ("fairness.equal_opportunity_difference", m.equal_opportunity_difference()),
            ("fairness.fpr_difference", m.false_positive_rate_difference()),
            ("fairness.fnr_difference", m.false_negative_rate_difference()),
            ("fairness.fdr_difference", m.false_discovery_rate_difference()),
            ("fairness.for_difference", m.false_omission_rate_difference()),
            ("fairness.fpr_ratio", m.false_positive_rate_ratio()),
            ("fairness.for_ratio", m.false_omission_rate_ratio()),
            ("fairness.accuracy_difference", -m.error_rate_difference()),
            ("fairness.equalised_odds.signed_mean", m.average_odds_difference()),
            ("fairness.equalised_odds.mean", m.average_abs_odds_difference()),
        ):
            ok &= say(f"{name} {definition}", value(definition, **at)["value"], theirs)
        if "weight" not in roles:  # AIF360's entropy ignores weights
            ok &= say(f"{name} fairness.theil", value("fairness.theil")["value"], whole.theil_index())
            ok &= say(f"{name} fairness.generalised_entropy.2", value("fairness.generalised_entropy.2")["value"], whole.generalized_entropy_index(alpha=2))
    return ok


def evidently():
    from evidently.legacy.calculations.stattests import psi_stat_test, wasserstein_stat_test
    from evidently.legacy.core import ColumnType

    ok = True
    for name in ("taiwan-credit-drift", "titanic-drift"):
        found, value = golden(name)
        one, two = (pd.read_csv(HERE / f, keep_default_na=False, na_values=[""]) for f in found["csv"])
        for feature in found["roles"]["features"]:
            column = feature["column"]
            x, z = one[column].dropna(), two[column].dropna()
            if feature["kind"] == "numeric":
                x, z = x.astype(float), z.astype(float)
                w = wasserstein_stat_test(x, z, ColumnType.Numerical, 0.1).drift_score
                # Evidently divides by the reference's deviation with ddof 0
                ours = value("drift.wasserstein", column=column)["value"] / max(np.std(x), 0.001)
                ok &= say(f"{name} {column} wasserstein (theirs: ddof 0)", ours, w)
                if pd.concat([x, z]).nunique() > 20:
                    psi = psi_stat_test(x, z, ColumnType.Numerical, 0.1).drift_score
                    ok &= say(f"{name} {column} psi.sturges `evidently`", value("drift.psi.sturges", column=column)["evidently"], psi)
            else:
                psi = psi_stat_test(x.astype(str), z.astype(str), ColumnType.Categorical, 0.1).drift_score
                ok &= say(f"{name} {column} psi of categories", value("drift.psi.reference-deciles", column=column)["value"], psi)
    return ok


if __name__ == "__main__":
    raise SystemExit(not {"aif360": aif360, "evidently": evidently}[sys.argv[1]]())
