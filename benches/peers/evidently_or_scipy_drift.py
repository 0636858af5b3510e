"""Drift of every float column between two Parquet files: by scipy and numpy (KS, Wasserstein, PSI), or by Evidently.

`--with scipy` does per column what we do exactly: the KS statistic with its p-value, the Wasserstein distance, and PSI
over reference deciles. `--with evidently` runs its drift preset with its own choice of measure.
"""

import argparse
from importlib.metadata import version

import cost
import numpy as np
import pyarrow.parquet as pq
from scipy import stats

FLOOR = 1e-4


def by_scipy(x, z):
    inner = np.unique(np.quantile(x, np.arange(1, 10) / 10))
    shares = lambda v: np.maximum(np.bincount(np.searchsorted(inner, v, side="left"), minlength=len(inner) + 1) / len(v), FLOOR)
    p, q = shares(x), shares(z)
    ks = stats.ks_2samp(x, z, method="asymp")
    return ks.statistic, ks.pvalue, stats.wasserstein_distance(x, z), float(np.sum((q - p) * np.log(q / p)))


def scipy_drift(reference, current, columns):
    """One column at a time, so that memory is that of a column."""
    out = {}
    for name in columns:
        x, z = (pq.read_table(f, columns=[name])[name].drop_null().to_numpy() for f in (reference, current))
        out[name] = by_scipy(x[np.isfinite(x)], z[np.isfinite(z)])
    return {k: [float(v) for v in r] for k, r in out.items()}


def evidently_drift(reference, current, columns):
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    definition = DataDefinition(numerical_columns=columns)
    one, two = (Dataset.from_pandas(pq.read_table(f, columns=columns).to_pandas(), data_definition=definition) for f in (reference, current))
    report = Report([DataDriftPreset(columns=columns)]).run(two, one)
    return {str(m["metric_id"] if "metric_id" in m else m.get("id")): m["value"] for m in report.dict()["metrics"]}


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("reference")
    options.add_argument("current")
    options.add_argument("--with", dest="by", choices=["scipy", "evidently"], default="scipy")
    options.add_argument("--columns", type=int, default=20, help="how many of the float columns, from the first")
    options.add_argument("--except", dest="left_out", default="score,weight,label", help="names that are not features")
    options.add_argument("--runs", type=int, default=1)
    o = options.parse_args()
    schema = pq.read_schema(o.reference)
    columns = [f.name for f in schema if str(f.type) in ("double", "float") and f.name not in o.left_out.split(",")][: o.columns]
    if not columns:
        raise SystemExit(f"`{o.reference}` has no float columns")
    work = {"scipy": scipy_drift, "evidently": evidently_drift}[o.by]
    costs, found = cost.measure(lambda: work(o.reference, o.current, columns), o.runs, warm_up=0)
    first = next(iter(found.items()))
    cost.say(f"{o.by} drift", costs, columns=len(columns), first=first, version=version(o.by))
