"""A table of flights as its schema describes it, and then a few rows that are not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 2_000
CARRIERS = ("AA", "DL", "UA")

SCHEMA = {
    "min_rows": 1_000,
    "columns": {
        "id": {"dtype": "integer", "unique": True, "min": 0},
        "distance": {"dtype": "number", "min": 50, "max": 5_000, "max_missing": 0.05},
        "carrier": {"dtype": "category", "allowed": CARRIERS},
        "tail": {"dtype": "text", "pattern": "N[0-9]{4}"},
        "weekend": {"dtype": "boolean", "min_distinct": 2},
        "day": {
            "dtype": "datetime",
            "min": pd.Timestamp("2024-01-01").to_pydatetime(),
            "max": pd.Timestamp("2024-12-31").to_pydatetime(),
        },
    },
}


def world(rng):
    distance = rng.uniform(60, 4_900, ROWS)
    distance[rng.random(ROWS) < 0.02] = np.nan
    return pd.DataFrame(
        {
            "id": rng.permutation(ROWS),
            "distance": distance,
            "carrier": rng.choice(CARRIERS, ROWS),
            "tail": [f"N{n:04d}" for n in rng.integers(0, 10_000, ROWS)],
            "weekend": rng.random(ROWS) < 0.3,
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 365, ROWS), "D"),
        }
    )


def run(rows):
    return checks.data.feature_schema(rows, SCHEMA)


def chosen(rows, count, rng):
    """Return true for so many rows."""
    hit = np.zeros(len(rows), dtype=bool)
    hit[rng.choice(len(rows), int(count), replace=False)] = True
    return hit


def other_unit(rows, count, rng):
    """Let distances be in metres."""
    hit = chosen(rows, count, rng)
    return rows.assign(distance=np.where(hit, rows["distance"].fillna(100) * 1_000, rows.distance))


def new_value(rows, count, rng):
    hit = chosen(rows, count, rng)
    return rows.assign(carrier=np.where(hit, "XX", rows["carrier"]))


def malformed(rows, count, rng):
    hit = chosen(rows, count, rng)
    return rows.assign(tail=np.where(hit, rows["tail"].str.lower() + "?", rows["tail"]))


def repeated(rows, count, rng):
    """Give rows the id of the row after."""
    hit = chosen(rows, count, rng)
    return rows.assign(id=np.where(hit, np.roll(rows["id"], -1), rows["id"]))


def lost(rows, share, rng):
    hit = chosen(rows, share * len(rows), rng)
    return rows.assign(distance=rows["distance"].mask(hit))


def out_of_season(rows, count, rng):
    hit = chosen(rows, count, rng)
    return rows.assign(day=rows["day"].mask(hit, pd.Timestamp("1970-01-01")))


def in_rows(name, inject):
    return Damage(name=name, unit="rows", sizes=(1, 10, 100), documented=1, inject=inject)


CASE = Case(
    check="data.feature_schema",
    exact=True,
    world=world,
    run=run,
    convert=lambda rows, to: to(rows),
    damages=(
        in_rows("number in another unit", other_unit),
        in_rows("unknown category", new_value),
        in_rows("malformed text", malformed),
        in_rows("key occurs twice", repeated),
        in_rows("time out of range", out_of_season),
        Damage(
            name="values lost",
            unit="share of rows",
            sizes=(0.06, 0.1, 0.5),
            documented=0.06,
            inject=lost,
        ),
    ),
)
