"""A ridge regression with the right penalty among many useless features, and then a wrong one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 800
FEATURES = [f"x{n}" for n in range(20)]
SPACE = {"ridge__alpha": [0.1, 1.0, 10.0, 30.0, 100.0], "ridge__fit_intercept": [True, False]}


def world(rng):
    rows = pd.DataFrame(rng.normal(size=(ROWS, len(FEATURES))), columns=FEATURES)
    rows["y"] = rows[FEATURES[:5]].sum(axis=1) + 2 + rng.normal(size=ROWS)
    return rows, {"alpha": 10.0}


def matrix(rows):
    """Return numbers from the frame of any library."""
    return np.column_stack([np.asarray(rows[name]) for name in FEATURES])


def r2(truth, predicted):
    return float(1 - np.mean((truth - predicted) ** 2) / np.var(truth))


def run(world):
    rows, params = world
    champion = make_pipeline(FunctionTransformer(matrix), Ridge(**params))
    return checks.model.random_search(
        champion, rows, label="y", search_space=SPACE, scoring=r2, trials=8, margin=0.02
    )


def penalised(world, alpha, rng):
    """Use too large a penalty."""
    return world[0], {**world[1], "alpha": alpha}


def without_level(world, level, rng):
    """Leave out the intercept, of that size."""
    rows, params = world
    return rows.assign(y=rows["y"] - 2 + level), {**params, "fit_intercept": False}


def stopped(world, left, rng):
    """Stop the solver when that many of 10 steps are not yet done."""
    params = {"solver": "sag", "max_iter": max(1, int(10 - left)), "random_state": 0}
    return world[0], {**world[1], **params, "alpha": 10.0 ** (left / 2)}


CASE = Case(
    check="model.random_search",
    exact=False,
    world=world,
    run=run,
    convert=lambda world, to: (to(world[0]), world[1]),
    damages=(
        Damage(
            name="penalty too large",
            unit="alpha",
            sizes=(50.0, 300.0, 1_000.0),
            documented=300.0,
            inject=penalised,
        ),
        Damage(
            name="intercept left out",
            unit="of label",
            sizes=(0.2, 0.6, 1.5),
            documented=1.5,
            inject=without_level,
        ),
        Damage(
            name="penalty too large, and stopped early",
            unit="of 10 steps",
            sizes=(2, 5, 9),
            documented=9,
            inject=stopped,
        ),
    ),
)
