"""A column is gone: a producer renamed it, or a query forgot it."""

from __future__ import annotations

import numpy as np

from .._fault import Fault
from .._frames import Frame, a_column, is_frame, on_frames


def _drop(frame: Frame, rng: np.random.Generator) -> Frame:
    return frame.drop(a_column(frame, rng, lambda dtype: True))


FAULT = Fault(
    name="drop_column", damage="drops one column", fits=is_frame, inject=on_frames(_drop), draws=3
)
