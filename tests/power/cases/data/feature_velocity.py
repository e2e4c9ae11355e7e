"""Twelve features of some months, each released within the limit of 60 days."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

NOW = dt.datetime(2031, 3, 1, tzinfo=dt.UTC)
FEATURES = 12


def world(rng):
    started = pd.Timestamp("2030-01-01") + pd.to_timedelta(rng.uniform(0, 250, FEATURES), "D")
    days = pd.to_timedelta(rng.uniform(1, 55, FEATURES), "D")
    return pd.DataFrame({"started": started.round("s"), "released": (started + days).round("s")})


def run(rows):
    return checks.data.feature_velocity(rows, max_days=60, now=NOW)


def late(rows, share, rng):
    """Let a share of the features wait for another 60 days."""
    hit = np.arange(FEATURES) < round(share * FEATURES)
    return rows.assign(released=rows["released"] + pd.to_timedelta(np.where(hit, 60, 0), "D"))


def stuck(rows, share, rng):
    """Let a share of the features never be released."""
    hit = np.arange(FEATURES) < round(share * FEATURES)
    begun = rows["started"].where(~hit, pd.Timestamp("2030-01-01"))
    return rows.assign(started=begun, released=rows["released"].where(~hit))


def swapped(rows, count, rng):
    """Let dates be swapped in some rows, so that lead times are negative."""
    hit = np.arange(FEATURES) < count
    begun, ended = rows["started"], rows["released"]
    return rows.assign(started=begun.where(~hit, ended), released=ended.where(~hit, begun))


CASE = Case(
    check="data.feature_velocity",
    exact=True,
    world=world,
    run=run,
    convert=lambda rows, to: to(rows),
    damages=(
        Damage(
            name="late",
            unit="share of features",
            sizes=(0.1, 0.4, 0.8),
            documented=0.4,
            inject=late,
        ),
        Damage(
            name="never released",
            unit="share of features",
            sizes=(0.1, 0.4, 0.6),
            documented=0.4,
            inject=stuck,
        ),
        Damage(name="dates swapped", unit="rows", sizes=(1, 2, 4), documented=1, inject=swapped),
    ),
)
