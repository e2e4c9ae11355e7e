"""A small logistic model of its own kind, on rows of two numbers, one of which may be missing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 300


class Logistic:
    """Weights, and how it goes wrong: in the sum, in the logarithm, in the batch."""

    def __init__(self, weights):
        self.coef_ = weights
        self.floor = 1e-9
        self.noise = 0.0
        self.fill = 0.0

    def predict_proba(self, rows):
        size = np.asarray(rows["size"], dtype=float)
        size = np.where(np.isnan(size), self.fill, size)
        length = np.asarray(rows["length"], dtype=float)
        if np.isnan(length).any():
            raise ValueError("length is missing")
        length = np.log(np.maximum(length, self.floor))
        z = self.coef_[0] * np.clip(size, -1e6, 1e6) + self.coef_[1] * np.clip(length, -1e6, 1e6)
        z = z + self.noise * (np.arange(len(z)) > 0)
        positive = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
        return np.column_stack([1 - positive, positive])


def world(rng):
    rows = pd.DataFrame({"size": rng.normal(size=ROWS), "length": rng.exponential(size=ROWS)})
    rows["length"] = rows["length"].round(1)
    rows.loc[0, "length"] = 0.0
    losses = list(1 / np.arange(1, 30) + rng.uniform(0, 0.01, 29))
    return {"model": Logistic(rng.normal(size=40)), "rows": rows, "losses": losses}


def run(world):
    return checks.monitor.numerical_stability(
        world["model"],
        world["rows"],
        losses=world["losses"],
        max_weight=100,
        allow_missing=["size"],
    )


def with_model(world, **changes):
    model = Logistic(world["model"].coef_.copy())
    for name, value in changes.items():
        setattr(model, name, value)
    return {**world, "model": model}


def broken_weights(world, count, rng):
    """Let some of the weights that the model hardly uses be NaN."""
    weights = world["model"].coef_.copy()
    weights[2 + rng.choice(38, int(count), replace=False)] = np.nan
    return with_model(world, coef_=weights)


def large_weights(world, size, rng):
    """Let one weight run away."""
    weights = world["model"].coef_.copy()
    weights[rng.integers(2, 40)] = size
    return with_model(world, coef_=weights)


def loss_lost(world, count, rng):
    """Let the last losses be NaN."""
    losses = list(world["losses"])
    losses[-int(count) :] = [float("nan")] * int(count)
    return {**world, "losses": losses}


def missing_not_filled(world, size, rng):
    """Answer NaN where a declared value is missing; the size does not matter."""
    return with_model(world, fill=np.nan)


def no_floor(world, size, rng):
    """Take the logarithm of 0 in a weight that makes it NaN."""
    weights = world["model"].coef_.copy()
    weights[1] = 0.0
    model = with_model(world, coef_=weights)["model"]
    inner = model.predict_proba

    def predict_proba(rows):
        answers = inner(rows)
        zero = np.asarray(rows["length"], dtype=float) <= 1e-10 * size
        return np.where(zero[:, None], np.nan, answers)

    model.predict_proba = predict_proba
    return {**world, "model": model}


def batch_matters(world, size, rng):
    """Let the answer depend on the other rows."""
    return with_model(world, noise=size)


CASE = Case(
    check="monitor.numerical_stability",
    exact=True,
    world=world,
    run=run,
    convert=lambda world, to: {**world, "rows": to(world["rows"])},
    damages=(
        Damage(
            name="weights that are NaN",
            unit="of 40",
            sizes=(1, 5, 20),
            documented=1,
            inject=broken_weights,
        ),
        Damage(
            name="a weight that ran away",
            unit="magnitude, at most 100 allowed",
            sizes=(101, 1e4, 1e30),
            documented=101,
            inject=large_weights,
        ),
        Damage(
            name="losses that are NaN",
            unit="of 29, the last ones",
            sizes=(1, 5, 29),
            documented=1,
            inject=loss_lost,
        ),
        Damage(
            name="missing values not filled",
            unit="column",
            sizes=(1,),
            documented=1,
            inject=missing_not_filled,
        ),
        Damage(
            name="NaN near 0",
            unit="1e-10, largest value that fails",
            sizes=(1, 100, 1e9),
            documented=1,
            inject=no_floor,
        ),
        Damage(
            name="answers that depend on the batch",
            unit="added log-odds",
            sizes=(0.001, 0.01, 0.1),
            documented=0.001,
            inject=batch_matters,
        ),
    ),
)
