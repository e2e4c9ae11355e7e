"""No rows at all: an extract ran before its source was there."""

from __future__ import annotations

import numpy as np

from .._fault import Fault
from .._frames import Frame, is_frame, on_frames


def _empty(frame: Frame, rng: np.random.Generator) -> Frame:
    return frame.head(0)


FAULT = Fault(
    name="empty_frame", damage="takes all rows away", fits=is_frame, inject=on_frames(_empty)
)
