"""A line that turns slowly, so that what was learned of it wears off, and then turns faster."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 3_600
DAYS = 360
TURN = 0.6
"""Radians that the line turns by in the whole time; a model of 90 days lags by 0.15 more."""


def world(rng):
    return made(rng, TURN)


def made(rng, turn):
    """Return rows in no order whose label is the side of a line, or noise for one row in ten."""
    day = rng.permutation(np.linspace(0, DAYS, ROWS))
    x, z = rng.normal(size=(2, ROWS))
    angle = turn * day / DAYS
    side = (np.cos(angle) * x + np.sin(angle) * z > 0).astype(int)
    late = np.where(rng.random(ROWS) < 0.1, rng.integers(0, 2, ROWS), side)
    at = pd.Timestamp("2024-01-01") + pd.to_timedelta((day * 86_400).round(), unit="s")
    return pd.DataFrame({"at": at, "x": x, "z": z, "late": late})


def train(features, labels):
    line = Ridge().fit(matrix(features), labels)
    return lambda seen: (line.predict(matrix(seen)) > 0.5).astype(int)


def matrix(features):
    return np.column_stack([np.asarray(features[name]) for name in ("x", "z")])


def accuracy(truth, predicted):
    return float(np.mean(truth == predicted))


def run(rows):
    return checks.model.staleness_impact(
        train,
        rows,
        label="late",
        time="at",
        step_days=30,
        window_days=120,
        scoring=accuracy,
        max_drop=0.1,
        max_age_days=90,
    )


def faster(rows, times, rng):
    """Let the line turn by that many times as much."""
    return made(rng, TURN * times)


def fewer(rows, share, rng):
    """Lose a share of the rows."""
    return rows.sample(frac=1 - share, random_state=int(rng.integers(1_000)))


def broken_off(rows, days, rng):
    """Let the labels be turned round every so many days, as a policy that changes does."""
    old = (rows["at"] - rows["at"].min()).dt.days // days % 2 == 1
    return rows.assign(late=np.where(old, 1 - rows["late"], rows["late"]))


CASE = Case(
    check="model.staleness_impact",
    exact=False,
    world=world,
    run=run,
    convert=lambda rows, to: to(rows),
    damages=(
        Damage(
            name="faster change",
            unit="times",
            sizes=(3, 6, 8),
            documented=6,
            inject=faster,
        ),
        Damage(
            name="rows lost",
            unit="share of rows",
            sizes=(0.5, 0.8, 0.95),
            documented=0.95,
            inject=fewer,
        ),
        Damage(
            name="labels turned round",
            unit="days",
            sizes=(60, 90, 120),
            documented=120,
            inject=broken_off,
        ),
    ),
)
