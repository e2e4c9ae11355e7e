"""A column that no longer changes: a sensor is stuck, a default took the place of a look-up."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault
from .._frames import Frame, a_column, is_frame, is_time, on_frames, varies, with_rows_of


def _stick(frame: Frame, rng: np.random.Generator) -> Frame:
    column = a_column(frame, rng, _can_stick, varies)
    return with_rows_of(frame, [column], np.full(len(frame), rng.integers(len(frame))))


def _can_stick(dtype: Any) -> bool:
    """Whether a column is none of times, of which one that is new may be as good as all."""
    return not is_time(dtype)


FAULT = Fault(
    name="stuck_column",
    damage="gives one column the same value in every row",
    fits=is_frame,
    inject=on_frames(_stick),
    draws=3,
)
