"""Thirty releases whose online metric follows the offline one, and then does so less."""

from __future__ import annotations

import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

RELEASES = 30
CORRELATION = 0.9


def world(rng):
    offline = rng.normal(size=RELEASES)
    noise = rng.normal(size=RELEASES)
    online = CORRELATION * offline + np.sqrt(1 - CORRELATION**2) * noise
    return pd.DataFrame({"offline": 0.8 + 0.01 * offline, "online": 3 + 0.2 * online})


def run(releases):
    return checks.model.metric_correlation(releases, min_correlation=0.3)


def unrelated(releases, share, rng):
    """Let the online metric of a share of the releases belong to another release."""
    online = releases["online"].to_numpy().copy()
    places = rng.choice(len(online), round(share * len(online)), replace=False)
    online[np.sort(places)] = online[places]
    return releases.assign(online=online)


def noisier(releases, spreads, rng):
    """Add noise to the online metric, as an A/B test that is too short does."""
    noise = rng.normal(scale=spreads * releases["online"].std(), size=len(releases))
    return releases.assign(online=releases["online"] + noise)


def forgotten(releases, share, rng):
    """Lose the online metric of a share of the releases."""
    lost = rng.choice(len(releases), round(share * len(releases)), replace=False)
    return releases.assign(online=releases["online"].where(~releases.index.isin(lost)))


CASE = Case(
    check="model.metric_correlation",
    exact=False,
    world=world,
    run=run,
    convert=lambda releases, to: to(releases),
    damages=(
        Damage(
            name="metrics of other releases",
            unit="share of releases",
            sizes=(0.2, 0.4, 0.7),
            documented=0.7,
            inject=unrelated,
        ),
        Damage(
            name="noise online",
            unit="standard deviations",
            sizes=(1.0, 3.0, 10.0),
            documented=3.0,
            inject=noisier,
        ),
        Damage(
            name="releases never measured online",
            unit="share of releases",
            sizes=(0.3, 0.7, 0.9),
            documented=0.7,
            inject=forgotten,
        ),
    ),
)
