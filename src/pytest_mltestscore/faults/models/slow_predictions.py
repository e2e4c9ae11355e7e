"""The model is slow: a cache is gone, or features are looked up one by one."""

from __future__ import annotations

from typing import Any

from .._effect import MOST_S, Effect
from .._fault import Fault
from .._hooks import Burden
from .._models import is_asked, on_asking

DELAY_S = 0.1


def _late(effect: Effect, answers: Any) -> None:
    effect.take_time(DELAY_S)


FAULT = Fault(
    name="slow_predictions",
    damage=f"answers {DELAY_S * 1000:.0f} ms later, {MOST_S:.0f} s in all",
    fits=is_asked,
    inject=on_asking(Burden(_late)),
    cost=5.0,
)
