"""What is studied now and then rather than at each release.

    python -m flights.studies NAME

prints one of: staleness, benefit, cost, destinations.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

from flights import baselines, data
from flights import features as ft
from flights.model import LateClassifier, late_probability
from flights.schema import read_manifest
from flights.train import Table, in_months, make_table

WINDOW_MONTHS = 3
OLDEST_MONTHS = 6
MAX_AGE_DAYS = 92
"""A model must not serve longer than this after the last day it learned from; see `staleness`."""


def staleness(table: Table, last_months: range = range(3, 12)) -> pd.DataFrame:
    """Score models of three months of data on the six months after: quality by age.

    All windows are equally long, so that an old model is not also one with less data. `loss` is the
    AUC lost against the one-month-old model on the same month, which takes the season out.
    """
    lines = []
    for last in last_months:
        known = in_months(table, last - WINDOW_MONTHS + 1, last)
        model = LateClassifier().fit(known.columns, known.rows["late"])
        for month in range(last + 1, min(last + OLDEST_MONTHS, 12) + 1):
            judged = in_months(table, month, month)
            auc = roc_auc_score(judged.rows["late"], late_probability(model, judged.columns))
            lines.append({"trained_through": last, "month": month, "age": month - last, "auc": auc})
    found = pd.DataFrame(lines)
    fresh = found[found["age"] == 1].set_index("month")["auc"]
    return found.assign(loss=found["month"].map(fresh) - found["auc"])


def by_age(found: pd.DataFrame) -> pd.DataFrame:
    """Return the mean loss at each age, over how many months, and its standard error."""
    groups = found.groupby("age")["loss"]
    return groups.agg(loss="mean", months="size", error="sem").reset_index()


def benefit(
    models: dict[int, Any], table: Table, names: Sequence[str] = ft.FEATURES, seed: int = 0
) -> pd.DataFrame:
    """Shuffle one feature at a time in months that a model has not seen.

    Parameters
    ----------
    models
        For each month to judge on, a model that has not learned from it.
    names
        The features to shuffle.

    Returns
    -------
    pandas.DataFrame
        A row a feature and month: the AUC lost and the log loss gained by the shuffle.
    """
    rng = np.random.default_rng(seed)
    lines = []
    for month, model in models.items():
        judged = in_months(table, month, month)
        late = judged.rows["late"].to_numpy()
        whole = late_probability(model, judged.columns)
        for name in names:
            shuffled = rng.permutation(judged.columns[name].to_numpy())
            found = late_probability(model, judged.columns.assign(**{name: shuffled}))
            auc = roc_auc_score(late, whole) - roc_auc_score(late, found)
            loss = log_loss(late, found) - log_loss(late, whole)
            lines.append({"feature": name, "month": month, "auc": auc, "log_loss": loss})
    return pd.DataFrame(lines)


def rivals(models: dict[int, Any], table: Table) -> pd.DataFrame:
    """Let each release and the simpler models predict the month that the release was judged on.

    All learn from the same months. A row a flight: month, day, label, a column a model.
    """
    parts = []
    for month, model in models.items():
        known, judged = in_months(table, 1, month - 1), in_months(table, month, month)
        part = judged.rows[["month", "day", "late"]].assign(
            release=late_probability(model, judged.columns)
        )
        for name, make in baselines.ALL.items():
            fitted = make().fit(known.columns, known.rows["late"])
            part[name] = late_probability(fitted, judged.columns)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def cost(table: Table, through: int = 9) -> pd.DataFrame:
    """Set against each other what every upstream brings and what it costs.

    The gain is the AUC lost over three unseen months when training goes without the upstream's
    features; the cost is look-ups per flight, missing values, and time to make the features.
    """
    manifest = read_manifest()
    lookups = {"schedule": 0, "weather": 1, "arrivals": 8}  # the day before, and seven days
    known, judged = in_months(table, 1, through), in_months(table, through + 1, 12)
    late = judged.rows["late"].to_numpy()

    def auc(names: tuple[str, ...]) -> float:
        model = LateClassifier(features=names).fit(known.columns, known.rows["late"])
        return float(roc_auc_score(late, late_probability(model, judged.columns)))

    whole = auc(ft.FEATURES)
    lines = []
    for source in manifest.sources:
        without = tuple(n for n in ft.FEATURES if manifest.features[n].source != source)
        made = [n for n in ft.FEATURES if n not in without]
        lines.append(
            {
                "source": source,
                "features": len(made),
                "auc_gain": whole - auc(without),
                "lookups": lookups[source],
                "missing": float(judged.columns[made].isna().any(axis=1).mean()),
            }
        )
    return pd.DataFrame(lines)


def feature_seconds(table: Table, repeats: int = 5) -> float:
    """Return the CPU seconds that all features of 100,000 flights take, at best."""
    rows = table.rows.iloc[:100_000]
    best = np.inf
    for _ in range(repeats):
        began = time.process_time()
        ft.build(rows)
        best = min(best, time.process_time() - began)
    return float(best)


def destinations(models: dict[int, Any], table: Table) -> pd.DataFrame:
    """Compare destinations by how many flights they have: who gets the worse predictions?

    There are no people in the data. The nearest thing to a group that a model may serve badly is
    who lives where few flights go.
    """
    parts = []
    counts = in_months(table, 1, 7).columns["dest"].value_counts()
    for month, model in models.items():
        judged = in_months(table, month, month)
        parts.append(
            pd.DataFrame(
                {
                    "flights": judged.columns["dest"].map(counts).fillna(0).to_numpy(),
                    "late": judged.rows["late"].to_numpy(),
                    "found": late_probability(model, judged.columns),
                }
            )
        )
    rows = pd.concat(parts, ignore_index=True)
    bins = [-1, 200, 1000, 3000, np.inf]
    names = ["under 200", "200 to 1,000", "1,000 to 3,000", "over 3,000"]
    rows["group"] = pd.cut(rows["flights"], bins, labels=names)
    lines = []
    for name, group in rows.groupby("group", observed=True):
        lines.append(
            {
                "flights in Jan to Jul": name,
                "rows": len(group),
                "late": group["late"].mean(),
                "mean probability": group["found"].mean(),
                "bias": (group["found"] - group["late"]).mean(),
                "auc": roc_auc_score(group["late"], group["found"]),
            }
        )
    return pd.DataFrame(lines)


def release_models(table: Table, months: tuple[int, ...] = (8, 9, 10, 11)) -> dict[int, Any]:
    """Train a model for each month to be judged, on all months before it."""
    models = {}
    for month in months:
        known = in_months(table, 1, month - 1)
        models[month] = LateClassifier().fit(known.columns, known.rows["late"])
    return models


def main() -> None:
    """Print the study named on the command line."""
    table = make_table(data.read_sources())
    studies: dict[str, Callable[[], pd.DataFrame]] = {
        "staleness": lambda: by_age(staleness(table)),
        "benefit": lambda: benefit(release_models(table), table).pivot(
            index="feature", columns="month", values="auc"
        ),
        "cost": lambda: cost(table),
        "destinations": lambda: destinations(release_models(table), table),
    }
    name = Path(sys.argv[-1]).name
    if len(sys.argv) != 2 or name not in studies:
        sys.exit(f"name one study of {', '.join(studies)}")
    print(studies[name]().round(4).to_string(index=name == "benefit"))


if __name__ == "__main__":
    main()
