"""What the tests of a model specification have in common: a line each in the result."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...domain.errors import InputError


class Finding(NamedTuple):
    """What one test of a specification found."""

    test: str
    passed: bool | None
    """None where it could not be looked at."""
    found: str
    wanted: str


def judged(test: str, passed: bool | np.bool_, found: str, wanted: str) -> Finding:
    """Return a finding with a verdict."""
    return Finding(test, bool(passed), found, wanted)


def tiny_rows(features: np.ndarray, labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Return numbers of rows that a model can tell apart, shape (count,), of every label in turn.

    Parameters
    ----------
    features
        Numbers or words, shape (n_rows, ...).
    labels
        Shape (n_rows,) or (n_rows, n_outputs).

    Raises
    ------
    InputError
        If too few rows differ, or all of their labels are the same.
    """
    flat = features.reshape(len(features), -1).astype(str)
    order = np.random.default_rng(seed).permutation(len(flat))
    _, first = np.unique(flat[order], axis=0, return_index=True)
    distinct = order[np.sort(first)]
    words = labels[distinct].reshape(len(distinct), -1).astype(str)
    _, codes = np.unique(words, axis=0, return_inverse=True)
    codes = codes.reshape(-1)
    # The first row of each label, then the second of each: no label is left out.
    turn = np.array([np.sum(codes[:place] == code) for place, code in enumerate(codes)], dtype=int)
    chosen = distinct[np.argsort(turn, kind="stable")][:count]
    if len(chosen) < count or len(np.unique(labels[chosen], axis=0)) < 2:
        problem = f"has no {count} different rows of two labels"
        raise InputError("data", f"{problem}; give more rows, or a lower tiny")
    return chosen
