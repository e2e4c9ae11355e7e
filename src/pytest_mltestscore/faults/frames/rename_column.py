"""A column has another name: the case changed, or a prefix was added."""

from __future__ import annotations

import numpy as np

from .._fault import Fault
from .._frames import Frame, a_column, is_frame, on_frames


def _rename(frame: Frame, rng: np.random.Generator) -> Frame:
    column = a_column(frame, rng, lambda dtype: True)
    return frame.rename({column: f"{column}_v2"})


FAULT = Fault(
    name="rename_column",
    damage="renames one column",
    fits=is_frame,
    inject=on_frames(_rename),
    draws=3,
)
