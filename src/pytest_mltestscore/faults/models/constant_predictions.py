"""The model always answers the same: it was never trained, or its features are all missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._answers import rows_in, taken
from .._fault import Fault
from .._models import is_asked, on_answers


def _same(rows: Any, answers: Any) -> Any:
    found = rows_in(answers)
    return taken(answers, np.zeros(found, dtype=int)) if found else answers


FAULT = Fault(
    name="constant_predictions",
    damage="answers every row as the first one",
    fits=is_asked,
    inject=on_answers(_same),
)
