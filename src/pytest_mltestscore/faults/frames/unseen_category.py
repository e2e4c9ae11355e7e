"""A category that nobody has seen: a new airport, a code spelt in another way."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from .._fault import Fault
from .._frames import Frame, all_columns, is_frame, is_word, on_frames, some_rows, where

SHARE = 0.1
WORD = "mlscore-unseen"


def _add(frame: Frame, rng: np.random.Generator) -> Frame:
    for column in all_columns(frame, is_word):
        frame = frame.with_columns(nw.col(column).cast(nw.String))
        frame = where(frame, column, some_rows(frame, SHARE, rng), nw.lit(WORD))
    return frame


FAULT = Fault(
    name="unseen_category",
    damage=f"puts a new word into {SHARE:.0%} of each column of words",
    fits=is_frame,
    inject=on_frames(_add),
)
