"""Values belong to other rows: a column was read from a file that is sorted otherwise."""

from __future__ import annotations

import numpy as np

from .._fault import Fault
from .._frames import Frame, a_column, is_frame, on_frames, varies, with_rows_of
from .._orders import an_order


def _shuffle(frame: Frame, rng: np.random.Generator) -> Frame:
    column = a_column(frame, rng, lambda dtype: True, varies)
    return with_rows_of(frame, [column], an_order(frame[column].to_numpy(), rng))


FAULT = Fault(
    name="shuffle_column",
    damage="mixes up the order of one column",
    fits=is_frame,
    inject=on_frames(_shuffle),
    draws=3,
)
