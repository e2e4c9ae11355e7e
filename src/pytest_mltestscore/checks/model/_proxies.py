"""How well a feature gives away a group, and what a model answers to another group's member."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from .._frames import column_values
from .._models import predict
from .._optional import load
from .._slices import MANY_VALUES, Slice

_DRAWS = 100


class Strength(NamedTuple):
    """A number from 0 to 1 with its standard error."""

    value: float
    error: float


def proxy_strength(
    frame: nw.DataFrame[Any], feature: str, groups: Sequence[Slice], *, seed: int
) -> Strength:
    """Return how strongly a feature goes with groups, from 0 for not at all to 1.

    For numbers it is `|2 AUC - 1|` of the group that is told best from the others, missing values
    below all others; for words and numbers of few values Cramer's V, corrected for bias (Bergsma
    2013, doi:10.1016/j.jkss.2012.10.002).
    """
    values = column_values(frame, feature)
    if values.dtype.kind in "fiu" and len(np.unique(values)) > MANY_VALUES:
        values = np.where(np.isfinite(values), values, -np.inf)
        return max(_separation(values, group.rows) for group in groups)
    words = np.array([str(value) for value in values.tolist()], dtype=object)
    _, columns = np.unique(words, return_inverse=True)
    table = np.zeros((len(groups), columns.max() + 1))
    for place, group in enumerate(groups):
        np.add.at(table[place], columns[group.rows], 1)
    total = int(table.sum())
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(total, table.ravel() / total, size=_DRAWS)
    drawn = [_cramers_v(draw.reshape(table.shape)) for draw in draws]
    return Strength(_cramers_v(table), float(np.std(drawn, ddof=1)))


def _separation(values: np.ndarray, rows: np.ndarray) -> Strength:
    """Return `|2 AUC - 1|`.

    With the error of Hanley and McNeil (1982, doi:10.1148/radiology.143.1.7063747).
    """
    ranks = load("scipy.stats", extra="checks").rankdata(values)
    n, m = len(rows), len(values) - len(rows)
    if not n or not m:
        return Strength(0.0, 0.0)
    area = (ranks[rows].sum() - n * (n + 1) / 2) / (n * m)
    area = max(area, 1 - area)
    first, second = area / (2 - area), 2 * area**2 / (1 + area)
    spread = (n - 1) * (first - area**2) + (m - 1) * (second - area**2)
    variance = (area * (1 - area) + spread) / (n * m)
    return Strength(float(2 * area - 1), float(2 * np.sqrt(max(variance, 0.0))))


def _cramers_v(table: np.ndarray) -> float:
    table = table[table.sum(1) > 0][:, table.sum(0) > 0]
    n, (r, k) = table.sum(), table.shape
    if min(r, k) < 2:
        return 0.0
    expected = np.outer(table.sum(1), table.sum(0)) / n
    inflated = ((table - expected) ** 2 / expected).sum() / n
    corrected = max(0.0, inflated - (r - 1) * (k - 1) / (n - 1))
    fewer = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
    return float(np.sqrt(min(1.0, corrected / fewer))) if fewer > 0 else 0.0


def flip(
    model: Any,
    inputs: nw.DataFrame[Any],
    answers: np.ndarray,
    column: str,
    target: Slice,
    *,
    classification: bool,
    seed: int,
) -> tuple[int, Strength]:
    """Give the rows outside a group the value of one of its members, and ask again.

    Returns the number of rows asked, and the share of answers that change; for a regressor the mean
    change in standard deviations of its answers.
    """
    others = np.setdiff1d(np.arange(len(answers)), target.rows)
    donors = np.random.default_rng(seed).choice(target.rows, len(others))
    rows = inputs[others.tolist()]
    # Values of other rows, so that categories and types stay what the model knows.
    given = inputs[column][donors.tolist()].alias(column)
    changed = predict(model, rows.with_columns(given))
    if classification:
        n, moved = len(others), int((changed != answers[others]).sum())
        share = (moved + 2) / (n + 4)
        return n, Strength(moved / n, float(np.sqrt(share * (1 - share) / (n + 4))))
    spread = float(np.std(answers)) or 1.0
    moves = np.abs(changed - answers[others]) / spread
    error = float(moves.std(ddof=1) / np.sqrt(len(moves))) if len(moves) > 1 else float("nan")
    return len(others), Strength(float(moves.mean()), error)
