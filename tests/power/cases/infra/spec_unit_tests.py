"""A logistic regression by gradient descent, and then with bugs in its code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS, FEATURES = 200, 3


class Descent(ClassifierMixin, BaseEstimator):
    """Gradient descent on the logistic loss, with faults in several sizes."""

    def __init__(self, max_iter=50, shrinkage=0.0, crossed=0.0, lost=0, holes=0.0):
        self.max_iter = max_iter
        self.shrinkage = shrinkage
        self.crossed = crossed
        self.lost = lost
        self.holes = holes

    def fit(self, rows, labels):
        self.classes_ = np.unique(labels)
        rows, signs = np.asarray(rows, dtype=float), np.where(labels == self.classes_[1], 1.0, -1.0)
        signs[: int(len(signs) * self.crossed)] *= -1
        self.weights_ = np.zeros(rows.shape[1] + 1)
        rows = np.column_stack([rows, np.ones(len(rows))])
        for _ in range(self.max_iter):
            pull = signs / (1 + np.exp(signs * (rows @ self.weights_)))
            self.weights_ += 0.5 * (rows.T @ pull / len(rows) - self.shrinkage * self.weights_)
        return self

    def predict_proba(self, rows):
        rows = np.asarray(rows, dtype=float)
        scores = rows @ self.weights_[:-1] + self.weights_[-1]
        share = 1 / (1 + np.exp(-scores))
        share[: int(np.ceil(len(share) * self.holes))] = np.nan
        return np.column_stack([1 - share, share])

    def predict(self, rows):
        return self.classes_[(self.predict_proba(rows)[:, 1] > 0.5).astype(int)]

    def __getstate__(self):
        state = dict(super().__getstate__())
        if self.lost and "weights_" in state:
            weights = state["weights_"].copy()
            weights[: self.lost] = 0.0
            state["weights_"] = weights
        return state


@dataclass
class World:
    rows: Any
    spec: Descent


def world(rng):
    rows = pd.DataFrame(rng.normal(size=(ROWS, FEATURES)), columns=["a", "b", "c"])
    noise = rng.normal(scale=0.5, size=ROWS)
    return World(rows.assign(late=(rows["a"] - rows["b"] + noise > 0).astype(int)), Descent())


def run(world):
    return checks.infra.spec_unit_tests(world.spec, world.rows, label="late", tiny=2)


def with_fault(name, kind=float):
    def inject(world, size, rng):
        return replace(world, spec=Descent(**{name: kind(size)}))

    inject.__doc__ = f"Set the fault `{name}`."
    return inject


CASE = Case(
    check="infra.spec_unit_tests",
    exact=False,
    world=world,
    run=run,
    convert=lambda world, to: replace(world, rows=to(world.rows)),
    damages=(
        Damage(
            name="labels crossed",
            unit="share of rows",
            sizes=(0.2, 0.6, 0.9),
            documented=0.6,
            inject=with_fault("crossed"),
        ),
        Damage(
            name="weights lost when saved",
            unit="of 4",
            sizes=(1, 2, 4),
            documented=1,
            inject=with_fault("lost", int),
        ),
        Damage(
            name="answers that are not finite",
            unit="share of answers",
            sizes=(0.005, 0.1, 0.5),
            documented=0.005,
            inject=with_fault("holes"),
        ),
    ),
)
