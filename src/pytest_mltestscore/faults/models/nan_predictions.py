"""The model answers NaN for some rows: a division by nothing, an overflow."""

from __future__ import annotations

from typing import Any

from .._answers import with_holes
from .._fault import Fault
from .._models import is_asked, on_answers

EVERY = 20


def _some_nan(rows: Any, answers: Any) -> Any:
    return with_holes(answers, EVERY)


FAULT = Fault(
    name="nan_predictions",
    damage=f"answers NaN for every {EVERY}th row, the first one among them",
    fits=is_asked,
    inject=on_answers(_some_nan),
)
