"""Two thousand served probabilities that are calibrated, with labels, over four sites."""

from __future__ import annotations

import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 2_000
SITES = ("east", "north", "south", "west")


def world(rng):
    risk = rng.beta(1, 1.5, ROWS)
    return pd.DataFrame(
        {
            "risk": risk,
            "site": rng.choice(SITES, ROWS),
            "ill": (rng.random(ROWS) < risk).astype(int),
        }
    )


def run(rows):
    return checks.monitor.prediction_quality(
        rows,
        label="ill",
        score="risk",
        release_score=0.80,
        max_drop=0.02,
        max_bias=0.05,
        slices=["site"],
    )


def noisy(rows, share, rng):
    """Give a share of the rows the probability of another row."""
    hit = rng.random(ROWS) < share
    return rows.assign(risk=np.where(hit, rng.permutation(rows["risk"]), rows["risk"]))


def overconfident(rows, factor, rng):
    """Multiply the log-odds."""
    odds = np.log(rows["risk"] / (1 - rows["risk"]))
    return rows.assign(risk=1 / (1 + np.exp(-(1 + factor) * odds)))


def too_high(rows, by, rng):
    """Raise all probabilities."""
    return rows.assign(risk=np.clip(rows["risk"] + by, 0, 1))


def too_high_at_one_site(rows, by, rng):
    """Raise the probabilities at one site."""
    here = rows["site"] == "south"
    return rows.assign(risk=np.where(here, np.clip(rows["risk"] + by, 0, 1), rows["risk"]))


CASE = Case(
    check="monitor.prediction_quality",
    exact=False,
    world=world,
    run=run,
    convert=lambda rows, to: to(rows),
    damages=(
        Damage(
            name="probabilities of other rows",
            unit="share of rows",
            sizes=(0.1, 0.25, 0.5),
            documented=0.25,
            inject=noisy,
        ),
        Damage(
            name="overconfident",
            unit="added to the factor 1 of the log-odds",
            sizes=(0.5, 1.5, 3.0),
            documented=1.5,
            inject=overconfident,
        ),
        Damage(
            name="too high",
            unit="added probability",
            sizes=(0.05, 0.1, 0.2),
            documented=0.1,
            inject=too_high,
        ),
        Damage(
            name="too high at one site",
            unit="added probability",
            sizes=(0.05, 0.15, 0.25),
            documented=0.15,
            inject=too_high_at_one_site,
        ),
    ),
)
