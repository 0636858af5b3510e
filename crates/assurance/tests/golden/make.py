"""Makes the golden files. `make.py values` recomputes every JSON from the CSV files beside it;
`make.py data` first makes the CSV files anew (needs the package index for two wheels);
`make.py bootstrap` recomputes the bootstrap intervals, which takes a few minutes."""

import json
import pathlib
import platform
import sys
from importlib.metadata import version

import numpy as np
import pandas as pd

import bootstrap
import data
import values as v

HERE = pathlib.Path(__file__).parent

TAIWAN_DRIFT = {"limit_bal": "n", "age": "n", "bill_amt1": "n", "pay_amt1": "n", "score": "n", "points": "n",
                "sex": "c", "marriage": "c", "education": "c", "pay_0": "c"}
TITANIC_DRIFT = {"age": "n", "fare": "n", "siblings": "n", "parents": "n", "score": "n", "sex": "c", "deck": "c", "embarked": "c", "age_band": "c"}


def write_data():
    taiwan, titanic = data.taiwan_credit(), data.titanic()
    tables = {
        "taiwan-credit": taiwan.drop(columns="id"),
        "titanic": titanic,
        "breast-cancer": data.breast_cancer(),
        "diabetes": data.diabetes(),
        "digits": data.digits(),
        "wine": data.wine(),
    }
    columns = [*TAIWAN_DRIFT, "default", "decision"]
    tables["taiwan-credit-drift-reference"], tables["taiwan-credit-drift-current"] = data.halves(taiwan, taiwan["id"] <= 15_000, columns)
    columns = [*TITANIC_DRIFT, "survived", "decision"]
    first = titanic["class"] == "first"
    tables["titanic-drift-reference"] = titanic.loc[first, columns]
    tables["titanic-drift-current"] = titanic.loc[titanic["class"] == "third", columns]
    for name, table in tables.items():
        table.to_csv(HERE / f"{name}.csv", index=False, lineterminator="\n")


def read(name):
    """The table, each number the double nearest to its text."""
    path = HERE / f"{name}.csv"
    table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    text = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=str)
    for column in table.select_dtypes("float"):
        assert [float(t) for t in text[column].dropna()] == table[column].dropna().tolist(), column
    return table


def write(name, golden, **head):
    """One value a line, so that a change of one value is a change of one line."""
    dump = lambda x: json.dumps(x, ensure_ascii=False, allow_nan=False, default=lambda o: o.item())
    lines = ["{", f' "about": {dump(ABOUT)},', f' "made_with": {dump(made_with())},']
    lines += [f' "{k}": {dump(x)},' for k, x in head.items()]
    rules = ",\n".join(f"  {dump(k)}: {dump(r)}" for k, r in sorted(golden.rules.items()))
    body = ",\n".join("  " + dump(x) for x in golden.values)
    text = "\n".join(lines) + f'\n "rules": {{\n{rules}\n }},\n "values": [\n{body}\n ]\n}}\n'
    json.loads(text)
    (HERE / f"{name}.json").write_text(text)
    seen = [json.dumps([x["definition"], x["slice"]], sort_keys=True) for x in golden.values]
    assert len(seen) == len(set(seen)), [s for s in set(seen) if seen.count(s) > 1][:5]
    print(f"{name:32} {len(golden.values):5} values")


ABOUT = ("Values of independent libraries; see README.md. A value matches when |ours − value| ≤ tolerance·max(1, |value|). "
         "Computed with no least number of rows: set it to 1. `undefined`: the denominator is zero. `optional`: beyond the contract's letter. "
         "`edge_sensitive`: rounding of a bin edge can move a row, do not compare. `interval` is two-sided, 95 %.")


def made_with():
    names = ["fairlearn", "numpy", "pandas", "scikit-learn", "scipy", "statsmodels"]
    return {"python": platform.python_version()} | {n: version(n) for n in names}


def binary(name, csv, roles, quality=None):
    """A binary label with a score, a decision and groups, as the roles say."""
    table = read(csv)
    g = v.Golden()
    label, score, decision = roles["label"], roles["score"], roles["decision"]["column"]
    text = table[label["column"]].astype(str)
    event = (text == label["positive"]).astype(int).to_numpy()
    favourable = (text == label["favourable"]).astype(int).to_numpy()
    chosen = (table[decision["column"]].astype(str) == decision["favourable"]).astype(int).to_numpy()
    event_is_good = label["positive"] == label["favourable"]
    predicted = chosen if event_is_good else 1 - chosen
    s = table[score["column"]].to_numpy(float)
    toward = s if score["higher_means"] == "positive" else -s
    weighted = "weight" in roles
    w = table[roles["weight"]].to_numpy(float) if weighted else np.ones(len(table))
    v.performance(g, event, toward, predicted, w, weighted)
    if score["probability"]:
        v.probabilistic(g, event, s, w, weighted)
        v.calibration(g, event, s, w, weighted)
    references = {}
    attributes = {}
    for group in roles["groups"]:
        column = group["attribute"]
        attributes[column] = table[column].astype(object).where(table[column].notna(), v.MISSING).astype(str).to_numpy()
        references[column] = group["reference"]
    for parts in roles.get("intersections", []):
        joined = "+".join(parts)
        attributes[joined] = np.array(["+".join(t) for t in zip(*(attributes[p] for p in parts))])
        references[joined] = "+".join(references[p] for p in parts)
    for attribute, groups in attributes.items():
        v.fairness(g, attribute, groups, references[attribute], favourable, chosen, w, weighted, event, toward, score["probability"])
    v.adjust_over_attributes(g)
    if quality:
        v.quality(g, table, label=label["column"], positive=label["positive"], groups=[x["attribute"] for x in roles["groups"]], **quality)
    small = [{"attribute": a, "group": str(n), "rows": int(k)} for a, gs in attributes.items() for n, k in zip(*np.unique(gs, return_counts=True)) if k < 30]
    more = {"groups_under_30_rows": small}
    if quality:
        roles = roles | {"features": [
            {"column": c, "kind": k, "range": quality["ranges"].get(c), "categories": quality["categories"].get(c)} for c, k in quality["features"].items()]}
        more["expected"] = quality["expected"]
    write(name, g, csv=[f"{csv}.csv"], rows=len(table), least_rows=1, missing_group=v.MISSING, roles=roles, **more)


def bootstrapped(csv, attribute, reference):
    """Percentile intervals by resampling rows, for the definitions that have no closed form."""
    table = read(csv)
    found = bootstrap.intervals(
        event=(table["default"] == 1).astype(int).to_numpy(),
        favourable=(table["default"] == 0).astype(int).to_numpy(),
        chosen=(table["decision"] == "approve").astype(int).to_numpy(),
        score=table["score"].to_numpy(float),
        attribute=attribute, groups=table[attribute].astype(str).to_numpy(), reference=reference)
    g = v.Golden()
    g.values = found
    g.rules = {"all": bootstrap.RULE}
    write(f"{csv}-bootstrap", g, csv=[f"{csv}.csv"], rows=len(table), least_rows=1, replicates=bootstrap.REPLICATES, roles=taiwan_roles())


def drift(name, columns, roles):
    reference, current = read(f"{name}-reference"), read(f"{name}-current")
    g = v.Golden()
    for column, kind in columns.items():
        (v.drift_number if kind == "n" else v.drift_category)(g, column, reference[column], current[column])
    label, decision = roles["label"], roles["decision"]["column"]
    is_event = lambda t: t[label["column"]].astype(str) == label["positive"]
    chosen = lambda t: t[decision["column"]].astype(str) == decision["favourable"]
    v.change(g, "drift.label_rate_change", is_event(current), is_event(reference), "rate of the positive label (the event), current − reference")
    v.change(g, "drift.selection_rate_change", chosen(current), chosen(reference), "rate of the favourable decision, current − reference")
    roles = roles | {"features": [{"column": c, "kind": {"n": "numeric", "c": "categorical"}[k]} for c, k in columns.items()]}
    write(name, g, csv=[f"{name}-reference.csv", f"{name}-current.csv"], rows=[len(reference), len(current)], roles=roles)


PROBABILITY = {"column": "score", "higher_means": "positive", "probability": True}


def taiwan_roles():
    return {
        "label": {"column": "default", "positive": "1", "favourable": "0"},
        "score": PROBABILITY,
        "decision": {"column": {"column": "decision", "favourable": "approve"}},
        "groups": [{"attribute": "sex", "reference": "male"}, {"attribute": "marriage", "reference": "married"}, {"attribute": "age_band", "reference": "30-39"}],
        "intersections": [["sex", "age_band"]],
    }


def write_values():
    probability = PROBABILITY
    taiwan = taiwan_roles()
    features = dict(age="numeric", limit_bal="numeric", pay_0="numeric", bill_amt1="numeric", pay_amt1="numeric", education="categorical", marriage="categorical")
    binary("taiwan-credit", "taiwan-credit", taiwan, dict(
        features=features, ranges={"age": [25, 60], "pay_0": [-2, 8], "bill_amt1": [0, 300_000]},
        categories={"marriage": ["married", "single", "other"], "education": ["graduate school", "university", "high school", "other"]},
        expected={"sex": {"female": 0.5, "male": 0.5}}))
    binary("taiwan-credit-weighted", "taiwan-credit", taiwan | {"weight": "limit_10k", "intersections": []})
    points = {"column": "points", "higher_means": "negative", "probability": False}
    binary("taiwan-credit-points", "taiwan-credit", taiwan | {"score": points, "groups": taiwan["groups"][:1], "intersections": []})
    titanic = {
        "label": {"column": "survived", "positive": "yes", "favourable": "yes"},
        "score": probability,
        "decision": {"column": {"column": "decision", "favourable": "yes"}},
        "groups": [{"attribute": "sex", "reference": "male"}, {"attribute": "class", "reference": "first"}, {"attribute": "age_band", "reference": "30-44"}],
        "intersections": [["sex", "class"]],
    }
    binary("titanic", "titanic", titanic, dict(
        features=dict(age="numeric", fare="numeric", siblings="numeric", parents="numeric", sex="categorical", deck="categorical", embarked="categorical"),
        ranges={"age": [1, 65], "fare": [1, 250]}, categories={"embarked": ["Cherbourg", "Southampton"], "deck": list("ABCDEF")}, expected={}))
    binary("breast-cancer", "breast-cancer", {
        "label": {"column": "diagnosis", "positive": "malignant", "favourable": "benign"},
        "score": probability,
        "decision": {"column": {"column": "decision", "favourable": "clear"}},
        "groups": [],
    })

    table, g = read("diabetes"), v.Golden()
    y, s = table["progression"].to_numpy(float), table["predicted"].to_numpy(float)
    v.regression(g, y, s)
    for name in sorted(table["sex"].unique()):
        at = (table["sex"] == name).to_numpy()
        v.regression(g, y[at], s[at], attribute="sex", group=name)
    write("diabetes", g, csv=["diabetes.csv"], rows=len(table), least_rows=1, roles={
        "target": "progression", "score": {"column": "predicted", "higher_means": "positive", "probability": False}, "groups": [{"attribute": "sex", "reference": "code 1"}]})

    for name, label in (("digits", "digit"), ("wine", "cultivar")):
        table, g = read(name), v.Golden()
        v.multiclass(g, table[label].astype(str).to_numpy(), table["predicted"].astype(str).to_numpy())
        write(name, g, csv=[f"{name}.csv"], rows=len(table), least_rows=1,
              roles={"label": {"column": label, "positive": None, "favourable": None}, "decision": {"column": {"column": "predicted", "favourable": ""}}, "groups": []})

    drift("taiwan-credit-drift", TAIWAN_DRIFT, taiwan | {"groups": []})
    drift("titanic-drift", TITANIC_DRIFT, titanic | {"groups": []})


if __name__ == "__main__":
    if sys.argv[1:] == ["data"]:
        write_data()
    elif sys.argv[1:] == ["bootstrap"]:
        raise SystemExit(bootstrapped("taiwan-credit", "sex", "male"))
    elif sys.argv[1:] != ["values"]:
        raise SystemExit("usage: make.py data | values | bootstrap")
    write_values()
