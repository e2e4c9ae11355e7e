"""Most rows are missing: an export was cut off, a filter was too strict."""

from __future__ import annotations

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._frames import Frame, is_frame, on_frames

KEPT = 0.05


def _lose(frame: Frame, rng: np.random.Generator) -> Frame:
    if len(frame) < 2:
        raise NothingToDamageError("it has one row only")
    return frame.head(max(1, int(len(frame) * KEPT)))


FAULT = Fault(
    name="lost_rows",
    damage=f"keeps the first {KEPT:.0%} of the rows",
    fits=is_frame,
    inject=on_frames(_lose),
)
