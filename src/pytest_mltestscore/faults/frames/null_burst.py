"""Values go missing: a join that found no partner, a sensor that was down."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from .._fault import Fault
from .._frames import Frame, all_columns, is_frame, on_frames, some_rows, where

SHARE = 0.3


def _blank(frame: Frame, rng: np.random.Generator) -> Frame:
    for column in all_columns(frame, lambda dtype: True):
        frame = where(frame, column, some_rows(frame, SHARE, rng), nw.lit(None))
    return frame


FAULT = Fault(
    name="null_burst",
    damage=f"blanks {SHARE:.0%} of each column",
    fits=is_frame,
    inject=on_frames(_blank),
)
