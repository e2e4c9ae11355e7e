"""A moment in 1970: the time was never set, and 0 was read as one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from .._fault import Fault
from .._moments import is_clock, moved, on_moments

EPOCH = dt.date(1970, 1, 1)


def _moved(value: Any) -> Any:
    text = value[:10] if isinstance(value, str) else value.isoformat()[:10]
    return moved(value, (EPOCH - dt.date.fromisoformat(text)).days)


FAULT = Fault(
    name="epoch_clock",
    damage="moves a time, or that which a function tells, to the first day of 1970",
    fits=is_clock,
    inject=on_moments(_moved),
    cost=0.5,
)
