"""Impossible numbers: a default of -999999, an overflow."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from .._fault import Fault
from .._frames import Frame, all_columns, is_frame, is_number, on_frames, some_rows, where

SHARE = 0.05
VALUE = -999_999


def _leave_the_range(frame: Frame, rng: np.random.Generator) -> Frame:
    for column in all_columns(frame, is_number):
        dtype = frame.schema[column]
        wide = nw.Int64() if dtype.is_integer() else nw.Float64()
        kept = dtype if dtype in (nw.Int64, nw.Int32, nw.Float32) else wide
        frame = frame.with_columns(nw.col(column).cast(kept))
        frame = where(frame, column, some_rows(frame, SHARE, rng), nw.lit(VALUE, kept))
    return frame


FAULT = Fault(
    name="out_of_range",
    damage=f"sets {SHARE:.0%} of each column of numbers to {VALUE:,}",
    fits=is_frame,
    inject=on_frames(_leave_the_range),
)
