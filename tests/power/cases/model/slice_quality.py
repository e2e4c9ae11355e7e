"""A classifier that is right nine times in ten everywhere, and then not in one region."""

from __future__ import annotations

import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

REGIONS = ("east", "north", "south", "west")
ROWS = 1_200
ACCURACY = 0.9


def world(rng):
    rows = pd.DataFrame({"region": rng.choice(REGIONS, ROWS), "size": rng.normal(size=ROWS)})
    rows["late"] = rng.integers(0, 2, ROWS)
    right = rng.random(ROWS) < ACCURACY
    rows["answer"] = np.where(right, rows["late"], 1 - rows["late"])
    return rows


def run(rows):
    return checks.model.slice_quality(
        lambda seen: np.asarray(seen["answer"]),
        rows,
        label="late",
        features=["answer", "region", "size"],
        slices=["region", "size"],
        scoring="accuracy",
        min_score=0.8,
    )


def wrong_in_a_region(rows, share, rng):
    """Let the model be wrong for a share of one region more than everywhere."""
    hit = (rows["region"] == "south").to_numpy() & (rng.random(len(rows)) < share)
    return rows.assign(answer=np.where(hit, 1 - rows["late"], rows["answer"]))


def constant_in_a_region(rows, share, rng):
    """Let the model answer 1 for a share of one region, whatever it sees."""
    hit = (rows["region"] == "south").to_numpy() & (rng.random(len(rows)) < share)
    return rows.assign(answer=np.where(hit, 1, rows["answer"]))


def wrong_for_the_largest(rows, share, rng):
    """Let the model be wrong for a share of the rows in the top quartile of a number."""
    top = rows["size"] >= rows["size"].quantile(0.75)
    hit = top.to_numpy() & (rng.random(len(rows)) < share)
    return rows.assign(answer=np.where(hit, 1 - rows["late"], rows["answer"]))


CASE = Case(
    check="model.slice_quality",
    exact=False,
    world=world,
    run=run,
    convert=lambda rows, to: to(rows),
    damages=(
        Damage(
            name="wrong in a region",
            unit="share of its answers",
            sizes=(0.1, 0.25, 0.4),
            documented=0.25,
            inject=wrong_in_a_region,
        ),
        Damage(
            name="constant in a region",
            unit="share of its answers",
            sizes=(0.3, 0.6, 0.9),
            documented=0.6,
            inject=constant_in_a_region,
        ),
        Damage(
            name="wrong for the largest",
            unit="share of their answers",
            sizes=(0.1, 0.25, 0.4),
            documented=0.25,
            inject=wrong_for_the_largest,
        ),
    ),
)
