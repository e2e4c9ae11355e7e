"""Labels are wrong: they were joined to other rows, or annotators did not agree."""

from __future__ import annotations

import numpy as np

from .._fault import Fault
from .._frames import Frame, is_frame, label_of, on_frames, with_column

SHARE = 0.5


def _flip(frame: Frame, rng: np.random.Generator) -> Frame:
    column = label_of(frame)
    values = frame[column].to_numpy().copy()
    places = np.flatnonzero(rng.random(len(values)) < SHARE)
    values[places] = values[rng.permutation(places)]
    return with_column(frame, column, values)


FAULT = Fault(
    name="flip_labels",
    damage=f"mixes up {SHARE:.0%} of the last column of two values",
    fits=is_frame,
    inject=on_frames(_flip),
)
