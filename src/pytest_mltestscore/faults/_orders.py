"""Other orders of rows, such that what belonged together no longer does."""

from __future__ import annotations

import numpy as np

TRIES = 20
FEW = 1_000
"""From so many rows on, any order will do."""


def an_order(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return an order of rows in which a column has little to do with what it was.

    Of a few rows, one order in forty keeps much of a correlation by chance.
    """
    if len(values) >= FEW:
        return rng.permutation(len(values))
    codes = np.unique(values.astype(str), return_inverse=True)[1]
    numbers = values.astype(float) if values.dtype.kind in "iufb" else codes.astype(float)
    orders = [rng.permutation(len(values)) for _ in range(TRIES)]
    return min(orders, key=lambda order: _likeness(numbers, numbers[order]))


def _likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Return how much two columns go together; most of all if they are the same."""
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    if same.all():
        return 2.0
    known = ~(np.isnan(one) | np.isnan(other))
    spread = one[known].std() * other[known].std() if known.any() else 0.0
    if not spread:
        return float(same.mean())
    covariance = np.mean((one[known] - one[known].mean()) * (other[known] - other[known].mean()))
    return abs(float(covariance / spread))
