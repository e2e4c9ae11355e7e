"""Three features that a number depends on, and then further ones that it does not depend on."""

from __future__ import annotations

import pandas as pd
from sklearn.linear_model import LinearRegression

from power.case import Case, Damage
from pytest_mltestscore import checks

FEATURES = ("age", "distance", "price")
ROWS = 500


def world(rng):
    rows = pd.DataFrame(rng.normal(size=(ROWS, 3)), columns=list(FEATURES))
    rows["delay"] = rows.sum(axis=1) + rng.normal(scale=0.7, size=ROWS)
    return rows


def run(rows):
    return checks.data.feature_benefit(LinearRegression(), rows, label="delay")


def useless(rows, count, rng):
    """Add features that nothing depends on."""
    return rows.assign(**{f"extra {n}": rng.normal(size=ROWS) for n in range(int(count))})


def scrambled(rows, share, rng):
    """Let a feature come from a broken join: a share of its values belong to other rows."""
    hit = rng.random(ROWS) < share
    price = rows["price"].to_numpy().copy()
    price[hit] = rng.permutation(price[hit])
    return rows.assign(price=price)


def coded(rows, count, rng):
    """Add categories, coded as integers, that nothing depends on."""
    return rows.assign(**{f"code {n}": rng.integers(0, 5, ROWS) for n in range(int(count))})


CASE = Case(
    check="data.feature_benefit",
    exact=False,
    world=world,
    run=run,
    convert=lambda rows, to: to(rows),
    damages=(
        Damage(
            name="useless features",
            unit="features",
            sizes=(1, 2, 3),
            documented=1,
            inject=useless,
        ),
        Damage(
            name="broken join",
            unit="share of rows",
            sizes=(0.5, 0.9, 1.0),
            documented=0.9,
            inject=scrambled,
        ),
        Damage(
            name="useless categories",
            unit="features",
            sizes=(1, 2, 3),
            documented=1,
            inject=coded,
        ),
    ),
)
