"""The model takes its time for each row: what was done for all at once is done in a loop."""

from __future__ import annotations

from typing import Any

from .._answers import rows_in
from .._effect import MOST_S, Effect
from .._fault import Fault
from .._hooks import Burden
from .._models import is_asked, on_asking

DELAY_S = 0.001
MOST_AT_ONCE_S = 0.5


def _late(effect: Effect, answers: Any) -> None:
    effect.take_time(min(DELAY_S * rows_in(answers), MOST_AT_ONCE_S))


FAULT = Fault(
    name="slow_rows",
    damage=f"answers {DELAY_S * 1000:.0f} ms later for each row, {MOST_S:.0f} s in all",
    fits=is_asked,
    inject=on_asking(Burden(_late)),
    cost=8.0,
)
