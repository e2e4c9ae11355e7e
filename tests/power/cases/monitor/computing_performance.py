"""A model whose work, memory and training are turned up, against its own earlier figures.

Time of this process alone is counted, so that other work on the machine matters little.
"""

from __future__ import annotations

import time

import numpy as np

from power.case import Case, Damage
from pytest_mltestscore import checks

X = np.linspace(0.0, 1.0, 200_000).reshape(1_000, 200)
TURNS = {"repeats": 5, "clock": time.process_time}
RELEASES = 8


def model(work, copies):
    def predict(rows):
        for _ in range(work):
            np.sort(X[:100] * 0.5, axis=0)
        return np.tile(rows, copies).sum(axis=1)

    return predict


def train(work):
    def run():
        for _ in range(work):
            np.sort(X[:200] * 0.5, axis=0)

    return run


def world(rng):
    options = {"work": 20, "copies": 4, "training": 40}
    return {**options, "baseline": baseline(options), "leak": 0.0, "noise": rng.normal(size=20)}


def baseline(options):
    return checks.monitor.performance_baseline(
        model(options["work"], options["copies"]), X, train=train(options["training"]), **TURNS
    )


def run(world):
    return checks.monitor.computing_performance(
        model(world["work"], world["copies"]),
        X,
        train=train(world["training"]),
        baseline=world["baseline"],
        history=releases(world),
        **TURNS,
    )


def releases(world):
    """Return past releases, each faster than the one after it by the leak, with some noise."""
    found = []
    for place in range(RELEASES):
        steps = RELEASES - place
        factor = float((1 + world["leak"]) ** -steps * np.exp(0.03 * world["noise"][place]))
        metrics = {
            name: {"value": m["value"], "relative": [r * factor for r in m["relative"]]}
            for name, m in world["baseline"]["metrics"].items()
        }
        measured_at = f"2026-01-{place + 1:02}T00:00:00+00:00"
        found.append({**world["baseline"], "metrics": metrics, "measured_at": measured_at})
    return found


def slower(world, factor, rng):
    """Let each answer take more work."""
    return {**world, "work": round(world["work"] * factor)}


def hungrier(world, factor, rng):
    """Let each answer take more memory."""
    return {**world, "copies": round(world["copies"] * factor)}


def slower_training(world, factor, rng):
    """Let training take more work."""
    return {**world, "training": round(world["training"] * factor)}


def leaking(world, share, rng):
    """Let each release be slower than the one before by a little."""
    return {**world, "leak": share}


CASE = Case(
    check="monitor.computing_performance",
    exact=False,
    world=world,
    run=run,
    damages=(
        Damage(
            name="slower answers",
            unit="times the work",
            sizes=(1.2, 2.5, 5.0),
            documented=2.5,
            inject=slower,
        ),
        Damage(
            name="more memory",
            unit="times the memory",
            sizes=(1.25, 2.0, 4.0),
            documented=2.0,
            inject=hungrier,
        ),
        Damage(
            name="slower training",
            unit="times the work",
            sizes=(1.2, 2.5, 5.0),
            documented=2.5,
            inject=slower_training,
        ),
        Damage(
            name="slow leak",
            unit="growth a release, over 8",
            sizes=(0.01, 0.05, 0.2),
            documented=0.05,
            inject=leaking,
        ),
    ),
)
