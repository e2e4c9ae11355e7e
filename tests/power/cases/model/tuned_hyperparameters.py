"""Forty random trials of two hyperparameters that matter and one that does not, with noise."""

from __future__ import annotations

import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

TRIALS = 40
NOISE = 0.002


def scored(runs, rng, rate=0.5):
    """Return scores that are best at a rate, in shares of its range, and at depth 6."""
    loss = 0.3 * (runs["params.rate"] - rate) ** 2 + 0.002 * (runs["params.depth"] - 6) ** 2
    return runs.assign(auc=0.9 - loss + rng.normal(scale=NOISE, size=len(runs)))


def world(rng):
    runs = pd.DataFrame(
        {
            "params.rate": rng.random(TRIALS),
            "params.depth": rng.integers(1, 13, TRIALS),
            "params.bins": rng.random(TRIALS),
        }
    )
    return used(scored(runs, rng))


def used(runs):
    """Return trials and the hyperparameters of the best of them, as the model in use has them."""
    best = runs.loc[runs["auc"].idxmax()]
    return runs, {name: best[f"params.{name}"] for name in ("rate", "depth", "bins")}


def run(world):
    runs, model = world
    return checks.model.tuned_hyperparameters(runs, score="auc", model=model)


def beyond(world, distance, rng):
    """Let the best rate lie beyond the range, by a share of it."""
    return used(scored(world[0], rng, rate=1 + distance))


def stopped(world, trials, rng):
    """Keep that many trials fewer."""
    return used(world[0][: TRIALS - int(trials)])


def elsewhere(world, shift, rng):
    """Serve a model with another rate."""
    runs, model = world
    return runs, {**model, "rate": model["rate"] + shift}


def climbing(world, gain, rng):
    """Let the last trials be better for a reason that was found late."""
    runs = world[0].copy()
    runs.loc[runs.index[-5:], "auc"] += gain
    return used(runs)


CASE = Case(
    check="model.tuned_hyperparameters",
    exact=False,
    world=world,
    run=run,
    convert=lambda world, to: (to(world[0]), world[1]),
    damages=(
        Damage(
            name="optimum beyond the range",
            unit="of the range",
            sizes=(0.0, 0.2, 0.5),
            documented=0.2,
            inject=beyond,
        ),
        Damage(
            name="trials not run",
            unit="of 40 trials",
            sizes=(10, 21, 30),
            documented=21,
            inject=stopped,
        ),
        Damage(
            name="another value in use",
            unit="of the range",
            sizes=(0.01, 0.1, 0.3),
            documented=0.1,
            inject=elsewhere,
        ),
        Damage(
            name="still climbing",
            unit="of score",
            sizes=(0.01, 0.05, 0.2),
            documented=0.2,
            inject=climbing,
        ),
    ),
)
