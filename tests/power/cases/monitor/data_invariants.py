"""A day of served inputs, spread as the training data: eight columns, schema, volume, clock."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 1_000
NOW = dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)
SCHEMA = {
    "other_columns": "allowed",
    "columns": {
        "size0": {"dtype": "number", "min": -10, "max": 10},
        "zone": {"dtype": "category", "allowed": ["a", "b", "c", "d"]},
    },
}


def rows(rng, n):
    data = pd.DataFrame({f"size{i}": rng.normal(size=n) for i in range(3)})
    data["rain"] = np.where(rng.random(n) < 0.8, 0.0, rng.exponential(size=n))
    data["stops"] = rng.poisson(2, n)
    data["night"] = rng.random(n) < 0.3
    data["zone"] = rng.choice(["a", "b", "c", "d"], n, p=[0.4, 0.3, 0.2, 0.1])
    data["age"] = np.where(rng.random(n) < 0.05, np.nan, rng.uniform(18, 90, n))
    return data


def world(rng):
    data = rows(rng, ROWS)
    minutes = np.sort(rng.integers(1, 24 * 60, ROWS))[::-1]
    data["at"] = [pd.Timestamp(NOW - dt.timedelta(minutes=int(m))) for m in minutes]
    return {"data": data, "reference": rows(rng, 3 * ROWS)}


def run(world):
    return checks.monitor.data_invariants(
        world["data"],
        schema=SCHEMA,
        reference=world["reference"],
        rows=(900, 1_100),
        time="at",
        max_age=1,
        now=NOW,
    )


def served(world, **columns):
    return {**world, "data": world["data"].assign(**columns)}


def moved(world, by, rng):
    """Move a column of numbers by a share of its standard deviation."""
    return served(world, size1=world["data"]["size1"] + by)


def constant(world, share, rng):
    """Let a share of a column be stuck at one value that is usual."""
    stuck = rng.random(ROWS) < share
    return served(world, stops=np.where(stuck, 2, world["data"]["stops"]))


def mostly_one_word(world, share, rng):
    """Let a share of the words turn into one that is known."""
    turned = rng.random(ROWS) < share
    return served(world, zone=np.where(turned, "d", world["data"]["zone"]))


def missing(world, share, rng):
    """Let a share of a column be missing."""
    return served(world, age=world["data"]["age"].mask(rng.random(ROWS) < share))


def out_of_schema(world, share, rng):
    """Let a share of the words, and one at least, be unknown to the schema."""
    bad = rng.random(ROWS) < share
    bad[0] = True
    return served(world, zone=np.where(bad, "z", world["data"]["zone"]))


def lost_rows(world, share, rng):
    """Lose a share of the rows."""
    return {**world, "data": world["data"].iloc[: int(ROWS * (1 - share))]}


def stopped(world, days, rng):
    """Let the log end some days earlier."""
    return served(world, at=world["data"]["at"] - dt.timedelta(days=days))


CASE = Case(
    check="monitor.data_invariants",
    exact=False,
    world=world,
    run=run,
    convert=lambda world, to: {name: to(frame) for name, frame in world.items()},
    damages=(
        Damage(
            name="numbers moved",
            unit="standard deviations",
            sizes=(0.3, 0.6, 1.0),
            documented=0.6,
            inject=moved,
        ),
        Damage(
            name="stuck at a usual value",
            unit="share of rows",
            sizes=(0.2, 0.4, 0.6),
            documented=0.4,
            inject=constant,
        ),
        Damage(
            name="turned into one word",
            unit="share of rows",
            sizes=(0.1, 0.2, 0.4),
            documented=0.2,
            inject=mostly_one_word,
        ),
        Damage(
            name="missing",
            unit="share of rows",
            sizes=(0.1, 0.2, 0.4),
            documented=0.2,
            inject=missing,
        ),
        Damage(
            name="unknown to the schema",
            unit="share of rows",
            sizes=(0.001, 0.01, 0.1),
            documented=0.001,
            inject=out_of_schema,
        ),
        Damage(
            name="rows lost",
            unit="share of rows",
            sizes=(0.11, 0.3, 0.9),
            documented=0.11,
            inject=lost_rows,
        ),
        Damage(
            name="log ended",
            unit="days earlier",
            sizes=(1, 2, 30),
            documented=1,
            inject=stopped,
        ),
    ),
)
