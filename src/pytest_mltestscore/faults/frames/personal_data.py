"""Personal data in a place where none belongs: an address in a free text."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from .._fault import Fault
from .._frames import Frame, all_columns, is_frame, is_word, on_frames, some_rows, where

SHARE = 0.2
ADDRESS = "jane.doe@example.org"


def _write(frame: Frame, rng: np.random.Generator) -> Frame:
    for column in all_columns(frame, is_word):
        frame = frame.with_columns(nw.col(column).cast(nw.String))
        frame = where(frame, column, some_rows(frame, SHARE, rng), nw.lit(ADDRESS))
    return frame


FAULT = Fault(
    name="personal_data",
    damage=f"writes an e-mail address into {SHARE:.0%} of each column of words",
    fits=is_frame,
    inject=on_frames(_write),
)
