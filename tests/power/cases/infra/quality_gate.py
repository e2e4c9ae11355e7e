"""A gate with a tight relative and a loose absolute limit, and then with one of them too loose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import balanced_accuracy_score

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 1_000
ACCURACY = 0.9


@dataclass
class World:
    rows: Any
    seen: pd.DataFrame
    """What the gate looks at; in the library of its project, whatever that of the data is."""
    rng: np.random.Generator
    floor: float = 0.6
    tolerance: float = 0.03
    moody: float = 0.0


def world(rng):
    rows = pd.DataFrame({"late": rng.integers(0, 2, ROWS)})
    right = rng.random(ROWS) < ACCURACY
    rows["answer"] = np.where(right, rows["late"], 1 - rows["late"])
    return World(rows, rows, rng)


def run(world):
    def score(model):
        return balanced_accuracy_score(world.seen["late"], model(world.seen))

    def gate(candidate, incumbent):
        if world.rng.random() < world.moody:
            return False
        return score(candidate) > max(world.floor, score(incumbent) - world.tolerance)

    return checks.infra.quality_gate(gate, answers, world.rows, label="late", incumbent=answers)


def answers(rows):
    return np.asarray(rows["answer"])


def tolerant(world, tolerance, rng):
    """Let the gate bless a drop."""
    return replace(world, tolerance=tolerance)


def low(world, depth, rng):
    """Let the absolute limit lie below what guessing scores."""
    return replace(world, floor=0.5 - depth)


def moody(world, share, rng):
    """Let the gate veto good models now and then."""
    return replace(world, moody=share)


CASE = Case(
    check="infra.quality_gate",
    exact=False,
    world=world,
    run=run,
    convert=lambda world, to: replace(world, rows=to(world.rows)),
    damages=(
        Damage(
            name="relative limit too loose",
            unit="of balanced accuracy",
            sizes=(0.06, 0.15, 0.3),
            documented=0.15,
            inject=tolerant,
        ),
        Damage(
            name="absolute limit below guessing",
            unit="of balanced accuracy",
            sizes=(0.01, 0.05, 0.2),
            documented=0.05,
            inject=low,
        ),
        Damage(
            name="good models vetoed by chance",
            unit="share of decisions",
            sizes=(0.3, 0.7, 0.95),
            documented=0.7,
            inject=moody,
        ),
    ),
)
