"""Columns that do not belong together: two tables were glued that are in different orders."""

from __future__ import annotations

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._frames import Frame, is_frame, on_frames, varies, with_rows_of
from .._orders import an_order


def _join_badly(frame: Frame, rng: np.random.Generator) -> Frame:
    moved = [c for c in frame.columns[1::2] if varies(frame[c])]
    if not moved:
        raise NothingToDamageError("it has no two columns that could be moved apart")
    return with_rows_of(frame, moved, an_order(frame[moved[0]].to_numpy(), rng))


FAULT = Fault(
    name="broken_join",
    damage="gives every other column to other rows, all in the same way",
    fits=is_frame,
    inject=on_frames(_join_badly),
)
