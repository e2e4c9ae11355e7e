"""Two groups and two regions that a classifier serves alike, and then not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 2_000


def world(rng):
    """Return people; the model answers what `score` says, right nine times in ten."""
    people = pd.DataFrame(
        {
            "sex": rng.choice(["f", "m"], ROWS),
            "region": rng.choice(["north", "south", "west"], ROWS, p=[0.5, 0.3, 0.2]),
            "good": rng.integers(0, 2, ROWS),
            "income": rng.normal(size=ROWS),
            "job": rng.choice(["clerk", "driver", "nurse"], ROWS),
            "bias": np.zeros(ROWS),
        }
    )
    right = rng.random(ROWS) < 0.9
    return people.assign(score=np.where(right, people["good"], 1 - people["good"]))


def model(seen):
    """Answer the score; 0 for women where `bias` says so."""
    against = (np.asarray(seen["bias"]) == 1) & (np.asarray(seen["sex"]) == "f")
    return np.where(against, 0, np.asarray(seen["score"]))


def run(people):
    return checks.model.inclusion(model, people, label="good", sensitive=["sex", "region"])


def refused(people, share, rng):
    """Let the model refuse a share of one region whatever their score."""
    hit = (people["region"] == "south").to_numpy() & (rng.random(ROWS) < share)
    return people.assign(score=np.where(hit, 0, people["score"]))


def refused_in_a_corner(people, share, rng):
    """Let the model refuse a share of the women of one region."""
    corner = (people["region"] == "south") & (people["sex"] == "f")
    hit = corner.to_numpy() & (rng.random(ROWS) < share)
    return people.assign(score=np.where(hit, 0, people["score"]))


def biased(people, share, rng):
    """Let the model look at the sex in a share of the rows."""
    return people.assign(bias=(rng.random(ROWS) < share).astype(float))


def given_away(people, shift, rng):
    """Let the income of women lie lower, by standard deviations."""
    return people.assign(income=people["income"] - shift * (people["sex"] == "f"))


def typed(people, share, rng):
    """Let a share of the women have one job, and no man."""
    job = people["job"].where(people["job"] != "nurse", "driver")
    nurse = (people["sex"] == "f").to_numpy() & (rng.random(ROWS) < share)
    return people.assign(job=np.where(nurse, "nurse", job))


CASE = Case(
    check="model.inclusion",
    exact=False,
    needs=("fairlearn",),
    world=world,
    run=run,
    convert=lambda people, to: to(people),
    damages=(
        Damage(
            name="refused in a region",
            unit="share of its people",
            sizes=(0.2, 0.4, 0.6),
            documented=0.4,
            inject=refused,
        ),
        Damage(
            name="refused where two groups meet",
            unit="share of its people",
            sizes=(0.3, 0.5, 0.7),
            documented=0.5,
            inject=refused_in_a_corner,
        ),
        Damage(
            name="looks at the sex",
            unit="share of rows",
            sizes=(0.05, 0.15, 0.3),
            documented=0.15,
            inject=biased,
        ),
        Damage(
            name="income gives the sex away",
            unit="standard deviations",
            sizes=(0.8, 1.2, 2.0),
            documented=1.2,
            inject=given_away,
        ),
        Damage(
            name="a job gives the sex away",
            unit="share of women",
            sizes=(0.3, 0.6, 0.9),
            documented=0.6,
            inject=typed,
        ),
    ),
)
