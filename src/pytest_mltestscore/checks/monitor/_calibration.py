"""Calibration of probabilities: of the rows given 0.9, nine in ten are positive."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Bin(NamedTuple):
    """Rows of about the same probability."""

    low: float
    high: float
    rows: int
    predicted: float
    """Mean probability."""
    positive: int


class Calibration(NamedTuple):
    """How far probabilities are from shares."""

    error: float
    """Expected calibration error: mean over rows of the distance between the mean probability of
    their bin and the share of positives in it; the part that chance alone gives is taken off."""
    deviation: float
    """Standard deviation of the error over samples."""
    bins: list[Bin]


def calibration(probabilities: np.ndarray, positive: np.ndarray, bins: int) -> Calibration:
    """Measure the calibration of probabilities, both of shape (n_rows,).

    Bins hold about equal numbers of rows: Naeini, Cooper and Hauskrecht 2015, Obtaining well
    calibrated probabilities using Bayesian binning. Where labels are drawn with just these
    probabilities the error is above 0 too. How much follows from the normal distribution of each
    bin's share, and is taken off: the idea of consistency resampling, Bröcker and Smith 2007,
    doi:10.1175/WAF993.1.
    """
    edges = np.unique(np.quantile(probabilities, np.linspace(0, 1, bins + 1)[1:-1]))
    places = np.searchsorted(edges, probabilities, side="right")
    found = [_bin(probabilities[places == b], positive[places == b]) for b in np.unique(places)]
    rows = np.array([b.rows for b in found])
    weights = rows / rows.sum()
    gaps = np.array([abs(b.predicted - b.positive / b.rows) for b in found])
    expected = probabilities * (1 - probabilities)
    spread = np.array([np.sqrt(expected[places == b].sum()) for b in np.unique(places)]) / rows
    by_chance = float(np.sum(weights * spread) * np.sqrt(2 / np.pi))  # mean of |N(0, spread)|
    shares = np.array([b.positive / b.rows for b in found])
    observed = np.maximum(spread, np.sqrt(shares * (1 - shares) / rows))
    return Calibration(
        error=max(0.0, float(np.sum(weights * gaps)) - by_chance),
        deviation=float(np.sqrt(np.sum((weights * observed) ** 2))),
        bins=found,
    )


def _bin(probabilities: np.ndarray, positive: np.ndarray) -> Bin:
    return Bin(
        float(probabilities.min()),
        float(probabilities.max()),
        len(probabilities),
        float(probabilities.mean()),
        int(positive.sum()),
    )
