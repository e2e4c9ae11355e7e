"""Numbers arrive as text: a CSV was read without types, or a producer quotes them now."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from .._fault import Fault
from .._frames import Frame, a_column, is_frame, is_number, on_frames


def _retype(frame: Frame, rng: np.random.Generator) -> Frame:
    column = a_column(frame, rng, is_number)
    return frame.with_columns(nw.col(column).cast(nw.String))


FAULT = Fault(
    name="retype_column",
    damage="turns one column of numbers into text",
    fits=is_frame,
    inject=on_frames(_retype),
    draws=3,
)
