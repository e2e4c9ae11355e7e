"""Two servers that answer alike, and then a candidate that fails, answers otherwise or is slow.

They run in threads of this process; the tests of the check start real commands.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from loopback_server import StatusError, answering
from power.case import Case, Damage
from pytest_mltestscore import checks

REQUESTS = 24
DELAY_S = 0.001


@dataclass
class World:
    values: np.ndarray
    failing: frozenset[int] = frozenset()
    shift: np.ndarray | float = 0.0
    slower: float = 1.0


def world(rng):
    return World(rng.uniform(size=REQUESTS))


def run(world):
    def old(body):
        time.sleep(DELAY_S)
        return world.values[body]

    def new(body):
        time.sleep(DELAY_S * world.slower)
        if body in world.failing:
            raise StatusError(500)
        return float((world.values + world.shift)[body])

    with answering(new) as candidate, answering(old) as incumbent:
        return checks.infra.canary(
            candidate, list(range(REQUESTS)), incumbent=incumbent, max_latency_ratio=3
        )


def failing(world, share, rng):
    """Let requests fail with status 500."""
    chosen = rng.permutation(REQUESTS)[: int(np.ceil(share * REQUESTS))]
    return replace(world, failing=frozenset(int(n) for n in chosen))


def shifted(world, size, rng):
    """Let the candidate answer something else."""
    return replace(world, shift=size * rng.choice([-1, 1], REQUESTS))


def slow(world, factor, rng):
    """Let the candidate take longer."""
    return replace(world, slower=factor)


CASE = Case(
    check="infra.canary",
    exact=False,
    world=world,
    run=run,
    damages=(
        Damage(
            name="requests that fail",
            unit="share of requests",
            sizes=(0.04, 0.2, 0.5),
            documented=0.04,
            inject=failing,
        ),
        Damage(
            name="other predictions",
            unit="mean change, limit 0.1",
            sizes=(0.05, 0.11, 0.5),
            documented=0.11,
            inject=shifted,
        ),
        Damage(
            name="slower answers",
            unit="times 1 ms, limit 3",
            sizes=(2, 15, 30),
            # What a request takes by itself counts too: on a busy machine, some milliseconds.
            documented=30,
            inject=slow,
        ),
    ),
)
