"""A model of last week, a lookup table of last month, and a log that goes on until this morning."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

NOW = dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)
LIMITS = {"lookup table": 60, "log": 1}
DAY = dt.timedelta(days=1)


def world(rng):
    hours = np.sort(rng.uniform(1, 23, 200))
    return {
        "model": NOW - rng.uniform(2, 29) * DAY,
        "lookup table": NOW - rng.uniform(20, 59) * DAY,
        "log": pd.DataFrame({"at": [pd.Timestamp(NOW) - pd.Timedelta(hours=h) for h in hours]}),
    }


def run(world):
    return checks.monitor.model_staleness(
        world["model"],
        max_age=30,
        stages={"lookup table": world["lookup table"], "log": (world["log"], "at")},
        max_stage_age=LIMITS,
        now=NOW,
    )


def old_model(world, days, rng):
    """Let the model be older than its limit by some days."""
    return {**world, "model": NOW - (30 + days) * DAY}


def old_table(world, days, rng):
    """Let the lookup table be older than its limit by some days."""
    return {**world, "lookup table": NOW - (60 + days) * DAY}


def log_ended(world, days, rng):
    """Let the log end earlier by some days."""
    return {**world, "log": world["log"].assign(at=world["log"]["at"] - days * DAY)}


def clock_ahead(world, days, rng):
    """Let the model be made in the future, as by a machine whose clock is wrong."""
    return {**world, "model": NOW + days * DAY}


CASE = Case(
    check="monitor.model_staleness",
    exact=True,
    world=world,
    run=run,
    convert=lambda world, to: {**world, "log": to(world["log"])},
    damages=(
        Damage(
            name="old model",
            unit="days above the limit",
            sizes=(0.01, 1, 100),
            documented=0.01,
            inject=old_model,
        ),
        Damage(
            name="old lookup table",
            unit="days above the limit",
            sizes=(0.01, 1, 100),
            documented=0.01,
            inject=old_table,
        ),
        Damage(
            name="log ended",
            unit="days earlier",
            sizes=(1, 2, 30),
            documented=1,
            inject=log_ended,
        ),
        Damage(
            name="clock ahead",
            unit="days",
            sizes=(0.01, 1, 100),
            documented=0.01,
            inject=clock_ahead,
        ),
    ),
)
