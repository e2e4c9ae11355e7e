"""What one call of a feature function takes: time, memory, and gaps in what it returns."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from ...domain.errors import InputError
from .._frames import is_missing
from .._optional import load
from .._timing import time_calls


class Cost(NamedTuple):
    """Of one call on the rows at hand."""

    ms: float
    """Median."""
    least_ms: float
    yardsticks: float
    mib: float
    missing: float
    """Share of null or NaN among the values returned."""

    def timed_again(
        self, function: Callable[[Any], Any], rows: nw.DataFrame[Any], repeats: int
    ) -> Cost:
        """Return the cost with the quicker of two timings: load on a machine comes and goes."""
        native = rows.to_native()
        timing = time_calls(lambda: function(native), repeats=repeats)
        least_ms, ms = timing.least_s * 1e3, timing.median_s * 1e3
        if least_ms >= self.least_ms:
            return self
        return self._replace(ms=ms, least_ms=least_ms, yardsticks=timing.yardsticks)


def cost_of(
    name: str, function: Callable[[Any], Any], rows: nw.DataFrame[Any], repeats: int
) -> Cost:
    """Call a feature function and measure it.

    Raises
    ------
    InputError
        If it raises, or does not return one value (or one row of values) for each row.
    """
    native = rows.to_native()
    try:
        returned = function(native)  # what it sets up once is no cost of a call
        mib = _peak_mib(lambda: function(native))
        timing = time_calls(lambda: function(native), repeats=repeats)
    except Exception as error:  # whatever it is, it is the function's
        problem = f"{name!r} raised {type(error).__name__}: {error}"
        raise InputError("functions", problem) from error
    missing = _missing_share(name, returned, len(rows))
    return Cost(timing.median_s * 1e3, timing.least_s * 1e3, timing.yardsticks, mib, missing)


def _peak_mib(call: Callable[[], object]) -> float:
    """Return how far memory rises during a call, as far as Python's allocators know."""
    started = not tracemalloc.is_tracing()
    if started:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        call()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        if started:
            tracemalloc.stop()
    return max(peak - before, 0) / 2**20


def _missing_share(name: str, returned: Any, rows: int) -> float:
    values = nw.from_native(returned, allow_series=True, pass_through=True)
    if isinstance(values, nw.LazyFrame):
        raise InputError("functions", f"{name!r} returned a lazy frame; let it collect")
    if isinstance(values, nw.Series):
        values = values.alias("value").to_frame()
    if not isinstance(values, nw.DataFrame):
        values = _array(returned)
    shape = values.shape
    if not shape or shape[0] != rows:
        found = f"{shape[0]} rows" if shape else f"one {type(returned).__name__}"
        problem = f"{name!r} returned {found} for {rows} rows"
        raise InputError("functions", f"{problem}; let it return one value a row")
    return _share(values)


def _array(returned: Any) -> np.ndarray:
    try:
        return np.asarray(returned)
    except ValueError:  # rows of different length: each is one value
        return np.fromiter(returned, dtype=object)


def _share(values: nw.DataFrame[Any] | np.ndarray) -> float:
    if isinstance(values, nw.DataFrame):
        gaps = values.select(*(is_missing(c, t).alias(c) for c, t in values.schema.items()))
        return float(np.mean([gaps[c].to_numpy().astype(float).mean() for c in gaps.columns]))
    return float(np.mean(load("pandas", extra="checks").isna(values)))
