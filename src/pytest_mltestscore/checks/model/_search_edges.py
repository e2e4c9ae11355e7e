"""Whether scores still rise at the end of a searched range, by more than chance explains."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .._optional import load
from ._search_results import Range, Trials

EDGE = 0.05
"""A value this near to an end of its range, as a share of it, is at the edge."""

OUTER = 0.2
"""Only where the best value is this near to an end is it asked whether scores still rise there."""


def beats_inside(trials: Trials, name: str, searched: Range, end: int, slack: float) -> bool:
    """Whether the best trial is at the very end of a range and all those inside are worse."""
    having = [n for n, p in enumerate(trials.params) if name in p]
    away = np.array([abs(searched.place(trials.params[n][name]) - end) for n in having])
    scores, width = trials.scores[having], 0 if searched.values else EDGE
    if away[np.argmax(scores)] > width:
        return False
    inside = scores[away > width]
    return len(inside) == 0 or bool(scores.max() - inside.max() > slack)


def still_rises(trials: Trials, name: str, ranges: Mapping[str, Range], end: int) -> bool:
    """Whether a quadratic surface through the better half of the trials rises outwards at an end.

    A response surface (Box and Wilson 1951), with a linear and a squared term for each number.
    """
    better = np.argsort(-trials.scores, kind="stable")[: (len(trials.scores) + 1) // 2]
    named = [other for other in ranges if all(other in trials.params[n] for n in better)]
    terms = 1 + 2 * len(named)
    freedom = len(better) - terms
    if name not in named or freedom < 5:
        return False
    places = np.array([[ranges[o].place(trials.params[n][o]) for o in named] for n in better])
    design = np.column_stack([np.ones(len(better)), places, places**2])
    inverse = np.linalg.pinv(design)
    scores = trials.scores[better]
    fitted = inverse @ scores
    outwards = np.zeros(terms)
    column = 1 + named.index(name)
    outwards[[column, column + len(named)]] = (1, 2) if end else (-1, 0)
    residual = scores - design @ fitted
    variance = residual @ residual / freedom * (outwards @ inverse @ inverse.T @ outwards)
    if variance <= 0:
        return bool(outwards @ fitted > 0)
    p_value = load("scipy.stats", extra="checks").t.sf(outwards @ fitted / variance**0.5, freedom)
    return bool(p_value < 0.001)
