"""A registry with two versions, and then with a previous one that is slow, corrupt or missing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 20
LIMIT_S = 0.2


@dataclass
class World:
    previous: np.ndarray
    golden: np.ndarray
    current: np.ndarray
    delay_s: float = 0.0
    broken: bool = False
    alias: dict[str, int] = field(default_factory=lambda: {"version": 2})


def world(rng):
    previous = rng.uniform(size=ROWS)
    return World(previous, previous, rng.uniform(size=ROWS))


def run(world):
    def to(version):
        time.sleep(world.delay_s if version == 1 else 0)
        world.alias["version"] = version

    def ask():
        return world.previous if world.alias["version"] == 1 else world.current

    return checks.infra.rollback(
        lambda: to(1), ask, world.golden, restore=lambda: to(2), max_seconds=LIMIT_S
    )


def changed(world, size, rng):
    """Let the previous version answer something else than on the day of its release."""
    return replace(world, previous=world.previous + size * rng.normal(size=ROWS))


def slow(world, factor, rng):
    """Let the rollback take a multiple of the limit."""
    return replace(world, delay_s=factor * LIMIT_S)


def lost(world, count, rng):
    """Let answers of the previous version be missing."""
    previous = world.previous.copy()
    previous[rng.permutation(ROWS)[: int(count)]] = np.nan
    return replace(world, previous=previous)


CASE = Case(
    check="infra.rollback",
    exact=False,
    world=world,
    run=run,
    damages=(
        Damage(
            name="predictions of N-1 that changed",
            unit="standard deviation",
            sizes=(1e-10, 1e-7, 1e-2),
            documented=1e-7,
            inject=changed,
        ),
        Damage(
            name="slow rollback",
            unit="times the limit",
            sizes=(0.1, 1.1, 2.0),
            documented=1.1,
            inject=slow,
        ),
        Damage(
            name="predictions of N-1 that are missing",
            unit="of 20",
            sizes=(1, 5, 20),
            documented=1,
            inject=lost,
        ),
    ),
)
