"""Search for hyperparameters, by months: learn from the months before, judge on the next.

`python -m flights.search` writes every trial to `evidence/search.csv`; it takes some minutes. Only
January to July are used, so that no month on which a release is judged has been searched on.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

from flights import data
from flights import features as ft
from flights.model import LateClassifier, late_probability

FOLDS = ((4, 5), (5, 6), (6, 7))
"""Last month to learn from, month to judge on."""


class Round(NamedTuple):
    """A random search. The second one was laid around the best of the first."""

    seed: int
    trials: int
    space: dict[str, tuple[float, ...]]


ROUNDS = (
    Round(
        seed=5,
        trials=24,
        space={
            "max_iter": (50, 100, 200, 400),
            "learning_rate": (0.03, 0.06, 0.1, 0.2),
            "max_leaf_nodes": (4, 8, 16, 32),
            "min_samples_leaf": (100, 400, 1600),
            "max_features": (0.15, 0.3, 0.6, 1.0),
        },
    ),
    Round(
        seed=11,
        trials=30,
        space={
            "max_iter": (50, 100, 200, 300, 500),
            "learning_rate": (0.02, 0.04, 0.06, 0.09),
            "max_leaf_nodes": (8, 16, 24, 32, 64),
            "min_samples_leaf": (30, 100, 300, 900),
            "max_features": (0.15, 0.3, 0.5, 1.0),
        },
    ),
)
TUNED = tuple(ROUNDS[0].space)
TOLERANCE = 0.001
"""Trials whose mean log loss is this close to the best count as equal; the fewest leaves win."""
RESULTS = Path(__file__).parent.parent / "evidence" / "search.csv"


def trials() -> list[dict[str, Any]]:
    """Draw the points of both rounds, the number of the round with each."""
    drawn: list[dict[str, Any]] = []
    for number, search in enumerate(ROUNDS, 1):
        rng = np.random.default_rng(search.seed)
        points: list[dict[str, Any]] = []
        while len(points) < search.trials:
            point = {name: _draw(rng, values) for name, values in search.space.items()}
            if point not in points:
                points.append(point)
        drawn += [{"round": number, **point} for point in points]
    return drawn


def _draw(rng: np.random.Generator, values: tuple[float, ...]) -> float:
    """Draw a value, a whole number as such where all are."""
    value: float = rng.choice(values).item()
    return int(value) if all(isinstance(v, int) for v in values) else value


def evaluate(
    params: dict[str, Any], table: pd.DataFrame, columns: ft.Columns, fold: tuple[int, int]
) -> tuple[float, float]:
    """Return log loss and AUC of one trial on one fold."""
    known, judged = (table["month"] <= fold[0]).to_numpy(), (table["month"] == fold[1]).to_numpy()
    late = table["late"].to_numpy()
    model = LateClassifier(**params).fit(rows(columns, known), late[known])
    found = late_probability(model, rows(columns, judged))
    return log_loss(late[judged], found), roc_auc_score(late[judged], found)


def rows(columns: ft.Columns, wanted: np.ndarray) -> dict[str, np.ndarray]:
    """Return the wanted rows of feature columns."""
    return {name: np.asarray(values)[wanted] for name, values in columns.items()}


def choose(results: pd.DataFrame) -> pd.Series:
    """Return the trial to use: of those as good as the best, the one with the fewest leaves."""
    good = results[results["log_loss"] <= results["log_loss"].min() + TOLERANCE]
    leaves = good["max_iter"] * good["max_leaf_nodes"]
    return good.loc[leaves.idxmin()]


def main() -> None:
    """Run all trials and write them down."""
    table = data.inputs(data.read_sources())
    columns = ft.build(table)
    lines = []
    for trial in trials():
        began = time.process_time()
        params = {name: trial[name] for name in TUNED}
        scores = [evaluate(params, table, columns, fold) for fold in FOLDS]
        losses, aucs = zip(*scores, strict=True)
        line = {**trial, "log_loss": np.mean(losses), "auc": np.mean(aucs)}
        line |= {f"log_loss_{fold[1]}": loss for fold, loss in zip(FOLDS, losses, strict=True)}
        line |= {f"auc_{fold[1]}": auc for fold, auc in zip(FOLDS, aucs, strict=True)}
        print({**line, "cpu_s": round(time.process_time() - began, 1)}, flush=True)
        lines.append(line)
    results = pd.DataFrame(lines).sort_values("log_loss", kind="stable").round(6)
    results.to_csv(RESULTS, index=False, lineterminator="\n")
    print("chosen:", choose(results).to_dict())


if __name__ == "__main__":
    main()
