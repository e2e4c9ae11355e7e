"""Three cheap features with a benefit, and then one that is slow, large, full of gaps, or idle."""

from __future__ import annotations

import time
from typing import NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 200
MAX_MS = 30


class World(NamedTuple):
    rows: pd.DataFrame
    sleep_ms: float
    mib: float
    benefit: dict[str, float]


def world(rng):
    rows = pd.DataFrame({"size": rng.normal(size=ROWS), "age": rng.normal(size=ROWS)})
    benefit = {"double": 0.02, "age": 0.01, "sum": 0.03}
    return World(rows, 0, 0, benefit)


def run(world):
    def double(rows):
        time.sleep(world.sleep_ms / 1e3)
        block = np.ones(int(world.mib * 2**20), dtype=np.uint8)
        return nw.from_native(rows)["size"].to_numpy() * 2 * block[:1].sum(initial=1)

    functions = {
        "double": double,
        "age": lambda rows: nw.from_native(rows)["age"].to_native(),
        "sum": lambda rows: nw.from_native(rows).select("size", "age").to_numpy().sum(axis=1),
    }
    return checks.data.feature_cost(
        functions,
        world.rows,
        benefit=world.benefit,
        max_ms=MAX_MS,
        max_mib=2,
        max_missing=0.1,
        repeats=3,
    )


def slow(world, times, rng):
    return world._replace(sleep_ms=times * MAX_MS)


def large(world, mib, rng):
    return world._replace(mib=mib)


def gaps(world, share, rng):
    rows = world.rows.copy()
    rows.loc[: int(share * ROWS) - 1, "age"] = np.nan
    return world._replace(rows=rows)


def idle(world, loss, rng):
    """Take benefit away from a feature, down to none and less."""
    return world._replace(benefit={**world.benefit, "age": 0.01 - loss})


CASE = Case(
    check="data.feature_cost",
    exact=False,  # timings: a busy machine makes cheap functions slow
    world=world,
    run=run,
    convert=lambda world, to: world._replace(rows=to(world.rows)),
    damages=(
        Damage(
            name="gaps",
            unit="share of values",
            sizes=(0.05, 0.15, 0.5),
            documented=0.15,
            inject=gaps,
        ),
        Damage(
            name="slow",
            unit="times the budget",
            sizes=(0.3, 1.5, 3),
            documented=1.5,
            inject=slow,
        ),
        Damage(name="large", unit="MiB, of 2", sizes=(1, 3, 10), documented=3, inject=large),
        Damage(
            name="without gain",
            unit="of 0.01 lost",
            sizes=(0.005, 0.01, 0.02),
            documented=0.01,
            inject=idle,
        ),
    ),
)
