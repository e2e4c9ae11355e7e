"""A thousand logged rows, served with the values that training has, rounded as floats are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 1_000


def world(rng):
    training = pd.DataFrame(
        {
            "ride": rng.permutation(10 * ROWS)[:ROWS],
            "km": rng.lognormal(size=ROWS),
            "zone": rng.choice(["a", "b", "c"], ROWS),
            "stops": rng.poisson(2, ROWS),
        }
    )
    order = rng.permutation(ROWS)
    serving = training.iloc[order].reset_index(drop=True)
    return {"training": training, "serving": serving.assign(km=serving["km"] * (1 + 1e-12))}


def run(world):
    return checks.monitor.training_serving_skew(
        world["training"], world["serving"], key="ride", relative_tolerance=1e-9
    )


def hit(share, rng):
    chosen = rng.random(ROWS) < share
    chosen[rng.integers(ROWS)] = True
    return chosen


def served(world, **columns):
    return {**world, "serving": world["serving"].assign(**columns)}


def other_unit(world, share, rng):
    """Serve a share of the distances in miles."""
    km = world["serving"]["km"]
    return served(world, km=np.where(hit(share, rng), km / 1.609, km))


def missing_when_served(world, share, rng):
    """Let a share of the words be missing on the serving path only."""
    zone = world["serving"]["zone"]
    return served(world, zone=zone.mask(hit(share, rng)))


def stale_lookup(world, share, rng):
    """Let a share of the counts be one behind."""
    return served(world, stops=world["serving"]["stops"] - hit(share, rng))


def unknown_keys(world, share, rng):
    """Serve a share of rows that the training path does not know."""
    ride = world["serving"]["ride"]
    return served(world, ride=np.where(hit(share, rng), ride + 10 * ROWS, ride))


CASE = Case(
    check="monitor.training_serving_skew",
    exact=True,
    world=world,
    run=run,
    convert=lambda world, to: {name: to(rows) for name, rows in world.items()},
    damages=(
        Damage(
            name="served in another unit",
            unit="share of rows",
            sizes=(0.001, 0.01, 0.1),
            documented=0.001,
            inject=other_unit,
        ),
        Damage(
            name="missing when served",
            unit="share of rows",
            sizes=(0.001, 0.01, 0.1),
            documented=0.001,
            inject=missing_when_served,
        ),
        Damage(
            name="lookup one behind",
            unit="share of rows",
            sizes=(0.001, 0.01, 0.1),
            documented=0.001,
            inject=stale_lookup,
        ),
        Damage(
            name="keys unknown to training",
            unit="share of rows",
            sizes=(0.15, 0.3, 1.0),
            documented=0.15,
            inject=unknown_keys,
        ),
    ),
)
