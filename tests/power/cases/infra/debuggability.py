"""A pipeline whose steps lead to what it serves, and then to something else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 100


@dataclass
class World:
    rows: Any
    served: np.ndarray
    blend: float = 0.0
    """Share of the mean of the batch that a step takes away."""
    holes: float = 0.0
    """Share of the rows, those of the largest values, for which a step makes NaN."""


def model(world):
    def step(values):
        values = np.asarray(values, dtype=float)
        values = values - world.blend * values.mean(axis=0)
        return np.where(values > HIGHEST - world.holes, np.nan, values) if world.holes else values

    inner = make_pipeline(StandardScaler(), LinearRegression())
    known = np.linspace(0, HIGHEST, 20).reshape(-1, 1)
    inner.fit(known, 3 * known[:, 0])
    steps = {"step": FunctionTransformer(step).transform, "scale": inner[0].transform}
    return {**steps, "linear": lambda values: np.dot(values, inner[1].coef_) + inner[1].intercept_}


HIGHEST = 1.0


def world(rng):
    rows = pd.DataFrame({"size": rng.uniform(0, HIGHEST, ROWS)})
    return World(rows, 3 * rows["size"].to_numpy())


def run(world):
    served = None if world.blend else world.served
    return checks.infra.debuggability(model(world), world.rows, served=served, tolerance=1e-8)


def drifted(world, size, rng):
    """Let the server answer something else."""
    return replace(world, served=world.served + size * rng.normal(size=ROWS))


def blended(world, share, rng):
    """Let a step look at the other rows of its batch."""
    return replace(world, blend=share)


def with_holes(world, share, rng):
    """Let a step make NaN of the largest values."""
    return replace(world, holes=share)


CASE = Case(
    check="infra.debuggability",
    exact=False,
    world=world,
    run=run,
    convert=lambda world, to: replace(world, rows=to(world.rows)),
    damages=(
        Damage(
            name="served predictions that differ",
            unit="standard deviation",
            sizes=(1e-10, 1e-6, 1e-2),
            documented=1e-6,
            inject=drifted,
        ),
        Damage(
            name="a step that looks at other rows",
            unit="of their mean",
            sizes=(0.001, 0.1, 1.0),
            documented=0.001,
            inject=blended,
        ),
        Damage(
            name="NaN from a step",
            unit="share of rows",
            sizes=(0.1, 0.6, 1.0),
            documented=0.6,
            inject=with_holes,
        ),
    ),
)
