"""What a model costs to ask and to keep."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ...domain.evidence import Measurement
from ...domain.sink import measurement
from .._models import predict
from .._timing import time_calls

TIMED_ROWS = 1_000


class Cost(NamedTuple):
    predict_ms: float
    """Median, of a batch of `TIMED_ROWS` rows or all of them if fewer."""
    size_kb: float
    """As it is pickled; NaN where it cannot be."""


def cost_of(model: Any, rows: Any) -> Cost:
    call: Callable[[], object] = partial(predict, model, rows)
    spent = time_calls(call, repeats=3).median_s
    try:
        size = len(pickle.dumps(model)) / 1_000
    except Exception:  # noqa: BLE001 - a model that cannot be pickled has no size that we know
        size = float("nan")
    return Cost(1_000 * spent, size)


def cost_measurements(costs: Mapping[str, Cost], max_ratio: float | None) -> Iterator[Measurement]:
    for name, cost in costs.items():
        yield measurement(f"prediction time, {name}", cost.predict_ms, unit="ms", volatile=True)
    if costs:
        limit = "" if max_ratio is None else f"<= {max_ratio:g}"
        yield measurement("prediction time, ratio", _ratio(costs), limit=limit, volatile=True)
    for name, cost in costs.items():
        if np.isfinite(cost.size_kb):
            yield measurement(f"size, {name}", cost.size_kb, unit="kB", volatile=True)


def _ratio(costs: Mapping[str, Cost]) -> float:
    own, other = costs.values()
    return own.predict_ms / other.predict_ms


def too_dear(costs: Mapping[str, Cost], max_ratio: float | None) -> bool:
    return max_ratio is not None and not _ratio(costs) <= max_ratio
