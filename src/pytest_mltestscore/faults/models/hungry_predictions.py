"""The model takes memory: it makes a wide copy of all rows for each answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault
from .._models import is_asked, on_answers

MIB = 64


def _hungry(rows: Any, answers: Any) -> Any:
    taken = np.ones(MIB * 2**20, dtype=np.uint8)
    del taken
    return answers


FAULT = Fault(
    name="hungry_predictions",
    damage=f"takes {MIB} MiB of memory for each answer",
    fits=is_asked,
    inject=on_answers(_hungry),
    cost=3.0,
)
