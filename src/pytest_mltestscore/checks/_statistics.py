"""Intervals for noisy numbers: an alarm is more than chance explains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ..domain.errors import InputError
from ._optional import load

CONFIDENCE = 0.95
RESAMPLES = 1_000
_UNDEFINED_ALLOWED = 0.1


class Interval(NamedTuple):
    """Both ends of an interval; NaN where it could not be worked out."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"[{self.low:.3g}, {self.high:.3g}]"


def require_confidence(confidence: float) -> None:
    """Raise an `InputError` unless it is from 0.5 to below 1: 95 would let nothing be an alarm."""
    if not 0.5 <= confidence < 1:
        raise InputError("confidence", f"is {confidence!r}; give a number from 0.5 to below 1")


def p_below(margin: float, error: float) -> float:
    """Return the chance of such a margin or a lower one where the true margin is 0.

    The margin is taken as normal with the standard error `error`. 0 where either is not defined:
    what is not known passes no bound.

    >>> p_below(0.0, 1.0), p_below(float("nan"), 1.0)
    (0.5, 0.0)
    """
    if not np.isfinite(margin) or not np.isfinite(error):
        return 0.0
    if error == 0:
        return 0.0 if margin < 0 else 1.0
    return float(load("scipy.stats", extra="checks").norm.cdf(margin / error))


def adjusted_p_values(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number (Benjamini and Hochberg 1995).

    Comparing them with a level keeps the expected share of false alarms among alarms below it
    (doi:10.1111/j.2517-6161.1995.tb02031.x). Empty for none.
    """
    if not len(p_values):
        return []
    found = load("scipy.stats", extra="checks").false_discovery_control(p_values)
    return [float(p) for p in found]


def wilson_interval(successes: int, total: int, confidence: float = CONFIDENCE) -> Interval:
    """Return the score interval of a share (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    NaN for `total` 0.

    >>> print(wilson_interval(9, 10))
    [0.596, 0.982]
    """
    if total == 0:
        return Interval(np.nan, np.nan)
    from scipy.stats import binomtest

    found = binomtest(int(successes), int(total)).proportion_ci(confidence, method="wilson")
    return Interval(float(found.low), float(found.high))


def bootstrap_interval(
    statistic: Callable[[np.ndarray], float],
    rows: int,
    *,
    seed: int,
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
) -> Interval:
    """Return the percentile interval of a statistic (Efron 1979, doi:10.1214/aos/1176344552).

    Parameters
    ----------
    statistic
        Takes row numbers, shape (rows,), drawn with replacement; returns one number, or NaN where
        it is not defined, as AUC for one class. To compare two models on the same rows, let it
        return the difference: the interval is then a paired one.
    rows
        How many rows there are to draw from.

    Returns
    -------
    Interval
        NaN where the statistic was not defined in more than a tenth of the draws.
    """
    defined = _drawn(statistic, rows, seed=seed, resamples=resamples)
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail]) if len(defined) else (np.nan, np.nan)
    return Interval(float(low), float(high))


def bootstrap_error(
    statistic: Callable[[np.ndarray], float], rows: int, *, seed: int, resamples: int = 100
) -> float:
    """Return the bootstrap standard error of a statistic; arguments as in `bootstrap_interval`."""
    defined = _drawn(statistic, rows, seed=seed, resamples=resamples)
    return float(np.std(defined, ddof=1)) if len(defined) > 1 else float("nan")


def resampled_interval(
    differences: np.ndarray, test_share: float, confidence: float = CONFIDENCE
) -> Interval:
    """Return the interval of a mean difference over folds (Nadeau and Bengio 2003).

    Folds share training rows, so their differences are no independent draws and the usual interval
    is too narrow; see doi:10.1023/A:1024068626366.

    Parameters
    ----------
    differences
        Of two models on the same folds, shape (n_folds,). One NaN makes the interval NaN.
    test_share
        Rows scored on, divided by rows fitted on: 0.25 for five folds.

    >>> print(resampled_interval(np.array([0.01, 0.03, 0.02, 0.02]), test_share=1 / 3))
    [0.000154, 0.0398]
    """
    from scipy.stats import t

    n = len(differences)
    error = np.std(differences, ddof=1) * np.sqrt(1 / n + test_share)
    reach = float(t.ppf(0.5 + confidence / 2, n - 1) * error)
    middle = float(np.mean(differences))
    return Interval(middle - reach, middle + reach)


def _drawn(
    statistic: Callable[[np.ndarray], float], rows: int, *, seed: int, resamples: int
) -> np.ndarray:
    """Return the statistic of each draw; nothing where it was undefined in too many of them."""
    rng = np.random.default_rng(seed)
    # A loop of our own: scipy's bootstrap makes the interval NaN if a single draw is.
    drawn = np.array(
        [statistic(rng.integers(0, rows, rows)) for _ in range(resamples)], dtype=float
    )
    defined = drawn[np.isfinite(drawn)]
    return defined if len(defined) >= (1 - _UNDEFINED_ALLOWED) * resamples else defined[:0]
