"""The data sets: real rows from public packages, scores from small models with fixed seeds.

Each function returns a table. The scores are out of fold, so that they are as wrong as
scores in use are. Names of people are left out. The CSV files that `make.py` writes are the
truth; the models are only how they came about.
"""

import hashlib
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import numpy as np
import pandas as pd
from sklearn import datasets, ensemble, impute, linear_model, pipeline, preprocessing, tree
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict

SEED = 20261122

# file in the wheel → SHA-256
WHEELS = {
    "validmind==2.15.0": {
        "validmind/datasets/classification/datasets/taiwan_credit.csv": "7ded7d55f577d258bbaddc9d9d7a5ba82dfbd8909d7ff1ef0dcde632558d6d71",
    },
    "explainerdashboard==0.5.8": {
        "explainerdashboard/datasets/titanic_train.csv": "751e6c9a30f282983b460dafe3192f6c7299ddad61ebf87cdef6c875cc5902f3",
        "explainerdashboard/datasets/titanic_test.csv": "36013bebe4930168c3744659dbe30153a860c74a6c06f317164e2f288f16aa0d",
    },
}


def from_wheel(requirement):
    """The named files of a wheel, as paths; nothing of the package is installed or run."""
    folder = pathlib.Path(tempfile.mkdtemp())
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder, requirement],
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    paths = []
    with zipfile.ZipFile(wheel) as z:
        for name, digest in WHEELS[requirement].items():
            path = pathlib.Path(z.extract(name, folder))
            found = hashlib.sha256(path.read_bytes()).hexdigest()
            if found != digest:
                raise SystemExit(f"{name}: expected SHA-256 {digest}, found {found}")
            paths.append(path)
    return paths


def folds():
    return StratifiedKFold(5, shuffle=True, random_state=SEED)


def probability(model, x, y):
    return cross_val_predict(model, x, y, cv=folds(), method="predict_proba")[:, 1]


def taiwan_credit():
    """Every sixth client of the Taiwan credit card data (Yeh and Lien 2009), 5,000 rows."""
    raw = pd.read_csv(from_wheel("validmind==2.15.0")[0], encoding="utf-8-sig")
    raw = raw[raw["ID"] % 6 == 1].reset_index(drop=True)
    x = raw.drop(columns=["ID", "DEFAULT", "SEX", "MARRIAGE"])
    model = ensemble.HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=12, learning_rate=0.08, random_state=SEED)
    p = probability(model, x, raw["DEFAULT"])
    return pd.DataFrame(
        {
            "id": raw["ID"],
            "sex": raw["SEX"].map({1: "male", 2: "female"}),
            "marriage": raw["MARRIAGE"].map({0: "unlisted", 1: "married", 2: "single", 3: "other"}),
            "education": raw["EDUCATION"].map({1: "graduate school", 2: "university", 3: "high school", 4: "other"}).fillna("unlisted"),
            "age_band": pd.cut(raw["AGE"], [20, 29, 39, 49, 59, 99], labels=["21-29", "30-39", "40-49", "50-59", "60+"]).astype(str),
            "age": raw["AGE"],
            "limit_bal": raw["LIMIT_BAL"],
            "limit_10k": raw["LIMIT_BAL"] / 10_000,
            "pay_0": raw["PAY_0"],
            "bill_amt1": raw["BILL_AMT1"],
            "pay_amt1": raw["PAY_AMT1"],
            "default": raw["DEFAULT"],
            "score": p,
            # points double the odds every 20 and tie often; fewer points mean more risk
            "points": np.round(600 - 20 / np.log(2) * np.log(p / (1 - p))).astype(int),
            "decision": np.where(p < 0.25, "approve", "decline"),
        }
    )


def titanic():
    """The 891 passengers; 177 ages and most decks are not known. Scores are rounded, so they tie."""
    raw = pd.concat([pd.read_csv(p) for p in from_wheel("explainerdashboard==0.5.8")], ignore_index=True)
    raw = raw.sort_values("Name", kind="stable").reset_index(drop=True)

    def one(prefix, names):
        out = pd.Series(np.nan, index=raw.index, dtype=object)
        for name in names:
            out[raw[f"{prefix}_{name}"] == 1] = name
        return out

    age = raw["Age"].where(raw["Age"] >= 0)
    band = pd.cut(age, [-1, 15, 29, 44, 59, 99], labels=["0-15", "16-29", "30-44", "45-59", "60+"]).astype(object)
    x = pd.DataFrame(
        {
            "female": raw["Sex_female"],
            "class": raw["PassengerClass"],
            "age": age,
            "siblings": raw["No_of_siblings_plus_spouses_on_board"],
            "parents": raw["No_of_parents_plus_children_on_board"],
            "fare": np.log1p(raw["Fare"]),
        }
    )
    model = pipeline.make_pipeline(
        impute.SimpleImputer(add_indicator=True), preprocessing.StandardScaler(), linear_model.LogisticRegression(C=0.5)
    )
    p = np.clip(np.round(probability(model, x, raw["Survival"]), 2), 0.01, 0.99)
    return pd.DataFrame(
        {
            "sex": one("Sex", ["female", "male"]),
            "class": raw["PassengerClass"].map({1: "first", 2: "second", 3: "third"}),
            "age_band": band,
            "age": age,
            "fare": raw["Fare"],
            "siblings": raw["No_of_siblings_plus_spouses_on_board"],
            "parents": raw["No_of_parents_plus_children_on_board"],
            "deck": one("Deck", list("ABCDEFGT")),
            "embarked": one("Embarked", ["Cherbourg", "Queenstown", "Southampton"]),
            "survived": np.where(raw["Survival"] == 1, "yes", "no"),
            "score": p,
            "decision": np.where(p >= 0.5, "yes", "no"),
        }
    )


def breast_cancer():
    raw = datasets.load_breast_cancer(as_frame=True)
    malignant = (raw.target == 0).astype(int)
    columns = ["mean texture", "mean smoothness", "mean symmetry", "mean compactness", "texture error"]
    x = raw.data[columns]
    p = probability(pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression()), x, malignant)
    out = x.rename(columns=lambda c: c.replace(" ", "_"))
    return out.assign(
        diagnosis=np.where(malignant == 1, "malignant", "benign"),
        score=p,
        decision=np.where(p >= 0.4, "recall", "clear"),
    )


def diabetes():
    raw = datasets.load_diabetes(as_frame=True, scaled=False)
    # The description does not say which code of `sex` is which, so the codes stay codes.
    x = raw.data
    p = cross_val_predict(linear_model.Ridge(1.0), x, raw.target, cv=KFold(5, shuffle=True, random_state=SEED))
    return pd.DataFrame(
        {
            "sex": x["sex"].astype(int).map({1: "code 1", 2: "code 2"}),
            "age": x["age"].astype(int),
            "bmi": x["bmi"],
            "bp": x["bp"],
            "progression": raw.target,
            "predicted": p,
        }
    )


def digits():
    """Ten classes, read by a small tree so that there is every kind of mistake."""
    raw = datasets.load_digits()
    model = tree.DecisionTreeClassifier(max_depth=7, random_state=SEED)
    return pd.DataFrame({"digit": raw.target, "predicted": cross_val_predict(model, raw.data, raw.target, cv=folds())})


def wine():
    """Three unequal classes, so that macro, micro and weighted means differ."""
    raw = datasets.load_wine(as_frame=True)
    model = tree.DecisionTreeClassifier(max_depth=2, random_state=SEED)
    x = raw.data[["ash", "alcalinity_of_ash", "malic_acid", "magnesium"]]
    names = np.array(raw.target_names)
    return pd.DataFrame({"cultivar": names[raw.target], "predicted": names[cross_val_predict(model, x, raw.target, cv=folds())]})


def halves(table, reference, columns):
    """Two tables for drift: the rows where `reference` holds, and the rest."""
    return table.loc[reference, columns], table.loc[~reference, columns]
