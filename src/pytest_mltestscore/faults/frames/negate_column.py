"""A sign is turned: a loss is taken for a score, a difference is taken the other way round."""

from __future__ import annotations

import numpy as np

from .._fault import Fault
from .._frames import Frame, a_column, is_frame, is_number, on_frames, scaled, varies


def _negate(frame: Frame, rng: np.random.Generator) -> Frame:
    column = a_column(frame, rng, is_number, varies)
    return frame.with_columns(scaled(column, frame.schema[column], -1))


FAULT = Fault(
    name="negate_column",
    damage="turns the sign of one column of numbers",
    fits=is_frame,
    inject=on_frames(_negate),
    draws=3,
)
