"""Measured performance held against budgets, a baseline, and the trend of past releases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ...domain.errors import InputError
from .._optional import load
from ._performance_baseline import Performance

FEWEST_RELEASES = 5
_RESAMPLES = 2_000
_SMALL_BYTES = 1e5
"""Less memory than this counts as this much: twice nothing is nothing."""
_SMALL_YARDSTICKS = 1e-9


class Question(NamedTuple):
    """One number with its limit; less is better."""

    metric: str
    against: str
    value: float
    low: float
    """Lower end of the interval of the value."""
    limit: float
    unit: str

    @property
    def verdict(self) -> str:
        """Say `ok`, `broken`, or `unsure` beyond the limit within the noise."""
        if self.value <= self.limit:
            return "ok"
        return "broken" if self.low > self.limit else "unsure"


def require_like(before: Performance, now: Performance, argument: str) -> None:
    """Raise an `InputError` unless both are of as many rows, with all metrics of now."""
    if before.rows != now.rows:
        problem = f"was measured with {before.rows} rows, now there are {now.rows}"
        raise InputError(argument, f"{problem}; give the same rows, or measure it anew")
    for name in now.metrics:
        if name not in before.metrics:
            raise InputError(argument, f"has no {name}; measure it anew, with train")


def against_budgets(
    now: Performance, budgets: Mapping[str, float], confidence: float, rng: np.random.Generator
) -> Iterator[Question]:
    """Hold seconds and bytes against budgets."""
    for name, budget in budgets.items():
        metric = now.metrics[name]
        relative = np.array(metric.relative)
        share = _lowest(relative, rng, confidence) / np.median(relative)
        # A batch is told as seconds a row, so that less is better in all of them.
        value = metric.value / now.rows if name == "batch" else metric.value
        unit = "bytes" if name == "memory" else "s a row" if name == "batch" else "s"
        yield Question(name, "budget", value, value * float(share), budget, unit)


def against_baseline(
    now: Performance,
    before: Performance,
    limits: Mapping[str, float],
    confidence: float,
    rng: np.random.Generator,
) -> Iterator[Question]:
    """Hold each metric that has a limit against the baseline."""
    for name in now.metrics:
        if name not in limits:
            continue
        new, old = _comparable(name, now), _comparable(name, before)
        low = float(np.quantile(_medians(new, rng) / _medians(old, rng), 1 - confidence))
        value = float(np.median(new) / np.median(old))
        yield Question(name, "baseline", value, low, limits[name], "times")


def _comparable(name: str, performance: Performance) -> np.ndarray:
    """Return a metric in units that mean the same at another time, above 0."""
    lowest = _SMALL_BYTES if name == "memory" else _SMALL_YARDSTICKS
    return np.maximum(np.array(performance.metrics[name].relative), lowest)


def _medians(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return medians of values drawn with replacement."""
    return np.median(rng.choice(values, (_RESAMPLES, len(values))), axis=1)


def _lowest(values: np.ndarray, rng: np.random.Generator, confidence: float) -> float:
    return float(np.quantile(_medians(values, rng), 1 - confidence))


def trend(
    past: Sequence[Performance], now: Performance, limit: float, confidence: float
) -> tuple[list[Question], tuple[str, ...]]:
    """Return how much each metric grew over the history by its Theil-Sen slope."""
    if not past:
        return [], ()
    if not 0 <= limit < np.inf:
        raise InputError("max_growth", f"is {limit!r}; give a share from 0 on")
    releases = [*sorted(past, key=lambda p: p.measured_at), now]
    for place, release in enumerate(releases[:-1]):
        require_like(release, now, f"history[{place}]")
    if len(releases) < FEWEST_RELEASES:
        return [], (f"no trend: {len(past)} past releases, at least {FEWEST_RELEASES - 1} wanted",)
    questions = []
    for name in now.metrics:
        values = np.array([np.median(_comparable(name, r)) for r in releases])
        # The interval has two sides, of which the lower one is looked at.
        found = load("scipy.stats", extra="checks").theilslopes(
            np.log(values), alpha=2 * confidence - 1
        )
        steps = len(releases) - 1
        value, low = (float(np.expm1(steps * s)) for s in (found.slope, found.low_slope))
        questions.append(Question(name, f"{len(releases)} releases", value, low, limit, "growth"))
    return questions, ()
