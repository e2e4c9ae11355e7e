"""The model is slow: a cache is gone, or features are looked up one by one."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault
from .._models import is_asked, with_answers
from .._timing import busy

DELAY_S = 0.1


def _late(rows: Any, answers: Any) -> Any:
    busy(DELAY_S)
    return answers


def _inject(model: Any, rng: np.random.Generator) -> Any:
    return with_answers(model, _late)


FAULT = Fault(
    name="slow_predictions",
    damage=f"answers {DELAY_S * 1000:.0f} ms later",
    fits=is_asked,
    inject=_inject,
    cost=5.0,
)
