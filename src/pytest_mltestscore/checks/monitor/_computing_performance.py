"""monitor-6: the model answers and trains as fast as it did, in as little memory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._conclude import Expect, conclude
from .._statistics import require_confidence
from ._performance_baseline import Clock, Performance, measure, read_performance
from ._performance_questions import (
    FEWEST_RELEASES,
    Question,
    against_baseline,
    against_budgets,
    require_like,
    trend,
)

ITEM = "computing-performance"

METRICS = ("latency", "batch", "memory", "training")


def computing_performance(
    model: Any,
    X: Any,
    *,
    train: Callable[[], object] | None = None,
    features: Sequence[str] | None = None,
    baseline: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    max_ratio: float | Mapping[str, float] = 1.5,
    max_latency_ms: float | None = None,
    min_rows_per_s: float | None = None,
    max_memory_mb: float | None = None,
    max_training_s: float | None = None,
    history: Sequence[str | os.PathLike[str] | Mapping[str, Any]] = (),
    max_growth: float = 0.2,
    confidence: float = 0.95,
    repeats: int = 9,
    trainings: int = 3,
    max_rows: int = 10_000,
    clock: Clock = time.perf_counter,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check latency, throughput, memory and training time against the past and against budgets.

    A baseline of another machine can be compared with: every duration is told in units of a fixed
    piece of work that is timed beside it. Fixed budgets are in seconds of this machine.

    Parameters
    ----------
    model
        Anything with `predict`, or a function of rows.
    X
        Rows to ask for: a data frame of any library, or an array of shape (n_rows, n_features); as
        many as in the baseline.
    train
        Trains anew, without arguments; left out, training is not looked at.
    features
        Columns of a data frame that the model sees; by default all.
    baseline
        File written by `monitor.performance_baseline`, or what it returned.
    max_ratio
        How many times the baseline each metric may be, one for all or by name: `latency` of one
        row, `batch` of all rows, `memory` at its peak in a batch, `training`.
    max_latency_ms, min_rows_per_s, max_memory_mb, max_training_s
        Budgets: milliseconds for one row, rows a second in a batch, megabytes of 10^6
        bytes, seconds.
    history
        Baselines of past releases. From four on, with now, the trend is judged by the slope of
        Theil and Sen (Sen 1968, doi:10.1080/01621459.1968.10480934) through the logarithms.
    max_growth
        How much a metric may grow by that trend over the whole history; 0.2 is a fifth.
    confidence
        Of the intervals whose lower end must be beyond a limit, between 0.5 and 1.
    repeats, trainings
        Turns of asking and of training.
    max_rows
        Largest batch.
    clock
        Seconds. `time.process_time` leaves out waiting, and what other processes do.
    seed
        Of the bootstrap.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a question, worst first: metric, what it is held against, value and the lower end of
        its interval, limit, verdict (`ok`, `broken`, `unsure` beyond the limit within the noise).
        Volatile. `details["performance"]` is what was measured now, to be kept as a baseline.

    Raises
    ------
    InputError
        If there is no baseline, budget or history; for a baseline of another number of rows or
        without a metric that is asked for, and a model or `train` that raises.

    Notes
    -----
    Sees an answer or a training that takes two and a half times as long as in the baseline, and any
    memory above its limit. A load that comes and goes while it measures widens the interval; one
    that is there all the time is measured by the yardstick too. Less than 100 kB of memory counts
    as 100 kB against a baseline. Memory is that of Python and NumPy, not of Arrow, polars or a GPU.
    Cannot see what a server adds around the model: time that by `infra.canary`.

    Examples
    --------
    >>> import numpy as np
    >>> from pytest_mltestscore import checks
    >>> rows = np.ones((1000, 10))
    >>> def model(rows):
    ...     return np.tile(rows, 100).sum(axis=1)
    >>> result = checks.monitor.computing_performance(model, rows, max_memory_mb=1, repeats=3)
    >>> result.holds, result.table[0]["metric"], result.table[0]["verdict"]
    (False, 'memory', 'broken')
    """
    require_confidence(confidence)
    budgets = _budgets(max_latency_ms, min_rows_per_s, max_memory_mb, max_training_s)
    if baseline is None and not budgets and not history:
        raise InputError(
            "baseline", "is missing; write one by performance_baseline, or give budgets"
        )
    if max_training_s is not None and train is None:
        raise InputError("train", "is missing; max_training_s needs it")
    before = None if baseline is None else read_performance(baseline, "baseline")
    past = [read_performance(entry, f"history[{i}]") for i, entry in enumerate(history)]
    now = measure(
        model,
        X,
        train=train,
        features=features,
        label="now",
        repeats=repeats,
        trainings=trainings,
        max_rows=max_rows,
        clock=clock,
    )
    rng = np.random.default_rng(seed)
    questions = list(against_budgets(now, budgets, confidence, rng))
    if before is not None:
        require_like(before, now, "baseline")
        questions += against_baseline(now, before, _ratios(max_ratio), confidence, rng)
    grown, notes = trend(past, now, max_growth, confidence)
    questions += grown
    if not questions:
        raise InputError(
            "history", f"has {len(past)} entries; give {FEWEST_RELEASES - 1}, or a limit"
        )
    return _concluded(questions, now, before, notes, expect)


def _budgets(
    latency_ms: float | None,
    rows_per_s: float | None,
    memory_mb: float | None,
    training_s: float | None,
) -> dict[str, float]:
    """Return the budgets that were given, in seconds and bytes; for a batch, of one row."""
    given = {
        "latency": ("max_latency_ms", latency_ms, 1e-3),
        "batch": ("min_rows_per_s", rows_per_s, 1.0),
        "memory": ("max_memory_mb", memory_mb, 1e6),
        "training": ("max_training_s", training_s, 1.0),
    }
    budgets = {}
    for metric, (argument, value, scale) in given.items():
        if value is None:
            continue
        if not 0 < value < np.inf:
            raise InputError(argument, f"is {value!r}; give a number above 0")
        budgets[metric] = 1 / value if metric == "batch" else value * scale
    return budgets


def _ratios(given: float | Mapping[str, float]) -> dict[str, float]:
    ratios = dict(given) if isinstance(given, Mapping) else dict.fromkeys(METRICS, given)
    for name, ratio in ratios.items():
        if name not in METRICS:
            raise InputError(
                "max_ratio", f"there is no metric {name!r}; it has {', '.join(METRICS)}"
            )
        if not 0 < ratio < np.inf:
            raise InputError("max_ratio", f"is {ratio!r}; give a number above 0")
    return ratios


def _concluded(
    questions: Sequence[Question],
    now: Performance,
    before: Performance | None,
    notes: tuple[str, ...],
    expect: Expect,
) -> CheckResult:
    order = ("broken", "unsure", "ok")
    ordered = sorted(
        questions, key=lambda q: (order.index(q.verdict), -q.value / max(q.limit, 1e-12))
    )
    broken = [q for q in ordered if q.verdict == "broken"]
    if before is not None and before.python.split(".")[:2] != now.python.split(".")[:2]:
        notes = (*notes, f"the baseline is of Python {before.python}, this is {now.python}")
    return conclude(
        "computing_performance",
        item=ITEM,
        holds=not broken,
        summary=_summary(questions, broken),
        expect=expect,
        measurements=[
            measurement(
                f"{q.metric} against {q.against}",
                q.value,
                limit=f"<= {q.limit:.4g}",
                unit=q.unit,
                volatile=True,
            )
            for q in questions
        ],
        table=[
            {
                "metric": q.metric,
                "against": q.against,
                "value": _digits(q.value),
                "low": _digits(q.low),
                "limit": _digits(q.limit),
                "unit": q.unit,
                "verdict": q.verdict,
            }
            for q in ordered
        ],
        rows_seen=now.rows,
        rows_total=now.rows,
        notes=notes,
        volatile=True,
        details={"performance": now},
    )


def _digits(value: float) -> float:
    return float(f"{value:.4g}")


def _summary(questions: Sequence[Question], broken: Sequence[Question]) -> str:
    if not broken:
        return f"none of {len(questions)} numbers is beyond its limit by more than noise"
    shown = "; ".join(
        f"{q.metric} {q.value:.3g} {q.unit} against {q.against} (limit {q.limit:.3g})"
        for q in broken[:3]
    )
    more = f"; and {len(broken) - 3} more" if len(broken) > 3 else ""
    return f"{len(broken)} of {len(questions)} beyond their limits: {shown}{more}"
