"""Fairlearn's ten group metrics for each of three attributes and for their intersection, without any interval.

Positive is the favourable label and the favourable decision. Per frame: selection rate, its difference and its ratio,
TPR, FPR, PPV, FOR, accuracy, balanced accuracy, equalised odds.
"""

import argparse
import warnings

import cost
import fairlearn
import pandas as pd
from fairlearn import metrics as fl
from sklearn import metrics as sk

warnings.filterwarnings("ignore")

METRICS = {
    "selection_rate": fl.selection_rate,
    "tpr": fl.true_positive_rate,
    "fpr": fl.false_positive_rate,
    "ppv": lambda y, d: sk.precision_score(y, d, zero_division=0),
    "for": lambda y, d: 1 - sk.precision_score(y, d, pos_label=0, zero_division=0),
    "accuracy": sk.accuracy_score,
    "balanced_accuracy": sk.balanced_accuracy_score,
}


def ten_metrics(y, d, groups):
    """One frame: seven metrics by group, then the three that compare groups."""
    frame = fl.MetricFrame(metrics=METRICS, y_true=y, y_pred=d, sensitive_features=groups)
    difference, ratio = frame.difference()["selection_rate"], frame.ratio()["selection_rate"]
    odds = frame.difference()[["tpr", "fpr"]].max()
    return frame.by_group, difference, ratio, odds


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("file")
    options.add_argument("--attributes", default="sex,age_band,region")
    options.add_argument("--label", default="label")
    options.add_argument("--favourable-label", default="0")
    options.add_argument("--decision", default="decision")
    options.add_argument("--favourable-decision", default="1")
    options.add_argument("--runs", type=int, default=1)
    o = options.parse_args()
    attributes = o.attributes.split(",")

    def read():
        table = pd.read_parquet(o.file, columns=[*attributes, o.label, o.decision])
        groups = table[attributes].astype(object).where(table[attributes].notna(), "(missing)")
        text = lambda column: table[column].map({True: "true", False: "false"}) if table[column].dtype == bool else table[column].astype(str)
        y, d = (text(o.label) == o.favourable_label).astype(int), (text(o.decision) == o.favourable_decision).astype(int)
        for name, values in ((o.label, y), (o.decision, d)):
            if values.nunique() < 2:
                raise SystemExit(f"`{name}` never or always has the favourable value; it holds {sorted(text(name).unique())[:8]}")
        return y, d, groups

    def work():
        y, d, groups = read()
        single = [ten_metrics(y, d, groups[a]) for a in attributes]
        return single + ([ten_metrics(y, d, groups)] if len(attributes) > 1 else [])

    costs, frames = cost.measure(work, o.runs, warm_up=0)
    first = {str(k): round(v, 6) for k, v in frames[0][0]["selection_rate"].items()}
    cost.say("fairlearn ten metrics", costs, groups=[len(f[0]) for f in frames], selection_rate=first, version=fairlearn.__version__)
