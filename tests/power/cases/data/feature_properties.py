"""A feature function of two columns, and then one that is wrong for some of the values."""

from __future__ import annotations

import itertools

import numpy as np

from power.case import Case, Damage
from pytest_mltestscore import checks

VALUES = 1_000
COLUMN = {"dtype": "integer", "min": 0, "max": VALUES - 1}
SCHEMA = {"columns": {"a": COLUMN, "b": COLUMN}}
OUTPUT = {"columns": {"mean": {"dtype": "number", "min": 0, "max": VALUES}}}


def mean(rows):
    return (rows["a"] + rows["b"]) / 2


def world(rng):
    """Return a function, and a seed for its inputs."""
    return {"function": mean, "seed": int(rng.integers(1_000_000))}


def run(state):
    return checks.data.feature_properties(
        state["function"], SCHEMA, output=OUTPUT, max_examples=30, seed=state["seed"]
    )


def where(share, rng):
    """Return whether a row is among a share of the values of a column, drawn by chance."""
    chosen = rng.random(VALUES) < share
    return lambda rows: chosen[rows["a"].to_numpy()]


def with_function(make):
    """Return a damage that puts another function in place, wrong for a share of the values."""

    def inject(state, share, rng):
        return {**state, "function": make(where(share, rng))}

    return inject


def raising(is_hit):
    def function(rows):
        if is_hit(rows).any():
            raise ValueError("value")
        return mean(rows)

    return function


def out_of_schema(is_hit):
    return lambda rows: np.where(is_hit(rows), np.nan, mean(rows))


def by_order(is_hit):
    return lambda rows: np.where(is_hit(rows), np.arange(len(rows)), mean(rows))


def by_calls(is_hit):
    calls = itertools.count()
    return lambda rows: np.where(is_hit(rows), next(calls) % VALUES, mean(rows))


def of_values(name, make):
    return Damage(
        name=name,
        unit="share of values",
        sizes=(0.02, 0.1, 0.3),
        documented=0.1,
        inject=with_function(make),
    )


CASE = Case(
    check="data.feature_properties",
    exact=False,
    world=world,
    run=run,
    damages=(
        of_values("raises", raising),
        of_values("NaN", out_of_schema),
        of_values("depends on the order of rows", by_order),
        of_values("not deterministic", by_calls),
    ),
)
