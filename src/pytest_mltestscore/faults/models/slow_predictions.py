"""The model is slow: a cache is gone, or features are looked up one by one."""

from __future__ import annotations

from typing import Any

from .._fault import Fault
from .._models import is_asked, on_answers
from .._timing import busy

DELAY_S = 0.1


def _late(rows: Any, answers: Any) -> Any:
    busy(DELAY_S)
    return answers


FAULT = Fault(
    name="slow_predictions",
    damage=f"answers {DELAY_S * 1000:.0f} ms later",
    fits=is_asked,
    inject=on_answers(_late),
    cost=5.0,
)
