"""A rule that turns too often for simple models, and a model that knows ever less of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 1_500
RIGHT = 0.9


def world(rng):
    return drawn(rng), drawn(rng)


def drawn(rng):
    rows = pd.DataFrame({"x": rng.normal(size=ROWS), "z": rng.normal(size=ROWS)})
    rows["kind"] = rng.choice(["a", "b", "c"], ROWS)
    rows["guess"] = rng.integers(0, 2, ROWS)
    rows["blind"] = 0
    rows["late"] = np.where(rng.random(ROWS) < RIGHT, signal(rows["x"]), 1 - signal(rows["x"]))
    return rows


def signal(x):
    return (np.floor(4 * np.asarray(x)) % 2).astype(int)


def model(seen):
    return np.where(np.asarray(seen["blind"]) == 1, np.asarray(seen["guess"]), signal(seen["x"]))


def accuracy(truth, predicted):
    return float(np.mean(truth == predicted))


def run(world):
    train, test = world
    return checks.model.simpler_baseline(
        model,
        train,
        test,
        label="late",
        scoring=accuracy,
        min_gain=0.02,
        cost=False,
    )


def forgetful(world, share, rng):
    """Let the model guess for a share of the rows that it is judged by."""
    train, test = world
    return train, test.assign(blind=(rng.random(ROWS) < share).astype(int))


def easier(world, share, rng):
    """Let a share of the labels follow one threshold, so that a line does as well."""

    def made(rows):
        line = (rows["x"] > 0).astype(int)
        return rows.assign(late=np.where(rng.random(ROWS) < share, line, rows["late"]))

    return tuple(made(rows) for rows in world)


def fewer(world, share, rng):
    """Lose a share of the rows that the model is judged by."""
    train, test = world
    return train, test[: int(ROWS * (1 - share))]


CASE = Case(
    check="model.simpler_baseline",
    exact=False,
    world=world,
    run=run,
    convert=lambda world, to: tuple(to(rows) for rows in world),
    damages=(
        Damage(
            name="model guesses",
            unit="share of rows",
            sizes=(0.5, 0.8, 1.0),
            documented=0.8,
            inject=forgetful,
        ),
        Damage(
            name="labels of a simple rule",
            unit="share of rows",
            sizes=(0.5, 0.8, 1.0),
            documented=1.0,
            inject=easier,
        ),
        Damage(
            name="held-out rows lost",
            unit="share of rows",
            sizes=(0.5, 0.95, 0.98),
            documented=0.98,
            inject=fewer,
        ),
    ),
)
