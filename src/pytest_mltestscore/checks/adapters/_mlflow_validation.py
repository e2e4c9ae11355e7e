"""Evaluation of a model by MLflow, held against thresholds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

import msgspec

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from .._conclude import Expect
from .._tables import read_source
from ._outcomes import Outcome, conclude_outcomes

ITEM = "quality-gate"

_TINY = 1e-10
"""What MLflow asks for above a baseline of 0, of which no share can be taken."""


class _Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As `mlflow.models.MetricThreshold`, which is read into one of these."""

    greater_is_better: bool
    threshold: float | None = None
    min_absolute_change: float | None = None
    min_relative_change: float | None = None


def mlflow_validation(
    result: Any,
    *,
    thresholds: Mapping[str, Any] | None = None,
    baseline: Any = None,
    item: str = ITEM,
    expect: Expect = "holds",
) -> CheckResult:
    """Hold an evaluation by MLflow against thresholds, or report that MLflow refused it.

    Parameters
    ----------
    result
        What `mlflow.evaluate` returned, its metrics as a mapping, or the path of a `metrics.json`
        saved by `EvaluationResult.save`. Or the `ModelValidationFailedException` that
        `mlflow.validate_evaluation_results` raised, which always fails.
    thresholds
        Thresholds by metric: `mlflow.models.MetricThreshold`, or a mapping with the same keys
        (`threshold`, `min_absolute_change`, `min_relative_change`, `greater_is_better`), as a TOML
        or JSON file gives them. Needed unless an exception is given.
    baseline
        Evaluation of the model that is served today, in the forms of `result`. Needed where a
        change is asked for.
    item
        Name of the item that it is evidence for.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a metric, failed ones first. Holds if all thresholds are met.

    Raises
    ------
    InputError
        For thresholds that are empty or cannot be read, metrics that are missing from `result` or
        `baseline`, or a result of another type.

    Notes
    -----
    Changes are compared as by MLflow: a relative one by the size of the baseline, and one against a
    baseline of 0 by 1e-10. A metric that is not finite fails, on either side.

    MLflow's metrics come without intervals, so a gain within chance passes:
    `checks.infra.quality_gate` and `checks.model.slice_quality` judge by them.

    Examples
    --------
    >>> from pytest_mltestscore import checks
    >>> checks.adapters.mlflow_validation(
    ...     {"f1_score": 0.79, "log_loss": 0.31},
    ...     thresholds={
    ...         "f1_score": {"threshold": 0.8, "greater_is_better": True},
    ...         "log_loss": {"threshold": 0.5, "greater_is_better": False},
    ...     },
    ... )
    mlflow_validation: DOES NOT HOLD - 1 of 2 metrics not passed: f1_score: 0.79 is not >= 0.8
      metrics not passed = 1  (limit <= 0)
      metrics judged = 2
      metric    status  found
      f1_score  failed  0.79 is not >= 0.8
      log_loss  passed  0.31
    """
    if isinstance(result, Exception):
        outcomes = list(_refused(result))
    else:
        if not thresholds:
            raise InputError("thresholds", "is empty; give a threshold for a metric")
        metrics = _metrics(result, "result")
        before = None if baseline is None else _metrics(baseline, "baseline")
        outcomes = [
            _judged(name, _read(name, t), metrics, before) for name, t in thresholds.items()
        ]
    return conclude_outcomes(
        "mlflow_validation",
        outcomes,
        noun="metric",
        item=item,
        expect=expect,
        argument="result",
    )


def _refused(error: Exception) -> Iterator[Outcome]:
    """Yield what MLflow says of each metric; its message has one line a metric."""
    if type(error).__name__ != "ModelValidationFailedException":
        problem = f"is a {type(error).__name__}, which is no refusal by thresholds"
        raise InputError("result", f"{problem}; let it be raised")
    for line in str(error).splitlines() or ["refused by MLflow"]:
        words = line.removeprefix("Metric validation failed: metric ").removeprefix("Metric ")
        yield Outcome(words.split(" ", 1)[0] or "model", "failed", line)


def _metrics(result: Any, argument: str) -> Mapping[str, Any]:
    metrics = getattr(result, "metrics", result)
    if not isinstance(metrics, str | PathLike | Mapping):
        problem = f"is of type {type(result).__name__}"
        raise InputError(
            argument, f"{problem}; give what mlflow.evaluate returned, or metrics.json"
        )
    return read_source(metrics, argument)[0]


def _read(name: str, threshold: Any) -> _Threshold:
    fields = _Threshold.__struct_fields__
    given = threshold
    if not isinstance(threshold, Mapping):
        given = {key: getattr(threshold, key, None) for key in fields}
    try:
        read = msgspec.convert(given, _Threshold)
    except msgspec.ValidationError as error:
        problem = f"for {name}: {error}"
        raise InputError("thresholds", f"{problem}; give a MetricThreshold or its keys") from error
    limits = (read.threshold, read.min_absolute_change, read.min_relative_change)
    if limits == (None, None, None) or not all(math.isfinite(v) for v in limits if v is not None):
        raise InputError("thresholds", f"for {name}: has no finite limit; give one")
    return read


def _judged(
    name: str,
    threshold: _Threshold,
    metrics: Mapping[str, Any],
    before: Mapping[str, Any] | None,
) -> Outcome:
    value = _number(metrics, name, "result")
    relation = ">=" if threshold.greater_is_better else "<="
    broken = [
        f"{value:.6g} is not {relation} {bound:.6g}{origin}"
        for bound, origin in _bounds(name, threshold, before)
        if not (value >= bound if threshold.greater_is_better else value <= bound)
    ]
    if not math.isfinite(value) and not broken:
        broken = [f"{value} is not finite"]
    return Outcome(name, "failed" if broken else "passed", "; ".join(broken) or f"{value:.6g}")


def _bounds(
    name: str, threshold: _Threshold, before: Mapping[str, Any] | None
) -> Iterator[tuple[float, str]]:
    """Yield the bounds on a metric, and in words where they come from."""
    sign = 1 if threshold.greater_is_better else -1
    if threshold.threshold is not None:
        yield threshold.threshold, ""
    absolute, relative = threshold.min_absolute_change, threshold.min_relative_change
    if absolute is None and relative is None:
        return
    if before is None:
        raise InputError("baseline", f"is missing, and {name} is to change against it; give it")
    served = _number(before, name, "baseline")
    served = served if math.isfinite(served) else math.nan  # no value is a change against it
    if absolute is not None:
        yield served + sign * absolute, f", the baseline {served:.6g} and {absolute:g}"
    if relative is not None:
        step = relative * abs(served) if served else _TINY
        yield served + sign * step, f", the baseline {served:.6g} and {relative:.3%} of it"


def _number(metrics: Mapping[str, Any], name: str, argument: str) -> float:
    if name not in metrics:
        known = ", ".join(sorted(map(str, metrics))[:10]) or "none"
        raise InputError(argument, f"has no metric {name!r}; it has {known}")
    try:
        return float(metrics[name])
    except (TypeError, ValueError):
        problem = f"{name} is of type {type(metrics[name]).__name__}"
        raise InputError(argument, f"{problem}; give a metric that is a number") from None
