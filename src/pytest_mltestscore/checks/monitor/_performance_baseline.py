"""monitor-6: how fast a model answers and trains, in how much memory, to compare with later."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import msgspec
import numpy as np

from ...domain.errors import InputError
from .._frames import feature_columns, read_frame, require_rows, sample_rows
from .._models import predict, rows_of
from .._timing import time_calls, time_together

Clock: TypeAlias = Callable[[], float]

FORMAT = "mlscore-performance"
_LONG_ENOUGH_S = 0.002
"""Rows are asked for so often that a turn takes this long: clocks are coarse."""
_MOST_CALLS = 200


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One duration, or the peak of memory."""

    value: float
    """Median seconds, or bytes."""
    relative: tuple[float, ...]
    """Each turn in units of the yardstick; for memory, its bytes."""


class Performance(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, as it is saved in JSON."""

    report_format: str = FORMAT
    version: int = 1
    label: str = ""
    measured_at: str
    """UTC, ISO 8601."""
    rows: int
    """In the batch."""
    python: str
    metrics: dict[str, Metric]
    """Of `latency`, `batch`, `memory` and, where it was measured, `training`."""


class _Batch(NamedTuple):
    rows: Any
    one: Any
    size: int


@dataclass(frozen=True)
class _Repeated:
    """A call that is made several times in a turn."""

    function: Callable[[Any], object]
    rows: Any
    calls: int

    @classmethod
    def of(cls, function: Callable[[Any], object], rows: Any, clock: Clock) -> _Repeated:
        began = clock()
        function(rows)
        once = max(clock() - began, 1e-9)
        return cls(function, rows, min(_MOST_CALLS, ceil(_LONG_ENOUGH_S / once)))

    def __call__(self) -> None:
        for _ in range(self.calls):
            self.function(self.rows)


def performance_baseline(
    model: Any,
    X: Any,
    *,
    train: Callable[[], object] | None = None,
    features: Sequence[str] | None = None,
    path: str | os.PathLike[str] | None = None,
    label: str = "",
    repeats: int = 9,
    trainings: int = 3,
    max_rows: int = 10_000,
    clock: Clock = time.perf_counter,
) -> dict[str, Any]:
    """Measure what `computing_performance` compares with later, and write it down.

    Commit the file, or keep one a release: the list of them shows slow leaks.

    Parameters
    ----------
    model
        Anything with `predict`, or a function of rows.
    X
        Rows to ask for: a data frame of any library, or an array of shape (n_rows, n_features).
    train
        Trains anew, without arguments.
    features
        Columns of a data frame that the model sees; by default all.
    path
        JSON file to write, if any. Holds no data and nothing of the machine but the Python version.
    label
        Such as the version of the model.
    repeats, trainings
        Turns of asking and of training, each beside the yardstick.
    max_rows
        Largest batch; the first rows of a sample beyond that.
    clock
        Seconds. `time.process_time` leaves out waiting, and what other processes do.

    Returns
    -------
    dict
        What the file holds.

    Raises
    ------
    InputError
        If `X` has no rows, or the model or `train` raises or answers with the wrong shape.

    Notes
    -----
    Memory is that of Python and NumPy (`tracemalloc`); what native libraries allocate by
    themselves is not seen.

    Examples
    --------
    >>> import numpy as np
    >>> from pytest_mltestscore import checks
    >>> found = checks.monitor.performance_baseline(
    ...     lambda rows: rows.sum(axis=1), np.ones((100, 3)), repeats=3
    ... )
    >>> sorted(found["metrics"])
    ['batch', 'latency', 'memory']
    """
    found = measure(
        model,
        X,
        train=train,
        features=features,
        label=label,
        repeats=repeats,
        trainings=trainings,
        max_rows=max_rows,
        clock=clock,
    )
    text = json.dumps(msgspec.to_builtins(found), indent=1, sort_keys=True) + "\n"
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    saved: dict[str, Any] = json.loads(text)
    return saved


def measure(
    model: Any,
    X: Any,
    *,
    train: Callable[[], object] | None,
    features: Sequence[str] | None,
    label: str,
    repeats: int,
    trainings: int,
    max_rows: int,
    clock: Clock,
) -> Performance:
    """Measure; see `performance_baseline`."""
    for argument, count in (("repeats", repeats), ("trainings", trainings)):
        if count < 3:
            raise InputError(argument, f"is {count}; give 3 or more, of which the median is taken")
    batch = _batch(X, features, max_rows)
    for rows in (batch.rows, batch.one):
        predict(model, rows)  # refuses wrong shapes, and fills caches
    function = getattr(model, "predict", model)
    asked = [_Repeated.of(function, rows, clock) for rows in (batch.one, batch.rows)]
    timings = time_together(asked, repeats=repeats, clock=clock)
    peak = float(_peak_bytes(lambda: function(batch.rows)))
    metrics = {
        name: Metric(
            value=timing.median_s / turn.calls,
            relative=tuple(ratio / turn.calls for ratio in timing.ratios),
        )
        for name, timing, turn in zip(("latency", "batch"), timings, asked, strict=True)
    }
    metrics["memory"] = Metric(value=peak, relative=(peak,))
    if train is not None:
        metrics["training"] = _training(train, trainings, clock)
    return Performance(
        label=label,
        measured_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        rows=batch.size,
        python=platform.python_version(),
        metrics=metrics,
    )


def _batch(X: Any, features: Sequence[str] | None, max_rows: int) -> _Batch:
    if isinstance(X, np.ndarray):
        if X.ndim == 0 or len(X) == 0:
            raise InputError("X", "has no rows; give data to look at")
        if features is not None:
            raise InputError("features", "are columns of a data frame, and X is an array")
        rows = X[:max_rows]
        return _Batch(rows, rows[:1], rows_of(rows))
    frame = read_frame(X, "X", numbered=features is None)
    require_rows(frame, "X")
    if features is not None:
        frame = frame.select(feature_columns(frame, features, argument="X"))
    eager = sample_rows(frame, max_rows, seed=0, argument="X").frame
    return _Batch(eager.to_native(), eager[:1].to_native(), len(eager))


def _training(train: Callable[[], object], trainings: int, clock: Clock) -> Metric:
    try:
        found = time_calls(train, repeats=trainings, clock=clock)
    except Exception as error:  # whatever it is, it is the caller's
        raise InputError("train", f"raised {type(error).__name__}: {error}") from error
    return Metric(value=found.median_s, relative=found.ratios)


def _peak_bytes(function: Callable[[], object]) -> int:
    """Return how far memory of Python and NumPy rose during a call."""
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        function()
        return max(0, tracemalloc.get_traced_memory()[1] - before)
    finally:
        if not tracing:
            tracemalloc.stop()


def read_performance(source: Any, argument: str) -> Performance:
    """Return a saved measurement, from its file or from what `performance_baseline` returned.

    Raises
    ------
    InputError
        If there is no such file, or it is something else.
    """
    try:
        if isinstance(source, str | os.PathLike):
            found = msgspec.json.decode(Path(source).read_bytes(), type=Performance)
        else:
            found = msgspec.convert(source, Performance)
    except FileNotFoundError:
        problem = f"there is no file {str(source)!r}; write it by performance_baseline"
        raise InputError(argument, problem) from None
    except msgspec.MsgspecError as error:
        raise InputError(argument, f"is no performance baseline: {error}") from error
    if found.report_format != FORMAT or found.version != 1:
        raise InputError(argument, "is no performance baseline of this version; measure it anew")
    for name, metric in found.metrics.items():
        numbers = np.array([metric.value, *metric.relative])
        if len(numbers) < 2 or not np.isfinite(numbers).all() or (numbers[1:] < 0).any():
            raise InputError(argument, f"the numbers of {name} are not usable; measure it anew")
    return found
