"""Labels of one group are wrong: its records come from a system that codes them otherwise."""

from __future__ import annotations

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._frames import Frame, is_frame, label_of, on_frames, turned_round
from .._slices import slice_of


def _flip_a_slice(frame: Frame, rng: np.random.Generator) -> Frame:
    label = label_of(frame)
    hit = slice_of(frame.drop(label), int(rng.integers(2**32)))
    if hit is None or not hit.any():
        raise NothingToDamageError("it has no slices")
    return turned_round(frame, label, hit)


FAULT = Fault(
    name="slice_flipped",
    damage="turns the last column of two values round in one slice",
    fits=is_frame,
    inject=on_frames(_flip_a_slice),
)
