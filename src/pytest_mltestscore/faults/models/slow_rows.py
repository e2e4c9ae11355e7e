"""The model takes its time for each row: what was done for all at once is done in a loop."""

from __future__ import annotations

from typing import Any

from .._answers import rows_in
from .._fault import Fault
from .._models import is_asked, on_answers
from .._timing import busy

DELAY_S = 0.001
MOST_S = 0.5


def _late(rows: Any, answers: Any) -> Any:
    busy(min(DELAY_S * rows_in(answers), MOST_S))
    return answers


FAULT = Fault(
    name="slow_rows",
    damage=f"answers {DELAY_S * 1000:.0f} ms later for each row, {MOST_S} s at most",
    fits=is_asked,
    inject=on_answers(_late),
    cost=8.0,
)
